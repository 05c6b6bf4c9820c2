// Package table is the port to Plumbline's one table: items under a partition
// key and a sort key, each with a revision, an optional expiry and an opaque
// body. It is shaped after what DynamoDB can do in one round trip, and every
// adapter refuses what DynamoDB refuses (see [Limits]), so that code which
// passes on the embedded table passes in the cloud.
//
// The one invariant: a write names the revision that it replaces. Nothing is
// overwritten that its writer has not read, save where [Any] says so.
//
// Start at [Table]; tabletest holds the contract as a test suite.
package table

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Key addresses one item. PK is at most 2,048 bytes, SK at most 1,024; neither
// is empty. Both are any bytes, UTF-8 or not, and are compared as bytes.
type Key struct {
	PK string // partition key: what is read together
	SK string // sort key: the order inside the partition
}

func (k Key) String() string { return k.PK + " | " + k.SK }

// Item is what is stored under a key.
type Item struct {
	Key
	// Revision is a per-item counter that the writer sets: a replacement carries
	// a greater one than the item that it replaces. At least 1. A put under [At]
	// whose item does not carry a greater one is [ErrInvalid].
	Revision int64
	// Expires is when the item stops being there for readers. Zero: never. It is
	// kept to the whole second, rounded down, and read back in UTC. From that
	// second on the item is neither read nor found by a query, and counts as
	// absent in a condition.
	Expires time.Time
	// Body is the record, opaque to the table. May be empty.
	Body []byte
}

// Op is one action of a [Table.Write]: build it with [Put], [Delete] or [Check].
type Op struct {
	Kind OpKind
	Item Item // for a delete and a check only the key counts
	If   Condition
}

// OpKind tells the actions of a write apart.
type OpKind uint8

const (
	OpPut OpKind = iota + 1
	OpDelete
	OpCheck
)

// Put stores the item if the condition holds of what is there.
func Put(item Item, when Condition) Op { return Op{Kind: OpPut, Item: item, If: when} }

// Delete removes the item if the condition holds. Deleting what is not there
// under [Any] is no error.
func Delete(key Key, when Condition) Op { return Op{Kind: OpDelete, Item: Item{Key: key}, If: when} }

// Check writes nothing; the write takes place only if the condition holds.
func Check(key Key, when Condition) Op { return Op{Kind: OpCheck, Item: Item{Key: key}, If: when} }

// Query asks for a range of one partition.
type Query struct {
	PK string
	// From and To bound the sort key: From <= SK < To. Empty: unbounded.
	From, To string
	// After continues behind the item with this sort key, in the query's
	// direction; the cursor of the page before. Empty: from the start.
	After string
	// Backward gives descending sort keys.
	Backward bool
	// Limit caps the items of the page; 0 means as many as a page holds. Expired
	// items that are not yet deleted count towards it.
	Limit int
}

// Page is one answer to a [Query], in sort key order (bytes), descending if
// asked for.
type Page struct {
	Items []Item
	// Next is the After of the next page, "" when the range is exhausted. A page
	// may be empty and still have a Next, and a page that ends with the range may
	// have one too: only "" ends a loop.
	Next string
}

// Table is the port. Every method is safe for concurrent use, reads are strongly
// consistent, and what is returned is the caller's to keep and change.
type Table interface {
	// Get returns the item under the key, or [ErrNotFound].
	Get(ctx context.Context, key Key) (Item, error)
	// BatchGet returns those items that exist, in the order of the keys; absent
	// ones are left out. Any number of keys; duplicates are an error ([ErrInvalid]).
	BatchGet(ctx context.Context, keys []Key) ([]Item, error)
	// Query returns one page: at most Limit items and at most 1 MB of them, by
	// [Size]. Bounds that leave no sort key between them give an empty page.
	Query(ctx context.Context, query Query) (Page, error)
	// Write applies all ops or none. Where a condition does not hold the error is
	// a [*ConflictError]. Two ops on one key, no op, more than [MaxOps], or a
	// check under [Any] are [ErrInvalid]; too big an item or transaction is
	// [ErrTooLarge]. After any other error but [ErrBusy] the caller cannot know
	// whether the write took place. A context that is done beforehand writes
	// nothing.
	Write(ctx context.Context, ops ...Op) error
	// BulkPut stores items without conditions and not as a whole: after an error
	// some may be stored. Only for immutable items, whose key holds a digest or a
	// scan id, so that storing them again stores the same. Any number of items;
	// two under one key are [ErrInvalid], one too big is [ErrTooLarge], and both
	// are refused before anything is stored.
	BulkPut(ctx context.Context, items []Item) error
}

// Limits that every adapter enforces, as DynamoDB does.
const (
	MaxPK          = 2048    // bytes of a partition key
	MaxSK          = 1024    // bytes of a sort key
	MaxItem        = 400_000 // bytes of keys, body and attribute names; DynamoDB's own is 400 * 1024
	MaxOps         = 100     // actions of a write
	MaxTransaction = 4 << 20 // bytes of a write
	MaxPage        = 1 << 20 // bytes of a query's page
)

var (
	// ErrNotFound says that there is no item under the key.
	ErrNotFound = errors.New("not found")
	// ErrConflict says that a condition did not hold: read again and decide anew.
	ErrConflict = errors.New("conflict")
	// ErrTooLarge says that an item or a write passes a limit of size.
	ErrTooLarge = errors.New("too large")
	// ErrInvalid says that a call is not well formed; a mistake of the caller.
	ErrInvalid = errors.New("invalid")
	// ErrBusy says that the table cannot serve the call now, after retries; the
	// write did not take place.
	ErrBusy = errors.New("busy")
	// ErrFull says that what the table lies on has no room left; the write did not take
	// place.
	ErrFull = errors.New("storage full")
)

// ConflictError is the [ErrConflict] of a write. Failed lists the keys whose
// conditions did not hold, in the order of the ops; it is empty where the
// database only says that another transaction was under way.
type ConflictError struct{ Failed []Key }

func (e *ConflictError) Error() string {
	if len(e.Failed) == 0 {
		return "conflict with another write"
	}
	return fmt.Sprintf("conflict at %s", e.Failed[0])
}

// Is makes errors.Is(err, ErrConflict) true.
func (e *ConflictError) Is(target error) bool { return target == ErrConflict }

// Size is what an item counts towards the limits: its keys, its body and a fixed
// overhead for the names and values of its other attributes.
func Size(item Item) int { return len(item.PK) + len(item.SK) + len(item.Body) + itemOverhead }

// itemOverhead covers attribute names, revision and expiry: 2+2+1+1+1+1 bytes of
// names (pk, sk, r, x, b, w), two numbers of at most 21 bytes, a 16-byte write id.
const itemOverhead = 66
