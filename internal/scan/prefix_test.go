package scan_test

import (
	"strings"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/store"
)

func (s *stack) scopes(src drift.Source) map[string]string {
	s.t.Helper()
	scopes := map[string]string{}
	for d, err := range s.store.Documents(s.t.Context(), src.ID) {
		if err != nil {
			s.t.Fatal(err)
		}
		scopes[strings.TrimPrefix(d.URI, "s3://estate/acme/")] = d.Scope
	}
	return scopes
}

func TestScopesAreDerivedFromKeys(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	want := map[string]string{
		"shop/vpc.tfstate":                 "shop/vpc",
		"shop/vpc/terraform.tfstate":       "vpc/shop",
		"a/b/c/terraform.tfstate":          "a/b/c",
		"env:/prod/shop/terraform.tfstate": "prod/shop",
		"env:/prod/web.tfstate":            "prod/web",
		"plain":                            "plain",
	}
	for key := range want {
		s.bucket.put("acme/"+key, state(1))
	}
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	for key, scope := range want {
		if got := s.scopes(src)[key]; got != scope {
			t.Errorf("scope of %s: %q, want %q", key, got, scope)
		}
	}
	s.bucket.put("acme/x/y/one.tfstate", state(1))
	under := s.register(drift.Settings{URI: "s3://estate/acme/x/**/*.tfstate", Scope: "team"})
	s.run(under)
	if got := s.scopes(under)["x/y/one.tfstate"]; got != "team/y/one" {
		t.Errorf("scope below a prefix that the source sets: %q", got)
	}
}

func TestAScopeBelongsToOneDocument(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.bucket.put("acme/a.tfstate", state(1, "web=small"))
	s.bucket.put("acme/b.tfstate", state(1, "web=small"))
	a := s.register(drift.Settings{URI: "s3://estate/acme/a.tfstate", Scope: "one"})
	b := s.register(drift.Settings{URI: "s3://estate/acme/b.tfstate", Scope: "one"})
	s.mustStatus(s.run(a), drift.ScanSucceeded)
	for range 2 {
		got := s.run(b)
		if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "scope_taken") {
			t.Errorf("reason %q", got.Summary.Reason)
		}
	}
	// Another scope mends it.
	before := s.reload(b)
	after := before
	after.Settings.Scope, after.SettingsRevision = "two", before.SettingsRevision+1
	if err := s.store.UpdateSource(t.Context(), before, after); err != nil {
		t.Fatal(err)
	}
	s.mustStatus(s.run(b), drift.ScanSucceeded)
	if got := s.scopes(b)["b.tfstate"]; got != "two" {
		t.Errorf("scope %q", got)
	}
}

func TestAPrefixIsReadObjectByObject(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/**/*.tfstate"})
	got := s.run(src)
	if s.mustStatus(got, drift.ScanUnchanged); len(got.Summary.Warnings) != 1 {
		t.Errorf("nothing matches: %+v", got.Summary)
	}
	s.bucket.put("acme/states/a.tfstate", state(1, "web=small"))
	s.bucket.put("acme/states/b/c.tfstate", state(1, "web=small"))
	s.bucket.put("acme/states/readme.md", "no state")
	s.bucket.put("acme/states/broken.tfstate", "{")
	s.bucket.put("acme/states/locked.tfstate", state(1, "web=small"))
	s.bucket.put("acme/states/locked.tfstate.tflock", lockBody)
	got = s.run(src)
	s.mustStatus(got, drift.ScanFailed)
	want := map[drift.ScanStatus]int{drift.ScanSucceeded: 2, drift.ScanFailed: 1, drift.ScanLocked: 1}
	for status, n := range want {
		if got.Summary.Documents[status] != n {
			t.Errorf("documents: %v, want %v", got.Summary.Documents, want)
		}
	}
	if got, want := s.totals(src), (store.Totals{Current: 6}); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
	s.bucket.put("acme/states/new.tfstate", state(1, "web=small"))
	s.bucket.remove("acme/states/locked.tfstate.tflock")
	s.bucket.remove("acme/states/broken.tfstate")
	if c := s.run(src).Summary.Counts; c.Created != 6 || c.Missing != 0 {
		t.Errorf("a new object: %+v", c)
	}
}

func TestAnObjectGoneFromAPrefixIsHeldUntilForced(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/"})
	s.bucket.put("acme/states/a.tfstate", state(1, "web=small"))
	s.bucket.put("acme/states/b.tfstate", state(1, "web=small"))
	s.run(src)
	s.bucket.remove("acme/states/a.tfstate")
	held := s.run(src)
	s.mustStatus(held, drift.ScanHeld)
	if got, want := s.totals(src), (store.Totals{Current: 6}); got != want {
		t.Errorf("held: %+v, want %+v", got, want)
	}
	s.mustStatus(s.run(src, forced(held)), drift.ScanSucceeded)
	if got, want := s.totals(src), (store.Totals{Current: 3, Missing: 3}); got != want {
		t.Errorf("forced: %+v, want %+v", got, want)
	}
	s.mustStatus(s.run(src), drift.ScanUnchanged)
	s.bucket.put("acme/states/a.tfstate", state(2, "web=large"))
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	if got, want := s.totals(src), (store.Totals{Current: 6}); got != want {
		t.Errorf("back again: %+v, want %+v", got, want)
	}
}

func TestNothingOutsideTheOrganisationsPrefixIsListedOrRead(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.bucket.put("globex/secret-name.tfstate", state(1, "web=small"))
	for _, uri := range []string{"s3://estate/globex/secret-name.tfstate", "s3://estate/globex/", "s3://estate/**/*.tfstate"} {
		src := s.register(drift.Settings{URI: uri})
		s.bucket.fail = func(call, key string) error {
			t.Errorf("%s: %s of %s", uri, call, key)
			return object.ErrDenied
		}
		got := s.run(src)
		if s.mustStatus(got, drift.ScanFailed); !strings.Contains(got.Summary.Reason, "may read") {
			t.Errorf("%s: reason %q", uri, got.Summary.Reason)
		}
	}
}
