package atmos_test

import (
	"bytes"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
)

// counted counts how often each file is opened.
type counted struct {
	fstest.MapFS
	mu     sync.Mutex
	opened map[string]int
}

func (c *counted) Open(name string) (fs.File, error) {
	if file := c.MapFS[name]; file != nil {
		c.mu.Lock()
		c.opened[name]++
		c.mu.Unlock()
	}
	return c.MapFS.Open(name)
}

func describe(t testing.TB, engine *atmos.Engine, e atmos.Estate, f described.Filter) string {
	t.Helper()
	got, err := engine.Resolve(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := got.Describe(&b, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAWarmEngineOpensWhatChanged(t *testing.T) {
	t.Parallel()
	files := &counted{MapFS: generated(6, 4), opened: map[string]int{}}
	version := map[string]string{}
	e := atmos.Estate{FS: files, ETag: func(name string) string { return "v1" + version[name] }}
	engine := atmos.NewEngine(0)
	first := describe(t, engine, e, described.Filter{})
	for name, n := range files.opened {
		if n > 1 {
			t.Errorf("%s was opened %d times", name, n)
		}
	}
	clear(files.opened)
	if again := describe(t, engine, e, described.Filter{}); again != first {
		t.Error("the same estate gave something else")
	}
	if len(files.opened) > 0 {
		t.Errorf("an estate that did not change was opened: %v", files.opened)
	}
	generator{files.MapFS}.catalogue(2, "-changed")
	version["stacks/catalog/c2.yaml"] = "2"
	changed := describe(t, engine, e, described.Filter{})
	if diff := cmp.Diff(map[string]int{"stacks/catalog/c2.yaml": 1}, files.opened); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
	if cold := describe(t, atmos.NewEngine(0), e, described.Filter{}); changed != cold || changed == first {
		t.Error("the warm engine and a cold one differ")
	}
}

func TestASmallCacheGivesTheSame(t *testing.T) {
	t.Parallel()
	e := atmos.Estate{FS: generated(6, 4)}
	engine := atmos.NewEngine(1)
	for range 2 {
		if describe(t, engine, e, described.Filter{}) != describe(t, atmos.NewEngine(0), e, described.Filter{}) {
			t.Error("the size of the cache changes the result")
		}
	}
}

func TestDescribeFilters(t *testing.T) {
	t.Parallel()
	e := atmos.Estate{FS: estate(map[string]string{
		"deploy/a.yaml": "vars: {stage: a}\ncomponents: {terraform: {x: {}, y: {}}, helmfile: {x: {}}}\n",
		"deploy/b.yaml": "vars: {stage: b}\ncomponents: {terraform: {x: {}}}\n",
	})}
	for name, c := range map[string]struct {
		filter described.Filter
		want   string
	}{
		"a stack":              {described.Filter{Stack: "b"}, "b/terraform/x"},
		"a component":          {described.Filter{Component: "y"}, "a/terraform/y"},
		"a type":               {described.Filter{Type: "helmfile"}, "a/helmfile/x"},
		"all":                  {described.Filter{}, "a/helmfile/x a/terraform/x a/terraform/y b/terraform/x"},
		"nothing that is here": {described.Filter{Stack: "c"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree := decodeJSON(t, []byte(describe(t, atmos.NewEngine(0), e, c.filter))).(map[string]any)
			var list []string
			for _, stack := range keysOf(tree) {
				types := tree[stack].(map[string]any)["components"].(map[string]any)
				for _, typ := range keysOf(types) {
					for _, name := range keysOf(types[typ].(map[string]any)) {
						list = append(list, stack+"/"+typ+"/"+name)
					}
				}
			}
			if got := strings.Join(list, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestConfigurationComesFromManyPlaces(t *testing.T) {
	t.Parallel()
	manifest := []byte("vars: {stage: dev}\ncomponents: {terraform: {vpc: {env: {OWN: 1}}}}\n")
	included := "stacks: {base_path: s, included_paths: [d/**/*]}\n"
	for name, c := range map[string]struct {
		estate  atmos.Estate
		files   map[string]string
		stack   string
		command string
	}{
		"keys in any case": {files: map[string]string{
			"atmos.yaml": "Stacks: {Base_Path: s, INCLUDED_PATHS: [d/**/*], name_pattern: '{stage}'}\n"}, stack: "dev"},
		"another name": {files: map[string]string{".atmos.yml": included}, stack: "d/dev"},
		"a folder beside it": {files: map[string]string{
			"atmos.yaml": included, "atmos.d/x.yaml": "stacks: {name_template: 't-{{ .vars.stage }}'}\n"}, stack: "t-dev"},
		"what it imports lies below it": {files: map[string]string{
			"atmos.yaml": "import: [low.yaml]\nstacks: {name_pattern: '{stage}'}\n", "low.yaml": included + "components: {terraform: {command: tofu}}\n"},
			stack: "dev", command: "tofu"},
		"a profile": {estate: atmos.Estate{Profile: "ci"}, files: map[string]string{
			"atmos.yaml": included, "profiles/ci/x.yaml": "components: {terraform: {command: ci}}\n"}, stack: "d/dev", command: "ci"},
		"the source's settings": {estate: atmos.Estate{Settings: map[string]any{
			"stacks": map[string]any{"base_path": "s", "included_paths": []any{"d/**/*"}, "name_pattern": "{stage}"}}}, stack: "dev"},
		"a path to it": {estate: atmos.Estate{Config: "/rootfs/usr/atmos.yaml"}, files: map[string]string{"rootfs/usr/atmos.yaml": included}, stack: "d/dev"},
		"variables that Atmos reads": {estate: atmos.Estate{Env: map[string]string{
			"ATMOS_STACKS_BASE_PATH": "s", "ATMOS_STACKS_INCLUDED_PATHS": "x/*,d/*", "ATMOS_STACKS_NAME_PATTERN": "{stage}"}},
			files: map[string]string{"atmos.yaml": "base_path: .\n"}, stack: "dev"},
		"a variable that the source sets": {estate: atmos.Estate{Env: map[string]string{"NAME": "from-env"}}, files: map[string]string{
			"atmos.yaml": included + "components: {terraform: {command: !env NAME}}\n"}, stack: "d/dev", command: "from-env"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"s/d/dev.yaml": {Data: manifest}}
			for name, text := range c.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			c.estate.FS = files
			for component := range resolve(t, c.estate).Components(described.Filter{}) {
				command := component.Section().Value["command"]
				if want := max(c.command, ""); component.Stack != c.stack || want != "" && command != want {
					t.Errorf("stack %q, command %q", component.Stack, command)
				}
				return
			}
			t.Error("no component")
		})
	}
}

func TestDeclarations(t *testing.T) {
	t.Parallel()
	got := resolve(t, atmos.Estate{FS: estate(map[string]string{"deploy/dev.yaml": `import: ["https://example.com/x.yaml"]
vars: {stage: dev}
terraform: {backend_type: s3, backend: {s3: {bucket: b}}}
components:
  terraform:
    base: {metadata: {type: abstract}}
    vpc: {metadata: {inherits: [base], enabled: false, locked: true}, vars: {when: 2020-01-02, id: !exec x}}
`})})
	var list []atmos.Declaration
	for d := range got.Declarations() {
		list = append(list, d)
	}
	if len(list) != 3 || list[0].Type != atmos.TypeStack || list[0].Name != "dev" || list[2].Name != "dev/vpc" {
		t.Fatalf("declarations %v", list)
	}
	want := map[string]any{"manifests": []any{"deploy/dev"}, "unresolved_imports": []any{"https://example.com/x.yaml"}, "partial": true}
	if diff := cmp.Diff(want, list[0].Properties); diff != "" {
		t.Errorf("stack (-want +got):\n%s", diff)
	}
	want = map[string]any{
		"stack": "dev", "component_type": "terraform", "component": "vpc", "command": "terraform", "path": "components/terraform/vpc",
		"enabled": false, "locked": true, "abstract": false, "partial": true, "workspace": "dev", "manifest": "deploy/dev",
		"metadata": map[string]any{"inherits": []any{"base"}, "enabled": false, "locked": true}, "inheritance": []any{"base"},
		"vars":         map[string]any{"stage": "dev", "when": "2020-01-02", "id": "!exec x"},
		"backend_type": "s3", "backend": map[string]any{"bucket": "b", "workspace_key_prefix": "vpc"},
		"remote_state_backend_type": "s3", "remote_state_backend": map[string]any{"bucket": "b", "workspace_key_prefix": "vpc"},
		"unresolved": []any{map[string]any{"path": "/vars/id", "expression": "!exec x", "reason": "!exec: its value is not in the estate"}},
	}
	if diff := cmp.Diff(want, list[2].Properties); diff != "" {
		t.Errorf("component (-want +got):\n%s", diff)
	}
}
