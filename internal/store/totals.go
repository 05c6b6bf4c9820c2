package store

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Totals counts a document's entities by the status of their heads, and its pending
// proposals.
type Totals struct {
	Current, Drifted, Missing, Pending int
}

// Add adds other totals.
func (t *Totals) Add(o Totals) {
	t.Current += o.Current
	t.Drifted += o.Drifted
	t.Missing += o.Missing
	t.Pending += o.Pending
}

type totalsRecord struct {
	Current int `json:"c,omitzero"`
	Drifted int `json:"d,omitzero"`
	Missing int `json:"m,omitzero"`
	Pending int `json:"p,omitzero"`
}

// Totals returns the totals of a source by document.
func (s *Store) Totals(ctx context.Context, source uuid.UUID) (map[string]Totals, error) {
	totals := map[string]Totals{}
	for item, err := range s.items(ctx, rangeOf(sourcePK(source), totalPrefix, "", 0)) {
		if err != nil {
			return nil, err
		}
		var r totalsRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, err
		}
		document := strings.TrimPrefix(item.SK[:strings.LastIndexByte(item.SK, '#')], totalPrefix)
		sum := totals[document]
		sum.Add(Totals(r))
		totals[document] = sum
	}
	return totals, nil
}

// count adds n to the total of a head's status.
func (t *Totals) count(head drift.Head, n int) {
	switch head.Status {
	case drift.Current:
		t.Current += n
	case drift.Drifted:
		t.Drifted += n
	case drift.Missing:
		t.Missing += n
	}
	if head.Proposal != uuid.Nil {
		t.Pending += n
	}
}

func totalShard(entity uuid.UUID) int { return int(entity[0]>>4) % totalShards }

func totalsOp(k table.Key, before table.Item, t Totals, first int64) table.Op {
	item := table.Item{Key: k, Revision: before.Revision + 1, Body: small(totalsRecord(t))}
	if before.Revision == 0 {
		item.Revision = first
		return table.Put(item, table.Absent)
	}
	return table.Put(item, table.At(before.Revision))
}
