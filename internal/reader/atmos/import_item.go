package atmos

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// importItem is one element of an import list.
type importItem struct {
	path                                      string
	context                                   value.Map
	skipTemplates, ignoreMissing, skipMissing bool
}

// importItems reads the `import` of a manifest. Rule: Imports.
func importItems(f *file, tree value.Map) ([]importItem, error) {
	v, ok := tree["import"]
	if !ok || v == nil {
		return nil, nil
	}
	list, ok := v.([]any)
	if !ok {
		return nil, faultf(f.path, f.line("import"), "import must be a list")
	}
	items := make([]importItem, 0, len(list))
	for i, v := range list {
		item, reason := importItemOf(v)
		if reason != "" {
			return nil, faultf(f.path, f.line("import"), "import[%d]: %s", i, reason)
		}
		items = append(items, item)
	}
	return items, nil
}

func importItemOf(v any) (item importItem, reason string) {
	switch v := v.(type) {
	case string:
		item.path = v
	case value.Map:
		item.path = value.Text(v, "path")
		item.context = value.Mapping(v, "context")
		item.skipTemplates = flag(v, false, "skip_templates_processing")
		item.ignoreMissing = flag(v, false, "ignore_missing_template_values")
		item.skipMissing = flag(v, false, "skip_if_missing")
		if nested, ok := v["nested_imports"]; ok && nested != "local" && nested != "remote" {
			return item, "nested_imports is neither local nor remote"
		}
		if context, ok := v["context"]; ok && context != nil && item.context == nil {
			return item, "context must be a map"
		}
	}
	if item.path == "" {
		return item, "has no path"
	}
	return item, ""
}

var remotePath = regexp.MustCompile(`^[a-z0-9+.-]+://|^[a-z0-9]+::|^(github|gitlab|bitbucket)\.[a-z]+/|\.git($|[?/])|^[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|io|dev)/`)

// isRemote reports whether an import is fetched from elsewhere, which a reader never
// does.
func isRemote(p string) bool {
	return remotePath.MatchString(p) || strings.Contains(strings.TrimPrefix(p, "//"), "//")
}

// renderPath renders a templated path on what the earlier imports of the file gave.
func (r *run) renderPath(f *file, item importItem, earlier []value.Map, span *budget.Span) (string, error) {
	if !strings.Contains(item.path, "{{") || item.skipTemplates || !r.config.templates {
		return item.path, nil
	}
	t, err := r.template(item.path, sandbox.Options{
		Strict: !item.ignoreMissing && !r.config.ignoreMissing, Functions: sandbox.Select(true, true),
	})
	if err == nil {
		var text string
		if text, err = t.Execute(r.plain(r.merge.Maps(r.accumulated(earlier), item.context)), r.own(span)); err == nil {
			return text, nil
		}
	}
	return "", faultf(f.path, f.line("import"), "import path: %s", err)
}

// accumulated are the sections that templated paths see.
func (r *run) accumulated(earlier []value.Map) value.Map {
	data := value.Map{}
	for _, key := range []string{"settings", "vars", "env"} {
		var layers []value.Map
		for _, tree := range earlier {
			layers = append(layers, value.Mapping(tree, key))
		}
		data[key] = r.rules().Maps(layers...)
	}
	return data
}

// find lists the files of an import path, in the order in which they merge.
func (r *run) find(from, pattern string) ([]string, error) {
	base := r.config.stacks
	if first, _, _ := strings.Cut(pattern, "/"); first == "." || first == ".." {
		base = path.Dir(from)
	}
	pattern = path.Join(base, clean(pattern))
	if first, _, _ := strings.Cut(pattern, "/"); first == ".." {
		return nil, errors.New("leads out of the estate")
	}
	r.mu.Lock()
	found, ok := r.matches[pattern]
	r.mu.Unlock()
	if ok {
		return found, nil
	}
	if isWide(pattern) {
		return nil, errors.New("a pattern that stands for too many")
	}
	found, err := doublestar.Glob(r.estate.FS, r.withExtension(pattern), doublestar.WithFilesOnly())
	if err != nil {
		return nil, errors.New("malformed pattern")
	}
	r.mu.Lock()
	r.matches[pattern] = found
	r.mu.Unlock()
	return found, nil
}

// isWide reports whether a pattern may stand for more paths than anybody can try:
// alternatives multiply, and so do stars.
func isWide(pattern string) bool {
	return len(pattern) > 1024 || strings.Count(pattern, "{") > 4 || strings.Count(pattern, ",") > 100 || strings.Count(pattern, "*") > 20
}

// withExtension completes a path that has no extension with the first that exists.
func (r *run) withExtension(pattern string) string {
	ext := path.Ext(pattern)
	if ext == "" {
		for _, ext := range extensions {
			if r.exists(pattern + ext) {
				return pattern + ext
			}
		}
		return pattern + ".yaml"
	}
	if slices.Contains([]string{".yaml", ".yml"}, ext) && r.exists(pattern+".tmpl") {
		return pattern + ".tmpl"
	}
	return pattern
}
