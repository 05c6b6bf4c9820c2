package atmos

import (
	"path"
	"strings"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// config is what of atmos.yaml decides how stacks resolve. Rule: Configuration.
type config struct {
	base   string // of the estate, below the file system's root
	stacks string // base joined with stacks.base_path

	included, excluded        []string
	namePattern, nameTemplate string
	inheritMetadata           bool
	inheritSource             bool
	lists                     merge.Lists
	delimiter                 string // of keys

	templates, sprig, gomplate bool // the component templates, and their functions
	evaluations                int
	left, right                string // their delimiters
	ignoreMissing              bool   // file templates

	components   value.Map // by type: base_path, command, ...
	workspaces   bool
	separator    string // stands for "/" in generated keys
	env, auth    value.Map
	github       value.Map // integrations.github
	includeEmpty bool
}

func newConfig(tree value.Map, dir string) (config, error) {
	c := config{
		base:            joinBase(dir, value.Text(tree, "base_path")),
		included:        texts(tree, "stacks", "included_paths"),
		excluded:        texts(tree, "stacks", "excluded_paths"),
		namePattern:     value.Text(tree, "stacks", "name_pattern"),
		nameTemplate:    value.Text(tree, "stacks", "name_template"),
		inheritMetadata: flag(tree, true, "stacks", "inherit", "metadata"),
		inheritSource:   flag(tree, true, "stacks", "inherit", "source"),
		lists:           merge.Lists(orText(value.Text(tree, "settings", "list_merge_strategy"), string(merge.Replace))),
		delimiter:       value.Text(tree, "settings", "yaml", "key_delimiter"),
		templates:       flag(tree, false, "templates", "settings", "enabled"),
		sprig:           flag(tree, false, "templates", "settings", "sprig", "enabled"),
		gomplate:        flag(tree, false, "templates", "settings", "gomplate", "enabled"),
		evaluations:     count(tree, 1, "templates", "settings", "evaluations"),
		ignoreMissing:   flag(tree, false, "templates", "settings", "ignore_missing_template_values"),
		components:      value.Mapping(tree, "components"),
		workspaces:      flag(tree, true, "components", "terraform", "workspaces_enabled"),
		separator:       orText(value.Text(tree, "components", "terraform", "workspace", "prefix_separator"), "-"),
		env:             value.Mapping(tree, "env"),
		auth:            completeAuth(value.Mapping(tree, "auth")),
		github:          value.Mapping(tree, "integrations", "github"),
		includeEmpty:    flag(tree, true, "describe", "settings", "include_empty"),
		left:            "{{", right: "}}",
	}
	if pair := texts(tree, "templates", "settings", "delimiters"); len(pair) == 2 && pair[0] != "" && pair[1] != "" {
		c.left, c.right = pair[0], pair[1]
	}
	c.stacks = path.Join(c.base, clean(value.Text(tree, "stacks", "base_path")))
	if len(c.included) == 0 {
		return c, faultf("atmos.yaml", 0, "stacks.included_paths is not set")
	}
	if !within(c.stacks) {
		return c, faultf("atmos.yaml", 0, "stacks.base_path leads out of the estate")
	}
	return c, c.lists.Validate()
}

// joinBase applies base_path: "." and "./x" are relative to the folder of atmos.yaml,
// a bare name to the estate's root, since there is no working copy whose root to ask.
func joinBase(dir, base string) string {
	if base == "." || strings.HasPrefix(base, "./") || strings.HasPrefix(base, "../") || base == ".." {
		return path.Join(dir, base)
	}
	return clean(base)
}

// clean makes an absolute path relative to the root: the estate's files know no other.
func clean(p string) string { return path.Clean(strings.TrimLeft(p, "/")) }

func within(p string) bool { return p != ".." && !strings.HasPrefix(p, "../") }

func orText(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}

func flag(v any, fallback bool, keys ...string) bool {
	found, _ := value.At(v, keys...)
	switch found := found.(type) {
	case bool:
		return found
	case string:
		return found == "true"
	}
	return fallback
}

func count(v any, fallback int, keys ...string) int {
	found, _ := value.At(v, keys...)
	if n, ok := found.(int); ok && n > 0 {
		return min(n, maxEvaluations)
	}
	return fallback
}

// texts is a list of strings; a single string counts as a list of one.
func texts(v any, keys ...string) []string {
	found, _ := value.At(v, keys...)
	switch found := found.(type) {
	case string:
		return []string{found}
	case []any:
		list := make([]string, 0, len(found))
		for _, item := range found {
			if text, ok := item.(string); ok {
				list = append(list, text)
			}
		}
		return list
	}
	return nil
}

// completeAuth adds what Atmos writes for the parts of auth that are left out.
func completeAuth(auth value.Map) value.Map {
	if len(auth) == 0 {
		return nil
	}
	return overlay(value.Map{
		"keyring": value.Map{}, "logs": value.Map{"file": "", "level": ""}, "providers": nil,
	}, auth)
}
