package scan_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/store"
	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

// bucket holds the objects of a test, by key.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	fail    func(call, key string) error // nil: never
}

func (b *bucket) put(key, body string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key] = []byte(body)
}

func (b *bucket) remove(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.objects, key)
}

func (b *bucket) info(call, key string) (object.Info, []byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(call, key); err != nil {
			return object.Info{}, nil, err
		}
	}
	body, ok := b.objects[key]
	if !ok {
		return object.Info{}, nil, fmt.Errorf("%s %s: %w", call, key, object.ErrNotFound)
	}
	sum := sha256.Sum256(body)
	return object.Info{Key: key, ETag: hex.EncodeToString(sum[:8]), Size: int64(len(body))}, body, nil
}

func (b *bucket) Head(_ context.Context, at object.Location) (object.Info, error) {
	info, _, err := b.info("head", at.Key)
	return info, err
}

func (b *bucket) Open(_ context.Context, at object.Location, pin object.Pin) (io.ReadCloser, object.Info, error) {
	info, body, err := b.info("open", at.Key)
	if err == nil && pin.ETag != "" && pin.ETag != info.ETag {
		err = object.ErrChanged
	}
	return io.NopCloser(bytes.NewReader(body)), info, err
}

func (b *bucket) List(_ context.Context, _, prefix string, yield func(object.Info) error) error {
	b.mu.Lock()
	var keys []string
	for key := range b.objects {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	b.mu.Unlock()
	slices.Sort(keys)
	for _, key := range keys {
		info, _, err := b.info("list", key)
		if err != nil {
			return err
		}
		if err := yield(info); err != nil {
			return err
		}
	}
	return nil
}

// blobs keeps big bodies of a test.
type blobs struct {
	mu   sync.Mutex
	held map[string][]byte
}

func (b *blobs) PutBlob(_ context.Context, key string, body []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.held[key] = bytes.Clone(body)
	return nil
}

func (b *blobs) GetBlob(_ context.Context, key string) ([]byte, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if body, ok := b.held[key]; ok {
		return bytes.Clone(body), nil
	}
	return nil, object.ErrNotFound
}

func (b *blobs) DeleteBlob(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.held, key)
	return nil
}

// queue keeps the jobs that were sent.
type queue struct {
	mu   sync.Mutex
	jobs []scan.Job
}

func (q *queue) Send(_ context.Context, job scan.Job) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, job)
	return nil
}

func (q *queue) take() []scan.Job {
	q.mu.Lock()
	defer q.mu.Unlock()
	jobs := q.jobs
	q.jobs = nil
	return jobs
}

// stack is everything around a scanner.
type stack struct {
	t       *testing.T
	table   table.Table
	counter *tabletest.Counter
	store   *store.Store
	bucket  *bucket
	blobs   *blobs
	queue   *queue
	clock   *tabletest.Clock
	scanner *scan.Scanner
	review  *review.Reviewer
	project store.Project
	env     store.Environment
}

const testKey = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func newStack(t *testing.T) *stack {
	t.Helper()
	clock := tabletest.NewClock(time.Now().UTC())
	return newStackOn(t, clock, memory.New(clock.Now), testKey)
}

func newStackOn(t *testing.T, clock *tabletest.Clock, tbl table.Table, digestKeys string) *stack {
	t.Helper()
	counter := &tabletest.Counter{Table: tbl}
	s := &stack{t: t, table: tbl, counter: counter, bucket: &bucket{objects: map[string][]byte{}}, blobs: &blobs{held: map[string][]byte{}}, queue: &queue{}, clock: clock}
	s.wire(digestKeys)
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

func (s *stack) wire(digestKeys string) {
	s.t.Helper()
	keys, err := redact.ParseKeys(digestKeys)
	if err != nil {
		s.t.Fatal(err)
	}
	s.store = store.New(store.Config{Table: s.counter, Blobs: s.blobs, Now: s.clock.Now})
	s.scanner = scan.New(scan.Config{Store: s.store, Objects: s.bucket, Queue: s.queue, Keys: keys,
		Readers: map[drift.Kind]reader.Reader{drift.KindTFState: &tfstate.Reader{}}, Prefixes: object.Prefixes{Own: "estate"},
		MaxDocument: 512 << 20, Now: s.clock.Now, Log: slog.New(slog.DiscardHandler), PushWait: 50 * time.Millisecond})
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
	if err := s.store.CreateSource(s.t.Context(), src, env, scan.Lookup(settings.URI)); err != nil {
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

// state renders a small tf-state: "name=size" gives aws_instance.name with that
// instance_type.
func state(serial int, instances ...string) string {
	return stateOf("l-1", serial, instances...)
}

func stateOf(lineage string, serial int, instances ...string) string {
	var resources []string
	for _, text := range instances {
		name, size, _ := strings.Cut(text, "=")
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":"aws_instance","name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
 "instances":[{"schema_version":1,"attributes":{"id":"i-%s","instance_type":%q,"tags":{"Name":%q}},"sensitive_attributes":[]}]}`, name, name, size, name))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":%q,"outputs":{},"resources":[%s],"check_results":null}`,
		serial, lineage, strings.Join(resources, ","))
}
