package scan

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/store"
)

// gains are the attributes that the schemas of a document's types gained since it was
// applied last: a new version of their provider writes them for every resource. They
// are recorded as they are declared, and told once for each provider.
type gains struct {
	read store.Attributes
	now  map[string]reader.Schema
	// byType has the property pointers by entity type; nil for nothing.
	byType map[string]map[string]bool
	// recorded counts the entities by provider and attribute.
	recorded map[string]map[string]int
}

// upgradeSize is of how many resources of a provider an attribute is gained at least.
// Of fewer it may be what somebody wrote into a state by hand.
const upgradeSize = 3

// gained finds the gains of a reading; a source that compares literally has none.
func (s *set) gained(ctx context.Context, now map[string]reader.Schema) error {
	if len(now) == 0 {
		return nil
	}
	read, err := s.Store.Attributes(ctx, s.source.ID, s.ID)
	if err != nil {
		return err
	}
	s.gains = &gains{read: read, now: now, recorded: map[string]map[string]int{}}
	if !s.source.Settings.Literal {
		s.gains.byType = gainedSince(read.Types, now)
	}
	return nil
}

func gainedSince(before map[string][]string, now map[string]reader.Schema) map[string]map[string]bool {
	type attribute struct{ provider, name string }
	resources := map[attribute]int{}
	each := func(visit func(entityType, name string, of reader.Schema)) {
		for entityType, schema := range now {
			was, known := before[entityType]
			for _, name := range schema.Common {
				if _, had := slices.BinarySearch(was, name); known && !had {
					visit(entityType, name, schema)
				}
			}
		}
	}
	each(func(_, name string, of reader.Schema) { resources[attribute{of.Provider, name}] += of.Instances })
	byType := map[string]map[string]bool{}
	each(func(entityType, name string, of reader.Schema) {
		if resources[attribute{of.Provider, name}] < upgradeSize {
			return
		}
		if byType[entityType] == nil {
			byType[entityType] = map[string]bool{}
		}
		byType[entityType][catalog.PropertyPointer(name)] = true
	})
	return byType
}

// of are the gains of an entity type.
func (g *gains) of(entityType string) map[string]bool {
	if g == nil {
		return nil
	}
	return g.byType[entityType]
}

// count notes what was recorded without a proposal.
func (g *gains) count(w store.Write) {
	if g == nil || w.Source.Settings.Policy != drift.HumanApproval || w.Change.Record == nil {
		return
	}
	entityType := w.Change.Record.Entity.Type
	for _, change := range w.Change.Applied {
		if g.byType[entityType][change.Property] && change.Before == nil {
			provider, name := g.now[entityType].Provider, change.Property
			if g.recorded[provider] == nil {
				g.recorded[provider] = map[string]int{}
			}
			g.recorded[provider][name]++
		}
	}
}

// tell warns of what was recorded, once for each provider.
func (g *gains) tell(warn func(reason string)) {
	if g == nil {
		return
	}
	for _, provider := range slices.Sorted(maps.Keys(g.recorded)) {
		var parts []string
		for _, pointer := range slices.Sorted(maps.Keys(g.recorded[provider])) {
			name, _ := catalog.PropertyKey(pointer)
			parts = append(parts, fmt.Sprintf("%s (of %d entities)", name, g.recorded[provider][pointer]))
		}
		warn(fmt.Sprintf("the schema of the provider %s gained attributes, which were recorded as they are declared, without a proposal: %s",
			provider, strings.Join(parts, ", ")))
	}
}

// keep stores which attributes the document has by now.
func (s *set) keep(ctx context.Context) error {
	if s.gains == nil || s.req.DryRun {
		return nil
	}
	types := make(map[string][]string, len(s.gains.now))
	for entityType, schema := range s.gains.now {
		types[entityType] = schema.Attributes
	}
	return s.Store.SaveAttributes(ctx, s.lease, s.ID, s.gains.read, types)
}
