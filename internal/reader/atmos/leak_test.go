package atmos_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
)

// TestFaultsQuoteNothing: a secret may stand wherever a manifest is broken.
func TestFaultsQuoteNothing(t *testing.T) {
	t.Parallel()
	inside := func(vars string) string {
		return "vars: {stage: bad}\ncomponents:\n  terraform:\n    vpc:\n      vars:\n        password: " + vars + "\n"
	}
	for name, text := range map[string]string{
		"an unknown tag":           inside("!SECRET"),
		"an unknown anchor":        inside("*SECRET"),
		"an anchor within itself":  inside("&SECRET [*SECRET]"),
		"a value of another type":  inside("!!int SECRET"),
		"a text that is not ended": inside("\"SECRET"),
		"a merge of a text":        inside("{<<: SECRET}"),
		"a template that is open":  inside("'{{ SECRET'"),
		"an unknown function":      inside("'{{ SECRET \"SECRET\" }}'"),
		"a function that fails":    inside("'{{ fail \"SECRET\" }}'"),
		"an unknown variable":      inside("'{{ env \"x\" | default \"SECRET\" }}'"),
		"a template of a local":    "locals: {password: '{{ fail \"SECRET\" }}'}\n" + inside("x"),
		"a list strategy":          "settings: {list_merge_strategy: SECRET}\n" + inside("x"),
		"a file that is not there": inside("!include SECRET"),
		"a command":                inside("!exec SECRET"),
		"a default":                inside("!terraform.output vpc '.id // \"SECRET\"'"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, secret := range []string{"hunter2", "hunter2hunter2"} {
				_, got := everything(t, document(t, estate(map[string]string{
					"deploy/bad.yaml": strings.ReplaceAll(text, "SECRET", secret), "deploy/good.yaml": good})))
				if strings.Contains(got, secret) {
					t.Errorf("%q left the reader:\n%s", secret, got)
				}
			}
		})
	}
}

func TestANameWithASecretIsNotShown(t *testing.T) {
	t.Parallel()
	reading, got := everything(t, document(t, estate(map[string]string{"deploy/dev.yaml": "vars: {stage: dev}\n" +
		"components: {terraform: {x-hunter2hunter2: {vars: {a: 1}}, vpc: {vars: {password: hunter2hunter2}}}}\n"})))
	if strings.Contains(got, "hunter2") || len(reading.Facts().Failed) != 1 {
		t.Errorf("failed %v:\n%s", reading.Facts().Failed, got)
	}
}

func TestASectionThatCannotBeRedactedIsRefused(t *testing.T) {
	t.Parallel()
	doc := document(t, nil)
	doc.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(`{"dev": {"components": {"terraform": {"db": {"hunter2hunter2": 1}, "vpc": {"vars": {"password": "hunter2hunter2"}}}}}}`)), nil
	}
	reading, got := everything(t, doc)
	failed := reading.Facts().Failed
	if strings.Contains(got, "hunter2") || strings.Contains(got, `"db": {`) || len(failed) != 1 || failed[0].Name != "dev/db" {
		t.Errorf("failed %v:\n%s", failed, got)
	}
}

func TestABrokenImportIsToldOnce(t *testing.T) {
	t.Parallel()
	doc := document(t, estate(map[string]string{"deploy/a.yaml": "import: [bad]\n", "deploy/b.yaml": "import: [bad]\n", "bad.yaml": "vars: [\n",
		"deploy/good.yaml": "vars: {stage: good}\ncomponents: {terraform: {vpc: {}, sick: {metadata: {inherits: [none]}}}}\n"}))
	doc.Scope = "team/x"
	reading, got := everything(t, doc)
	failed := reading.Facts().Failed
	if len(failed) != 4 || !strings.HasSuffix(failed[0].Reason, "; 2 manifests are lost with it") {
		t.Fatalf("failed %v", failed)
	}
	for i, name := range []string{"a", "b"} {
		if at := failed[1+i]; at.Path != "stacks/deploy/"+name+".yaml" || !strings.Contains(at.Reason, "manifest deploy/"+name+" is lost with stacks/bad.yaml:") {
			t.Errorf("failed %+v", at)
		}
	}
	if want := "team/x/good/sick"; failed[3].Name != want || failed[3].ID != catalog.EntityID(doc.Environment, atmos.TypeComponent, want) {
		t.Errorf("failed %+v", failed[3])
	}
	if !strings.Contains(got, "team/x/good/vpc{") || !strings.Contains(got, "team/x/good{") {
		t.Errorf("names are not below the scope:\n%s", got)
	}
	for _, manifest := range []string{"deploy/a", "deploy/b"} {
		if !reading.Facts().Uncertain(&catalog.Entity{Type: atmos.TypeStack, Properties: map[string]catalog.Value{"manifests": catalog.String(manifest)}}) {
			t.Errorf("%s is taken for gone", manifest)
		}
	}
}

func TestABrokenOutputIsOfTheFormat(t *testing.T) {
	t.Parallel()
	whole := `{"dev": {"components": {"terraform": {"vpc": {"vars": {"a": "hunter2"}}, "db": {"vars": {}}}}}}`
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write([]byte(whole[:70])); err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text      string
		limit     int64
		notFormat bool
	}{
		"cut off":            {whole[:70], 0, false},
		"cut off, then gzip": {packed.String(), 0, false},
		"too large":          {whole, 70, false},
		"a name twice":       {strings.Replace(whole, "db", "vpc", 1), 0, false},
		"a state":            {`{"version": 4, "resources": []`, 0, true},
		"a manifest":         {"components: {terraform: {}}\n", 0, true},
	} {
		doc := document(t, nil)
		doc.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(c.text)), nil }
		_, err := (&atmos.Reader{MaxDescribedBytes: c.limit}).Index(t.Context(), doc, func(reader.Entry) error { return nil })
		var unusable *reader.UnusableError
		if !errors.As(err, &unusable) || unusable.NotFormat != c.notFormat || !c.notFormat && unusable.Problem.Offset <= 0 || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
