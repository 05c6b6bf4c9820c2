package scan_test

import (
	"testing"
	"time"

	"plumbline/internal/drift"
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
