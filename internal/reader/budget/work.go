package budget

import "time"

// Span is one goroutine's work, from [Budget.Work] on. Not safe for concurrent use;
// the zero value has no limits.
type Span struct {
	budget *Budget
	from   time.Time
}

// Work begins a span. A goroutine that is about to wait for storage ends its span with
// Lap, and begins another one then.
func (b *Budget) Work() Span { return Span{b, time.Now()} }

// Lap adds the time since the last one, and is the error of a budget that has run out.
// The clock runs on while a goroutine waits for a processor; so time counts as
// exceeded only once the whole process has computed for as long, too.
func (s *Span) Lap() error {
	b := s.budget
	if b == nil {
		return nil
	}
	now := time.Now()
	total := b.work.Add(int64(now.Sub(s.from)))
	s.from = now
	if limit := b.limits.Work; total > int64(limit) && processTime()-b.since > limit && !b.over.Load() {
		return b.exceed(work, limit.String())
	}
	return b.Err()
}
