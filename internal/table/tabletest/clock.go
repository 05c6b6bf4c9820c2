package tabletest

import (
	"sync"
	"time"
)

// Clock is a clock that stands still until it is told to go on. Safe for
// concurrent use. Make it with [NewClock].
//
// A clock for a table of a real database starts at the real time: the database
// deletes what has expired by its own clock.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock makes a clock that shows the start, in UTC, rounded down to a second.
func NewClock(start time.Time) *Clock {
	return &Clock{now: time.Unix(start.Unix(), 0).UTC()}
}

// Now is the time that the clock shows; hand it over as `Now: clock.Now`.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance turns the clock on by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
