package table

import "time"

// Expired reports whether the item is no longer there for readers at that time.
// Both times count in whole seconds: an item that expires at 12:00:00.9 is gone
// at 12:00:00.
func (i Item) Expired(now time.Time) bool {
	return !i.Expires.IsZero() && i.Expires.Unix() <= now.Unix()
}
