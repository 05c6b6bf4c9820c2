package atmos_test

import (
	"fmt"
	"testing/fstest"
)

// generated makes an estate of many stacks that share their catalogue, in the layout
// that Atmos's users have: stacks stacks of components components, each derived from
// an abstract one.
func generated(stacks, components int) fstest.MapFS {
	g := generator{fstest.MapFS{}}
	g.write("atmos.yaml", `base_path: ./
components: {terraform: {base_path: components/terraform}}
stacks: {base_path: stacks, included_paths: ["orgs/**/*"], excluded_paths: ["**/_defaults.yaml"], name_pattern: "{namespace}-{tenant}-{environment}-{stage}"}
templates: {settings: {enabled: true, sprig: {enabled: true}, gomplate: {enabled: true}}}
`)
	for i := range components {
		g.catalogue(i, "")
	}
	g.write("stacks/orgs/_defaults.yaml", `vars: {label_order: [namespace, tenant, environment, stage, name, attributes]}
terraform:
  backend_type: s3
  backend: {s3: {bucket: tfstate, key: terraform.tfstate, region: us-east-1, encrypt: true, dynamodb_table: lock}}
  vars: {tags: {ManagedBy: Terraform, Repo: infra}}
settings: {spacelift: {worker_pool: wp}}
env: {AWS_SDK_LOAD_CONFIG: "true"}
`)
	for n := range stacks {
		g.stack(n, components)
	}
	return g.files
}

type generator struct{ files fstest.MapFS }

func (g generator) write(name, text string) { g.files[name] = &fstest.MapFile{Data: []byte(text)} }

// catalogue writes the abstract component i and the one derived from it.
func (g generator) catalogue(i int, suffix string) {
	g.write(fmt.Sprintf("stacks/catalog/c%d.yaml", i), fmt.Sprintf(`components:
  terraform:
    c%[1]d/defaults:
      metadata: {type: abstract, component: mod%[2]d}
      settings: {spacelift: {workspace_enabled: true, labels: [a, b, c]}}
      vars:
        enabled: true
        name: c%[1]d%[5]s
        tags: {Team: t%[3]d, Cost: "cc-%[1]d", Owner: platform}
        nested: {a: {b: {c: %[1]d, d: [1,2,3,4]}}, node_groups: [{name: x, size: 3, labels: {k: v}}, {name: y, size: 5}]}
        subnets: [10.0.%[4]d.0/24, 10.1.%[4]d.0/24, 10.2.%[4]d.0/24]
        policy: |
          line one of policy %[1]d
          line two of policy %[1]d
    c%[1]d:
      metadata: {inherits: [c%[1]d/defaults]}
      vars:
        id_template: "{{ .vars.namespace }}-{{ .vars.stage }}-{{ .atmos_component }}"
        override: {x: %[1]d}
`, i, i%60, i%9, i%250, suffix))
}

func (g generator) stack(n, components int) {
	tenant := []string{"core", "plat", "data"}[n%3]
	stage := fmt.Sprintf("s%d", n/6)
	region := []string{"use1", "usw2"}[n/3%2]
	org := "stacks/orgs/ns/" + tenant
	g.write(org+"/_defaults.yaml", "import: [orgs/_defaults]\nvars: {namespace: ns, tenant: "+tenant+"}\n")
	g.write(org+"/"+stage+"/_defaults.yaml", "import: [orgs/ns/"+tenant+"/_defaults]\nvars: {stage: "+stage+"}\n")
	g.write("stacks/mixins/"+region+".yaml", "vars: {region: "+region+", environment: "+region+"}\n")
	text := "import:\n  - orgs/ns/" + tenant + "/" + stage + "/_defaults\n  - mixins/" + region + "\n"
	for i := range components {
		text += fmt.Sprintf("  - catalog/c%d\n", i)
	}
	text += "components:\n  terraform:\n"
	for i := 0; i < components; i += 3 {
		text += fmt.Sprintf("    c%d:\n      vars: {inst: %d, size: %d}\n", i, n, i)
	}
	g.write(org+"/"+stage+"/"+region+".yaml", text)
}
