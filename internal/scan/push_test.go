package scan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

const everyKind = `[
 {"kind":"EntityType","name":"server","states":["up"],"initialState":"up","properties":[{"name":"cpus","type":"integer"}]},
 {"kind":"Cell","name":"eu","capacity":3},
 {"kind":"RelationshipType","name":"talks_to","from":"server","to":"server","states":["on"],"properties":[{"name":"port","type":"integer"}]},
 {"kind":"Action","name":"open-pr","repo":"x"},
 {"kind":"Secret","name":"db-password","description":"of the database"},
 {"kind":"Entity","entityType":"server","name":"web","state":"up","properties":{"cpus":2}},
 {"kind":"Entity","entityType":"server","name":"db","state":"up"},
 {"kind":"Relationship","relationshipType":"talks_to","from":"web","to":"db","properties":{"port":5432}}]`

func deletions(text string) func(*scan.Request) {
	return func(r *scan.Request) { r.Push.Deletions = []byte(text) }
}

func (s *stack) links(entityType, name string) []store.Link {
	s.t.Helper()
	links, _, err := s.store.Links(s.t.Context(), catalog.EntityID(s.env.ID, entityType, name), "", 100)
	if err != nil {
		s.t.Fatal(err)
	}
	return links
}

func TestAPushAppliesAllSevenKinds(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./catalog", Policy: drift.HumanApproval})
	first := s.run(src, push(everyKind))
	s.mustStatus(first, drift.ScanSucceeded)
	if c := first.Summary.Counts; c.Created != 3 || c.Failed != 0 {
		t.Fatalf("counts %+v, failed %+v", c, first.Summary.Failed)
	}
	var outcomes []string
	for _, schema := range first.Summary.Schemas {
		outcomes = append(outcomes, schema.Kind+" "+schema.Name+" "+schema.Outcome)
	}
	want := []string{"EntityType server created", "Secret db-password created", "Cell eu created", "RelationshipType talks_to created", "Action open-pr created"}
	if diff := cmp.Diff(want, outcomes); diff != "" {
		t.Errorf("schemas (-want +got):\n%s", diff)
	}
	if got := s.links("server", "db"); len(got) != 1 || got[0].Type != "talks_to" || string(got[0].Record.Entity.Properties["port"]) != "5432" {
		t.Errorf("links: %+v", got)
	}
	if again := s.run(src, push(everyKind)); again.Summary.Counts.Unchanged != 3 || again.Summary.Schemas[0].Outcome != "unchanged" {
		t.Errorf("again: %+v %+v", again.Summary.Counts, again.Summary.Schemas)
	}
	// Relationships are facts: they change, and go, under human-approval too.
	s.run(src, push(strings.Replace(everyKind, "5432", "5433", 1)))
	if got := s.links("server", "web"); len(got) != 1 || string(got[0].Record.Entity.Properties["port"]) != "5433" {
		t.Errorf("links after a change: %+v", got)
	}
	without := everyKind[:strings.LastIndex(everyKind, ",\n")] + "]"
	s.run(src, push(without))
	if got := s.links("server", "web"); len(got) != 0 {
		t.Errorf("links after it was no longer declared: %+v", got)
	}
	gone := s.run(src, push(without), deletions(`[{"kind":"Cell","name":"eu"},{"kind":"EntityType","name":"server"}]`))
	if c := gone.Summary.Counts; c.Failed != 1 || !strings.Contains(gone.Summary.Failed[0].Reason, "entities of this type exist") {
		t.Errorf("deletions: %+v %+v", c, gone.Summary.Failed)
	}
}

func TestSchemaKindsNeedARight(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./catalog"})
	may := func(r *scan.Request) { r.Push.MaySchema = false }
	for _, body := range []string{everyKind, `[]`} {
		_, err := s.tryRun(src, push(body), deletions(`[{"kind":"Cell","name":"eu"}]`), may)
		if !errors.Is(err, scan.ErrSchemaDenied) {
			t.Errorf("error %v", err)
		}
	}
	s.run(src, push(`[{"kind":"Entity","entityType":"a","name":"x"}]`), may)
}

func TestAPushOnlySourceIsNeverRead(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "tfc://acme/shop"})
	if _, err := s.tryRun(src); !errors.Is(err, scan.ErrPushOnly) {
		t.Errorf("error %v, want ErrPushOnly", err)
	}
	for _, body := range []string{`{}`, `[`, ``} {
		var invalid *scan.InvalidError
		if _, err := s.tryRun(src, push(body)); !errors.As(err, &invalid) {
			t.Errorf("push %q: %v, want an InvalidError", body, err)
		}
	}
}

// pushed renders entities of the type aws_instance as the state of vpcKey names them.
func pushed(instances ...string) string {
	var items []string
	for _, text := range instances {
		name, size, _ := strings.Cut(text, "=")
		items = append(items, fmt.Sprintf(`{"kind":"Entity","entityType":"aws_instance","name":"prod/vpc/aws_instance.%s","properties":{"id":"i-%s","instance_type":%q}}`, name, name, size))
	}
	return "[" + strings.Join(items, ",") + "]"
}

func TestAPushTakesThePlaceOfWhatWasPulledAndTheOtherWayRound(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small", "db=small", "old=small"))
	s.run(src)
	s.run(src, push(pushed("web=large", "db=small", "new=small")))
	if got, want := s.totals(src), (store.Totals{Current: 3, Missing: 3}); got != want {
		t.Errorf("after the push: %+v, want %+v", got, want)
	}
	if !s.reload(src).Pushed {
		t.Error("the source is not marked as pushed to")
	}
	s.queue.Take()
	if err := s.scanner.Upload(t.Context(), "estate", vpcKey, false); err != nil || len(s.queue.Take()) != 0 {
		t.Error("an upload does not leave a source alone that was pushed to")
	}
	if err := s.scanner.Work(t.Context(), scan.Job{Source: src.Ref(), Trigger: drift.TriggerUpload}, s.clock.Now().AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got, want := s.totals(src), (store.Totals{Current: 3, Missing: 3}); got != want {
		t.Errorf("after an upload: %+v, want %+v", got, want)
	}
	s.run(src) // the same bytes as before the push
	if got, want := s.totals(src), (store.Totals{Current: 5, Missing: 1}); got != want {
		t.Errorf("after the pull: %+v, want %+v", got, want)
	}
	if s.reload(src).Pushed {
		t.Error("the source is still marked as pushed to")
	}
	record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "aws_instance", "prod/vpc/aws_instance.web"))
	if err != nil || string(record.Entity.Properties["instance_type"]) != `"small"` {
		t.Errorf("web: %v, %v", record, err)
	}
	s.run(src, push(pushed("web=large", "db=small", "new=small")))
	s.run(src, push(pushed("web=large", "db=small", "new=small")))
	if got, want := s.totals(src), (store.Totals{Current: 3, Missing: 3}); got != want {
		t.Errorf("after the second push: %+v, want %+v", got, want)
	}
}

func TestASwitchThatWouldMakeMostEntitiesMissingIsHeld(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
	s.run(src)
	before := s.totals(src)
	held := s.run(src, push(pushed("i0001=small")))
	s.mustStatus(held, drift.ScanHeld)
	if got := s.totals(src); got.Missing != 0 || got.Current != before.Current {
		t.Errorf("held: %+v, before %+v", got, before)
	}
	force := func(r *scan.Request) { r.Force = held.ID }
	if _, err := s.tryRun(src, push(pushed("i0002=small")), force); !errors.Is(err, scan.ErrMoved) {
		t.Errorf("force with other items: %v, want ErrMoved", err)
	}
	s.mustStatus(s.run(src, push(pushed("i0001=small")), force), drift.ScanSucceeded)
	if got := s.totals(src); got.Current != 1 || got.Missing != 21 {
		t.Errorf("forced: %+v", got)
	}
	if _, err := s.tryRun(src, push(pushed("i0001=small")), force); !errors.Is(err, scan.ErrNotHeld) {
		t.Errorf("force twice: %v, want ErrNotHeld", err)
	}
}

func TestAPullThatLeavesMostOfAPushBehindIsHeld(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.run(src, push(pushed(sizes(20, "small")...)))
	s.bucket.put(vpcKey, state(1, "i0001=small"))
	held := s.run(src)
	s.mustStatus(held, drift.ScanHeld)
	if got, want := s.totals(src), (store.Totals{Current: 22}); got != want {
		t.Errorf("held: %+v, want %+v", got, want)
	}
	s.mustStatus(s.run(src), drift.ScanHeld)
	s.mustStatus(s.run(src, forced(held)), drift.ScanSucceeded)
	if got, want := s.totals(src), (store.Totals{Current: 3, Missing: 19}); got != want {
		t.Errorf("forced: %+v, want %+v", got, want)
	}
	s.mustStatus(s.run(src), drift.ScanUnchanged)
}
