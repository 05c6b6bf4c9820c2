package deployment

import (
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/place"
)

const (
	// defaultKey stands for the key, which Terraform's S3 backend has no default for: it is
	// what every example of Atmos sets.
	defaultKey = "terraform.tfstate"

	backendS3    = "s3"
	backendLocal = "local"
)

// at is the component with the parts of its s3 backend.
func (c Component) at(backend catalog.Value) Component {
	if c.BackendType != backendS3 || backend.Kind() != '{' || catalog.IsSecret(backend) {
		return c
	}
	c.KeyPrefix, c.Key = Part{place.DefaultWorkspaces, true}, Part{defaultKey, true}
	for name, span := range catalog.Members(backend) {
		v := span.Of(backend)
		switch {
		case catalog.IsNull(v): // not set
		case name == "bucket":
			c.Bucket = part(v)
		case name == "workspace_key_prefix" && string(v) == `""`:
			c.KeyPrefix = Part{Known: true}
		case name == "workspace_key_prefix":
			c.KeyPrefix = part(v)
		case name == "key" && string(v) != `""`:
			c.Key = part(v)
		}
	}
	return c
}

// layoutName is the name of the component whose state Atmos keeps at the place: its
// workspace_key_prefix is the component, and its workspace the stack, so that the state
// of vpc in prod lies at <folder>/vpc/prod/terraform.tfstate. "" for any other place.
func (s *State) layoutName() string {
	folder, ok := strings.CutSuffix(s.URI, "/"+defaultKey)
	parts := strings.Split(folder, "/")
	if last := len(parts) - 1; ok && place.IsRead(s.URI) && last > 3 {
		return parts[last] + "/" + parts[last-1]
	}
	return ""
}

// ExpectedURI is where the component's s3 backend keeps the state of its workspace, ""
// where that is not known or the backend is another one.
//
//	workspace  workspace_key_prefix  key                uri
//	---------  --------------------  -----------------  ------------------------------------
//	dev        vpc                   terraform.tfstate  s3://bucket/vpc/dev/terraform.tfstate
//	dev        left out              vpc.tfstate        s3://bucket/env:/dev/vpc.tfstate
//	default    any                   vpc.tfstate        s3://bucket/vpc.tfstate
func (c *Component) ExpectedURI() string {
	switch {
	case c.BackendType != backendS3 || !c.Bucket.Known || !c.Key.Known:
		return ""
	case c.Workspace == Part{place.DefaultWorkspace, true}, c.hasWorkspace():
		return place.State(c.Bucket.Text, c.KeyPrefix.Text, c.Workspace.Text, c.Key.Text).URI()
	}
	return ""
}
