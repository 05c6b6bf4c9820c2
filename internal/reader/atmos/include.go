package atmos

import (
	"path"
	"strings"

	"plumbline/internal/reader/atmos/query"
	"plumbline/internal/reader/atmos/tfvars"
	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// include puts the content of files in place of the `!include`s of a manifest. One
// that names another estate's file, or whose query is not known here, stays as its
// expression. Rule: Tags.
func (r *run) include(from string, tree value.Map, span *budget.Span) (value.Map, error) {
	var failed error
	out := value.Rewrite(tree, func(_ []string, v any) (any, bool) {
		include, ok := v.(value.Include)
		if !ok {
			return nil, false
		}
		content, err := r.included(from, include)
		if spent := span.Budget().Include(1); spent != nil {
			err = spent
		}
		failed = first(failed, err)
		return content, true
	})
	return out.(value.Map), failed
}

func (r *run) included(from string, include value.Include) (any, error) {
	words := fields(include.Argument)
	if len(words) == 0 || isRemote(words[0]) {
		return include.Expression(), nil
	}
	if len(words) > 2 { // a query without quotes around it
		words = []string{words[0], strings.TrimPrefix(include.Argument, words[0])}
	}
	name, ok := r.includePath(from, words[0])
	if !ok {
		return nil, faultf(from, include.Line, "!include names no file of the estate")
	}
	f, err := r.open(name)
	if err != nil {
		return nil, inFile(name, err)
	}
	content, ok := f.included(include.Raw)
	if !ok {
		return include.Expression(), nil
	}
	if len(words) == 1 {
		return content, nil
	}
	found, err := query.Evaluate(content, words[1])
	if err != nil {
		return include.Expression(), nil // told as not evaluated
	}
	return found, nil
}

// includePath finds an included file: beside the manifest, at the estate's root, below
// base_path.
func (r *run) includePath(from, name string) (string, bool) {
	candidates := []string{clean(name), path.Join(r.config.base, clean(name))}
	if strings.HasPrefix(name, "./") || strings.HasPrefix(name, "../") {
		candidates = []string{path.Join(path.Dir(from), name)}
	}
	for _, candidate := range candidates {
		if within(candidate) && r.exists(candidate) {
			return candidate, true
		}
	}
	return "", false
}

// contentOf decodes a file by its extension; false for a language that is not read
// here. What is no known format is text.
func contentOf(f *file) (any, bool) {
	switch path.Ext(f.path) {
	case ".yaml", ".yml", ".json":
		return value.Plain(f.doc.Value), f.err == nil
	case ".env":
		return environment(f.text), true
	case ".hcl", ".tf", ".tfvars":
		attributes, err := tfvars.Read(f.text)
		return attributes, err == nil
	}
	return f.text, true
}

// environment reads lines `NAME=value`.
func environment(text string) value.Map {
	out := value.Map{}
	for line := range strings.Lines(text) {
		key, v, ok := strings.Cut(strings.TrimSpace(line), "=")
		if !ok || strings.HasPrefix(key, "#") {
			continue
		}
		v = strings.TrimSpace(v)
		if len(v) > 1 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] {
			v = v[1 : len(v)-1]
		}
		out[strings.TrimSpace(strings.TrimPrefix(key, "export "))] = v
	}
	return out
}

// fields splits at spaces, except within quotes.
func fields(text string) []string {
	var words []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, c := range text {
		switch {
		case quote == 0 && (c == '"' || c == '\'') && word.Len() == 0:
			quote, open = c, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == ' ' || c == '\t'):
			if word.Len() > 0 || open {
				words = append(words, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(c)
		}
	}
	if word.Len() > 0 || open {
		words = append(words, word.String())
	}
	return words
}
