package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Entry is what the table holds about one entity, as one source sees it: what a
// [reconcile.Case] needs beside the declaration.
type Entry struct {
	EntityID uuid.UUID
	Record   *catalog.Record // nil: not recorded
	Head     drift.Head      // Revision 0: the source does not declare it
	// HeadDocument is the document that the head belongs to, which is another one
	// than asked for when the entity moved between documents of the source.
	HeadDocument string
	Pending      *drift.Proposal // the head's pending proposal
	Others       []reconcile.Other
	// blobs are those of the record and the pending proposals as they were read, by
	// the id of what they belong to.
	blobs map[uuid.UUID]string
}

// noteBlob remembers the blob of an item that was read.
func (e *Entry) noteBlob(id uuid.UUID, item table.Item) {
	if blob := blobOf(item); blob != "" {
		if e.blobs == nil {
			e.blobs = map[uuid.UUID]string{}
		}
		e.blobs[id] = blob
	}
}

// Load reads the entries of several entities, in the order of the ids, for a source
// and one of its documents.
func (s *Store) Load(ctx context.Context, source uuid.UUID, document string, entities []uuid.UUID) ([]Entry, error) {
	l := loader{store: s, source: source, found: map[table.Key]table.Item{}}
	entries := make([]Entry, len(entities))
	for i, id := range entities {
		entries[i] = Entry{EntityID: id, HeadDocument: document}
		l.want(entityKey(id), headKey(source, document, id))
	}
	if err := l.fetch(ctx); err != nil {
		return nil, err
	}
	for i := range entries {
		if err := l.records(ctx, &entries[i]); err != nil {
			return nil, err
		}
	}
	if err := l.fetch(ctx); err != nil {
		return nil, err
	}
	for i := range entries {
		if err := l.heads(ctx, &entries[i]); err != nil {
			return nil, err
		}
	}
	if err := l.fetch(ctx); err != nil {
		return nil, err
	}
	for i := range entries {
		if err := l.proposals(ctx, &entries[i]); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// loader fetches items in rounds: records and own heads, the heads of others, the
// pending proposals.
type loader struct {
	store  *Store
	source uuid.UUID
	wanted []table.Key
	found  map[table.Key]table.Item
}

func (l *loader) want(keys ...table.Key) {
	for _, k := range keys {
		if _, known := l.found[k]; !known {
			l.found[k] = table.Item{}
			l.wanted = append(l.wanted, k)
		}
	}
}

func (l *loader) fetch(ctx context.Context) error {
	items, err := l.store.batchGet(ctx, l.wanted)
	for _, item := range items {
		l.found[item.Key] = item
	}
	l.wanted = nil
	return err
}

// item returns a fetched item; ok is false when it does not exist.
func (l *loader) item(k table.Key) (table.Item, bool) {
	item := l.found[k]
	return item, item.Revision > 0
}

func (l *loader) records(ctx context.Context, e *Entry) error {
	item, ok := l.item(entityKey(e.EntityID))
	if !ok {
		return nil
	}
	var err error
	if e.Record, err = l.store.entity(ctx, item); err != nil {
		return err
	}
	e.noteBlob(e.EntityID, item)
	for _, d := range e.Record.Declarers {
		l.want(headKey(d.Source, d.Document, e.EntityID))
	}
	return nil
}

func (l *loader) heads(ctx context.Context, e *Entry) error {
	own := headKey(l.source, e.HeadDocument, e.EntityID)
	if _, ok := l.item(own); !ok && e.Record != nil {
		if share := e.Record.Declarer(l.source); share != nil {
			e.HeadDocument = share.Document
			own = headKey(l.source, share.Document, e.EntityID)
		}
	}
	if item, ok := l.item(own); ok {
		head, err := l.store.head(ctx, item)
		if err != nil {
			return err
		}
		e.Head = head
		l.wantProposal(l.source, head)
	}
	if e.Record == nil {
		return nil
	}
	for _, d := range e.Record.Declarers {
		item, ok := l.item(headKey(d.Source, d.Document, e.EntityID))
		if d.Source == l.source || !ok {
			continue
		}
		head, err := l.store.head(ctx, item)
		if err != nil {
			return err
		}
		e.Others = append(e.Others, reconcile.Other{Source: d.Source, Document: d.Document, Head: head})
		l.wantProposal(d.Source, head)
	}
	return nil
}

func (l *loader) wantProposal(source uuid.UUID, head drift.Head) {
	if head.Proposal != uuid.Nil {
		l.want(proposalKey(source, head.Proposal))
	}
}

func (l *loader) proposals(ctx context.Context, e *Entry) error {
	var err error
	if e.Pending, err = l.pending(ctx, e, l.source, e.Head); err != nil {
		return err
	}
	for i := range e.Others {
		if e.Others[i].Pending, err = l.pending(ctx, e, e.Others[i].Source, e.Others[i].Head); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) pending(ctx context.Context, e *Entry, source uuid.UUID, head drift.Head) (*drift.Proposal, error) {
	if head.Proposal == uuid.Nil {
		return nil, nil
	}
	item, ok := l.item(proposalKey(source, head.Proposal))
	if !ok {
		return nil, fmt.Errorf("proposal %s of %s: %w", head.Proposal, strings.TrimSpace(head.Name), ErrNotFound)
	}
	e.noteBlob(head.Proposal, item)
	p, err := l.store.proposal(ctx, item)
	return &p, err
}
