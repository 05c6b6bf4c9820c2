package deployment

import (
	"path"

	"plumbline/internal/catalog"
)

// The defaults of Terraform's S3 backend. It has none for the key; terraform.tfstate is
// what every example of Atmos sets.
const (
	defaultWorkspace = "default"
	defaultKeyPrefix = "env:"
	defaultKey       = "terraform.tfstate"

	backendS3    = "s3"
	backendLocal = "local"

	scheme = "s3://"
)

// at is the component with the parts of its s3 backend.
func (c Component) at(backend catalog.Value) Component {
	if c.BackendType != backendS3 || backend.Kind() != '{' || catalog.IsSecret(backend) {
		return c
	}
	c.KeyPrefix, c.Key = Part{defaultKeyPrefix, true}, Part{defaultKey, true}
	for name, span := range catalog.Members(backend) {
		v := span.Of(backend)
		switch {
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

// ExpectedURI is where the component's s3 backend keeps the state of its workspace, ""
// where that is not known or the backend is another one.
//
//	workspace  workspace_key_prefix  key                uri
//	---------  --------------------  -----------------  ------------------------------------
//	dev        vpc                   terraform.tfstate  s3://bucket/vpc/dev/terraform.tfstate
//	dev        left out              vpc.tfstate        s3://bucket/env:/dev/vpc.tfstate
//	default    any                   vpc.tfstate        s3://bucket/vpc.tfstate
//
// Source: Terraform's S3 backend, which joins the parts as a path.
func (c *Component) ExpectedURI() string {
	switch {
	case c.BackendType != backendS3 || !c.Bucket.Known || !c.Key.Known:
		return ""
	case c.Workspace == Part{defaultWorkspace, true}:
		return scheme + c.Bucket.Text + "/" + path.Join(c.Key.Text)
	case c.hasWorkspace():
		return scheme + c.Bucket.Text + "/" + path.Join(c.KeyPrefix.Text, c.Workspace.Text, c.Key.Text)
	}
	return ""
}
