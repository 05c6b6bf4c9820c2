package deployment_test

import (
	"fmt"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/deployment"

	"github.com/google/uuid"
)

var envID = uuid.NewSHA1(uuid.Nil, []byte("environment"))

// component is one that Atmos would make of "<stack>/<component>": its state lies at
// s3://states/<component>/<stack>/terraform.tfstate.
func component(name string, change ...func(*deployment.Component)) deployment.Component {
	stack, own, _ := strings.Cut(name, "/")
	c := deployment.Component{Entity: catalog.EntityID(envID, deployment.TypeComponent, name), Name: name, Enabled: true,
		BackendType: "s3", Workspace: known(stack), Bucket: known("states"), KeyPrefix: known(strings.ReplaceAll(own, "/", "-")),
		Key: known("terraform.tfstate")}
	for _, f := range change {
		f(&c)
	}
	return c
}

func known(text string) deployment.Part { return deployment.Part{Text: text, Known: true} }

func disabled(c *deployment.Component)  { c.Enabled = false }
func abstract(c *deployment.Component)  { c.Abstract = true }
func noBackend(c *deployment.Component) { c.BackendType = "" }

func workspace(name string) func(*deployment.Component) {
	return func(c *deployment.Component) { c.Workspace = known(name) }
}

func keyPrefix(text string) func(*deployment.Component) {
	return func(c *deployment.Component) { c.KeyPrefix = known(text) }
}

func key(text string) func(*deployment.Component) {
	return func(c *deployment.Component) { c.Key = known(text) }
}

func backend(kind string) func(*deployment.Component) {
	return func(c *deployment.Component) {
		c.BackendType, c.Bucket, c.KeyPrefix, c.Key = kind, deployment.Part{}, deployment.Part{}, deployment.Part{}
	}
}

// state is one of three resources below s3://states/.
func state(name, key string) deployment.State {
	s := deployment.State{Entity: catalog.EntityID(envID, deployment.TypeState, name), Name: name, Resources: 3}
	if key != "" {
		s.URI = "s3://states/" + key
	}
	return s
}

func holding(resources int, s deployment.State) deployment.State {
	s.Resources = resources
	return s
}

// rendered writes findings as "kind component ~ state: part expected -> found, ..".
func rendered(findings []deployment.Finding) []string {
	var texts []string
	for _, f := range findings {
		text := string(f.Kind)
		if f.Component != nil {
			text += " " + f.Component.Name
		}
		if f.State != nil {
			text += " ~ " + f.State.Name
		}
		for i, d := range f.Differences {
			text += fmt.Sprintf("%s %s %s -> %s", []string{":", ","}[min(i, 1)], d.Part, d.Expected, d.Found)
		}
		texts = append(texts, text)
	}
	return texts
}
