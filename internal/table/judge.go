package table

import "time"

// Judge tells whether a write may take place: nil, or a [*ConflictError] with
// every key whose condition does not hold, in the order of the ops. It is for
// adapters whose database judges nothing; they call it under the lock or in the
// transaction that the write then changes.
//
// The func stored gives what lies under a key, expired or not; of the item only
// revision and expiry count. Its error is returned as it is.
func Judge(ops []Op, now time.Time, stored func(Key) (Item, bool, error)) error {
	var failed []Key
	for _, op := range ops {
		item, found, err := stored(op.Item.Key)
		if err != nil {
			return err
		}
		if !op.If.Holds(item.Revision, found && !item.Expired(now)) {
			failed = append(failed, op.Item.Key)
		}
	}
	if failed != nil {
		return &ConflictError{Failed: failed}
	}
	return nil
}
