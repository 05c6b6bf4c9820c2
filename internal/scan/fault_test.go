package scan_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/scan"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/table"
	"plumbline/internal/table/tabletest"
)

// clone is the same stack over a copy of everything that is stored.
func (s *stack) clone(t *testing.T) *stack {
	t.Helper()
	c := *s
	c.t, c.mirror, c.bucket, c.blobs, c.queue = t, s.mirror.clone(t, s), s.bucket.clone(), s.blobs.Clone(), &scantest.Queue{}
	c.clock = tabletest.NewClock(s.clock.Now())
	c.counter = &tabletest.Counter{Table: c.mirror}
	c.wire(c.counter, c.bucket, testKey)
	return &c
}

var (
	someID   = regexp.MustCompile(`"(id|scan|scanId|p|superseded|proposal)":"[0-9a-f-]{36}"`)
	someTime = regexp.MustCompile(`"(created|updated|at|decided|scanned|started|from)":\d+`)
)

// catalogue is all that a disturbed scan has to bring about: records, heads,
// proposals and history, without ids and times that differ from one run to another.
func (s *stack) catalogue() []string {
	all := s.deltaTexts()
	for _, it := range s.read() {
		if it.isDelta() {
			continue
		}
		isScan, isQueue := strings.HasPrefix(it.SK, "R#") && it.pk[0] == "S", it.pk[0] == "Q"
		isRunning := it.pk[0] == "S" && len(it.pk) == 2 && (it.SK == "L" || it.SK == "W")
		if isScan || isQueue || isRunning || it.pk[0] == "P" && !strings.HasPrefix(it.SK, "K#") {
			continue
		}
		key, body := it.Key.String(), it.Body
		if it.blob != "" {
			body = s.blobs.Held()[it.blob]
		}
		switch {
		case strings.HasPrefix(it.SK, "V#"), it.pk[0] == "X" && strings.HasPrefix(it.SK, "P#"):
			key = it.PK + " " + it.SK[:1]
		case len(it.pk) > 2 && (it.pk[2] == "P" || it.pk[2] == "Q"):
			key = strings.Join(it.pk[:min(len(it.pk), 4)-1], "#")
		}
		body = bytes.Replace(body, []byte(`"status":"unchanged"`), []byte(`"status":"succeeded"`), 1)
		text := someTime.ReplaceAllString(someID.ReplaceAllString(string(body), `"$1":_`), `"$1":0`)
		all = append(all, key+" = "+text)
	}
	slices.Sort(all)
	return all
}

// faultyObjects lets one call fail.
type faultyObjects struct {
	scan.Objects
	call  int64
	calls atomic.Int64
}

func (f *faultyObjects) pass() error {
	if f.calls.Add(1) == f.call {
		return tabletest.ErrFault
	}
	return nil
}

func (f *faultyObjects) Head(ctx context.Context, at place.Location) (object.Info, error) {
	if err := f.pass(); err != nil {
		return object.Info{}, err
	}
	return f.Objects.Head(ctx, at)
}

func (f *faultyObjects) Open(ctx context.Context, at place.Location, pin object.Pin) (io.ReadCloser, object.Info, error) {
	if err := f.pass(); err != nil {
		return nil, object.Info{}, err
	}
	body, info, err := f.Objects.Open(ctx, at, pin)
	if err != nil {
		return nil, info, err
	}
	return &faultyBody{f, body}, info, nil
}

func (f *faultyObjects) List(ctx context.Context, bucket, prefix string, yield func(object.Info) error) error {
	if err := f.pass(); err != nil {
		return err
	}
	return f.Objects.List(ctx, bucket, prefix, yield)
}

type faultyBody struct {
	*faultyObjects
	io.ReadCloser
}

func (b *faultyBody) Read(p []byte) (int, error) {
	if err := b.pass(); err != nil {
		return 0, err
	}
	return b.ReadCloser.Read(p)
}

func TestAFaultAtAnyCallIsMendedByRunningAgain(t *testing.T) {
	t.Parallel()
	for _, sc := range scenes {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			base := newStack(t)
			src := sc.setUp(base)
			calm := base.clone(t)
			if err := sc.run(calm, src); err != nil {
				t.Fatal(err)
			}
			want := calm.catalogue()
			for _, fault := range []struct {
				when tabletest.Moment
				err  error
			}{{tabletest.Before, nil}, {tabletest.After, nil}, {tabletest.Before, &table.ConflictError{}}} {
				for call := 1; ; call++ {
					s := base.clone(t)
					faulty := &tabletest.Faulty{Table: s.counter, Call: call, When: fault.when, Err: fault.err}
					s.wire(faulty, s.bucket, testKey)
					place := fmt.Sprintf("call %d of the table, moment %d, error %v", call, fault.when, fault.err)
					if !faulted(s, sc, src, faulty.Struck, want, place) {
						break
					}
				}
			}
			for call := int64(1); ; call++ {
				s := base.clone(t)
				objects := &faultyObjects{Objects: s.bucket, call: call}
				s.wire(s.counter, objects, testKey)
				struck := func() bool { return objects.calls.Load() >= call }
				if !faulted(s, sc, src, struck, want, fmt.Sprintf("call %d of the objects", call)) {
					break
				}
			}
		})
	}
}

// faulted runs the scene over what fails and once more over what does not, and holds
// the catalogue against that of an undisturbed run. It reports whether a fault struck.
func faulted(s *stack, sc scene, src drift.Source, struck func() bool, want []string, place string) bool {
	s.t.Helper()
	first := sc.run(s, src)
	if !struck() {
		return false
	}
	s.wire(s.counter, s.bucket, testKey)
	s.clock.Advance(2 * time.Minute) // a lease that was not freed expires
	if err := sc.run(s, src); err != nil {
		s.t.Errorf("%s: %v; again: %v", place, first, err)
	}
	s.work(func() {})
	if diff := cmp.Diff(want, s.catalogue()); diff != "" {
		s.t.Errorf("%s (%v): catalogue (-undisturbed +run again):\n%s", place, first, diff)
	}
	s.consistent()
	return !s.t.Failed()
}

func TestAPushThatDiedAnywhereIsUndoneByAPull(t *testing.T) {
	t.Parallel()
	base := newStack(t)
	src := base.register(drift.Settings{URI: vpcURI})
	base.bucket.put(vpcKey, state(1, sizes(20, "small")...))
	base.run(src)
	for call := 1; ; call++ {
		s := base.clone(t)
		faulty := &tabletest.Faulty{Table: s.counter, Call: call}
		s.wire(faulty, s.bucket, testKey)
		_, err := s.tryRun(src, push(pushed(sizes(20, "large")...)))
		if !faulty.Struck() {
			break
		}
		s.wire(s.counter, s.bucket, testKey)
		s.clock.Advance(2 * time.Minute)
		s.run(src)
		if got := s.totals(src); got.Current != 22 || got.Missing != 0 {
			t.Errorf("push died at call %d (%v): after the pull %+v", call, err, got)
		}
		if got := s.size("i0007"); got != `"small"` {
			t.Errorf("push died at call %d: i0007 is %s", call, got)
		}
		s.consistent()
	}
}
