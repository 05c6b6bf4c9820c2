package scan_test

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/scan/scantest"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

// stack is everything around a scanner.
type stack struct {
	t       testing.TB
	mirror  *mirror
	counter *tabletest.Counter
	store   *store.Store
	bucket  *bucket
	blobs   *storetest.Blobs
	queue   *scantest.Queue
	clock   *tabletest.Clock
	scanner *scan.Scanner
	review  *review.Reviewer
	log     *bytes.Buffer
	orphans bool // a fault may leave blobs that nothing refers to
	project store.Project
	env     store.Environment
}

const testKey = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func newStack(t testing.TB) *stack {
	t.Helper()
	clock := tabletest.NewClock(time.Now().UTC())
	return newStackOn(t, clock, &mirror{Table: memory.New(clock.Now), keys: map[table.Key]bool{}}, testKey)
}

// newStackOn is a stack over a table. A [mirror] is looked at after the test.
func newStackOn(t testing.TB, clock *tabletest.Clock, tbl table.Table, digestKeys string) *stack {
	t.Helper()
	s := &stack{t: t, counter: &tabletest.Counter{Table: tbl}, log: &bytes.Buffer{}, bucket: &bucket{objects: map[string][]byte{}}, blobs: &storetest.Blobs{}, queue: &scantest.Queue{}, clock: clock}
	s.wire(s.counter, s.bucket, digestKeys)
	if held, ok := tbl.(*mirror); ok {
		s.mirror = held
		t.Cleanup(s.consistent)
	}
	ctx := t.Context()
	if _, err := s.store.CreateEnvironment(ctx, "acme", "shop", "default"); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.project, err = s.store.Project(ctx, "acme", "shop"); err != nil {
		t.Fatal(err)
	}
	if s.env, err = s.store.Environment(ctx, s.project.ID, "default"); err != nil {
		t.Fatal(err)
	}
	return s
}

// wire makes the use cases over a table and objects, which may fail.
func (s *stack) wire(tbl table.Table, objects scan.Objects, digestKeys string) {
	s.t.Helper()
	keys, err := redact.ParseKeys(digestKeys)
	if err != nil {
		s.t.Fatal(err)
	}
	s.store = store.New(store.Config{Table: tbl, Blobs: s.blobs, Now: s.clock.Now})
	s.scanner = scan.New(scan.Config{Store: s.store, Objects: objects, Queue: s.queue, Keys: keys,
		Readers: map[drift.Kind]reader.Reader{drift.KindTFState: &tfstate.Reader{}}, Prefixes: place.Prefixes{Own: "estate"},
		MaxDocument: 512 << 20, Now: s.clock.Now, Log: slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})), PushWait: 50 * time.Millisecond})
	s.review = review.New(review.Config{Store: s.store, Now: s.clock.Now})
}

// register makes a source; settings left out are those of most tests.
func (s *stack) register(settings drift.Settings) drift.Source {
	s.t.Helper()
	if settings.Kind == "" {
		settings.Kind = drift.KindTFState
	}
	if settings.Policy == "" {
		settings.Policy = drift.AutoUpdate
	}
	if settings.Schedule == "" {
		settings.Schedule = drift.DefaultSchedule
	}
	now := s.clock.Now()
	src := drift.Source{ID: uuid.Must(uuid.NewV7()), Organisation: "acme", Project: "shop", ProjectID: s.project.ID,
		Environment: s.env.Name, EnvID: s.env.ID, Settings: settings, SettingsRevision: 1, CreatedAt: now, UpdatedAt: now,
		NextDue: now.Add(12 * time.Hour)}
	env, err := s.store.Environment(s.t.Context(), s.project.ID, s.env.Name)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.store.CreateSource(s.t.Context(), src, env, place.Lookup(settings.URI)); err != nil {
		s.t.Fatal(err)
	}
	return s.reload(src)
}

func (s *stack) reload(src drift.Source) drift.Source {
	s.t.Helper()
	src, err := s.store.Source(s.t.Context(), src.ProjectID, src.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return src
}

// run scans a source and fails the test on an error.
func (s *stack) run(src drift.Source, change ...func(*scan.Request)) drift.Scan {
	s.t.Helper()
	done, err := s.tryRun(src, change...)
	if err != nil {
		s.t.Fatalf("scan: %v", err)
	}
	return done
}

func (s *stack) tryRun(src drift.Source, change ...func(*scan.Request)) (drift.Scan, error) {
	req := scan.Request{Job: scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI, Actor: "tester"}}
	for _, c := range change {
		c(&req)
	}
	return s.scanner.Run(s.t.Context(), req)
}

func push(items string) func(*scan.Request) {
	return func(r *scan.Request) { r.Push = &scan.Push{Items: []byte(items), MaySchema: true} }
}

// pending are the source's pending proposals.
func (s *stack) pending(src drift.Source) []drift.Proposal {
	s.t.Helper()
	list, _, err := s.store.Proposals(s.t.Context(), src.ID, drift.Pending, "", 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// totals are the source's, over all documents.
func (s *stack) totals(src drift.Source) store.Totals {
	s.t.Helper()
	byDocument, err := s.store.Totals(s.t.Context(), src.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	var sum store.Totals
	for _, t := range byDocument {
		sum.Add(t)
	}
	return sum
}

// decide approves or rejects.
func (s *stack) decide(src drift.Source, p drift.Proposal, status drift.ProposalStatus) error {
	_, err := s.review.Decide(s.t.Context(), review.Decision{Source: src, Proposal: p.ID, Status: status, Actor: "alice"})
	return err
}

// work ticks and runs every job that is queued; each tells of one.
func (s *stack) work(each func()) {
	s.t.Helper()
	if _, err := s.scanner.Tick(s.t.Context(), 100); err != nil {
		s.t.Fatalf("tick: %v", err)
	}
	for jobs := s.queue.Take(); len(jobs) > 0; jobs = s.queue.Take() {
		for _, job := range jobs {
			each()
			if err := s.scanner.Work(s.t.Context(), job, time.Time{}); err != nil {
				s.t.Fatalf("job %+v: %v", job, err)
			}
		}
	}
}

// last is the source's last scan.
func (s *stack) last(src drift.Source) drift.Scan {
	s.t.Helper()
	scans, _, err := s.store.Scans(s.t.Context(), src.ID, "", 1)
	if err != nil || len(scans) == 0 {
		s.t.Fatalf("scans of the source: %v, %v", scans, err)
	}
	return scans[0]
}
