package scan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"slices"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
)

// push applies a pushed set: schema kinds first, then entities and relationships,
// then the deletions of schema kinds. What the source declared before by other
// documents is no longer declared.
func (r *run) push(ctx context.Context) error {
	parsed, problems, err := items.Parse(r.req.Push.Items, r.source.EnvID, r.Keys.For(r.source.Organisation))
	if err != nil {
		var unusable *reader.UnusableError
		if errors.As(err, &unusable) {
			return &InvalidError{Problems: []reader.Problem{unusable.Problem}}
		}
		return err
	}
	deletions, err := r.deletions(parsed)
	if err != nil {
		return err
	}
	known, err := r.knownDocuments(ctx)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(r.req.Push.Items)
	basis := drift.Basis{ETag: hex.EncodeToString(sum[:]), SettingsRevision: r.source.SettingsRevision,
		ReaderVersion: items.Reader{}.Version(), KeyID: r.Keys.WritingID()}
	if err := r.reviewPush(ctx, known, basis.ETag); err != nil {
		return err
	}
	if err := r.types.pushed(parsed.Schemas); err != nil {
		return err
	}
	d := r.pushDocument(known, drift.DocumentPush)
	d.ready = func(ctx context.Context) error {
		if err := r.applySchemas(ctx, parsed.Schemas); err != nil {
			return err
		}
		return r.unsettle(ctx, known)
	}
	body := func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(r.req.Push.Items)), nil
	}
	if err := r.read(ctx, d, basis, items.Reader{}, reader.Document{Open: body}); err != nil || d.Status == drift.ScanHeld {
		return err
	}
	if err := r.pushRest(ctx, known, parsed, problems, basis); err != nil {
		return err
	}
	return r.deleteSchemas(ctx, deletions)
}

// reviewPush is [run.review] for a push: the bytes that a force releases are those of
// the push.
func (r *run) reviewPush(ctx context.Context, known map[string]drift.Document, etag string) error {
	if err := r.review(ctx, known); err != nil {
		return err
	}
	var replaced tally
	replaced.add(etag, false)
	for id := range r.force.released {
		reviewed := replaced.etag()
		if known[id].Kind.IsPushed() {
			reviewed = etag
		}
		if err := r.moved(id, reviewed); err != nil {
			return err
		}
	}
	return nil
}

// unsettle lets every document whose entities the push takes over be read anew when
// its uri is, though its bytes be the same.
func (r *run) unsettle(ctx context.Context, known map[string]drift.Document) error {
	for _, id := range sortedKeys(known) {
		d := known[id]
		if d.Kind.IsPushed() || d.Basis.ETag == "" || r.req.DryRun {
			continue
		}
		d.Basis = readAnew(d.Basis)
		saved, err := r.Store.SaveDocument(ctx, r.lease, d)
		if err != nil {
			return err
		}
		known[id] = saved
		r.sum.ItemsWritten++
	}
	return nil
}

// pushRest applies the relationships, and takes back what other documents declared.
func (r *run) pushRest(ctx context.Context, known map[string]drift.Document, parsed items.Set, problems []reader.Problem, basis drift.Basis) error {
	if _, had := known[drift.RelationshipsDocument]; had || len(parsed.Relationships) > 0 {
		if err := r.pushLinks(ctx, r.pushDocument(known, drift.DocumentRelationships), parsed, problems, basis); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(known) {
		if d := known[id]; !d.Kind.IsPushed() && !d.Gone {
			if err := r.retire(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) pushDocument(known map[string]drift.Document, kind drift.DocumentKind) *document {
	id := drift.PushDocument
	if kind == drift.DocumentRelationships {
		id = drift.RelationshipsDocument
	}
	d, ok := known[id]
	if !ok {
		d = drift.Document{ID: id, Kind: kind}
	}
	d.Gone = false
	return &document{Document: d, before: d, complete: true}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
