package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Delta is an entity that a scan's source declares otherwise than before.
type Delta struct {
	EntityID   uuid.UUID
	EntityType string
	Name       string
	Kind       drift.Delta
	// Patch leads from the declaration before to that of the scan. Only a changed
	// entity has one, once it is read: see [Store.ReadPatches].
	Patch []reconcile.PatchOp
	// PatchBytes is the length of a patch that was too long to be kept, 0 otherwise.
	PatchBytes int
	// Relationships: those that the source derives from the declaration changed.
	Relationships bool
	// Key is the cursor behind this delta.
	Key string
	// patch is where the patch stands; the zero key where there is none.
	patch table.Key
}

type deltasRecord struct {
	Deltas []deltaRecord `json:"deltas"`
}

type deltaRecord struct {
	Entity        uuid.UUID   `json:"entity"`
	Type          string      `json:"type"`
	Name          string      `json:"name"`
	Kind          drift.Delta `json:"kind"`
	Relationships bool        `json:"rel,omitzero"`
	// One of these where there is a patch.
	Event      uuid.UUID `json:"event,omitzero"`
	Proposal   uuid.UUID `json:"proposal,omitzero"`
	Patch      uuid.UUID `json:"patch,omitzero"`
	PatchBytes int       `json:"bytes,omitzero"`
}

type deltaPatchRecord struct {
	Patch []patchRecord `json:"patch"`
}

type deltaTallyRecord struct {
	Added   int `json:"added,omitzero"`
	Changed int `json:"changed,omitzero"`
	Removed int `json:"removed,omitzero"`
}

// DeltaCounts counts the deltas of a scan, of one that died or is under way those so
// far; [ErrNotFound] where it has none.
func (s *Store) DeltaCounts(ctx context.Context, source, scan uuid.UUID) (drift.DeltaCounts, error) {
	item, err := s.get(ctx, deltaTallyKey(source, scan))
	if err != nil {
		return drift.DeltaCounts{}, err
	}
	return s.deltaTally(ctx, item)
}

func (s *Store) deltaTally(ctx context.Context, item table.Item) (drift.DeltaCounts, error) {
	var r deltaTallyRecord
	err := s.decode(ctx, item, &r)
	return drift.DeltaCounts(r), err
}

// deltasAnItem is about how many deltas an item holds.
const deltasAnItem = 14

// Deltas returns a page of about limit deltas of a scan, in the order in which they
// were applied, without their patches.
func (s *Store) Deltas(ctx context.Context, source, scan uuid.UUID, cursor string, limit int) ([]Delta, string, error) {
	q := table.Query{PK: deltaPK(source, scan), Limit: limit/deltasAnItem + 1}
	// A cursor is a sort key, and how many deltas of its item are behind it; without
	// a number all of them are.
	within, skipped, partly := strings.Cut(cursor, ".")
	skip, err := strconv.Atoi(skipped)
	switch {
	case !partly:
		q.After = cursor
	case err != nil || skip < 0 || within == "":
		return nil, "", ErrBadCursor
	default:
		q.From = within
	}
	p, err := s.table.Query(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("query %s: %w", q.PK, err)
	}
	var all []Delta
	for _, item := range p.Items {
		found, err := s.deltasOf(ctx, source, item)
		if err != nil {
			return nil, "", err
		}
		if partly && item.SK == within {
			found = found[min(skip, len(found)):]
		}
		all = append(all, found...)
	}
	return all, p.Next, nil
}

// deltasOf takes an item of deltas apart.
func (s *Store) deltasOf(ctx context.Context, source uuid.UUID, item table.Item) ([]Delta, error) {
	var r deltasRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return nil, err
	}
	all := make([]Delta, len(r.Deltas))
	for i, d := range r.Deltas {
		all[i] = Delta{EntityID: d.Entity, EntityType: d.Type, Name: d.Name, Kind: d.Kind, Relationships: d.Relationships,
			PatchBytes: d.PatchBytes, patch: d.patchKey(source), Key: item.SK}
		if i < len(r.Deltas)-1 {
			all[i].Key += "." + strconv.Itoa(i+1)
		}
	}
	return all, nil
}

func (r deltaRecord) patchKey(source uuid.UUID) table.Key {
	switch {
	case r.Event != uuid.Nil:
		return eventKey(r.Entity, r.Event)
	case r.Proposal != uuid.Nil:
		return proposalKey(source, r.Proposal)
	case r.Patch != uuid.Nil:
		return deltaPatchKey(r.Entity, r.Patch)
	}
	return table.Key{}
}

// ReadPatches reads the patches of deltas into them.
func (s *Store) ReadPatches(ctx context.Context, all []Delta) error {
	var keys []table.Key
	at := map[table.Key]*Delta{}
	for i := range all {
		if k := all[i].patch; k != (table.Key{}) {
			keys, at[k] = append(keys, k), &all[i]
		}
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return err
	}
	for _, item := range items {
		if at[item.Key].Patch, err = s.deltaPatch(ctx, item); err != nil {
			return err
		}
	}
	return nil
}

// deltaPatch reads a patch from where it stands: an event and a patch that is kept for
// itself name it alike.
func (s *Store) deltaPatch(ctx context.Context, item table.Item) ([]reconcile.PatchOp, error) {
	if strings.HasPrefix(item.PK, sourcePrefix) {
		p, err := s.proposal(ctx, item)
		if err != nil {
			return nil, err
		}
		return patchOf(p.Changes), nil
	}
	var r deltaPatchRecord
	err := s.decode(ctx, item, &r)
	return patchOps(r.Patch), err
}
