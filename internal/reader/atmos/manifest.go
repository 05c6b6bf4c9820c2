package atmos

import (
	"slices"
	"strings"

	"plumbline/internal/reader/atmos/value"
	"plumbline/internal/reader/budget"
)

// importing is how a file is imported: all that its meaning depends on beside its text.
type importing struct {
	path                         string
	context                      value.Map
	skipTemplates, ignoreMissing bool
	// over are the overrides of the importing files, earlier those of the imports
	// before this one.
	over, earlier overrides
	// parents are the files that are being imported, the top-level one first.
	parents []string
	// left is how many more files the top-level manifest may import.
	left *int
	// span is the work on the top-level manifest.
	span *budget.Span
}

// spend counts files, so that imports that fan out end. Its fault is of the top-level
// manifest: which import is one too many depends on what was merged before.
func (in importing) spend(files int) error {
	if err := in.span.Budget().Include(files); err != nil {
		return err
	}
	if *in.left -= files; *in.left < 0 {
		return faultf(in.top(), 0, "more than %d imports in one manifest", maxImports)
	}
	return nil
}

// descend holds the depth of imports, and of depth more below the file, to its bound.
func (in importing) descend(depth int) error {
	if len(in.parents)+depth > maxImportDepth {
		return faultf(in.top(), 0, "imports nested more than %d deep", maxImportDepth)
	}
	return nil
}

// top is the top-level manifest.
func (in importing) top() string {
	if len(in.parents) == 0 {
		return in.path
	}
	return in.parents[0]
}

// isPlain reports whether the file means the same wherever it is imported like this.
func (in importing) isPlain() bool {
	return len(in.context) == 0 && !in.skipTemplates && !in.ignoreMissing && in.over.isEmpty() && in.earlier.isEmpty()
}

// merged is a file laid over its imports. Immutable.
type merged struct {
	tree value.Map
	// files counts it and all its imports, one imported twice twice.
	files int
	// depth is how deep imports nest below it.
	depth int
	// imports are the paths of all that it imports, also indirectly. Sorted.
	imports []string
	// remote are the imports that were not fetched. Sorted.
	remote []string
	// inline are the overrides of the file and its importing files, imported those
	// that its imports leave behind.
	inline, imported overrides
}

// nameBytes is about what the name of an import takes in each list that it is in.
const nameBytes = 16

// maxImportDepth bounds a chain of imports.
const maxImportDepth = 100

// manifest processes a file and its imports. Rules: Imports and File templates.
func (r *run) manifest(in importing) (*merged, error) {
	if slices.Contains(in.parents, in.path) {
		return nil, r.cycle(in)
	}
	if err := in.descend(0); err != nil {
		return nil, err
	}
	plain := in.isPlain()
	if plain {
		r.mu.Lock()
		m, ok := r.manifests[in.path]
		r.mu.Unlock()
		if ok {
			return m, first(in.spend(m.files), in.descend(m.depth))
		}
	}
	before := *in.left
	m, err := r.processFile(in)
	if err != nil {
		in.span.Budget().At(in.path)
	}
	if err == nil {
		m.files = before - *in.left
	}
	if err == nil && plain {
		r.mu.Lock()
		defer r.mu.Unlock()
		if earlier, ok := r.manifests[in.path]; ok {
			return earlier, nil
		}
		r.manifests[in.path] = m
	}
	return m, err
}

// cycle names the files of an import cycle, at the import that closes it.
func (r *run) cycle(in importing) error {
	from, line := in.parents[len(in.parents)-1], 0
	if f, err := r.open(from); err == nil {
		line = f.line("import")
	}
	way := append(in.parents[slices.Index(in.parents, in.path):], in.path)
	return faultf(from, line, "import cycle: %s", strings.Join(way, " -> "))
}

func (r *run) processFile(in importing) (*merged, error) {
	if err := r.ctx.Err(); err != nil {
		return nil, err
	}
	if err := in.spend(1); err != nil {
		return nil, err
	}
	var f *file
	var err error
	in.span.Wait(func() { f, err = r.open(in.path) })
	if err != nil {
		return nil, inFile(in.path, err)
	}
	tree, context, err := r.instantiate(f, in)
	if err != nil {
		return nil, err
	}
	items, err := importItems(f, tree)
	if err != nil {
		return nil, err
	}
	inline, err := inlineOverrides(f, tree, in.over, r.merge)
	if err != nil {
		return nil, err
	}
	b := &importer{run: r, file: f, in: in, context: context, inline: inline, imported: in.earlier}
	for _, item := range items {
		if err := b.add(item); err != nil {
			return nil, err
		}
	}
	tree = b.imported.onto(tree, inline, r.merge)
	slices.Sort(b.paths)
	slices.Sort(b.remote)
	out := &merged{
		tree:    r.rules().Maps(append(b.layers, tree)...),
		imports: slices.Compact(b.paths), remote: slices.Compact(b.remote),
		inline: inline, imported: b.imported, depth: b.depth,
	}
	if err := in.span.Budget().Hold(nameBytes * len(out.imports)); err != nil {
		return nil, err
	}
	return out, in.span.Lap()
}
