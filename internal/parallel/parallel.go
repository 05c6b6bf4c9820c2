// Package parallel starts goroutines; no other package of the product does.
//
// Its one invariant: a panic in a goroutine never ends the process. It comes back as
// a [Panic], an error of the caller who waits for the goroutine, as a panic in the
// caller's own call would come back to whoever recovers it.
//
// Start at [Each], for the same work on many things, and at [Group], for different
// pieces of work.
package parallel

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Group is goroutines that one caller waits for. The zero value has no limit. Start
// and Wait are for one goroutine, its owner.
type Group struct {
	// Limit is how many may run at once, 0 for as many as are started. Set it before
	// the first Start.
	Limit int

	running sync.WaitGroup
	free    chan struct{}
	errs    []*error
}

// Start calls do in a goroutine of its own. Where the limit is reached it waits until
// one of them has ended.
func (g *Group) Start(do func() error) {
	if g.Limit > 0 && g.free == nil {
		g.free = make(chan struct{}, g.Limit)
	}
	if g.free != nil {
		g.free <- struct{}{}
	}
	result := new(error)
	g.errs = append(g.errs, result)
	g.running.Go(func() {
		*result = Call(do)
		if g.free != nil {
			<-g.free
		}
	})
}

// Wait waits until all that were started have ended. It returns their errors joined,
// in the order of their starts; nil where there were none. The group is then as new.
func (g *Group) Wait() error {
	g.running.Wait()
	var errs []error
	for _, err := range g.errs {
		errs = append(errs, *err)
	}
	g.errs = nil
	return errors.Join(errs...)
}

// Each calls do for 0 to n-1, on at most that many workers at once, each a goroutine.
// After the first error, or when ctx is done, it begins no further call, waits for
// those under way, and returns their errors joined by number, or that of ctx.
func Each(ctx context.Context, workers, n int, do func(i int) error) error {
	var next atomic.Int64
	var failed atomic.Bool
	errs := make([]error, n)
	var group Group
	for range min(workers, n) {
		group.Start(func() error {
			for !failed.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if errs[i] = Call(func() error { return do(i) }); errs[i] != nil {
					failed.Store(true)
				}
			}
			return nil
		})
	}
	err := group.Wait()
	if err = errors.Join(append(errs, err)...); err == nil {
		err = ctx.Err()
	}
	return err
}
