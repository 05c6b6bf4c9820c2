package place

import (
	"path"
	"slices"
	"strings"
)

// DefaultWorkspace is the workspace whose state lies at the key itself.
const DefaultWorkspace = "default"

// DefaultWorkspaces is the folder in which Terraform's S3 backend keeps the states of
// workspaces, its workspace_key_prefix, where a backend names none.
const DefaultWorkspaces = "env:"

// Workspaces finds the keys that are the states of workspaces. Terraform's S3 backend
// writes the state of the key K in the workspace W to <workspace_key_prefix>/W/K. The
// zero value knows the default prefix alone.
type Workspaces struct {
	// Prefix is the workspace_key_prefix that a source is told of, "" for none.
	Prefix string
	// Layout is what a listing tells, nil for nothing.
	Layout Layout
}

// Split takes the workspace out of a key. Where the key is of no workspace, it is the
// rest as it stands.
//
//	key                          rest                   workspace  by
//	---------------------------  ---------------------  ---------  --------------------
//	env:/dev/acme/vpc.tfstate    acme/vpc.tfstate       dev        the default
//	acme/env:/dev/a/b/c.tfstate  acme/a/b/c.tfstate     dev        the default, deeper
//	acme/ws/dev/vpc.tfstate      acme/vpc.tfstate       dev        the Prefix "ws"
//	acme/vpc.tfstate             acme/vpc.tfstate
func (w Workspaces) Split(key string) (rest, workspace string) {
	for _, prefix := range []string{w.Prefix, DefaultWorkspaces} {
		if rest, workspace, ok := cutWorkspace(key, strings.Trim(prefix, "/")); ok {
			return rest, workspace
		}
	}
	if told, ok := w.Layout[key]; ok {
		return told.sibling, told.workspace
	}
	return key, ""
}

// cutWorkspace takes a prefix and the workspace behind it out of a key, at the first place
// where both stand and something follows. A folder's key ends in "/".
func cutWorkspace(key, prefix string) (rest, workspace string, ok bool) {
	if prefix == "" {
		return "", "", false
	}
	segments, parts := strings.Split(key, "/"), strings.Split(prefix, "/")
	for i := 0; i+len(parts)+1 < len(segments); i++ {
		at := i + len(parts)
		if slices.Equal(segments[i:at], parts) && isWorkspace(segments[at]) {
			return strings.Join(slices.Concat(segments[:i], segments[at+1:]), "/"), segments[at], true
		}
	}
	return "", "", false
}

// isWorkspace reports whether a segment can be the name of a workspace.
func isWorkspace(segment string) bool { return segment != "" && segment != "." && segment != ".." }

// SplitFolder is [Workspaces.Split] of a folder, without "/" at its end; one that ends
// before the workspace stays as it is.
func (w Workspaces) SplitFolder(folder string) string {
	rest, _ := w.Split(folder + "/")
	return strings.TrimSuffix(rest, "/")
}

// State is where Terraform's S3 backend keeps the state of a workspace, below the
// workspace_key_prefix unless it is the default one:
//
//	workspace  prefix  key                uri
//	---------  ------  -----------------  ------------------------------------
//	dev        vpc     terraform.tfstate  s3://bucket/vpc/dev/terraform.tfstate
//	default    any     vpc.tfstate        s3://bucket/vpc.tfstate
//
// Source: Terraform's S3 backend, which joins the parts as a path.
func State(bucket, prefix, workspace, key string) Location {
	if workspace == DefaultWorkspace {
		return Location{Bucket: bucket, Key: path.Join(key)}
	}
	return Location{Bucket: bucket, Key: path.Join(prefix, workspace, key)}
}
