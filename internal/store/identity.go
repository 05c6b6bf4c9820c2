package store

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/table"
)

// Claim is one entity that stands for a cloud object, as one source declares it.
type Claim struct {
	Entity uuid.UUID
	Source uuid.UUID
}

// Duplicate is a cloud object that more than one entity stands for.
type Duplicate struct {
	Identity string
	Claims   []Claim // sorted by entity, then source
}

// maxClaims keeps the item of an identity small; more claimants than that are a
// mistake of the document, and the first ones show it.
const maxClaims = 100

type identityRecord struct {
	Identity string        `json:"identity"`
	Claims   []claimantRec `json:"claims"`
}

type claimantRec struct {
	Entity uuid.UUID `json:"e"`
	Source uuid.UUID `json:"s"`
}

// identityDelta gathers what a batch does to one identity.
type identityDelta struct {
	env      uuid.UUID
	identity string
	digest   string
	add, sub []claimantRec
}

// identify notes which identities the record's declarers claim anew or no longer.
// Either record may be nil.
func (b *batch) identify(before, after *catalog.Record) {
	claims := func(r *catalog.Record) map[string][]claimantRec {
		m := map[string][]claimantRec{}
		if r == nil {
			return m
		}
		for _, d := range r.Declarers {
			if d.Identity != "" {
				m[d.Identity] = append(m[d.Identity], claimantRec{Entity: r.ID, Source: d.Source})
			}
		}
		return m
	}
	either := before
	if before == nil {
		either = after
	}
	env := either.EnvID
	was, is := claims(before), claims(after)
	for identity, list := range is {
		for _, c := range list {
			if !slices.Contains(was[identity], c) {
				d := b.delta(env, identity)
				d.add = append(d.add, c)
			}
		}
	}
	for identity, list := range was {
		for _, c := range list {
			if !slices.Contains(is[identity], c) {
				d := b.delta(env, identity)
				d.sub = append(d.sub, c)
			}
		}
	}
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
	was := claimants(r.Claims)
	r.Identity = d.identity
	r.Claims = slices.DeleteFunc(r.Claims, func(c claimantRec) bool { return slices.Contains(d.sub, c) })
	for _, c := range d.add {
		if len(r.Claims) < maxClaims && !slices.Contains(r.Claims, c) {
			r.Claims = append(r.Claims, c)
		}
	}
	slices.SortFunc(r.Claims, func(a, b claimantRec) int {
		if c := bytes.Compare(a.Entity[:], b.Entity[:]); c != 0 {
			return c
		}
		return bytes.Compare(a.Source[:], b.Source[:])
	})
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
	switch is := claimants(r.Claims); {
	case was < 2 && is >= 2:
		b.ops = append(b.ops, table.Put(table.Item{Key: duplicateKey(d.env, d.digest), Revision: b.store.first(), Body: small(idRecord{})}, table.Any))
	case was >= 2 && is < 2:
		b.ops = append(b.ops, table.Delete(duplicateKey(d.env, d.digest), table.Any))
	}
	return nil
}

// claimants counts the entities among claims.
func claimants(claims []claimantRec) int {
	entities := map[uuid.UUID]bool{}
	for _, c := range claims {
		entities[c.Entity] = true
	}
	return len(entities)
}

// Duplicates returns a page of an environment's cloud objects that more than one
// entity stands for, in a stable order.
func (s *Store) Duplicates(ctx context.Context, env uuid.UUID, cursor string, limit int) ([]Duplicate, string, error) {
	items, next, err := s.merged(ctx, func(shard string) string { return duplicatePK(env, shard) }, "", cursor, limit)
	if err != nil {
		return nil, "", err
	}
	keys := make([]table.Key, len(items))
	for i, item := range items {
		keys[i] = identityKey(env, item.SK)
	}
	found, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, "", err
	}
	duplicates := make([]Duplicate, 0, len(found))
	for _, item := range found {
		var r identityRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, "", err
		}
		d := Duplicate{Identity: r.Identity}
		for _, c := range r.Claims {
			d.Claims = append(d.Claims, Claim(c))
		}
		duplicates = append(duplicates, d)
	}
	return duplicates, next, nil
}
