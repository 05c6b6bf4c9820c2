package scan_test

import (
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
)

func TestAScanAfterABurstSaysWhatWasChanged(t *testing.T) {
	t.Parallel()
	type change struct {
		key     string
		removed bool
	}
	for name, c := range map[string]struct {
		uri     string
		changes []change
		trigger drift.Trigger
		actor   string
	}{
		"an upload below a prefix":   {"s3://estate/acme/", []change{{"acme/a.tfstate", false}}, drift.TriggerUpload, "upload of s3://estate/acme/a.tfstate"},
		"a deletion below a prefix":  {"s3://estate/acme/", []change{{"acme/a.tfstate", true}}, drift.TriggerDeletion, "deletion of s3://estate/acme/a.tfstate"},
		"two deletions":              {"s3://estate/acme/", []change{{"acme/a.tfstate", true}, {"acme/b.tfstate", true}}, drift.TriggerDeletion, "deletion of s3://estate/acme/b.tfstate and another change"},
		"an upload among deletions":  {"s3://estate/acme/", []change{{"acme/a.tfstate", true}, {"acme/b.tfstate", false}, {"acme/c.tfstate", true}}, drift.TriggerUpload, "upload of s3://estate/acme/b.tfstate and 2 other changes"},
		"a deletion of one object":   {"s3://estate/acme/a.tfstate", []change{{"acme/a.tfstate", true}}, drift.TriggerDeletion, "deletion of s3://estate/acme/a.tfstate"},
		"the unlocking of an object": {"s3://estate/acme/a.tfstate", []change{{"acme/a.tfstate.tflock", true}}, drift.TriggerUpload, "upload of s3://estate/acme/a.tfstate"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			s.bucket.put("acme/b.tfstate", state(1, "web=small"))
			src := s.register(drift.Settings{URI: c.uri})
			for _, change := range c.changes {
				if err := s.scanner.Upload(t.Context(), "estate", change.key, change.removed); err != nil {
					t.Fatal(err)
				}
			}
			s.clock.Advance(time.Minute)
			s.work(func() {})
			if got := s.last(src); got.Trigger != c.trigger || got.Actor != c.actor {
				t.Errorf("trigger %s, actor %q; want %s, %q", got.Trigger, got.Actor, c.trigger, c.actor)
			}
		})
	}
}

func TestAScanThatHadToWaitSaysWhoAskedForIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.busy(src, func() {
		s.bucket.put(vpcKey, state(2, "web=large"))
		s.upload(vpcKey)
		s.work(func() {})
	})
	if got, want := s.last(src).Actor, "upload of "+vpcURI; got != want {
		t.Errorf("of the upload during a scan: actor %q, want %q", got, want)
	}
	s.clock.Advance(time.Hour)
	s.work(func() {}) // the mark that the upload left
	s.bucket.fail = func(string, string) error { return object.ErrDenied }
	s.run(src)
	s.bucket.fail = nil
	s.clock.Advance(time.Minute)
	s.work(func() {})
	if got, want := s.last(src).Actor, "another look after a scan that failed"; got != want {
		t.Errorf("of the look after a failed scan: actor %q, want %q", got, want)
	}
}
