package tabletest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"plumbline/internal/table"
)

var raceContracts = []contract{
	{"of many that create one item exactly one wins", createRace},
	{"of many that replace one revision exactly one wins", replaceRace},
	{"of many that move one item exactly one wins", moveRace},
	{"a write that is lost takes no other along", losersAlone},
	{"counters by read and compare end exact", counterRace},
	{"readers see whole writes while others write", readersSeeWhole},
}

const racers = 16

// together runs do racers times at once and waits.
func together(do func(racer int)) {
	var all sync.WaitGroup
	for racer := range racers {
		all.Go(func() { do(racer) })
	}
	all.Wait()
}

// settled repeats a write that the database only says it could not serve beside
// another, until it took place or a condition did not hold.
func (f *fixture) settled(ctx context.Context, ops ...table.Op) error {
	for {
		err := f.Write(ctx, ops...)
		var conflict *table.ConflictError
		undecided := errors.Is(err, table.ErrBusy) || errors.As(err, &conflict) && len(conflict.Failed) == 0
		if !undecided {
			return err
		}
	}
}

// oneWins runs a write for each racer and checks that one takes place and that
// the others are conflicts.
func oneWins(t *testing.T, f *fixture, write func(racer int) []table.Op) {
	t.Helper()
	var won atomic.Int32
	together(func(racer int) {
		switch err := f.settled(t.Context(), write(racer)...); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, table.ErrConflict):
			t.Errorf("racer %d: %v", racer, err)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d racers won, want 1", won.Load())
	}
}

func createRace(t *testing.T, f *fixture) {
	for _, sk := range numbered(5) {
		oneWins(t, f, func(racer int) []table.Op {
			made := item(sk)
			made.Body = strconv.AppendInt(nil, int64(racer), 10)
			return []table.Op{table.Put(made, table.Absent)}
		})
	}
}

func replaceRace(t *testing.T, f *fixture) {
	f.store(t, item("a"))
	for revision := range int64(5) {
		oneWins(t, f, func(int) []table.Op {
			next := item("a")
			next.Revision = revision + 2
			return []table.Op{table.Put(next, table.At(revision+1))}
		})
	}
}

// moveRace has each racer delete the one item and create its own: at the end
// there is one, whoever won.
func moveRace(t *testing.T, f *fixture) {
	f.store(t, item("from"))
	oneWins(t, f, func(racer int) []table.Op {
		to := table.Item{Key: table.Key{PK: "to", SK: strconv.Itoa(racer)}, Revision: 1}
		return []table.Op{table.Put(to, table.Absent), table.Delete(item("from").Key, table.At(1))}
	})
	if got := f.all(t, table.Query{PK: "to"}); len(got) != 1 {
		t.Errorf("moved to %d items, want 1", len(got))
	}
	f.holds(t, "p")
}

// losersAlone has every second racer ask for what does not hold.
func losersAlone(t *testing.T, f *fixture) {
	want := itemsOf(numbered(racers / 2))
	together(func(racer int) {
		if racer%2 == 0 {
			if err := f.settled(t.Context(), table.Put(want[racer/2], table.Absent)); err != nil {
				t.Errorf("racer %d: %v", racer, err)
			}
			return
		}
		missing := table.Key{PK: "missing", SK: strconv.Itoa(racer)}
		loser := item("lost " + strconv.Itoa(racer))
		lost(t, f.settled(t.Context(), table.Put(loser, table.Any), table.Check(missing, table.At(1))), missing)
	})
	f.holds(t, "p", want...)
}

func counterRace(t *testing.T, f *fixture) {
	const each = 10
	keys := []table.Key{{PK: "p", SK: "first"}, {PK: "q", SK: "second"}}
	for _, key := range keys {
		f.store(t, table.Item{Key: key, Revision: 1, Body: []byte("0")})
	}
	together(func(racer int) {
		for range each {
			if err := f.increment(t.Context(), keys); err != nil {
				t.Errorf("racer %d: %v", racer, err)
				return
			}
		}
	})
	for _, key := range keys {
		got, err := f.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		want := table.Item{Key: key, Revision: racers*each + 1, Body: fmt.Append(nil, racers*each)}
		same(t, got, want)
	}
}

// increment adds one to the counters of both keys in one write, reading again
// whenever another was faster.
func (f *fixture) increment(ctx context.Context, keys []table.Key) error {
	for {
		items, err := f.BatchGet(ctx, keys)
		if err != nil {
			return err
		}
		var ops []table.Op
		for _, next := range items {
			count, err := strconv.Atoi(string(next.Body))
			if err != nil {
				return err
			}
			next.Body = fmt.Append(nil, count+1)
			next.Revision++
			ops = append(ops, table.Put(next, table.At(next.Revision-1)))
		}
		err = f.settled(ctx, ops...)
		if !errors.Is(err, table.ErrConflict) {
			return err
		}
	}
}
