package drift

import "fmt"

// Delta says in a word how a source's declaration of an entity differs from the one
// that it made before: between two uploads, whatever became of the entity.
type Delta string

const (
	Added   Delta = "added"   // declared for the first time, or again after it was gone
	Changed Delta = "changed" // declared otherwise
	Removed Delta = "removed" // gone from its document: marked missing, proposed for deletion or removed
)

// Validate reports a delta that Plumbline does not know.
func (d Delta) Validate() error {
	switch d {
	case Added, Changed, Removed:
		return nil
	}
	return fmt.Errorf("delta %q: want added, changed or removed", d)
}

// DeltaCounts counts entities by their delta.
type DeltaCounts struct{ Added, Changed, Removed int }

// Count counts n more of a delta.
func (c *DeltaCounts) Count(d Delta, n int) {
	switch d {
	case Added:
		c.Added += n
	case Changed:
		c.Changed += n
	case Removed:
		c.Removed += n
	}
}

// Add adds other counts.
func (c *DeltaCounts) Add(o DeltaCounts) {
	c.Added += o.Added
	c.Changed += o.Changed
	c.Removed += o.Removed
}

// Deltas are the entities that a scan's source declares otherwise than before.
type Deltas struct {
	// Counts are exact.
	Counts DeltaCounts
	// Added, Changed and Removed are sorted, each capped at MaxNames.
	Added, Changed, Removed []Name
}

// List is the list of the names of a delta, nil for one that is not known.
func (d *Deltas) List(of Delta) *[]Name {
	switch of {
	case Added:
		return &d.Added
	case Changed:
		return &d.Changed
	case Removed:
		return &d.Removed
	}
	return nil
}
