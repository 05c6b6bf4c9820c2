package place

import "strings"

// Layout is what the keys of one listing tell of workspaces whose prefix nobody named:
// by key, the sibling in the default workspace and the workspace.
//
//	vpc.tfstate             the sibling
//	ws/dev/vpc.tfstate      dev
//	ws/prod/vpc.tfstate     prod
//
// Folders look much the same, so that it takes all of this: the sibling is listed too,
// its name is more than "terraform.tfstate", at least two workspaces of it lie below
// one folder, and none lies below another.
type Layout map[string]told

type told struct{ sibling, workspace string }

// candidate is one way to take a key apart.
type candidate struct {
	key, prefix string
	told
}

// NewLayout reads the keys of a listing, in any order.
func NewLayout(keys []string) Layout {
	listed := make(map[string]bool, len(keys))
	for _, key := range keys {
		listed[key] = true
	}
	bySibling := map[string][]candidate{}
	for _, key := range keys {
		if c, ok := apart(key, listed); ok {
			bySibling[c.sibling] = append(bySibling[c.sibling], c)
		}
	}
	layout := Layout{}
	for _, candidates := range bySibling {
		if !isLaidOut(candidates) {
			continue
		}
		for _, c := range candidates {
			layout[c.key] = c.told
		}
	}
	return layout
}

// apart takes <folder>/<prefix>/<workspace>/<name> apart where <folder>/<name> is
// listed; of several ways the one with the longest name.
func apart(key string, listed map[string]bool) (c candidate, ok bool) {
	segments := strings.Split(key, "/")
	for name := 2; name < len(segments); name++ {
		if !isWorkspace(segments[name-1]) || trimState(strings.Join(segments[name:], "/")) == "" {
			continue
		}
		for folder := name - 2; folder >= 0; folder-- {
			sibling := strings.Join(append(segments[:folder:folder], segments[name:]...), "/")
			if listed[sibling] {
				prefix := strings.Join(segments[:name-1], "/")
				return candidate{key, prefix, told{sibling, segments[name-1]}}, true
			}
		}
	}
	return candidate{}, false
}

// isLaidOut reports whether what may be the workspaces of one sibling are several, all
// below one folder.
func isLaidOut(candidates []candidate) bool {
	for _, c := range candidates {
		if c.prefix != candidates[0].prefix {
			return false
		}
	}
	return len(candidates) > 1
}
