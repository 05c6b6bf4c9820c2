package scan

import (
	"context"

	"plumbline/internal/drift"
	"plumbline/internal/place"
)

// documentsAt are the documents of the objects that a listing found, in its order, as
// they are known, moved or new.
func (r *run) documentsAt(ctx context.Context, pattern place.Pattern, objects []found) ([]*document, error) {
	documents := make([]*document, len(objects))
	listed := map[string]bool{}
	for i, f := range objects {
		documents[i] = r.documentAt(pattern, f.at)
		listed[documents[i].ID] = true
	}
	left := map[string]drift.Document{} // by scope: those whose object is not listed
	for _, id := range sortedKeys(r.known) {
		if d := r.known[id]; !listed[id] && !d.Kind.IsPushed() && !d.Gone && !d.ScannedAt.IsZero() && d.URI != "" {
			left[d.Scope] = d
		}
	}
	if !r.source.Settings.Kind.IsScoped() {
		return documents, nil
	}
	for _, d := range documents {
		from, ok := left[d.Scope]
		if !ok || !d.before.ScannedAt.IsZero() {
			continue
		}
		delete(left, d.Scope)
		if err := r.move(ctx, d, from); err != nil {
			return nil, err
		}
	}
	return documents, nil
}

// move makes the document of an object that has none of its own yet the one that had its
// scope, and whose object is gone: a state that was moved to another key. Its lineage,
// its serial and what it declared are compared as if it had stayed.
func (r *run) move(ctx context.Context, d *document, from drift.Document) error {
	if d.Revision > 0 {
		if !r.req.DryRun { // it was refused the scope before
			if err := r.Store.DropDocument(ctx, r.lease, d.Document); err != nil {
				return err
			}
		}
		delete(r.known, d.ID)
	}
	uri := d.URI
	d.Document, d.before = from, from
	d.URI, d.before.Basis = uri, readAnew(from.Basis)
	return nil
}

// documentAt is the document of an object, as it is known or new.
func (r *run) documentAt(pattern place.Pattern, at place.Location) *document {
	d, ok := r.knownAt(at)
	if !ok {
		d = drift.Document{ID: r.newID(at), Kind: drift.DocumentObject, URI: at.URI()}
	}
	before := d
	if d.ScannedAt.IsZero() { // the first scan fixes it
		d.Scope = r.scopeOf(pattern, at)
	}
	d.Gone = false
	return &document{Document: d, before: before}
}

// knownAt finds the document of an object. One that moved keeps the id of its first
// place, so that only the uri tells.
func (r *run) knownAt(at place.Location) (drift.Document, bool) {
	if d, ok := r.known[documentID(at, 0)]; ok && d.URI == at.URI() {
		return d, true
	}
	if r.byURI == nil {
		r.byURI = make(map[string]string, len(r.known))
		for id, d := range r.known {
			r.byURI[d.URI] = id
		}
	}
	d, ok := r.known[r.byURI[at.URI()]]
	return d, ok
}

// newID is an id that no document of the source has.
func (r *run) newID(at place.Location) string {
	for n := 0; ; n++ {
		if id := documentID(at, n); !r.has(id) {
			return id
		}
	}
}

func (r *run) has(id string) bool { _, ok := r.known[id]; return ok }
