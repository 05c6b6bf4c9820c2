package scan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

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
		"shop/vpc.tfstate":                    "shop/vpc",
		"prod/vpc/terraform.tfstate":          "prod/vpc",
		"a/b/c/terraform.tfstate":             "a/b/c",
		"a//b/c/terraform.tfstate":            "a//b/c",
		"./terraform.tfstate":                 ".",
		"env:/prod/shop/terraform.tfstate":    "shop@prod",
		"env:/prod/web.tfstate":               "web@prod",
		"dns/example.com":                     "dns/example.com",
		"dns/example.org":                     "dns/example.org",
		"net/terraform.tfstate":               "net",
		"net/terraform.tfstateenv:dev":        "net/terraform.tfstateenv:dev",
		"net/terraform.tfstateenv:prod":       "net/terraform.tfstateenv:prod",
		"app.tfstate":                         "app",
		"spaces/dev/app.tfstate":              "app@dev",
		"spaces/prod/app.tfstate":             "app@prod",
		`DEV\us-east-1\sns/terraform.tfstate`: `DEV\us-east-1\sns`,
		"plain":                               "plain",
	}
	for key := range want {
		s.bucket.put("acme/"+key, state(1))
	}
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	if diff := cmp.Diff(want, s.scopes(src)); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

func TestScopesBelowAScopeThatIsSet(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for _, key := range []string{"x/y/one.tfstate", "x/y//one.tfstate", "x/ws/dev/two.tfstate", "env:/dev/acme/x/one.tfstate"} {
		s.bucket.put(strings.Replace("acme/"+key, "acme/env:", "env:", 1), state(1))
	}
	src := s.register(drift.Settings{URI: "s3://estate/acme/x/**/*.tfstate", Scope: "team", WorkspaceKeyPrefix: "ws"})
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	want := map[string]string{"x/y/one.tfstate": "team/y/one", "x/y//one.tfstate": "team/y//one", "x/ws/dev/two.tfstate": "team/two@dev"}
	if diff := cmp.Diff(want, s.scopes(src)); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	src = s.register(drift.Settings{URI: "s3://estate/env:/dev/acme/x/", Scope: "lab"})
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	if diff := cmp.Diff(map[string]string{"s3://estate/env:/dev/acme/x/one.tfstate": "lab/one@dev"}, s.scopes(src)); diff != "" {
		t.Errorf("scopes of a workspace (-want +got):\n%s", diff)
	}
}

func TestWorkspacesOfAPrefixAreRead(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.bucket.put("env:/dev/acme/shop/vpc.tfstate", state(1, "web=small"))
	s.bucket.put("env:/prod/acme/shop/vpc.tfstate", state(1, "web=small"))
	s.bucket.put("env:/prod/globex/shop/vpc.tfstate", state(1, "web=small"))
	one := s.register(drift.Settings{URI: "s3://estate/env:/dev/acme/shop/vpc.tfstate"})
	s.mustStatus(s.run(one), drift.ScanSucceeded)
	if got := s.scopes(one); got["s3://estate/env:/dev/acme/shop/vpc.tfstate"] != "shop/vpc@dev" {
		t.Errorf("scopes: %v", got)
	}
	all := s.register(drift.Settings{URI: "s3://estate/env:/*/acme/", Scope: "all"})
	s.mustStatus(s.run(all), drift.ScanSucceeded)
	want := map[string]string{"s3://estate/env:/dev/acme/shop/vpc.tfstate": "all/acme/shop/vpc@dev",
		"s3://estate/env:/prod/acme/shop/vpc.tfstate": "all/acme/shop/vpc@prod"}
	if diff := cmp.Diff(want, s.scopes(all)); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
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
		s.mustStatus(got, drift.ScanFailed)
		for _, told := range []string{"scope_taken", "acme/a.tfstate", "released by force"} {
			if !strings.Contains(got.Summary.Reason, told) {
				t.Errorf("reason %q says nothing of %q", got.Summary.Reason, told)
			}
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
