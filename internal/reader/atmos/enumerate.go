package atmos

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// extensions are tried in this order for a path that has none.
var extensions = []string{".yaml", ".yml", ".yaml.tmpl", ".yml.tmpl"}

// topLevel lists the manifests that are stacks of their own: those that an included
// pattern matches and no excluded one. Sorted. Rule: Enumeration.
func (r *run) topLevel() ([]string, error) {
	var list []string
	for _, pattern := range r.config.included {
		pattern = path.Join(r.config.stacks, clean(pattern))
		patterns := []string{pattern}
		if path.Ext(pattern) == "" {
			patterns = patterns[:0]
			for _, ext := range extensions {
				patterns = append(patterns, pattern+ext)
			}
		}
		for _, p := range patterns {
			if isWide(p) {
				return nil, fmt.Errorf("%w: included path stands for too many", ErrConfig)
			}
			matches, err := doublestar.Glob(r.estate.FS, p, doublestar.WithFilesOnly())
			if err != nil {
				return nil, fmt.Errorf("%w: included path is malformed", ErrConfig)
			}
			list = append(list, matches...)
		}
	}
	slices.Sort(list)
	list = slices.DeleteFunc(slices.Compact(list), r.isExcluded)
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no manifest matches stacks.included_paths below %s", ErrConfig, r.config.stacks)
	}
	return list, nil
}

func (r *run) isExcluded(name string) bool {
	return slices.ContainsFunc(r.config.excluded, func(pattern string) bool {
		if isWide(pattern) {
			return false
		}
		ok, err := doublestar.Match(path.Join(r.config.stacks, clean(pattern)), name)
		return err == nil && ok
	})
}

// manifestID names a manifest as Atmos does: its path below the stacks, without
// ".yaml" or ".yml" but with the ".tmpl" of a template.
func (r *run) manifestID(name string) string {
	id := strings.TrimPrefix(name, r.config.stacks+"/")
	id = strings.TrimSuffix(id, ".yaml")
	return strings.TrimSuffix(id, ".yml")
}

// importID names an imported manifest as Atmos does: its path below the stacks without
// the last extension.
func (r *run) importID(name string) string {
	id := strings.TrimPrefix(name, r.config.stacks+"/")
	for _, ext := range []string{".yaml", ".yml", ".tmpl"} {
		if short, ok := strings.CutSuffix(id, ext); ok {
			return short
		}
	}
	return id
}
