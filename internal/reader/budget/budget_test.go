package budget_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"plumbline/internal/reader/budget"
)

var small = budget.Limits{HeldBytes: 10, BuiltBytes: 10, Nodes: 10, Steps: 10, Includes: 10}

func TestEachLimitEndsAReadingAndIsNamed(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(*budget.Budget, int) error{
		"bytes held at one time": (*budget.Budget).Hold, "bytes built": (*budget.Budget).Build, "values built": (*budget.Budget).Nodes,
		"template steps": (*budget.Budget).Steps, "files included": (*budget.Budget).Include,
	} {
		b := budget.New(small)
		if err := errors.Join(take(b, 5), take(b, 5), b.Err()); err != nil {
			t.Errorf("%s: %v while all is within", name, err)
		}
		var exceeded *budget.ExceededError
		if err := take(b, 1); !errors.As(err, &exceeded) || exceeded.Limit != name || !strings.Contains(err.Error(), "10 "+name) {
			t.Errorf("%s: %v", name, err)
		}
		if err := b.Steps(0); err == nil || b.Err() == nil {
			t.Errorf("%s: a budget that has run out goes on", name)
		}
	}
}

func TestWhatIsGivenBackMayBeHeldAgain(t *testing.T) {
	t.Parallel()
	b := budget.New(small)
	for range 100 {
		if err := b.Hold(10); err != nil {
			t.Fatal(err)
		}
		b.Release(10)
	}
	if err := b.Hold(11); err == nil {
		t.Error("more than the limit is held")
	}
}

func TestWhatASpanHoldsIsGivenBackWhenItEnds(t *testing.T) {
	t.Parallel()
	b := budget.New(budget.Limits{HeldBytes: 10})
	for range 100 {
		span := b.Work()
		if err := errors.Join(span.Hold(5), span.Hold(5), span.End()); err != nil {
			t.Fatal(err)
		}
	}
	if span := b.Work(); span.Hold(11) == nil || span.End() == nil {
		t.Error("more than the limit is held")
	}
}

func TestTheFirstPlaceThatIsNamedStays(t *testing.T) {
	t.Parallel()
	b := budget.New(small)
	b.At("too early")
	_ = b.Nodes(11)
	b.At("a.yaml:3")
	b.At("b.yaml")
	var exceeded *budget.ExceededError
	if !errors.As(b.Err(), &exceeded) || exceeded.Place != "a.yaml:3" {
		t.Errorf("%+v", exceeded)
	}
}

func TestWorkIsCounted(t *testing.T) {
	t.Parallel()
	b := budget.New(budget.Limits{Work: 20 * time.Millisecond})
	span := b.Work()
	for begun := time.Now(); time.Since(begun) < 10*time.Second; {
		if err := span.Lap(); err != nil {
			if !strings.Contains(err.Error(), "20ms of work") {
				t.Error(err)
			}
			return
		}
	}
	t.Error("ten seconds of work are within 20 ms")
}

func TestWithoutABudgetNothingIsLimited(t *testing.T) {
	t.Parallel()
	var b *budget.Budget
	span := b.Work()
	err := errors.Join(span.Hold(1<<40), span.End(), new(budget.Span).Lap(), b.Hold(1<<40), b.Build(1<<40), b.Nodes(1<<40), b.Steps(1<<40), b.Include(1<<40), span.Lap(), b.Err())
	if err != nil || span.Budget() != nil {
		t.Error(err)
	}
	span.Wait(func() {})
	b.Release(1)
	b.At("nowhere")
}
