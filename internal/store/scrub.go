package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/table"
)

// Redact gives the secret form of a value that stood in plain at a property.
type Redact func(entity uuid.UUID, property string, plain catalog.Value) catalog.Value

// Scrub overwrites the plaintext of properties that turned secret wherever it stands
// beside the entity itself: in its history, in what scans found declared otherwise and
// in every proposal about it. It comes before the change of the entity, so that a scan which dies in between scrubs again.
func (s *Store) Scrub(ctx context.Context, entity uuid.UUID, properties []string, redact Redact) error {
	for item, err := range s.items(ctx, rangeOf(entityPK(entity), eventPrefix, "", 0)) {
		if err != nil {
			return err
		}
		if err := s.scrubEvent(ctx, item, properties, redact); err != nil {
			return fmt.Errorf("scrub event %s: %w", item.Key, err)
		}
	}
	for item, err := range s.items(ctx, rangeOf(entityPK(entity), deltaPatchPrefix, "", 0)) {
		if err != nil {
			return err
		}
		if err := s.scrubDelta(ctx, entity, item, properties, redact); err != nil {
			return fmt.Errorf("scrub delta %s: %w", item.Key, err)
		}
	}
	for item, err := range s.items(ctx, rangeOf(entityPK(entity), entityProposalPrefix, "", 0)) {
		if err != nil {
			return err
		}
		if err := s.scrubProposal(ctx, item, properties, redact); err != nil {
			return fmt.Errorf("scrub proposal %s: %w", item.Key, err)
		}
	}
	return nil
}

func (s *Store) scrubEvent(ctx context.Context, item table.Item, properties []string, redact Redact) error {
	e, err := s.event(ctx, item)
	if err != nil {
		return err
	}
	if !scrubPatch(e.Patch, e.Entity, properties, redact) {
		return nil
	}
	op, err := s.eventOp(ctx, e, item.Revision+1)
	if err != nil {
		return err
	}
	op.If = table.At(item.Revision)
	return s.rewrite(ctx, item, op)
}

func (s *Store) scrubDelta(ctx context.Context, entity uuid.UUID, item table.Item, properties []string, redact Redact) error {
	patch, err := s.deltaPatch(ctx, item)
	if err != nil || !scrubPatch(patch, entity, properties, redact) {
		return err
	}
	was := item.Revision
	item.Revision, item.Body = was+1, small(deltaPatchRecord{Patch: patchRecords(patch)})
	return s.table.Write(ctx, table.Put(item, table.At(was)))
}

// scrubPatch redacts the values of a patch at or below the properties, each as a whole:
// one that has a secret already may have plaintext beside it.
func scrubPatch(patch []reconcile.PatchOp, entity uuid.UUID, properties []string, redact Redact) (changed bool) {
	for i, op := range patch {
		at := slices.IndexFunc(properties, func(p string) bool { return op.Path == p || strings.HasPrefix(op.Path, p+"/") })
		if at < 0 || op.Value == nil || catalog.IsSecret(op.Value) {
			continue
		}
		patch[i].Value, changed = redact(entity, properties[at], op.Value), true
	}
	return changed
}

func (s *Store) scrubProposal(ctx context.Context, link table.Item, properties []string, redact Redact) error {
	var r idRecord
	if err := s.decode(ctx, link, &r); err != nil {
		return err
	}
	id, err := parseID(strings.TrimPrefix(link.SK, entityProposalPrefix))
	if err != nil {
		return err
	}
	item, err := s.get(ctx, proposalKey(r.ID, id))
	if errors.Is(err, ErrNotFound) {
		return nil // its source is gone
	}
	if err != nil {
		return err
	}
	p, err := s.proposal(ctx, item)
	if err != nil {
		return err
	}
	if !scrubChanges(&p, properties, redact) {
		return nil
	}
	op, err := s.proposalOp(ctx, p)
	if err != nil {
		return err
	}
	return s.rewrite(ctx, item, op)
}

// scrubChanges redacts both sides of a proposal's changes at the properties.
func scrubChanges(p *drift.Proposal, properties []string, redact Redact) (changed bool) {
	hide := func(property string, v *catalog.Value) {
		if *v != nil && !catalog.IsSecret(*v) {
			*v, changed = redact(p.EntityID, property, *v), true
		}
	}
	for i := range p.Changes {
		c := &p.Changes[i]
		if !slices.Contains(properties, c.Property) {
			continue
		}
		hide(c.Property, &c.Before)
		hide(c.Property, &c.After)
		for j := range c.Conflict {
			hide(c.Property, &c.Conflict[j].Value)
		}
	}
	return changed
}

// rewrite replaces an item, and removes the blob of the old one.
func (s *Store) rewrite(ctx context.Context, old table.Item, op table.Op) error {
	ops, blob := []table.Op{op}, blobOf(old)
	if err := s.table.Write(ctx, op); err != nil {
		return s.undo(ctx, err, ops, blob)
	}
	return s.dropBlobs(ctx, []string{blob}, ops)
}
