package scan

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// pushLinks applies the relationships of a push, by the way of every document: a
// relationship is recorded as an entity of its own, which no list of entities shows.
func (r *run) pushLinks(ctx context.Context, d *document, parsed items.Set, problems []reader.Problem, basis drift.Basis) error {
	s := &set{run: r, document: d, index: &reconcile.Index{}, kept: map[uuid.UUID]bool{}, look: &factual,
		keys: r.Keys.For(r.source.Organisation), reread: d.rereads(basis)}
	links := &linkReading{}
	for _, p := range problems {
		if p.ID != uuid.Nil {
			s.kept[p.ID] = true // told already, with the entities of the push
		} else {
			s.keepAll = true
		}
	}
	for _, declared := range parsed.Relationships {
		link, err := r.link(ctx, parsed, declared)
		var invalid *linkError
		if errors.As(err, &invalid) {
			s.kept[declared.ID] = true
			r.sum.failure("", reader.Problem{ID: declared.ID, Name: declared.Name(), Offset: -1, Reason: invalid.reason})
			continue
		}
		if err != nil {
			return err
		}
		s.index.Add(reconcile.Entry{ID: link.ID, Digest: link.Digest, Alternate: link.Digest})
		links.declared = append(links.declared, link)
	}
	s.index.Seal()
	s.reading = links
	comparison, err := s.compare(ctx)
	if err != nil {
		return err
	}
	if err := r.announce(ctx, d); err != nil {
		return err
	}
	if err := s.apply(ctx, comparison); err != nil {
		return err
	}
	r.learn(d, basis, reader.Facts{Format: reader.FormatItems})
	d.Content = s.content(basis, reader.Facts{})
	d.Entities = s.index.Len()
	return r.close(ctx, d)
}

// linkReading gives the relationships of a push as pass two.
type linkReading struct{ declared []reader.Declared }

func (l *linkReading) Facts() reader.Facts { return reader.Facts{Format: reader.FormatItems} }

func (l *linkReading) Bodies(_ context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	for _, d := range l.declared {
		if want(d.ID) {
			if err := yield(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkError says what is wrong with one relationship.
type linkError struct{ reason string }

func (e *linkError) Error() string { return e.reason }

// link checks a relationship against its type and finds its ends.
func (r *run) link(ctx context.Context, parsed items.Set, declared items.Relationship) (reader.Declared, error) {
	schema, err := r.relationshipSchema(ctx, parsed, declared.Type)
	if errors.Is(err, ErrNotFound) {
		return reader.Declared{}, &linkError{fmt.Sprintf("relationship type %q is not registered", declared.Type)}
	}
	if err != nil {
		return reader.Declared{}, err
	}
	linkType, err := schema.RelationshipType()
	if err != nil {
		return reader.Declared{}, err
	}
	if problems := linkType.Check(declared.RelationshipRecord); len(problems) > 0 {
		return reader.Declared{}, &linkError{problems.Error()}
	}
	from, err := r.linkEnd(ctx, parsed, "from", declared.From, linkType.From)
	if err != nil {
		return reader.Declared{}, err
	}
	to, err := r.linkEnd(ctx, parsed, "to", declared.To, linkType.To)
	if err != nil {
		return reader.Declared{}, err
	}
	entity := catalog.Entity{Type: store.LinkType(declared.Type), Name: declared.Name(), State: linkType.StateOf(declared.RelationshipRecord),
		Properties: declared.Properties, Labels: declared.Labels, Fact: true, Relationships: []catalog.Relationship{from, to}}
	body, err := json.Marshal(entity, json.Deterministic(true))
	if err != nil {
		return reader.Declared{}, err
	}
	return reader.Declared{ID: declared.ID, Entity: entity, Digest: sha256.Sum256(body)}, nil
}

func (r *run) relationshipSchema(ctx context.Context, parsed items.Set, name string) (catalog.Schema, error) {
	i := slices.IndexFunc(parsed.Schemas, func(s catalog.Schema) bool { return s.Kind == catalog.KindRelationshipType && s.Name == name })
	if i >= 0 {
		return parsed.Schemas[i], nil
	}
	recorded, err := r.Store.Schema(ctx, r.source.ProjectID, catalog.KindRelationshipType, name)
	return recorded.Schema, err
}

// linkEnd finds the entity at one end, which is named by its id or its name, among
// the types that the relationship type allows.
func (r *run) linkEnd(ctx context.Context, parsed items.Set, end, named string, types []string) (catalog.Relationship, error) {
	candidates := make([]uuid.UUID, 0, len(types)+1)
	if id, err := uuid.Parse(named); err == nil {
		candidates = append(candidates, id)
	}
	for _, t := range types {
		candidates = append(candidates, catalog.EntityID(r.source.EnvID, t, named))
	}
	for _, id := range candidates {
		pushed := slices.ContainsFunc(parsed.Entities, func(d reader.Declared) bool { return d.ID == id })
		if !pushed {
			record, err := r.Store.Entity(ctx, id)
			if errors.Is(err, ErrNotFound) || err == nil && (record.EnvID != r.source.EnvID || !slices.Contains(types, record.Entity.Type)) {
				continue
			}
			if err != nil {
				return catalog.Relationship{}, err
			}
		}
		return catalog.Relationship{Type: end, To: catalog.Ref{Name: id.String()}}, nil
	}
	return catalog.Relationship{}, &linkError{fmt.Sprintf("%s: no entity %q of type %s", end, named, strings.Join(types, " or "))}
}
