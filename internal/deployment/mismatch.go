package deployment

import (
	"path"
	"strings"

	"plumbline/internal/place"
)

// PartName names a part of a backend.
type PartName string

const (
	PartBackendType PartName = "backendType"
	PartBucket      PartName = "bucket"
	PartKeyPrefix   PartName = "workspaceKeyPrefix"
	PartWorkspace   PartName = "workspace"
	PartKey         PartName = "key"
)

// Difference is one part in which a state lies elsewhere than it should.
type Difference struct {
	Part            PartName
	Expected, Found string
}

// differences lists in what the state at the uri lies elsewhere than the component's
// backend and workspace put it, in the order of the constants above. What is not known
// differs in nothing: a part, the uri, the place of a component that declares no
// backend or a local one.
func (c *Component) differences(uri string) []Difference {
	at, err := place.ParseURI(uri)
	switch {
	case err != nil || c.BackendType == "" || c.BackendType == backendLocal:
		return nil
	case c.BackendType != backendS3:
		return []Difference{{PartBackendType, c.BackendType, backendS3}}
	}
	var all []Difference
	differ := func(name PartName, expected Part, found string) {
		if expected.Known && expected.Text != found {
			all = append(all, Difference{name, expected.Text, found})
		}
	}
	differ(PartBucket, c.Bucket, at.Bucket)
	if !c.Key.Known {
		return all // where the key begins is anybody's guess
	}
	found := c.split(at.Key)
	if c.Workspace.Text != place.DefaultWorkspace && found.workspace != place.DefaultWorkspace { // the default one has no prefix
		differ(PartKeyPrefix, cleaned(c.KeyPrefix), found.keyPrefix)
	}
	differ(PartWorkspace, c.Workspace, found.workspace)
	differ(PartKey, cleaned(c.Key), found.key)
	return all
}

// cleaned is the part as it stands in a uri.
func cleaned(p Part) Part { return Part{path.Join(p.Text), p.Known} }

// parts say where in its bucket a state lies, as an s3 backend does.
type parts struct{ keyPrefix, workspace, key string }

// split takes the key of a state's object apart in the way that leaves the fewest
// differences. For a component of prefix vpc, workspace dev and key a.tfstate:
//
//	object's key         prefix  workspace  key           why
//	-------------------  ------  ---------  ------------  ----------------------------
//	vpc/dev/b.tfstate    vpc     dev        b.tfstate     begins as it should
//	vpc/prod/a.tfstate   vpc     prod       a.tfstate     the key has so many segments
//	dev/a.tfstate                dev        a.tfstate     the workspace is where it should
//	vpc/a.tfstate                default    vpc/a.tfstate no room for prefix and workspace
func (c *Component) split(key string) parts {
	if rest, ok := strings.CutPrefix(key, path.Join(c.KeyPrefix.Text, c.Workspace.Text)+"/"); ok && c.hasWorkspace() {
		return parts{path.Join(c.KeyPrefix.Text), c.Workspace.Text, rest}
	}
	own := path.Join(c.Key.Text)
	segments := strings.Split(key, "/")
	at := len(segments) - strings.Count(own, "/") - 1 // where the key begins
	switch {
	case at < 1,
		at == 1 && segments[0] != c.Workspace.Text && c.KeyPrefix != Part{Known: true},
		c.Workspace.Text == place.DefaultWorkspace && !strings.HasSuffix(key, "/"+own):
		return parts{workspace: place.DefaultWorkspace, key: key}
	}
	return parts{path.Join(segments[:at-1]...), segments[at-1], path.Join(segments[at:]...)}
}

// hasWorkspace reports whether the component's states lie below a prefix and a
// workspace that are known.
func (c *Component) hasWorkspace() bool {
	return c.KeyPrefix.Known && c.Workspace.Known && c.Workspace.Text != place.DefaultWorkspace
}
