package dynamo

import (
	"time"

	"plumbline/internal/table"
)

// condition is a [table.Condition] as DynamoDB judges it; a nil expression asks for
// nothing. An item counts as absent from the second that it expires. What compares an
// attribute that is not there is false.
//
//	Any       (none)
//	Absent    attribute_not_exists(pk)OR x<=:n
//	At(r)     r=:r AND NOT x<=:n
//
// The texts are terse because DynamoDB counts them, and their values, towards the size
// of a transaction: so they fit in what [table.Size] allows for an item's overhead.
func condition(when table.Condition, now time.Time) (expression *string, values attributes) {
	switch {
	case when.IsAny():
		return nil, nil
	case when.IsAbsent():
		absent := "attribute_not_exists(" + PartitionKey + ")OR " + Expiry + "<=:n"
		return &absent, attributes{":n": number(now.Unix())}
	}
	at := revisionName + "=:r AND NOT " + Expiry + "<=:n"
	return &at, attributes{":n": number(now.Unix()), ":r": number(when.Revision())}
}
