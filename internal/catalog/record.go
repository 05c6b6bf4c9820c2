package catalog

import (
	"bytes"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Record is an entity as the catalogue holds it: the properties, and who declares
// which of them.
type Record struct {
	ID    uuid.UUID
	EnvID uuid.UUID
	// Entity holds type, name, state, properties and labels; its relationships,
	// identity and fact are those of the declarers.
	Entity Entity
	// Declarers are the sources that declare the entity, sorted by source id.
	Declarers []Declarer
	// SecretChanges counts how often a secret changed, by its own JSON Pointer into the
	// entity: "/properties/environment/0/variables/PASSWORD".
	SecretChanges map[string]int
	CreatedAt     time.Time
	UpdatedAt     time.Time
	// Revision is that of the stored record, 0 before it is stored.
	Revision int64
}

// Declarer is one source's share in a record.
type Declarer struct {
	Source   uuid.UUID
	Document string
	// Owns lists the properties (JSON Pointers, see [Properties]) that the source
	// declared and that were applied or found equal: its base in a three-way
	// comparison. Sorted.
	Owns []string
	// Relationships and Identity are what the source derives from its declaration.
	Relationships []Relationship
	Identity      Identity
}

// Declarer returns the share of a source, nil when it has none.
func (r *Record) Declarer(source uuid.UUID) *Declarer {
	i, found := slices.BinarySearchFunc(r.Declarers, source, compareSource)
	if !found {
		return nil
	}
	return &r.Declarers[i]
}

// Declare returns the share of a source, adding an empty one where there is none.
func (r *Record) Declare(source uuid.UUID) *Declarer {
	i, found := slices.BinarySearchFunc(r.Declarers, source, compareSource)
	if !found {
		r.Declarers = slices.Insert(r.Declarers, i, Declarer{Source: source})
	}
	return &r.Declarers[i]
}

// Disown takes the property out of the base of a source, if it has a share.
func (r *Record) Disown(source uuid.UUID, property string) {
	if share := r.Declarer(source); share != nil {
		share.Disown(property)
	}
}

// Withdraw drops the share of a source.
func (r *Record) Withdraw(source uuid.UUID) {
	r.Declarers = slices.DeleteFunc(r.Declarers, func(d Declarer) bool { return d.Source == source })
}

// Owners lists the sources that own the property, sorted by id.
func (r *Record) Owners(property string) []uuid.UUID {
	var owners []uuid.UUID
	for _, d := range r.Declarers {
		if d.DoesOwn(property) {
			owners = append(owners, d.Source)
		}
	}
	return owners
}

// Relationships are those of every declarer, sorted, without repetition.
func (r *Record) Relationships() []Relationship {
	var all []Relationship
	for _, d := range r.Declarers {
		all = append(all, d.Relationships...)
	}
	slices.SortFunc(all, Relationship.Compare)
	return slices.Compact(all)
}

// DoesOwn reports whether the property is in the source's base.
func (d *Declarer) DoesOwn(property string) bool {
	_, found := slices.BinarySearch(d.Owns, property)
	return found
}

// Own puts the property into the source's base.
func (d *Declarer) Own(property string) {
	if i, found := slices.BinarySearch(d.Owns, property); !found {
		d.Owns = slices.Insert(d.Owns, i, property)
	}
}

// Disown takes the property out of the source's base.
func (d *Declarer) Disown(property string) {
	if i, found := slices.BinarySearch(d.Owns, property); found {
		d.Owns = slices.Delete(d.Owns, i, i+1)
	}
}

// Clone is a copy that shares nothing which changes: values are immutable.
func (r *Record) Clone() *Record {
	c := *r
	c.Entity = r.Entity.Clone()
	c.Declarers = slices.Clone(r.Declarers)
	for i := range c.Declarers {
		c.Declarers[i].Owns = slices.Clone(c.Declarers[i].Owns)
		c.Declarers[i].Relationships = slices.Clone(c.Declarers[i].Relationships)
	}
	c.SecretChanges = maps.Clone(r.SecretChanges)
	return &c
}

func compareSource(d Declarer, source uuid.UUID) int { return bytes.Compare(d.Source[:], source[:]) }
