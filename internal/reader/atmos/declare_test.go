package atmos_test

import (
	"reflect"
	"testing"

	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/atmos/described"
)

// TestEverySectionIsAProperty: what describe-stacks shows is what changes compare.
func TestEverySectionIsAProperty(t *testing.T) {
	t.Parallel()
	got := resolve(t, atmos.Estate{FS: estate(map[string]string{"deploy/dev.yaml": `
vars: {stage: dev}
components:
  terraform:
    a: {vars: {x: 1}, mocks: {id: 1}, test: {cases: [1]}, retry: {n: 1}}
  container:
    web: {image: "nginx:1", ports: [80], target: blue, path: /srv, enabled: "by itself", imports: [x], build: {context: .}}
  kubernetes:
    app: {manifests: [a.yaml], paths: [p]}
  emulator:
    aws: {driver: localstack, whatever: {deep: true}}
`})})
	declared := map[string]map[string]any{}
	for d := range got.Declarations() {
		declared[d.Name] = d.Properties
	}
	says := map[string]bool{"atmos_component": true, "atmos_stack": true, "atmos_stack_file": true, "atmos_manifest": true, "stack": true, "component_info": true}
	compared := 0
	for c := range got.Components(described.Filter{}) {
		for key, v := range c.Section().Value {
			if m, ok := v.(map[string]any); says[key] || v == "" || ok && len(m) == 0 || reflect.DeepEqual(v, []any{}) {
				continue
			}
			compared++
			p := declared["dev/"+c.Name]
			if !reflect.DeepEqual(p[key], v) && !reflect.DeepEqual(p["section."+key], v) {
				t.Errorf("%s: section %s %v is no property: %v", c, key, v, p[key])
			}
		}
	}
	if web := declared["dev/web"]; compared < 25 || web["path"] != "components/container/web" || web["section.path"] != "/srv" || web["image"] != "nginx:1" {
		t.Errorf("%d compared; %v", compared, web)
	}
}
