package place_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/place"
)

// scope is the scope of a key without anything that a source sets.
func scope(base, key string, of place.Workspaces) string {
	rest, workspace := of.Split(key)
	return place.Scope("", base, rest, workspace)
}

func TestAScopeIsTheKeyBelowThePrefix(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"acme/shop/vpc.tfstate":                 "shop/vpc",
		"acme/prod/vpc/terraform.tfstate":       "prod/vpc",
		"acme/vpc/terraform.tfstate":            "vpc",
		"acme/a/b/c/d/terraform.tfstate":        "a/b/c/d",
		"acme/terraform.tfstate":                "",
		"acme/myterraform.tfstate":              "myterraform",
		"acme/a/my.terraform.tfstate":           "a/my.terraform",
		"acme/dns/example.com":                  "dns/example.com",
		"acme/dns/example.org":                  "dns/example.org",
		"acme/v1.2.3":                           "v1.2.3",
		"acme/state.json":                       "state.json",
		"acme/a.tfstate.json":                   "a.tfstate.json",
		"acme/plain":                            "plain",
		"acme/net.tfstateenv:prod":              "net.tfstateenv:prod",
		"acme/net/terraform.tfstateenv:dev":     "net/terraform.tfstateenv:dev",
		"acme/a//b/terraform.tfstate":           "a//b",
		"acme//b.tfstate":                       "/b",
		"acme/./terraform.tfstate":              ".",
		"acme/a/.tfstate":                       "a/.tfstate",
		`acme/DEV\eu\sns/terraform.tfstate`:     `DEV\eu\sns`,
		"env:/prod/acme/shop/terraform.tfstate": "shop@prod",
		"env:/prod/acme/web.tfstate":            "web@prod",
		"env:/prod/acme/a/b/c.tfstate":          "a/b/c@prod",
		"env:/prod/acme/terraform.tfstate":      "@prod",
		"acme/env:/prod/shop/terraform.tfstate": "shop@prod",
		"acme/a/env:/prod/b/terraform.tfstate":  "a/b@prod",
		"acme/env:/prod":                        "env:/prod",
		"acme/env://prod/x.tfstate":             "env://prod/x",
		"elsewhere/x.tfstate":                   "elsewhere/x",
	} {
		if got := scope("acme", key, place.Workspaces{}); got != want {
			t.Errorf("scope of %s: %q, want %q", key, got, want)
		}
	}
	if got := scope("", "a/b.tfstate", place.Workspaces{}); got != "a/b" {
		t.Errorf("below a bucket: %q", got)
	}
}

func TestASetScopeComesFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ set, base, key, workspace, want string }{
		{"team", "x", "x/y/one.tfstate", "", "team/y/one"},
		{"team", "x", "x/terraform.tfstate", "", "team"},
		{"team", "x", "x/a//b.tfstate", "", "team/a//b"},
		{"team", "x", "x/./a.tfstate", "", "team/./a"},
		{"team", "x", "x/one.tfstate", "dev", "team/one@dev"},
		{"team", "x", "x/terraform.tfstate", "dev", "team@dev"},
	} {
		if got := place.Scope(c.set, c.base, c.key, c.workspace); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestWorkspacesByAPrefixThatIsTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ prefix, key, want string }{
		{"ws", "ws/dev/acme/net.tfstate", "net@dev"},
		{"/ws/", "ws/dev/acme/net.tfstate", "net@dev"},
		{"acme/ws", "acme/ws/dev/acme/net.tfstate", "net@dev"},
		{"ws", "acme/ws/dev/net.tfstate", "net@dev"},
		{"ws", "acme/ws2/dev/net.tfstate", "ws2/dev/net"},
		{"ws", "acme/ws/net.tfstate", "ws/net"},
		{"ws", "env:/dev/acme/net.tfstate", "net@dev"},
	} {
		if got := scope("acme", c.key, place.Workspaces{Prefix: c.prefix}); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
	for folder, want := range map[string]string{"env:/dev/acme": "acme", "env:/dev": "", "env:": "env:", "acme/x": "acme/x", "": ""} {
		if got := (place.Workspaces{}).SplitFolder(folder); got != want {
			t.Errorf("folder %q: %q, want %q", folder, got, want)
		}
	}
}

func TestWorkspacesByTheLayout(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]map[string]string{
		"two workspaces beside the default one": {
			"net.tfstate": "net", "ws/dev/net.tfstate": "net@dev", "ws/prod/net.tfstate": "net@prod"},
		"below a folder": {
			"a/b/net.tfstate": "a/b/net", "a/ws/dev/b/net.tfstate": "a/b/net@dev", "a/ws/prod/b/net.tfstate": "a/b/net@prod"},
		"a prefix of two segments": {
			"net/terraform.tfstate": "net", "my/ws/dev/net/terraform.tfstate": "net@dev", "my/ws/prod/net/terraform.tfstate": "net@prod"},
		"one workspace may be a folder": {
			"net.tfstate": "net", "old/2023/net.tfstate": "old/2023/net"},
		"two prefixes are folders": {
			"vpc.tfstate": "vpc", "dev/eu/vpc.tfstate": "dev/eu/vpc", "dev/us/vpc.tfstate": "dev/us/vpc", "prod/eu/vpc.tfstate": "prod/eu/vpc"},
		"a bare state file has no name": {
			"terraform.tfstate": "", "vpc/dev/terraform.tfstate": "vpc/dev", "vpc/prod/terraform.tfstate": "vpc/prod"},
		"no default workspace": {
			"vpc/dev/terraform.tfstate": "vpc/dev", "vpc/prod/terraform.tfstate": "vpc/prod", "ws/dev/net.tfstate": "ws/dev/net"},
		"the longest name": {
			"net.tfstate": "net", "a/net.tfstate": "a/net", "ws/dev/a/net.tfstate": "a/net@dev", "ws/prod/a/net.tfstate": "a/net@prod"},
	} {
		keys := slices.Collect(maps.Keys(want))
		got := map[string]string{}
		for _, key := range keys {
			got[key] = scope("", key, place.Workspaces{Layout: place.NewLayout(keys)})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
