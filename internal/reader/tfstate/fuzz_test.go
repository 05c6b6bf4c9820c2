package tfstate_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// FuzzReader holds for any bytes: a reading ends in a state whose entries and bodies
// agree, or in an unusable document; every value is canonical; nothing planted as
// sensitive is in what is yielded.
func FuzzReader(f *testing.F) {
	cases, _ := filepath.Glob("testdata/golden/*.txtar")
	for _, path := range cases {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(archive.Files[0].Data)
	}
	own, err := os.ReadFile("testdata/conformance/own.tfstate")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(own)
	for _, seed := range []string{
		"", "{", `{"version":4}`, `{"version":4,"resources":[{"instances":[{"attributes_flat":{"a.#":"1","a.x.y":"z"}}]}]}`,
		`{"version":3,"modules":[{"path":["root"],"resources":{"a.b":{"primary":null,"deposed":[{}],"tainted":[]}}}]}`,
		state(`{"attributes":{"password":"correct horse","x":{"correct horse":1}}}`, `{"index_key":"correct horse"}`),
		state(`{"attributes":{"$sensitive":"k:x","a":{"$sensitive":1}},"sensitive_attributes":7}`),
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := read(t, document(t, string(text)))
		if err != nil {
			if !errors.Is(err, reader.ErrUnusable) {
				t.Fatal(err)
			}
			return
		}
		if len(got.entries) != len(got.declared) || len(got.entries) != got.facts.Entities {
			t.Fatalf("%d entries, %d bodies, %d counted", len(got.entries), len(got.declared), got.facts.Entities)
		}
		for i, d := range got.declared {
			if got.entries[i].ID != d.ID || got.entries[i].Digest != d.Digest {
				t.Fatalf("%s: its entry is another", d.Entity.Name)
			}
			for name, v := range d.Entity.Properties {
				if again, err := catalog.AppendCanonical(nil, v); err != nil || !catalog.Equal(again, v) {
					t.Fatalf("%s %s: %s is not canonical: %s, %v", d.Entity.Name, name, v, again, err)
				}
			}
		}
		told, _ := json.Marshal(got.declared)
		if strings.Contains(string(text), `"password":"correct horse`) && strings.Contains(string(told), `:"correct horse"`) {
			t.Fatalf("a secret was yielded: %s", told)
		}
	})
}
