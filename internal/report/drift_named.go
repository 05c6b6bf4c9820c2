package report

import (
	"context"
	"slices"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// stream gives the entities of one document by name, behind a cursor.
type stream struct {
	document drift.Document
	// least is no greater than any name of the document.
	least string
	// whole: the document is read at once, being small or without a scope of its own.
	whole bool
	// ahead are entities that were read and not given yet; after is the cursor behind
	// them, done says that there are no others.
	ahead []DriftEntity
	after string
	done  bool
}

// wholeHeads is how many heads of a document are read and sorted at once, rather than
// found by the environment's list of names.
const wholeHeads = 200

// longScope is how many bytes of a scope, and more, may be shortened in names.
const longScope = 400

// named is a page of the entities of all documents by name, which is where the names of
// scoped documents begin with their scopes: those that come later are not opened.
func (r *Reporter) named(ctx context.Context, source drift.Source, counts map[string]store.Totals, documents []drift.Document, f DriftFilter, span Span) (Page[DriftEntity], error) {
	if err := checkNameKey(span.Cursor); err != nil {
		return Page[DriftEntity]{}, err
	}
	var waiting, open []*stream
	for _, document := range documents {
		if s := r.stream(document, counts[document.ID], span.Cursor); s != nil && r.holds(document, f) {
			waiting = append(waiting, s)
		}
	}
	slices.SortStableFunc(waiting, func(a, b *stream) int { return strings.Compare(a.least, b.least) })
	chunk := span.Limit + 1
	if len(f.Statuses) > 0 || f.EntityType != "" {
		chunk = max(chunk, readChunk)
	}
	var page Page[DriftEntity]
	for looked := 0; ; looked++ {
		first, err := r.first(ctx, source, &waiting, &open, chunk)
		if err != nil || first == nil {
			page.Next = ""
			return page, err
		}
		if len(page.Items) == span.Limit || looked == maxRead {
			return page, nil
		}
		e := first.ahead[0]
		if first.ahead = first.ahead[1:]; f.admits(e) {
			page.Items = append(page.Items, e)
		}
		page.Next = e.key()
	}
}

// stream is that of a document, nil where all of its names are before the cursor.
func (r *Reporter) stream(document drift.Document, counts store.Totals, cursor string) *stream {
	s := &stream{document: document, least: document.Scope, after: cursor}
	if s.whole = document.Scope == "" || len(document.Scope) > longScope || document.Kind.IsPushed(); s.whole {
		s.least = ""
		return s
	}
	if name, _, _ := strings.Cut(cursor, store.NameBreak); name >= document.Scope+string('/'+1) {
		return nil
	}
	s.whole = counts.Current+counts.Drifted+counts.Missing <= wholeHeads
	return s
}

// first is the stream with the first entity, nil where none is left. It opens those that
// may have an earlier one, and drops those that are at their end.
func (r *Reporter) first(ctx context.Context, source drift.Source, waiting, open *[]*stream, limit int) (*stream, error) {
	var first *stream
	for i := 0; ; i++ {
		if i == len(*open) {
			if len(*waiting) == 0 || first != nil && (*waiting)[0].least > first.ahead[0].Name {
				break
			}
			*open, *waiting = append(*open, (*waiting)[0]), (*waiting)[1:]
		}
		s := (*open)[i]
		for len(s.ahead) == 0 && !s.done {
			if err := r.read(ctx, source, s, limit); err != nil {
				return nil, err
			}
		}
		if len(s.ahead) > 0 && (first == nil || s.ahead[0].key() < first.ahead[0].key()) {
			first = s
		}
	}
	*open = slices.DeleteFunc(*open, func(s *stream) bool { return len(s.ahead) == 0 && s.done })
	if first == nil {
		return nil, nil
	}
	return first, nil
}

// read reads the next entities of a stream.
func (r *Reporter) read(ctx context.Context, source drift.Source, s *stream, limit int) error {
	var heads []drift.Head
	var err error
	if s.whole {
		heads, err = r.wholeDocument(ctx, source, s)
	} else {
		heads, s.after, err = r.Store.HeadsByName(ctx, source, s.document, s.after, limit)
		s.done = s.after == ""
	}
	for _, head := range heads {
		s.ahead = append(s.ahead, r.entity(head, s.document))
	}
	return err
}

// wholeDocument reads every head of a document behind the stream's cursor, by name.
func (r *Reporter) wholeDocument(ctx context.Context, source drift.Source, s *stream) ([]drift.Head, error) {
	var heads []drift.Head
	for cursor := ""; ; {
		some, next, err := r.Store.HeadsPage(ctx, source.ID, s.document.ID, cursor, sparseChunk)
		if err != nil {
			return nil, err
		}
		for _, head := range some {
			if nameKey(head.Name, head.EntityType) > s.after {
				heads = append(heads, head)
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	slices.SortFunc(heads, func(a, b drift.Head) int {
		return strings.Compare(nameKey(a.Name, a.EntityType), nameKey(b.Name, b.EntityType))
	})
	s.done = true
	return heads, nil
}
