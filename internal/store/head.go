package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"iter"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// headRecord is kept small: a scan reads one for each entity of the document. The
// entity id is the sort key; "" stands for the status current.
type headRecord struct {
	Type           string            `json:"t"`
	Name           string            `json:"n"`
	Digest         string            `json:"d,omitzero"`
	Status         drift.Status      `json:"s,omitzero"`
	Rejected       map[string]string `json:"r,omitzero"`
	Proposal       uuid.UUID         `json:"p,omitzero"`
	ProposalDigest string            `json:"pd,omitzero"`
	Proposals      int               `json:"pn,omitzero"`
}

// Heads yields the heads of a document sorted by entity id.
func (s *Store) Heads(ctx context.Context, source uuid.UUID, document string) iter.Seq2[drift.Head, error] {
	return func(yield func(drift.Head, error) bool) {
		for shard := range shards {
			q := table.Query{PK: headPK(source, document, shardText(shard))}
			for item, err := range s.items(ctx, q) {
				if err != nil {
					yield(drift.Head{}, err)
					return
				}
				if head, err := s.head(ctx, item); !yield(head, err) || err != nil {
					return
				}
			}
		}
	}
}

// staleDecision is what is wanted of a source whose proposal no longer fitted.
var staleDecision = Wish{Trigger: drift.TriggerSchedule, Actor: "a decision on a proposal that no longer fitted", Full: true}

// LookAgain lets the next scan of an entity's document look at it, though its
// declaration be the same, and makes the source due for a full one, in one transaction.
// [ErrConflict] where the head or the record moved since the entry was read.
func (s *Store) LookAgain(ctx context.Context, ref drift.SourceRef, e Entry) error {
	// To the second, so that many at once are due once.
	ops := []table.Op{s.dueOp(ref, s.now().Truncate(time.Second), dueRetry, staleDecision)}
	if head := e.Head; head.Revision > 0 {
		head.Digest = [32]byte{}
		ops = append(ops, headOp(ref.ID, e.HeadDocument, head, s.first()))
	}
	if e.Record != nil {
		ops = append(ops, table.Check(entityKey(e.EntityID), table.At(e.Record.Revision)))
	}
	return s.table.Write(ctx, ops...)
}

func headOp(source uuid.UUID, document string, head drift.Head, first int64) table.Op {
	r := headRecord{Type: head.EntityType, Name: head.Name, Rejected: head.Rejected,
		Proposal: head.Proposal, ProposalDigest: head.ProposalDigest, Proposals: head.Proposals}
	if head.Status != drift.Current {
		r.Status = head.Status
	}
	if head.Digest != [32]byte{} {
		r.Digest = base64.RawStdEncoding.EncodeToString(head.Digest[:])
	}
	item := table.Item{Key: headKey(source, document, head.EntityID), Revision: head.Revision + 1, Body: small(r)}
	if head.Revision == 0 {
		item.Revision = first
		return table.Put(item, table.Absent)
	}
	return table.Put(item, table.At(head.Revision))
}

func (s *Store) head(ctx context.Context, item table.Item) (drift.Head, error) {
	var r headRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Head{}, err
	}
	id, err := parseID(item.SK)
	if err != nil {
		return drift.Head{}, err
	}
	head := drift.Head{EntityID: id, EntityType: r.Type, Name: r.Name, Status: r.Status, Rejected: r.Rejected,
		Proposal: r.Proposal, ProposalDigest: r.ProposalDigest, Proposals: r.Proposals, Revision: item.Revision}
	if head.Status == "" {
		head.Status = drift.Current
	}
	digest, err := base64.RawStdEncoding.DecodeString(r.Digest)
	if err != nil || len(digest) != 0 && len(digest) != 32 {
		return drift.Head{}, fmt.Errorf("item %s: malformed digest", item.Key)
	}
	copy(head.Digest[:], digest)
	return head, nil
}
