package budget

import "time"

// Span is one goroutine's work, from [Budget.Work] on, with what it holds meanwhile. Not
// safe for concurrent use; the zero value, and a nil one, have no limits.
type Span struct {
	budget *Budget
	from   time.Time
	held   int
}

// Work begins a span.
func (b *Budget) Work() *Span {
	if b == nil {
		return nil
	}
	return &Span{budget: b, from: time.Now()}
}

// Lap adds the time since the last one, and is the error of a budget that has run out.
// The clock runs on while a goroutine waits for a processor; so time counts as
// exceeded only once the whole process has computed for as long, too.
func (s *Span) Lap() error {
	if s == nil || s.budget == nil {
		return nil
	}
	b := s.budget
	now := time.Now()
	total := b.work.Add(int64(now.Sub(s.from)))
	s.from = now
	if limit := b.limits.Work; total > int64(limit) && processTime()-b.since > limit && !b.over.Load() {
		return b.exceed(work, limit.String())
	}
	return b.Err()
}

// Wait calls something that waits for storage: its time is no work.
func (s *Span) Wait(do func()) {
	_ = s.Lap() // an error is there for the next to ask
	do()
	if s != nil {
		s.from = time.Now()
	}
}

// Hold takes bytes that are kept until the span ends, and counts them as built.
func (s *Span) Hold(bytes int) error {
	if s == nil || s.budget == nil {
		return nil
	}
	s.held += bytes
	if err := s.budget.Hold(bytes); err != nil {
		return err
	}
	return s.budget.Build(bytes)
}

// Keep counts values that are kept until the span ends, and about how many bytes they
// take.
func (s *Span) Keep(n, bytes int) error {
	if err := s.Budget().Nodes(n); err != nil {
		return err
	}
	return s.Hold(bytes)
}

// Budget is the one that the span is of, nil for none.
func (s *Span) Budget() *Budget {
	if s == nil {
		return nil
	}
	return s.budget
}

// End gives back what the span holds, and is its last lap.
func (s *Span) End() error {
	if s == nil || s.budget == nil {
		return nil
	}
	s.budget.Release(s.held)
	s.held = 0
	return s.Lap()
}
