package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// maxClaims keeps the item of an identity small; more claimants than that are a
// mistake of the document, and the first ones show it.
const maxClaims = 100

// identityRecord is one form of an identity and who claims it.
type identityRecord struct {
	Identity string        `json:"identity"`
	Claims   []claimantRec `json:"claims"`
}

// claimantRec is one claim. What else the claimant is known by, each form by its digest,
// tells apart what shares an id alone; claims of earlier versions lack it.
type claimantRec struct {
	Entity   uuid.UUID `json:"e"`
	Source   uuid.UUID `json:"s"`
	Resource string    `json:"r,omitzero"`
	ARN      string    `json:"n,omitzero"`
	ID       string    `json:"i,omitzero"`
	Account  string    `json:"a,omitzero"`
	Region   string    `json:"g,omitzero"`
}

// identityDelta gathers what a batch does to one form of an identity.
type identityDelta struct {
	env      uuid.UUID
	identity string
	digest   string
	add, sub []claimantRec
}

// identify notes which identities the record's declarers claim anew or no longer. A
// source that no longer declares the entity claims nothing.
func (b *batch) identify(w *Write) {
	before, after := w.Entry.Record, w.Change.Record
	if after == nil && !w.Change.Delete {
		after = before
	}
	either := cmp.Or(before, after)
	if either == nil {
		return
	}
	// Earlier versions left the claims of what is missing.
	recorded, was := claimsOf(before, nil), claimsOf(before, w.statusesBefore())
	is := claimsOf(after, w.statusesAfter())
	for identity, list := range recorded {
		for _, c := range list {
			if !slices.Contains(is[identity], c) {
				d := b.delta(either.EnvID, identity)
				d.sub = append(d.sub, c)
			}
		}
	}
	for identity, list := range is {
		for _, c := range list {
			if !slices.Contains(was[identity], c) {
				d := b.delta(either.EnvID, identity)
				d.add = append(d.add, c)
			}
		}
	}
}

// claimsOf are a record's claims by the form's text, without those of sources for which
// it is missing.
func claimsOf(r *catalog.Record, statuses map[uuid.UUID]drift.Status) map[string][]claimantRec {
	claims := map[string][]claimantRec{}
	if r == nil {
		return claims
	}
	for _, d := range r.Declarers {
		if statuses[d.Source] == drift.Missing {
			continue
		}
		c := claimantRec{Entity: r.ID, Source: d.Source, Account: d.Identity.Account, Region: d.Identity.Region}
		forms := d.Identity.Forms()
		for _, form := range forms {
			c.enter(form)
		}
		for _, form := range forms {
			if !slices.Contains(claims[form.Text], c) {
				claims[form.Text] = append(claims[form.Text], c)
			}
		}
	}
	return claims
}

func (c *claimantRec) enter(form catalog.Form) {
	fields := [...]*string{&c.Resource, &c.ARN, &c.ID}
	if form.Rank < len(fields) {
		*fields[form.Rank] = digestText(form.Text)
	}
}

// isOf reports whether both are of one entity and source.
func (c claimantRec) isOf(other claimantRec) bool {
	return c.Entity == other.Entity && c.Source == other.Source
}

func (b *batch) delta(env uuid.UUID, identity string) *identityDelta {
	digest := digestText(identity)
	k := identityKey(env, digest)
	if b.identities[k] == nil {
		b.identities[k] = &identityDelta{env: env, identity: identity, digest: digest}
	}
	return b.identities[k]
}

func (b *batch) closeIdentities(ctx context.Context) error {
	var keys []table.Key
	for k := range b.identities {
		keys = append(keys, k)
	}
	items, err := b.store.batchGet(ctx, keys)
	if err != nil {
		return err
	}
	found := make(map[table.Key]table.Item, len(items))
	for _, item := range items {
		found[item.Key] = item
	}
	for _, k := range keys {
		if err := b.closeIdentity(ctx, k, found[k]); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) closeIdentity(ctx context.Context, k table.Key, item table.Item) error {
	d := b.identities[k]
	var r identityRecord
	if item.Revision > 0 {
		if err := b.store.decode(ctx, item, &r); err != nil {
			return err
		}
	}
	before := r
	r.Identity, r.Claims = d.identity, d.claims(before.Claims)
	if slices.Equal(before.Claims, r.Claims) {
		return nil
	}
	when := table.Absent
	next := table.Item{Key: k, Revision: b.store.first(), Body: small(r)}
	if item.Revision > 0 {
		when, next.Revision = table.At(item.Revision), item.Revision+1
	}
	switch {
	case len(r.Claims) > 0:
		b.ops = append(b.ops, table.Put(next, when))
	case item.Revision > 0:
		b.ops = append(b.ops, table.Delete(k, when))
	}
	switch was, is := isDuplicate(before.Claims), isDuplicate(r.Claims); {
	case is && !was:
		b.ops = append(b.ops, table.Put(table.Item{Key: duplicateKey(d.env, d.digest), Revision: b.store.first(), Body: small(idRecord{})}, table.Any))
	case was && !is:
		b.ops = append(b.ops, table.Delete(duplicateKey(d.env, d.digest), table.Any))
	}
	return nil
}

// claims are those that were there, changed.
func (d *identityDelta) claims(before []claimantRec) []claimantRec {
	after := slices.DeleteFunc(slices.Clone(before), func(c claimantRec) bool {
		return slices.ContainsFunc(d.sub, c.isOf) || slices.ContainsFunc(d.add, c.isOf)
	})
	for _, c := range d.add {
		if len(after) < maxClaims && !slices.ContainsFunc(after, c.isOf) {
			after = append(after, c)
		}
	}
	slices.SortFunc(after, func(a, b claimantRec) int {
		return cmp.Or(bytes.Compare(a.Entity[:], b.Entity[:]), bytes.Compare(a.Source[:], b.Source[:]))
	})
	return after
}

// isDuplicate reports whether two entities among claims may be one object.
func isDuplicate(claims []claimantRec) bool {
	for i, a := range claims {
		for _, b := range claims[i+1:] {
			if a.agrees(b) {
				return true
			}
		}
	}
	return false
}

// agrees reports whether two claims of one form are of two entities that may be one object.
func (c claimantRec) agrees(other claimantRec) bool {
	return c.Entity != other.Entity && catalog.Same(c.identity(), other.identity())
}

// identity compares as the claimant's does.
func (c claimantRec) identity() catalog.Identity {
	return catalog.Identity{Resource: c.Resource, ARN: c.ARN, ID: c.ID, Account: c.Account, Region: c.Region}
}
