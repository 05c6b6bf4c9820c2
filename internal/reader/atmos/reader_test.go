package atmos_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/redact"
)

// files is a file system with versions, of which one opening may fail.
type files struct {
	fs.FS
	failAt int64
	opened atomic.Int64
}

var errStorage = errors.New("storage")

func (f *files) ETag(string) string { return "" }

func (f *files) Open(name string) (fs.File, error) {
	if f.opened.Add(1) == f.failAt {
		return nil, errStorage
	}
	return f.FS.Open(name)
}

func document(t testing.TB, fsys fs.FS) reader.Document {
	keys, err := redact.ParseKeys("a:" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef")))
	if err != nil {
		t.Fatal(err)
	}
	doc := reader.Document{URI: "s3://b/p/", Environment: uuid.UUID{1}, Keys: keys.For("acme")}
	if fsys != nil {
		doc.Files = &files{FS: fsys}
	}
	return doc
}

// everything is all that leaves the reader of a document, as text.
func everything(t testing.TB, doc reader.Document) (reader.Reading, string) {
	t.Helper()
	digests := map[uuid.UUID][32]byte{}
	reading, err := new(atmos.Reader).Index(t.Context(), doc, func(e reader.Entry) error { digests[e.ID] = e.Digest; return nil })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = reading.Bodies(t.Context(), func(uuid.UUID) bool { return true }, func(d reader.Declared) error {
		properties := catalog.Object(d.Entity.Properties)
		if digests[d.ID] != reader.Digest(&d.Entity, properties) {
			t.Errorf("%s has another digest than was indexed", d.Entity.Name)
		}
		delete(digests, d.ID)
		b.WriteString(d.Entity.Name + string(properties) + "\n")
		return nil
	})
	if err != nil || len(digests) > 0 {
		t.Fatalf("%d entries have no body, %v", len(digests), err)
	}
	var snapshot bytes.Buffer
	if err := reading.(reader.Snapshot).WriteSnapshot(&snapshot); err != nil {
		t.Fatal(err)
	}
	if err := described.Write(&b, described.Load(&snapshot)); err != nil {
		t.Fatal(err)
	}
	for _, p := range append(reading.Facts().Failed, reading.Facts().Warnings...) {
		b.WriteString(p.String() + "\n")
	}
	return reading, b.String()
}

func TestPlantedSecretsStayIn(t *testing.T) {
	t.Parallel()
	_, text := everything(t, document(t, estate(map[string]string{"deploy/dev.yaml": `vars: {stage: dev}
components:
  terraform:
    vpc:
      vars: {db_password: hunter2hunter2, url: "x hunter2hunter2 y", text: '{"api_token": "tok-tok-tok-tok"}', nothing: null}
      env: {TOKEN: abcdefghijkl}
      settings: {list: [{name: DB_PASSWORD, value: pairpairpair}]}
    db: {vars: {password: !store ssm vpc key, token: !terraform.output vpc id, again: hunter2hunter2}}
`})))
	for _, secret := range []string{"hunter2", "tok-tok", "abcdefghijkl", "pairpair"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q left the reader:\n%s", secret, text)
		}
	}
	for _, plain := range []string{`"password": "!store ssm vpc key"`, `"token": "!terraform.output vpc id"`, `"db_password": "` + described.Masked, `"nothing": null`, `"nothing":null`} {
		if !strings.Contains(text, plain) {
			t.Errorf("%s is not there:\n%s", plain, text)
		}
	}
}

// TestAStorageErrorEndsTheReading: whichever opening it is that fails.
func TestAStorageErrorEndsTheReading(t *testing.T) {
	t.Parallel()
	manifests := map[string]string{"catalog/a.yaml": "vars: {x: 1}\n", "deploy/dev.yaml": "import: [catalog/*]\nvars: {stage: dev, y: !include ../catalog/a.yaml}\n" +
		"components: {terraform: {vpc: {}}}\n", "deploy/prod.yaml": good}
	sound := document(t, estate(manifests))
	_, want := everything(t, sound)
	ignored := func(reader.Entry) error { return nil }
	for at := int64(1); at <= sound.Files.(*files).opened.Load(); at++ {
		doc := document(t, estate(manifests))
		doc.Files.(*files).failAt = at
		if _, err := new(atmos.Reader).Index(t.Context(), doc, ignored); !errors.Is(err, errStorage) {
			t.Errorf("opening %d failed: %v", at, err)
		}
	}
	if _, again := everything(t, document(t, estate(manifests))); again != want {
		t.Error("the same estate gave something else")
	}
}

func TestWhatIsLostIsUncertain(t *testing.T) {
	t.Parallel()
	reading, _ := everything(t, document(t, estate(map[string]string{
		"deploy/good.yaml": good, "deploy/bad.yaml": "vars: [\n",
		"deploy/part.yaml": "vars: {stage: part}\ncomponents: {terraform: {vpc: {}, sick: {metadata: {inherits: [none]}}}}\n",
	})))
	component := func(name, manifest string) *catalog.Entity {
		return &catalog.Entity{Type: atmos.TypeComponent, Name: name, Properties: map[string]catalog.Value{
			"manifest": catalog.String(manifest), "component_type": catalog.String("terraform"), "stack": catalog.String(strings.Split(name, "/")[0])}}
	}
	facts := reading.Facts()
	for want, list := range map[bool][]*catalog.Entity{
		true:  {component("bad/vpc", "deploy/bad"), component("part/sick", "deploy/part"), {Type: atmos.TypeComponent, Name: "x/y"}},
		false: {component("good/vpc", "deploy/good"), component("part/vpc", "deploy/part"), component("part/net/sick", "deploy/part"), {Type: "aws_vpc"}},
	} {
		for _, e := range list {
			if facts.Uncertain(e) != want {
				t.Errorf("%s %s: uncertain is %v", e.Type, e.Name, !want)
			}
		}
	}
	if len(facts.Failed) != 2 {
		t.Errorf("failed %v", facts.Failed)
	}
}

func TestOneObjectIsToldByItsContent(t *testing.T) {
	t.Parallel()
	for text, sound := range map[string]bool{
		`{"dev": {"components": {"terraform": {"vpc": {"vars": {}}}}}}`: true,
		"dev:\n  components:\n    terraform:\n      vpc: {}\n":          true,
		"import: [x]\ncomponents: {}\n":                                 false,
		`{"version": 4, "terraform_version": "1.9.5", "resources": []}`: false,
		"": false,
	} {
		doc := document(t, nil)
		doc.Open = func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
		_, err := new(atmos.Reader).Index(t.Context(), doc, func(reader.Entry) error { return nil })
		var unusable *reader.UnusableError
		if sound != (err == nil) || !sound && (!errors.As(err, &unusable) || !unusable.NotFormat) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAnEstateThatIsLostWholeIsNotEmpty(t *testing.T) {
	t.Parallel()
	text := "vars: {stage: dev}\ncomponents: {terraform: {vpc: {vars: {a: 1}}}}\n"
	config := "stacks: {base_path: stacks, included_paths: ['**/*'], name_pattern: '{stage}'}\n"
	for name, c := range map[string]struct {
		stack string
		want  bool
	}{
		"a sound one":                {text, false},
		"one that is broken":         {text + "a: [", false},
		"one that declares no stack": {"vars: {stage: dev}\n", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{"atmos.yaml": {Data: []byte(config)}, "stacks/dev.yaml": {Data: []byte(c.stack)}}
			reading, _ := everything(t, document(t, fsys))
			if got := reading.Facts().Empty; got != c.want {
				t.Errorf("empty %v, want %v; failed %v", got, c.want, reading.Facts().Failed)
			}
		})
	}
}
