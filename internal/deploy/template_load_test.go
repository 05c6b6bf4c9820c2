package deploy_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

const root = "../.."

// template is template.yaml as it stands, before SAM's transform.
type template struct {
	Globals struct {
		Function map[string]any `yaml:"Function"`
	} `yaml:"Globals"`
	Resources map[string]resource `yaml:"Resources"`
}

type resource struct {
	Type                string         `yaml:"Type"`
	DeletionPolicy      string         `yaml:"DeletionPolicy"`
	UpdateReplacePolicy string         `yaml:"UpdateReplacePolicy"`
	Metadata            map[string]any `yaml:"Metadata"`
	Properties          map[string]any `yaml:"Properties"`
}

func loadTemplate(t testing.TB) template {
	t.Helper()
	text, err := os.ReadFile(root + "/template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	plain(&document)
	var read template
	if err := document.Decode(&read); err != nil {
		t.Fatal(err)
	}
	return read
}

// plain takes CloudFormation's short forms for what they hold: !Ref Table is "Table",
// !GetAtt Table.Arn is "Table.Arn", !If is its list. The tests look for names only.
func plain(node *yaml.Node) {
	if strings.HasPrefix(node.Tag, "!") && !strings.HasPrefix(node.Tag, "!!") {
		node.Tag = ""
	}
	for _, child := range node.Content {
		plain(child)
	}
}

// of gives the resources of a type, by logical id.
func (t template) of(kind string) map[string]resource {
	found := map[string]resource{}
	for id, r := range t.Resources {
		if r.Type == kind {
			found[id] = r
		}
	}
	return found
}

// functions gives the logical ids of functions by the name of their folder.
func (t template) functions() map[string]string {
	ids := map[string]string{}
	for id, r := range t.of("AWS::Serverless::Function") {
		name, _ := r.Properties["FunctionName"].(string)
		ids[strings.TrimPrefix(name, "${AWS::StackName}-")] = id
	}
	return ids
}

// statement is one of a policy, as its lists of text.
type statement struct {
	effect             string
	actions, resources []string
}

// statements are those of a policy document anywhere below the value.
func statements(value any) []statement {
	var found []statement
	walk(value, func(m map[string]any) {
		if _, ok := m["Effect"]; ok {
			effect, _ := m["Effect"].(string)
			found = append(found, statement{effect: effect, actions: texts(m["Action"]), resources: texts(m["Resource"])})
		}
	})
	return found
}

// walk visits every object below the value, itself included, in the order of keys.
func walk(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], visit)
		}
	case []any:
		for _, one := range v {
			walk(one, visit)
		}
	}
}

// texts is a text or a list of texts as a list.
func texts(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var list []string
		for _, one := range v {
			list = append(list, texts(one)...)
		}
		return list
	}
	return nil
}

// grants are the actions that a function's role allows, sorted.
func (t template) grants(function string) []string {
	role := t.Resources[function+"Role"]
	granted := statements(role.Properties["Policies"])
	for _, policy := range texts(role.Properties["ManagedPolicyArns"]) {
		granted = append(granted, statements(t.Resources[policy].Properties)...)
	}
	actions := map[string]bool{}
	for _, s := range granted {
		for _, action := range s.actions {
			actions[action] = true
		}
	}
	return slices.Sorted(maps.Keys(actions))
}
