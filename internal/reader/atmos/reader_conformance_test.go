package atmos_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/redact"
)

// agreement counts what the reader's snapshots and declarations were held against.
type agreement struct{ components, agree, masked, odd, unset, identities, same int }

// conformReader reads an estate as a source's document and holds the snapshot, and the
// workspaces and folders that are declared, against what Atmos makes of it.
func conformReader(t *testing.T, dir string, tally *agreement) {
	doc := document(t, nil)
	doc.Files = folder{os.DirFS(filepath.Join(dir, "estate"))}
	got, err := readWhole(t, new(atmos.Reader), doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range got.Facts.Failed {
		t.Logf("failed: %s", p)
	}
	twice := conformDeclared(t, dir, got, tally)
	want := decodeJSON(t, readFile(t, filepath.Join(dir, "expected.lib.nofunc.json"))).(map[string]any)
	for _, c := range got.Components {
		if twice[c.Stack+"|"+c.Type+"|"+c.Name] { // Atmos takes one at random
			drop(want, c.Stack, "components", c.Type, c.Name)
			continue
		}
		have := map[string]any{c.Stack: map[string]any{"components": map[string]any{c.Type: map[string]any{c.Name: decodeJSON(t, unprocessed(c))}}}}
		for _, path := range [][]string{{"vars", "ami_name"}, {"auth", "realm"}} { // a time, and a folder of Atmos's
			drop(have, append([]string{c.Stack, "components", c.Type, c.Name}, path...)...)
		}
		drop(want, c.Stack, "components", c.Type, c.Name, "vars", "ami_name")
		section, _ := take(want, c.Stack, "components", c.Type, c.Name)
		mine, _ := take(have, c.Stack, "components", c.Type, c.Name)
		tally.components++
		differences := compare("", unmask(t, tally, "", section, mine), mine)
		if len(differences) == 0 {
			tally.agree++
		}
		for _, difference := range differences {
			t.Errorf("%s/%s/%s %s", c.Stack, c.Type, c.Name, difference)
		}
	}
	for stack, v := range want {
		all, _ := take(v, "components")
		types, _ := all.(map[string]any)
		for typ, names := range types {
			for name := range names.(map[string]any) {
				t.Errorf("%s/%s/%s is not in the snapshot", stack, typ, name)
			}
		}
	}
}

func unprocessed(c described.Component) []byte {
	if c.Unprocessed != nil {
		return c.Unprocessed
	}
	return c.Section
}

// take removes the value at a path and gives it.
func take(v any, path ...string) (any, bool) {
	for i, key := range path {
		m, _ := v.(map[string]any)
		next, ok := m[key]
		if !ok {
			return nil, false
		}
		if i == len(path)-1 && i > 0 {
			delete(m, key)
		}
		v = next
	}
	return v, true
}

// unmask puts the mask where the reader has it, so that the rest can be compared, and
// counts it: once where a name in the path is that of a secret, else as odd.
func unmask(t *testing.T, tally *agreement, path string, want, have any) any {
	if have == described.Masked && want != described.Masked {
		tally.masked++
		if !secretPath(t, path) {
			tally.odd++
			t.Logf("masked, though no name in it is secret: %s", path)
		}
		return have
	}
	if text, _ := have.(string); strings.Contains(text, "{{") && strings.Contains(text, `env "`) {
		tally.unset++ // a source has no environment: where Atmos found none, the expression stays
		return have
	}
	switch w := want.(type) {
	case map[string]any:
		h, _ := have.(map[string]any)
		for key, v := range w {
			w[key] = unmask(t, tally, path+"/"+key, v, h[key])
		}
	case []any:
		if h, ok := have.([]any); ok && len(h) == len(w) {
			for i, v := range w {
				w[i] = unmask(t, tally, path+"/-", v, h[i])
			}
		}
	}
	return want
}

// secretPath reports whether a value of no meaning would be hidden at a path for the
// names in it alone.
func secretPath(t *testing.T, path string) bool {
	var v any = "a plain text"
	keys := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := len(keys) - 1; i >= 0; i-- {
		if keys[i] == "-" {
			v = []any{v}
			continue
		}
		v = map[string]any{keys[i]: v}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	_, redacted, err := redact.NewRedactor(document(t, nil).Keys, 100).Append(nil, redact.Object{Type: atmos.TypeComponent, Raw: raw})
	if err != nil {
		t.Fatal(err)
	}
	return redacted
}

// conformDeclared compares the declared workspaces and folders, with the exceptions of
// conformIdentity. It gives the components that several manifests define.
func conformDeclared(t *testing.T, dir string, got whole, tally *agreement) map[string]bool {
	var want map[string]struct {
		Workspace string `json:"workspace"`
		Path      string `json:"component_path"`
	}
	if err := json.Unmarshal(readFile(t, filepath.Join(dir, "expected.ident.json")), &want); err != nil {
		t.Fatal(err)
	}
	twice := map[string]bool{}
	for _, d := range got.Declared {
		text := func(key string) string { s, _ := catalog.Text(d.Entity.Properties[key]); return s }
		if d.Entity.Type != atmos.TypeComponent {
			continue
		}
		stack, typ := text("stack"), text("component_type")
		name := strings.TrimPrefix(strings.TrimPrefix(d.Entity.Name, stack+"/"), typ+"/")
		for _, key := range []string{stack + "|" + typ + "|" + name, stack + "|" + typ + "|" + typ + "/" + name} {
			w, ok := want[key]
			if ok && d.Entity.Properties["defined_by"] != nil {
				twice[key] = true
			}
			if !ok || twice[key] || w.Workspace == "" {
				continue
			}
			tally.identities++
			right := (typ != "terraform" || text("workspace") == w.Workspace) &&
				(text("path") == "" || w.Path == "<nil>" || strings.HasSuffix(w.Path, strings.TrimPrefix(text("path"), "../../")))
			if right {
				tally.same++
				continue
			}
			t.Errorf("%s: workspace %q and path %q, want %q and %q", d.Entity.Name, text("workspace"), text("path"), w.Workspace, w.Path)
		}
	}
	return twice
}
