package atmos_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
)

// estate makes one of a default atmos.yaml and manifests by their path below stacks.
func estate(manifests map[string]string) fstest.MapFS {
	files := fstest.MapFS{"atmos.yaml": {Data: []byte(defaultConfig)}}
	for name, text := range manifests {
		files["stacks/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

const good = "vars: {stage: good}\ncomponents: {terraform: {vpc: {}}}\n"

// TestHostileEstates: what is made to exhaust a reader ends in a problem, soon, and
// the rest is read.
func TestHostileEstates(t *testing.T) {
	t.Parallel()
	component := func(vars string) string {
		return "vars: {stage: bad}\ncomponents: {terraform: {bad: {vars: {" + vars + "}}}}\n"
	}
	cases := []struct {
		name      string
		manifests map[string]string
		reason    string
	}{
		{"aliases that multiply", map[string]string{"deploy/bad.yaml": aliasBomb(12, 10)}, "aliases stand for more"},
		{"an anchor that contains itself", map[string]string{"deploy/bad.yaml": "vars: &a {x: *a}\n"}, "contains itself"},
		{"maps in maps", map[string]string{"deploy/bad.yaml": strings.Repeat("{a: ", 5000) + strings.Repeat("}", 5000)}, "nested too deep"},
		{"imports that double at each level", doubling(20), "imports in one manifest"},
		{"a long chain of imports", chain(5000), "deep"},
		{"bases that double at each level", map[string]string{"deploy/bad.yaml": doublingBases(20)}, "more than 2000 bases"},
		{"a file that is too large", map[string]string{"deploy/bad.yaml": "a: " + strings.Repeat("x", 9<<20)}, "larger than"},
		{"a loop in a file template", map[string]string{
			"t.yaml.tmpl":     "{{ range until 10000 }}{{ range until 10000 }}{{ end }}{{ end }}",
			"deploy/bad.yaml": "import: [{path: t, context: {a: 1}}]\n",
		}, "exceeds its limits"},
		{"bytes that are no text", map[string]string{"deploy/bad.yaml": "vars: {a: \xff\xfe}\n"}, "invalid"},
		{"a component named by a list", map[string]string{"deploy/bad.yaml": "components: {terraform: {[a]: {}}}\n"}, "scalar"},
		{"a section that is a text", map[string]string{"deploy/bad.yaml": component("a: 1") + "settings: text\n"}, "settings must be a map"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.manifests["deploy/good.yaml"] = good
			start := time.Now()
			got := resolve(t, atmos.Estate{FS: estate(c.manifests)})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if _, n := names(got); n == 0 {
				t.Error("the good stack was not read")
			}
			if len(got.Problems) == 0 || !strings.Contains(fmt.Sprint(got.Problems), c.reason) {
				t.Errorf("problems %v, want one with %q", got.Problems, c.reason)
			}
		})
	}
}

// TestHostileTemplates: a component whose template never ends keeps its expression.
func TestHostileTemplates(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nested loops":                 `{{ range until 9999 }}{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}{{ end }}`,
		"a loop to a number":           `{{ range 9000000000 }}{{ end }}`,
		"a text that grows":            `{{ $x := "a" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}{{ $x }}`,
		"a long repeat":                `{{ repeat 2000000000 "x" }}`,
		"a long list":                  `{{ until 2000000000 }}`,
		"a template that calls itself": `{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`,
		"a map that holds itself":      `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ toJson $d }}`,
		"a wide verb":                  `{{ printf "%0999999d" 1 }}`,
		"a shared tree":                `{{ $d := list }}{{ range until 64 }}{{ $d = list $d $d }}{{ end }}{{ toJson $d }}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			manifest := "vars: {stage: good}\ncomponents:\n  terraform:\n    vpc:\n      vars:\n        bad: '" + text + "'\n        fine: '{{ .stack }}'\n"
			got := resolve(t, atmos.Estate{FS: estate(map[string]string{"deploy/good.yaml": manifest})})
			for c := range got.Components(described.Filter{}) {
				start := time.Now()
				s := c.Section()
				if took := time.Since(start); took > 10*time.Second {
					t.Errorf("it took %s", took)
				}
				vars := s.Value["vars"].(map[string]any)
				if vars["bad"] != text || vars["fine"] != "good" || len(s.Unresolved) != 1 || s.Unresolved[0].Path != "/vars/bad" {
					t.Errorf("vars %.200v, unresolved %.200v", vars, s.Unresolved)
				}
			}
		})
	}
}

func TestAComponentOfHostileTemplatesIsGivenUp(t *testing.T) {
	t.Parallel()
	manifest := "vars: {stage: good}\ncomponents:\n  terraform:\n    vpc:\n      vars:\n        fine: '{{ .stack }}'\n"
	for i := range 5000 {
		manifest += fmt.Sprintf("        v%d: '{{ range until 9999 }}{{ range until 9999 }}{{ end }}{{ end }}'\n", i)
	}
	got := resolve(t, atmos.Estate{FS: estate(map[string]string{"deploy/good.yaml": manifest})})
	start := time.Now()
	for c := range got.Components(described.Filter{}) {
		if s := c.Section(); len(s.Unresolved) != 1 || s.Value["vars"].(map[string]any)["fine"] != "{{ .stack }}" {
			t.Errorf("unresolved %.200v", s.Unresolved)
		}
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestComponentsThatAskForEachOtherEnd(t *testing.T) {
	t.Parallel()
	got := resolve(t, atmos.Estate{FS: estate(map[string]string{"deploy/dev.yaml": `vars: {stage: dev}
components:
  terraform:
    a: {vars: {x: '{{ (atmos.Component "b" .stack).vars.x }}'}}
    b: {vars: {x: '{{ (atmos.Component "a" .stack).vars.x }}'}}
`})})
	for c := range got.Components(described.Filter{Component: "a"}) {
		if s := c.Section(); len(s.Value["vars"].(map[string]any)["x"].(string)) > 200 {
			t.Errorf("section %v", s)
		}
	}
}

func TestResolveEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := atmos.NewEngine(0).Resolve(ctx, atmos.Estate{FS: generated(3, 3)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnEstateWithoutManifestsIsRefused(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]fstest.MapFS{
		"nothing at all":               {},
		"no manifest matches":          {"atmos.yaml": {Data: []byte(defaultConfig)}},
		"no included paths":            {"atmos.yaml": {Data: []byte("base_path: .\n")}},
		"stacks outside of the estate": {"atmos.yaml": {Data: []byte("stacks: {base_path: ../../x, included_paths: ['**/*']}\n")}},
		"atmos.yaml is not YAML":       {"atmos.yaml": {Data: []byte("a: [")}},
		"an unknown list strategy":     {"atmos.yaml": {Data: []byte("stacks: {included_paths: [x]}\nsettings: {list_merge_strategy: zip}\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := atmos.NewEngine(0).Resolve(t.Context(), atmos.Estate{FS: files}); !errors.Is(err, atmos.ErrConfig) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func names(got *atmos.Resolved) (list []string, n int) {
	for c := range got.Components(described.Filter{}) {
		list = append(list, c.String())
	}
	return list, len(list)
}

// aliasBomb nests levels of mappings, each of which holds the one before width times.
func aliasBomb(levels, width int) string {
	text := "l0: &l0 [x]\n"
	for i := 1; i < levels; i++ {
		text += fmt.Sprintf("l%d: &l%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d,", i-1), width), ","))
	}
	return text
}

// doubling makes files of which each imports the next twice, in another context.
func doubling(levels int) map[string]string {
	files := map[string]string{"deploy/bad.yaml": "import: [{path: f0, context: {a: 1}}]\n"}
	for i := range levels {
		files[fmt.Sprintf("f%d.yaml", i)] = fmt.Sprintf("import: [{path: f%d, context: {b: 1}}, {path: f%d, context: {b: 2}}]\n", i+1, i+1)
	}
	files[fmt.Sprintf("f%d.yaml", levels)] = "vars: {}\n"
	return files
}

// chain makes files that each import the next.
func chain(length int) map[string]string {
	files := map[string]string{"deploy/bad.yaml": "import: [f0]\n"}
	for i := range length {
		files[fmt.Sprintf("f%d.yaml", i)] = fmt.Sprintf("import: [f%d]\n", i+1)
	}
	return files
}

func doublingBases(levels int) string {
	text := "vars: {stage: bad}\ncomponents:\n  terraform:\n    c0: {}\n"
	for i := 1; i <= levels; i++ {
		text += fmt.Sprintf("    c%d: {metadata: {inherits: [c%d, c%d]}}\n", i, i-1, i-1)
	}
	return text
}
