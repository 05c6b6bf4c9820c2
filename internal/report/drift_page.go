package report

import (
	"context"
	"slices"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// heads pages through every head, document by document. The cursor is the document's
// id and the cursor within it.
func (r *Reporter) heads(ctx context.Context, source drift.Source, documents []drift.Document, f DriftFilter, span Span) (Page[DriftEntity], error) {
	at, within, err := splitCursor(span.Cursor)
	if err != nil {
		return Page[DriftEntity]{}, err
	}
	var page Page[DriftEntity]
	looked, chunk := 0, span.Limit
	if f != (DriftFilter{}) {
		chunk = max(chunk, readChunk)
	}
	for _, document := range documents {
		if document.ID < at || !r.holds(document, f.Status) {
			continue
		}
		if document.ID != at {
			within = ""
		}
		for done := false; !done; {
			heads, next, err := r.Store.HeadsPage(ctx, source.ID, document.ID, within, chunk)
			if err != nil {
				return Page[DriftEntity]{}, err
			}
			for _, head := range heads {
				looked++
				if e := r.entity(head, document); f.admits(e) {
					page.Items = append(page.Items, e)
				}
				if len(page.Items) == span.Limit || looked == maxRead {
					page.Next = document.ID + cursorBreak + store.EntityCursor(head.EntityID)
					return page, nil
				}
			}
			within, done = next, next == ""
		}
	}
	return page, nil
}

// holds reports whether a document can hold heads of a status.
func (r *Reporter) holds(document drift.Document, status drift.Status) bool {
	switch status {
	case drift.Current:
		return !r.stale(document)
	case drift.Stale:
		return r.stale(document)
	}
	return true
}

const cursorBreak = "\n"

func splitCursor(cursor string) (document, within string, err error) {
	document, within, found := strings.Cut(cursor, cursorBreak)
	if cursor != "" && !found {
		return "", "", store.ErrBadCursor
	}
	return document, within, nil
}

// sparse pages through the drifted or missing entities, which have entries of their
// own.
func (r *Reporter) sparse(ctx context.Context, source drift.Source, f DriftFilter, span Span) (Page[DriftEntity], error) {
	var page Page[DriftEntity]
	cursor, chunk := span.Cursor, span.Limit
	if f.EntityType != "" {
		chunk = max(chunk, readChunk)
	}
	for read, looked := 0, 0; ; {
		listed, next, err := r.Store.SourceEntities(ctx, source.ID, f.Status, cursor, chunk)
		if err != nil {
			return Page[DriftEntity]{}, err
		}
		read += len(listed)
		listed = slices.DeleteFunc(listed, func(l store.Listed) bool {
			return store.IsLinkType(l.EntityType) || f.EntityType != "" && l.EntityType != f.EntityType
		})
		for some := range slices.Chunk(listed, max(span.Limit-len(page.Items), minChunk)) {
			entities, err := r.ofSource(ctx, source, some)
			if err != nil {
				return Page[DriftEntity]{}, err
			}
			for i, e := range entities {
				looked++
				if f.admits(e) {
					page.Items = append(page.Items, e)
				}
				if len(page.Items) == span.Limit || looked == maxLooked {
					page.Next = some[i].Key
					return page, nil
				}
			}
		}
		if cursor = next; cursor == "" || read >= maxRead {
			page.Next = cursor
			return page, nil
		}
	}
}

// ofSource gives listed entities as the source sees them, in their order. One that
// changed since it was listed keeps what the list said.
func (r *Reporter) ofSource(ctx context.Context, source drift.Source, listed []store.Listed) ([]DriftEntity, error) {
	shares, err := r.shares(ctx, listed)
	if err != nil {
		return nil, err
	}
	entities := make([]DriftEntity, len(listed))
	for i, l := range listed {
		entities[i] = DriftEntity{ID: l.ID, EntityType: l.EntityType, Name: l.Name}
		for _, share := range shares[l.ID] {
			if share.Source == source.ID {
				entities[i] = r.entity(share.Head, share.Document)
			}
		}
	}
	return entities, nil
}
