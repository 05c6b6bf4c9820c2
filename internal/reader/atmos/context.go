package atmos

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
)

// contextual are the sections that a file's context replaces.
var contextual = []string{"locals", "vars", "settings", "env"}

// instantiate gives the file's mapping as it is in a context: rendered when it is a
// template, or there is a context, and some delimiter in the text; with the sections of
// the context in place of its own. The context is that of the file itself, which it
// hands to its imports. Rule: File templates.
func (r *run) instantiate(f *file, in importing) (tree, context value.Map, err error) {
	if tree, context, err = r.rendered(f, in); err != nil {
		return nil, nil, err
	}
	if f.templated || len(context) > 0 {
		r.learn(context)
		r.learn(tree)
	}
	if f.doc.Includes || f.templated {
		if tree, err = r.include(f.path, tree, in.span); err != nil {
			return nil, nil, err
		}
	}
	for _, key := range contextual {
		if section := value.Mapping(context, key); len(section) > 0 {
			tree = value.With(tree, key, section)
		}
	}
	return tree, context, nil
}

func (r *run) rendered(f *file, in importing) (tree, context value.Map, err error) {
	context = in.context
	isTemplate := path.Ext(f.path) == ".tmpl"
	if f.root() != nil {
		if context, err = r.fileContext(f, in.context, in.span); err != nil {
			return nil, nil, err
		}
	}
	if !f.templated || in.skipTemplates || !isTemplate && len(context) == 0 {
		tree, err = f.mapping()
		return tree, context, err
	}
	if !isTemplate && f.err != nil {
		return nil, nil, inFile(f.path, f.err)
	}
	text, err := r.renderText(f, context, in)
	if spent := in.span.Budget().Err(); spent != nil {
		return nil, nil, spent
	}
	if err != nil {
		if len(in.context) > 0 {
			return nil, nil, inFile(f.path, err)
		}
		if tree, err = f.mapping(); err == nil {
			tree = r.typedReferences(tree, context) // which stand in the text that failed
		}
		return tree, context, err
	}
	if err := in.span.Hold(len(text)); err != nil {
		return nil, nil, err
	}
	doc, err := r.decode([]byte(text), r.config.delimiter, in.span)
	if err != nil {
		return nil, nil, inFile(f.path, err)
	}
	tree, ok := doc.Value.(value.Map)
	if !ok {
		return nil, nil, faultf(f.path, 1, "not a mapping")
	}
	return tree, context, nil
}

// mapping is the file as it is written.
func (f *file) mapping() (value.Map, error) {
	if f.err != nil {
		return nil, inFile(f.path, f.err)
	}
	if f.root() == nil {
		return nil, faultf(f.path, 1, "not a mapping")
	}
	return f.root(), nil
}

func (r *run) renderText(f *file, context value.Map, in importing) (string, error) {
	text := string(f.raw)
	if tree := f.root(); tree != nil {
		encoded, err := value.Encode(r.typedReferences(tree, context))
		if err != nil {
			return "", err
		}
		text = encoded
		if err := in.span.Hold(len(text)); err != nil {
			return "", err
		}
	}
	t, err := r.template(text, sandbox.Options{
		Strict: !in.ignoreMissing && !r.config.ignoreMissing, Functions: sandbox.Select(true, true),
	})
	if err != nil {
		return "", err
	}
	own := r.own(in.span)
	own.Env = func(name string) (string, error) {
		if text, err := r.env(name); err == nil {
			return text, nil
		}
		return fmt.Sprintf("{{ env %q }}", name), nil
	}
	if context == nil {
		context = value.Map{}
	}
	return t.Execute(r.plain(context), own)
}

var fieldReference = regexp.MustCompile(`^\{\{-?\s*((?:\.[A-Za-z_][A-Za-z0-9_]*)+)\s*-?\}\}$`)

// referenced is the value of a text that is exactly one field of the data.
func referenced(text string, data value.Map) (any, bool) {
	m := fieldReference.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return nil, false
	}
	return value.At(data, strings.Split(m[1], ".")[1:]...)
}

// typedReferences puts the typed value in place of each text that is one reference.
func (r *run) typedReferences(tree, context value.Map) value.Map {
	return value.Rewrite(tree, func(_ []string, v any) (any, bool) {
		text, ok := v.(string)
		if !ok {
			return nil, false
		}
		return referenced(text, context)
	}).(value.Map)
}

// importContext is what an import hands down: the importing file's context wins.
func (r *run) importContext(own, parent value.Map) value.Map {
	if len(own) == 0 {
		return parent
	}
	return r.merge.Maps(own, parent)
}
