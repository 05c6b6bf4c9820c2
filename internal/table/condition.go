package table

// Condition is what must hold of an item for a write to take place.
// The zero value is [Any].
type Condition struct {
	kind     conditionKind
	revision int64
}

type conditionKind uint8

const (
	anything conditionKind = iota
	absent
	atRevision
)

// Any asks for nothing: the write takes place whatever is there.
var Any = Condition{}

// Absent asks that no item (or only an expired one) is there.
var Absent = Condition{kind: absent}

// At asks that the item is there at exactly this revision.
func At(revision int64) Condition { return Condition{kind: atRevision, revision: revision} }

// Holds reports whether the condition holds of an item at the given revision;
// found is false when there is none. Adapters that judge themselves call it.
func (c Condition) Holds(revision int64, found bool) bool {
	switch c.kind {
	case absent:
		return !found
	case atRevision:
		return found && revision == c.revision
	}
	return true
}

// IsAny reports whether this is [Any]. With IsAbsent and Revision it takes a
// condition apart for adapters that hand it to a database.
func (c Condition) IsAny() bool { return c.kind == anything }

// IsAbsent reports whether this is [Absent].
func (c Condition) IsAbsent() bool { return c.kind == absent }

// Revision is the revision that [At] asks for, 0 for the other conditions.
func (c Condition) Revision() int64 { return c.revision }
