package atmos

import (
	"regexp"
	"slices"

	"plumbline/internal/reader/atmos/value"
)

// credentials are what a url may hold of them: the user, and the query.
var credentials = regexp.MustCompile(`(://)[^/@]*@|\?.*$`)

// importer gathers the imports of one file.
type importer struct {
	run      *run
	file     *file
	in       importing
	context  value.Map // of the file
	inline   overrides
	imported overrides

	layers []value.Map
	paths  []string
	remote []string
	depth  int
}

func (b *importer) add(item importItem) error {
	pattern, err := b.run.renderPath(b.file, item, b.layers, b.in.span)
	if err != nil {
		return err
	}
	if isRemote(pattern) {
		pattern = credentials.ReplaceAllString(pattern, "$1")
		b.remote = append(b.remote, pattern)
		b.run.report(Problem{File: b.file.path, Line: b.file.line("import"), Finding: true, Reason: "import " + pattern + " is remote and was not fetched"})
		return nil
	}
	line := b.file.line("import")
	found, err := b.run.find(b.file.path, pattern)
	if err != nil {
		return faultf(b.file.path, line, "import %s: %s", pattern, err)
	}
	if len(found) == 0 {
		if item.skipMissing {
			return nil
		}
		return faultf(b.file.path, line, "import %s: no such file", pattern)
	}
	for _, name := range found {
		if err := b.importFile(name, item); err != nil {
			return err
		}
	}
	return nil
}

func (b *importer) importFile(name string, item importItem) error {
	m, err := b.run.manifest(importing{
		path: name, context: b.run.importContext(item.context, b.context),
		skipTemplates: item.skipTemplates, ignoreMissing: item.ignoreMissing,
		over: b.inline, earlier: b.imported, left: b.in.left, span: b.in.span,
		parents: append(slices.Clip(b.in.parents), b.in.path),
	})
	if err != nil {
		return err
	}
	b.imported = b.imported.over(m.imported, b.run.merge).over(m.inline, b.run.merge)
	b.layers = append(b.layers, m.tree)
	b.depth = max(b.depth, m.depth+1)
	b.paths = append(append(b.paths, name), m.imports...)
	b.remote = append(b.remote, m.remote...)
	return nil
}
