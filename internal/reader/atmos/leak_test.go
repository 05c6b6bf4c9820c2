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

func TestAComponentIsKeptWithoutTheSecretInItsName(t *testing.T) {
	t.Parallel()
	reading, got := everything(t, document(t, estate(map[string]string{"deploy/dev.yaml": "vars: {stage: dev}\n" +
		"components: {terraform: {x-hunter2hunter2: {vars: {a: 1}}, y-hunter2hunter2: {vars: {a: 2}}, vpc: {vars: {password: hunter2hunter2}}}}\n"})))
	facts := reading.Facts()
	if strings.Contains(got, "hunter2") || len(facts.Failed) != 0 || facts.Entities != 4 || strings.Count(got, "dev/secret-") != 2 {
		t.Errorf("%d entities, failed %v:\n%s", facts.Entities, facts.Failed, got)
	}
}

func TestAWordThatIsAlsoASecretHidesNoName(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"production", "us-east-2", "network-hub", "infra/edge-hub-01", "vpc-0a1b2c3d4e5f67890"} {
		manifest := strings.ReplaceAll("vars: {stage: production, region: us-east-2}\ncomponents: {terraform: {network-hub: {vars: {a: SECRET}}, infra/edge-hub-01: {}, "+
			"vpc-0a1b2c3d4e5f67890: {vars: {password: SECRET, of: production}}}}\n", "SECRET", secret)
		reading, got := everything(t, document(t, estate(map[string]string{"deploy/production.yaml": manifest})))
		facts := reading.Facts()
		if len(facts.Failed) != 0 || facts.Entities != 4 || strings.Count(got, "$sensitive") != 1 || !strings.Contains(got, `"a":"`+secret+`"`) {
			t.Errorf("%s: %d entities, failed %v:\n%s", secret, facts.Entities, facts.Failed, got)
		}
		if len(facts.Warnings) != 1 || facts.Warnings[0].Name != "production/vpc-0a1b2c3d4e5f67890" || !strings.Contains(facts.Warnings[0].Reason, "/vars/password") {
			t.Errorf("%s: warnings %v", secret, facts.Warnings)
		}
	}
}

// TestWhatTheFilesTeachIsHidden: a secret that no component shows under its name.
func TestWhatTheFilesTeachIsHidden(t *testing.T) {
	t.Parallel()
	const secret = "hunter2hunter2"
	inside := "\ncomponents: {terraform: {db: {vars: {url: 'db://VALUE@host', plain: shown}}}}\n"
	for name, files := range map[string]map[string]string{
		"locals": {"deploy/dev.yaml": "locals: {db_password: " + secret + "}\nvars: {stage: dev}" + strings.ReplaceAll(inside, "VALUE", "{{ .locals.db_password }}")},
		"the context of an import": {"deploy/dev.yaml": "import: [{path: mixin, context: {db_password: " + secret + "}}]\nvars: {stage: dev}\n",
			"mixin.yaml": strings.ReplaceAll(inside, "VALUE", "{{ .db_password }}")},
		"a layer that is overridden": {"deploy/dev.yaml": "import: [base]\nvars: {stage: dev, password: !unset }\ncomponents: {terraform: {db: {vars: {password: '', url: 'db://" + secret + "@host', plain: shown}}}}\n",
			"base.yaml": "components: {terraform: {db: {vars: {password: " + secret + "}}}}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, got := everything(t, document(t, estate(files)))
			if strings.Contains(got, "hunter2") || !strings.Contains(got, `"plain":"shown"`) {
				t.Errorf("told:\n%s", got)
			}
		})
	}
}

func TestASectionKeepsWhatIsNamedAfterASecret(t *testing.T) {
	t.Parallel()
	doc := document(t, nil)
	doc.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(`{"dev": {"components": {"terraform": {"db": {"hunter2hunter2": 1, "vars": {"a": 1}}, "vpc": {"vars": {"password": "hunter2hunter2"}}}}}}`)), nil
	}
	reading, got := everything(t, doc)
	if strings.Contains(got, "hunter2") || !strings.Contains(got, `"a": 1`) || len(reading.Facts().Failed) != 0 {
		t.Errorf("failed %v:\n%s", reading.Facts().Failed, got)
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
