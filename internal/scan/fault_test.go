package scan_test

import (
	"bytes"
	"context"
	"encoding/json"
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
	"plumbline/internal/scan"
	"plumbline/internal/table/tabletest"
)

// clone is the same stack over a copy of everything that is stored.
func (s *stack) clone(t *testing.T) *stack {
	t.Helper()
	c := *s
	c.t, c.mirror, c.bucket, c.blobs, c.queue = t, s.mirror.clone(t, s), s.bucket.clone(), s.blobs.clone(), &queue{}
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
	var all []string
	for _, it := range s.read() {
		isScan, isQueue := strings.HasPrefix(it.SK, "R#") && it.pk[0] == "S", it.pk[0] == "Q"
		isRunning := it.pk[0] == "S" && len(it.pk) == 2 && (it.SK == "L" || it.SK == "W")
		if isScan || isQueue || isRunning || it.pk[0] == "P" && !strings.HasPrefix(it.SK, "K#") {
			continue
		}
		key, body := it.Key.String(), it.Body
		if it.blob != "" {
			body = s.blobs.clone().held[it.blob]
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

func (f *faultyObjects) Head(ctx context.Context, at object.Location) (object.Info, error) {
	if err := f.pass(); err != nil {
		return object.Info{}, err
	}
	return f.Objects.Head(ctx, at)
}

func (f *faultyObjects) Open(ctx context.Context, at object.Location, pin object.Pin) (io.ReadCloser, object.Info, error) {
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

// scene is a use case with what it starts from.
type scene struct {
	name  string
	setUp func(*stack) drift.Source
	run   func(*stack, drift.Source) error
}

func scanned(change ...func(*scan.Request)) func(*stack, drift.Source) error {
	return func(s *stack, src drift.Source) error {
		_, err := s.tryRun(src, change...)
		return err
	}
}

var scenes = []scene{
	{"a first import", func(s *stack) drift.Source {
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		return s.register(drift.Settings{URI: vpcURI})
	}, scanned()},
	{"an update with drift", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		s.run(src)
		s.bucket.put(vpcKey, state(2, append(sizes(10, "large"), append(sizes(20, "small")[12:], "new=small")...)...))
		return src
	}, scanned()},
	{"an update of two sources", func(s *stack) drift.Source {
		s.shared()
		src := s.register(drift.Settings{URI: "./b", Policy: drift.AutoUpdate})
		s.run(src, push(servers("x=1", "y=1", "z=1")))
		return src
	}, scanned(push(servers("x=2", "y=2")))},
	{"a prune", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: "s3://estate/acme/states/", Prune: true})
		s.bucket.put("acme/states/a.tfstate", state(1, sizes(20, "small")...))
		s.bucket.put("acme/states/b.tfstate", state(1, "web=small"))
		s.run(src)
		s.bucket.put("acme/states/a.tfstate", state(2, sizes(14, "small")...))
		return src
	}, scanned()},
	{"an approval", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		s.bucket.put(vpcKey, state(1, "web=small"))
		s.run(src)
		s.bucket.put(vpcKey, state(2, "web=large"))
		s.run(src)
		return src
	}, func(s *stack, src drift.Source) error {
		list, _, err := s.store.Proposals(s.t.Context(), src.ID, drift.Pending, "", 10)
		if err != nil || len(list) == 0 {
			return err
		}
		return s.decide(src, list[0], drift.Approved)
	}},
	{"a delete", func(s *stack) drift.Source {
		s.shared()
		src := s.register(drift.Settings{URI: "./b", Policy: drift.HumanApproval})
		s.run(src, push(servers("x=1", "y=1", "z=1")))
		s.run(src, push(servers("x=2", "y=1")))
		return s.deleting(src)
	}, func(s *stack, src drift.Source) error {
		return s.scanner.Work(s.t.Context(), scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI}, time.Time{})
	}},
}

// shared is another source that declares x and y.
func (s *stack) shared() drift.Source {
	other := s.register(drift.Settings{URI: "./a"})
	s.run(other, push(servers("x=1", "y=1")))
	return other
}

// deleting marks a source as the registry does when it is deleted.
func (s *stack) deleting(src drift.Source) drift.Source {
	s.t.Helper()
	before := s.reload(src)
	after := before
	after.Deleting = true
	if err := s.store.UpdateSource(s.t.Context(), before, after); err != nil {
		s.t.Fatal(err)
	}
	return s.reload(src)
}

// servers renders a push: "x=2" is the server x with two cpus.
func servers(list ...string) string {
	var items []string
	for _, text := range list {
		name, cpus, _ := strings.Cut(text, "=")
		body, _ := json.Marshal(map[string]any{"kind": "Entity", "entityType": "server", "name": name,
			"properties": map[string]any{"cpus": cpus}, "labels": map[string]string{"team": "t"}})
		items = append(items, string(body))
	}
	return "[" + strings.Join(items, ",") + "]"
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
			for _, when := range []tabletest.Moment{tabletest.Before, tabletest.After} {
				for call := 1; ; call++ {
					s := base.clone(t)
					faulty := &tabletest.Faulty{Table: s.counter, Call: call, When: when}
					s.wire(faulty, s.bucket, testKey)
					if !faulted(s, sc, src, faulty.Struck, want, fmt.Sprintf("call %d of the table, moment %d", call, when)) {
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
