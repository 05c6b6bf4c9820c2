package store

import (
	"context"
	"iter"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

type documentRecord struct {
	// Kind is empty in records of earlier versions: see [drift.UnrecordedKind].
	Kind drift.DocumentKind `json:"kind,omitzero"`
	// Released is the hold that a person let pass last.
	Released releaseRecord `json:"released,omitzero"`
	Started  int64         `json:"started,omitzero"`

	URI           string           `json:"uri,omitzero"`
	Scope         string           `json:"scope,omitzero"`
	Status        drift.ScanStatus `json:"status"`
	Reason        string           `json:"reason,omitzero"`
	Format        string           `json:"format,omitzero"`
	Lineage       string           `json:"lineage,omitzero"`
	Serial        uint64           `json:"serial,omitzero"`
	HasSerial     bool             `json:"hasSerial,omitzero"`
	WriterVersion string           `json:"writer,omitzero"`
	Snapshot      string           `json:"snapshot,omitzero"`
	Content       contentRecord    `json:"content,omitzero"`
	Empty         bool             `json:"empty,omitzero"`
	Basis         basisRecord      `json:"basis,omitzero"`
	KeyID         string           `json:"keyId,omitzero"`
	Entities      int              `json:"entities,omitzero"`
	Scanned       int64            `json:"scanned,omitzero"`
	Held          *holdRecord      `json:"held,omitzero"`
	LockedSince   int64            `json:"lockedSince,omitzero"`
	Gone          bool             `json:"gone,omitzero"`
}

type basisRecord struct {
	ETag             string `json:"etag,omitzero"`
	SettingsRevision int64  `json:"settings,omitzero"`
	ReaderVersion    int    `json:"reader,omitzero"`
	KeyID            string `json:"key,omitzero"`
}

type contentRecord struct {
	Digest        string `json:"digest"`
	ReaderVersion int    `json:"reader"`
}

// releaseRecord names scans: see [drift.Release].
type releaseRecord struct {
	From uuid.UUID `json:"scanId,omitzero"`
	By   uuid.UUID `json:"id,omitzero"`
}

type holdRecord struct {
	ScanID uuid.UUID `json:"scanId"`
	Reason string    `json:"reason"`
	ETag   string    `json:"etag,omitzero"`
}

// Document returns a document of a source, or [ErrNotFound].
func (s *Store) Document(ctx context.Context, source uuid.UUID, id string) (drift.Document, error) {
	item, err := s.get(ctx, documentKey(source, id))
	if err != nil {
		return drift.Document{}, err
	}
	return s.document(ctx, item)
}

// Documents yields every document of a source by id.
func (s *Store) Documents(ctx context.Context, source uuid.UUID) iter.Seq2[drift.Document, error] {
	return func(yield func(drift.Document, error) bool) {
		for item, err := range s.items(ctx, rangeOf(sourcePK(source), documentPrefix, "", 0)) {
			if err != nil {
				yield(drift.Document{}, err)
				return
			}
			if d, err := s.document(ctx, item); !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func documentOp(source uuid.UUID, d drift.Document, first int64) table.Op {
	r := documentRecord{Kind: d.Kind, Started: micros(d.BegunAt), Released: releaseRecord(d.Released), URI: d.URI, Scope: d.Scope, Status: d.Status, Reason: d.Reason, Format: d.Format,
		Lineage: d.Lineage, Serial: d.Serial, HasSerial: d.HasSerial, WriterVersion: d.WriterVersion,
		Snapshot: d.Snapshot, Empty: d.Empty,
		Basis: basisRecord(d.Basis), KeyID: d.KeyID, Content: contentRecord(d.Content),
		Entities: d.Entities, Scanned: micros(d.ScannedAt),
		LockedSince: micros(d.LockedSince), Gone: d.Gone}
	if d.Held != nil {
		held := holdRecord(*d.Held)
		r.Held = &held
	}
	item := table.Item{Key: documentKey(source, d.ID), Revision: d.Revision + 1, Body: small(r)}
	if d.Revision == 0 {
		item.Revision = first
		return table.Put(item, table.Absent)
	}
	return table.Put(item, table.At(d.Revision))
}

func (s *Store) document(ctx context.Context, item table.Item) (drift.Document, error) {
	var r documentRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Document{}, err
	}
	d := drift.Document{ID: strings.TrimPrefix(item.SK, documentPrefix), Kind: r.Kind, BegunAt: fromMicros(r.Started), Released: drift.Release(r.Released),
		URI: r.URI, Scope: r.Scope, Status: r.Status, Reason: r.Reason,
		Format: r.Format, Lineage: r.Lineage, Serial: r.Serial, HasSerial: r.HasSerial, WriterVersion: r.WriterVersion,
		Snapshot: r.Snapshot, Empty: r.Empty, Basis: drift.Basis(r.Basis), KeyID: r.KeyID,
		Content: drift.Content(r.Content), Entities: r.Entities, ScannedAt: fromMicros(r.Scanned),
		LockedSince: fromMicros(r.LockedSince), Gone: r.Gone, Revision: item.Revision}
	if r.Held != nil {
		held := drift.Hold(*r.Held)
		d.Held = &held
	}
	if d.Kind == "" {
		d.Kind = drift.UnrecordedKind(d.ID)
	}
	return d, nil
}
