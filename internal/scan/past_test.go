package scan_test

import (
	"bytes"
	"strings"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/registry"
)

// traces lists the items and blobs in which a text stands, for good.
func (s *stack) traces(text string) (all []string) {
	s.t.Helper()
	for _, item := range s.mirror.dump(s.t) {
		if item.Expires.IsZero() && bytes.Contains(item.Body, []byte(text)) {
			all = append(all, item.Key.String())
		}
	}
	for key, body := range s.blobs.Held() {
		if bytes.Contains(body, []byte(text)) {
			all = append(all, key)
		}
	}
	return all
}

func TestADeletedEnvironmentLeavesNoHistory(t *testing.T) {
	t.Parallel()
	for name, empty := range map[string]func(*stack, drift.Source){
		"with all that is in it": func(*stack, drift.Source) {},
		"after its sources were deleted one by one": func(s *stack, src drift.Source) {
			s.forget(src)
		},
		"after a prune": func(s *stack, src drift.Source) {
			before := s.reload(src)
			after := before
			after.Settings.Prune, after.SettingsRevision = true, before.SettingsRevision+1
			if err := s.store.UpdateSource(t.Context(), before, after); err != nil {
				t.Fatal(err)
			}
			s.bucket.put(vpcKey, state(9, "other=small"))
			s.run(src)
		},
	} {
		for _, filling := range []string{"", strings.Repeat("big ", 200_000)} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := newStack(t)
				s.within("prod")
				src := s.register(drift.Settings{URI: vpcURI})
				for i, value := range []string{"PLAIN-one-text", "PLAIN-two-text", "PLAIN-three-text"} {
					s.bucket.put(vpcKey, withUserData(i+1, value, filling, ""))
					s.run(src)
				}
				human := s.register(drift.Settings{URI: "./b", Policy: drift.HumanApproval})
				s.run(human, push(servers("x=PLAIN-1")))
				s.run(human, push(servers("x=PLAIN-2")))
				s.mustDecide(human, s.only(human), drift.Approved)
				if len(s.traces("PLAIN-")) == 0 {
					t.Fatal("no plaintext was stored")
				}
				empty(s, src)
				s.working(func(r *registry.Registry) {
					if done, err := r.DeleteEnvironment(t.Context(), "acme", "shop", "prod", true, "alice"); !done || err != nil {
						t.Errorf("deleted: %v, %v", done, err)
					}
				})
				s.work(func() {})
				if left := s.traces("PLAIN-"); len(left) > 0 {
					t.Errorf("left: %v", left)
				}
				for _, item := range s.mirror.dump(t) {
					if item.Expires.IsZero() && !strings.HasPrefix(item.PK, "O#") && !strings.HasPrefix(item.PK, "P#") && !strings.HasPrefix(item.PK, "Q#") {
						t.Errorf("left for good: %s", item.Key)
					}
				}
			})
		}
	}
}
