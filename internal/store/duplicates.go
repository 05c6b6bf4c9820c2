package store

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// Claim is one entity that stands for a cloud object, as one source declares it.
type Claim struct {
	Entity     uuid.UUID
	Source     uuid.UUID
	EntityType string
	Name       string
}

// Duplicate is a cloud object that more than one entity stands for.
type Duplicate struct {
	// Identity is the strongest form of it that two of the entities share.
	Identity string
	Claims   []Claim // sorted by entity, then source
}

// Bounds of one page of duplicates: how often the list is asked until there is one, and
// how many forms of identities are looked at for what belongs together.
const (
	duplicateLooks = 10
	maxRelated     = 2000
)

// Duplicates returns a page of an environment's cloud objects that more than one entity
// stands for, in a stable order. Entities that are missing stand for none. An object that
// is known by several forms is one duplicate.
func (s *Store) Duplicates(ctx context.Context, env uuid.UUID, cursor string, limit int) ([]Duplicate, string, error) {
	var found []Duplicate
	for range duplicateLooks {
		items, next, err := s.merged(ctx, func(shard string) string { return duplicatePK(env, shard) }, "", cursor, limit-len(found))
		if err != nil {
			return nil, "", err
		}
		page := make([]string, len(items))
		for i, item := range items {
			page[i] = item.SK
		}
		more, err := s.duplicatesOf(ctx, env, page)
		if err != nil {
			return nil, "", err
		}
		found, cursor = append(found, more...), next
		if cursor == "" || len(found) >= limit {
			break
		}
	}
	return found, cursor, nil
}

// duplicatesOf are the duplicates that are listed at these digests, which is the first
// of all digests that two of their entities share.
func (s *Store) duplicatesOf(ctx context.Context, env uuid.UUID, page []string) ([]Duplicate, error) {
	related, err := s.related(ctx, env, page)
	if err != nil {
		return nil, err
	}
	records, err := s.standing(ctx, env, related)
	if err != nil {
		return nil, err
	}
	var found []Duplicate
	for _, g := range groupsOf(related) {
		if slices.Contains(page, g.digests[0]) {
			found = append(found, g.duplicate(related, records))
		}
	}
	return found, nil
}

// related loads the identities of these digests and of whatever else their claimants
// are known by.
func (s *Store) related(ctx context.Context, env uuid.UUID, digests []string) (map[string]identityRecord, error) {
	known := map[string]identityRecord{}
	asked := map[string]bool{}
	for next := digests; len(next) > 0 && len(asked) < maxRelated; {
		keys := make([]table.Key, 0, len(next))
		for _, digest := range next {
			if !asked[digest] && len(asked) < maxRelated {
				asked[digest] = true
				keys = append(keys, identityKey(env, digest))
			}
		}
		items, err := s.batchGet(ctx, keys)
		if err != nil {
			return nil, err
		}
		next = nil
		for _, item := range items {
			var r identityRecord
			if err := s.decode(ctx, item, &r); err != nil {
				return nil, err
			}
			known[digestText(r.Identity)] = r
			for _, c := range r.Claims {
				if !slices.ContainsFunc(r.Claims, c.agrees) {
					continue
				}
				for _, digest := range []string{c.Resource, c.ARN, c.ID} {
					if digest != "" && !asked[digest] {
						next = append(next, digest)
					}
				}
			}
		}
	}
	return known, nil
}

// standing takes the claims of entities that are missing or gone out of identities, and
// gives the records of the others.
func (s *Store) standing(ctx context.Context, env uuid.UUID, related map[string]identityRecord) (map[uuid.UUID]*catalog.Record, error) {
	claimed := map[uuid.UUID]bool{}
	for _, r := range related {
		for _, c := range r.Claims {
			if slices.ContainsFunc(r.Claims, c.agrees) {
				claimed[c.Entity] = true
			}
		}
	}
	list, err := s.Entities(ctx, slices.Collect(maps.Keys(claimed)))
	if err != nil {
		return nil, err
	}
	records, missing := map[uuid.UUID]*catalog.Record{}, map[table.Key]uuid.UUID{}
	for _, r := range list {
		records[r.ID] = r
		missing[envStatusKey(env, drift.Missing, r.ID, r.Entity.Type, r.Entity.Name)] = r.ID
	}
	items, err := s.batchGet(ctx, slices.Collect(maps.Keys(missing)))
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		delete(records, missing[item.Key])
	}
	for digest, r := range related {
		r.Claims = slices.DeleteFunc(r.Claims, func(c claimantRec) bool { return records[c.Entity] == nil })
		related[digest] = r
	}
	return records, nil
}

// group is what stands for one object: its entities, and the digests of the identities
// that two of them share, sorted.
type group struct {
	entities map[uuid.UUID]bool
	digests  []string
}

// groupsOf joins entities that share an identity, sorted by their first digest.
func groupsOf(related map[string]identityRecord) []*group {
	of := map[uuid.UUID]*group{}
	for _, digest := range slices.Sorted(maps.Keys(related)) {
		claims := related[digest].Claims
		for i, a := range claims {
			for _, b := range claims[i+1:] {
				if a.agrees(b) {
					join(of, a.Entity, b.Entity, digest)
				}
			}
		}
	}
	distinct := map[*group]bool{}
	for _, g := range of {
		distinct[g] = true
	}
	groups := slices.Collect(maps.Keys(distinct))
	for _, g := range groups {
		slices.Sort(g.digests)
		g.digests = slices.Compact(g.digests)
	}
	slices.SortFunc(groups, func(a, b *group) int {
		return cmp.Or(strings.Compare(a.digests[0], b.digests[0]), compareIDs(slices.Collect(maps.Keys(a.entities)), slices.Collect(maps.Keys(b.entities))))
	})
	return groups
}

func compareIDs(a, b []uuid.UUID) int {
	order := func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
	return order(slices.MinFunc(a, order), slices.MinFunc(b, order))
}

func join(of map[uuid.UUID]*group, a, b uuid.UUID, digest string) {
	into, from := of[a], of[b]
	if into == nil {
		into = &group{entities: map[uuid.UUID]bool{a: true}}
		of[a] = into
	}
	if from == nil {
		from = &group{entities: map[uuid.UUID]bool{b: true}}
	}
	if into != from {
		for entity := range from.entities {
			into.entities[entity] = true
			of[entity] = into
		}
		into.digests = append(into.digests, from.digests...)
	}
	if !slices.Contains(into.digests, digest) {
		into.digests = append(into.digests, digest)
	}
}

func (g *group) duplicate(related map[string]identityRecord, records map[uuid.UUID]*catalog.Record) Duplicate {
	d := Duplicate{}
	best := 4
	for _, digest := range g.digests {
		for _, c := range related[digest].Claims {
			if !g.entities[c.Entity] {
				continue
			}
			if rank := slices.Index([]string{c.Resource, c.ARN, c.ID, digest}, digest); rank < best {
				best, d.Identity = rank, related[digest].Identity
			}
			r := records[c.Entity].Entity
			claim := Claim{Entity: c.Entity, Source: c.Source, EntityType: r.Type, Name: r.Name}
			if !slices.Contains(d.Claims, claim) {
				d.Claims = append(d.Claims, claim)
			}
		}
	}
	slices.SortFunc(d.Claims, func(a, b Claim) int {
		return cmp.Or(bytes.Compare(a.Entity[:], b.Entity[:]), bytes.Compare(a.Source[:], b.Source[:]))
	})
	return d
}
