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
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
	"plumbline/internal/reconcile"
)

// linksDocument holds the relationships of a push, which are facts: they are applied
// under both policies, and go with their declaration.
const linksDocument = drift.PushDocument + "-relationships"

func isPush(document string) bool { return strings.HasPrefix(document, drift.PushDocument) }

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
	if err := r.applySchemas(ctx, parsed.Schemas); err != nil {
		return err
	}
	sum := sha256.Sum256(r.req.Push.Items)
	basis := drift.Basis{ETag: hex.EncodeToString(sum[:]), SettingsRevision: r.source.SettingsRevision,
		ReaderVersion: items.Reader{}.Version(), KeyID: r.Keys.WritingID()}
	d := r.pushDocument(known, drift.PushDocument)
	body := func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(r.req.Push.Items)), nil
	}
	if err := r.read(ctx, d, basis, items.Reader{}, body); err != nil {
		return err
	}
	if d.Status != drift.ScanHeld {
		if err := r.pushRest(ctx, known, parsed, problems, basis); err != nil {
			return err
		}
	}
	r.last = &d.Document
	return r.deleteSchemas(ctx, deletions)
}

// pushRest applies the relationships, and takes back what other documents declared.
func (r *run) pushRest(ctx context.Context, known map[string]drift.Document, parsed items.Set, problems []reader.Problem, basis drift.Basis) error {
	if _, had := known[linksDocument]; had || len(parsed.Relationships) > 0 {
		if err := r.pushLinks(ctx, r.pushDocument(known, linksDocument), parsed, problems, basis); err != nil {
			return err
		}
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(known) {
		if d := known[id]; !isPush(id) && !d.Gone {
			if err := r.retire(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) pushDocument(known map[string]drift.Document, id string) *document {
	d, ok := known[id]
	if !ok {
		d = drift.Document{ID: id}
	}
	d.Gone = false
	return &document{Document: d, before: d, complete: true}
}

// retirePushes takes back what was pushed, once the uri is read again. Nothing is
// taken back while a document of the uri could not be read.
func (r *run) retirePushes(ctx context.Context, known map[string]drift.Document) error {
	if r.sum.stopped() {
		return nil
	}
	for _, id := range sortedKeys(known) {
		if d := known[id]; isPush(id) && !d.Gone {
			if err := r.flush(ctx); err != nil {
				return err
			}
			if err := r.retire(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// vanished decides about a document whose object is gone from the prefix. Like an
// empty document after a full one it waits for a person.
func (r *run) vanished(ctx context.Context, known drift.Document) error {
	d := &document{Document: known, before: known}
	gone := drift.Basis{ETag: "gone"}
	reason := ""
	if known.Entities > 0 {
		reason = "the object is gone"
	}
	if held, err := r.held(ctx, d, gone, reason); held || err != nil {
		return err
	}
	return r.retire(ctx, known)
}

// retire takes back everything that a document declared.
func (r *run) retire(ctx context.Context, known drift.Document) error {
	d := &document{Document: known, before: known}
	s := &set{run: r, document: d, index: &reconcile.Index{}, kept: map[uuid.UUID]bool{}}
	if known.ID == linksDocument {
		s.look = &factual
	}
	comparison, err := s.compare(ctx)
	if err != nil {
		return err
	}
	if err := s.apply(ctx, comparison); err != nil {
		return err
	}
	d.Gone, d.Entities, d.Basis, d.Held, d.ScannedAt = true, 0, drift.Basis{}, nil, r.Now()
	return r.close(ctx, d.end(drift.ScanSucceeded, "no longer declared by the source"))
}

// factual is how facts are compared: applied under both policies, gone when their
// declaration is.
var factual = reconcile.Look{Policy: drift.AutoUpdate, Prune: true}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// deletions checks a push's schema kinds as a whole: who may write them, and what is
// to be deleted.
func (r *run) deletions(parsed items.Set) ([]items.Deletion, error) {
	var deletions []items.Deletion
	if len(r.req.Push.Deletions) > 0 {
		var problems []reader.Problem
		var err error
		if deletions, problems, err = items.ParseDeletions(r.req.Push.Deletions); err != nil || len(problems) > 0 {
			var unusable *reader.UnusableError
			if errors.As(err, &unusable) {
				problems = append(problems, unusable.Problem)
			} else if err != nil {
				return nil, err
			}
			return nil, &InvalidError{Problems: problems}
		}
	}
	if len(parsed.Schemas)+len(deletions) > 0 && !r.req.Push.MaySchema {
		return nil, ErrSchemaDenied
	}
	return deletions, nil
}

// applySchemas records the schema kinds of a push; they are facts.
func (r *run) applySchemas(ctx context.Context, schemas []catalog.Schema) error {
	for _, schema := range schemas {
		outcome, err := r.applySchema(ctx, schema)
		if err != nil {
			return err
		}
		r.sum.schema(schema.Kind, schema.Name, outcome)
	}
	return nil
}

func (r *run) applySchema(ctx context.Context, schema catalog.Schema) (outcome string, err error) {
	recorded, err := r.Store.Schema(ctx, r.source.ProjectID, schema.Kind, schema.Name)
	switch {
	case err == nil && catalog.Equal(recorded.Body, schema.Body):
		return "unchanged", nil
	case err == nil:
		if r.req.DryRun {
			return "updated", nil
		}
		r.sum.ItemsWritten++
		return "updated", r.Store.ReplaceSchema(ctx, r.source.ProjectID, recorded, schema.Body)
	case !errors.Is(err, ErrNotFound):
		return "", err
	case r.req.DryRun:
		return "created", nil
	}
	r.sum.ItemsWritten++
	return "created", r.Store.CreateSchema(ctx, r.source.ProjectID, schema)
}

// deleteSchemas runs after the apply. An entity type that entities still have stays,
// and is told as failed.
func (r *run) deleteSchemas(ctx context.Context, deletions []items.Deletion) error {
	for _, deletion := range deletions {
		recorded, err := r.Store.Schema(ctx, r.source.ProjectID, deletion.Kind, deletion.Name)
		if errors.Is(err, ErrNotFound) {
			r.sum.schema(deletion.Kind, deletion.Name, "absent")
			continue
		}
		if err != nil {
			return err
		}
		if deletion.Kind == catalog.KindEntityType {
			used, err := r.Store.TypeInUse(ctx, r.source.ProjectID, deletion.Name)
			if err != nil {
				return err
			}
			if used {
				r.sum.failure("", reader.Problem{Name: deletion.Name, Offset: -1, Path: "deletions", Reason: "entities of this type exist"})
				continue
			}
		}
		if !r.req.DryRun {
			if err := r.Store.DeleteSchema(ctx, r.source.ProjectID, recorded); err != nil {
				return err
			}
			r.sum.ItemsWritten++
		}
		r.sum.schema(deletion.Kind, deletion.Name, "deleted")
	}
	return nil
}
