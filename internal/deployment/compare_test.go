package deployment_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/deployment"
)

type (
	components = []deployment.Component
	states     = []deployment.State
)

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		components components
		states     states
		want       []string
		joined     int
	}{
		{"nothing is nothing to report", nil, nil, nil, 0},
		{"what is deployed where it should is nothing to report",
			components{component("dev/vpc")}, states{state("dev/vpc", "vpc/dev/terraform.tfstate")}, nil, 1},
		{"a component without a state is not deployed",
			components{component("dev/vpc")}, nil, []string{"not-deployed dev/vpc"}, 0},
		{"a component whose state is empty is not deployed",
			components{component("dev/vpc")}, states{holding(0, state("dev/vpc", "vpc/dev/terraform.tfstate"))},
			[]string{"not-deployed dev/vpc ~ dev/vpc"}, 1},
		{"where an empty state lies is of no interest",
			components{component("dev/vpc")}, states{holding(0, state("dev/vpc", "elsewhere/dev/terraform.tfstate"))},
			[]string{"not-deployed dev/vpc ~ dev/vpc"}, 1},
		{"a state that does not tell its resources is deployed",
			components{component("dev/vpc")}, states{holding(deployment.Uncounted, state("dev/vpc", ""))}, nil, 1},
		{"a disabled component needs no state", components{component("dev/vpc", disabled)}, nil, nil, 0},
		{"an abstract component needs no state", components{component("dev/base", abstract)}, nil, nil, 0},
		{"a disabled component may have an empty state",
			components{component("dev/vpc", disabled)}, states{holding(0, state("dev/vpc", "vpc/dev/terraform.tfstate"))}, nil, 1},
		{"a disabled component whose state holds resources",
			components{component("dev/vpc", disabled)}, states{state("dev/vpc", "vpc/dev/terraform.tfstate")},
			[]string{"disabled-deployed dev/vpc ~ dev/vpc"}, 1},
		{"an abstract component whose state holds resources",
			components{component("dev/base", abstract)}, states{state("dev/base", "base/dev/terraform.tfstate")},
			[]string{"disabled-deployed dev/base ~ dev/base"}, 1},
		{"a pair may be two findings",
			components{component("dev/vpc", disabled)}, states{state("dev/vpc", "net/dev/terraform.tfstate")},
			[]string{"disabled-deployed dev/vpc ~ dev/vpc", "mismatch dev/vpc ~ dev/vpc: workspaceKeyPrefix vpc -> net"}, 1},
		{"a state that nobody declares", nil, states{state("dev/vpc", "vpc/dev/terraform.tfstate")}, []string{"not-declared ~ dev/vpc"}, 0},
		{"an empty state that nobody declares is nothing to report",
			nil, states{holding(0, state("dev/vpc", "vpc/dev/terraform.tfstate"))}, nil, 0},

		{"a derived component meets the state of its own workspace",
			components{component("dev/vpc-2", keyPrefix("vpc"), workspace("dev-vpc-2"))}, states{state("dev-vpc-2/vpc", "vpc/dev-vpc-2/terraform.tfstate")}, nil, 1},
		{"a component whose name has a slash meets its state",
			components{component("dev/infra/vpc")}, states{state("dev/infra-vpc", "infra-vpc/dev/terraform.tfstate")}, nil, 1},
		{"a component of the default workspace has only a key",
			components{component("dev/vpc", workspace("default"), key("dev/vpc.tfstate"))}, states{state("dev/vpc", "dev/vpc.tfstate")}, nil, 1},
		{"a component without a key prefix is below env:",
			components{component("dev/vpc", keyPrefix("env:"), key("vpc.tfstate"))}, states{state("dev/vpc", "env:/dev/vpc.tfstate")}, nil, 1},
		{"a state named by its key meets the component by its place",
			components{component("dev/vpc"), component("prod/vpc", key("prod/vpc/terraform.tfstate"), workspace("default"))},
			states{state("vpc/dev", "vpc/dev/terraform.tfstate"), state("prod/vpc", "prod/vpc/terraform.tfstate")}, nil, 2},
		{"a state named by its workspace meets the component by its place",
			components{component("dev/vpc", keyPrefix("env:"), key("net/vpc.tfstate"))},
			states{state("net/vpc@dev", "env:/dev/net/vpc.tfstate")}, nil, 1},
		{"a state that was left behind is known by the layout of Atmos",
			components{component("dev/vpc", keyPrefix("network"))}, states{state("a/vpc/dev", "a/vpc/dev/terraform.tfstate")},
			[]string{"mismatch dev/vpc ~ a/vpc/dev: workspaceKeyPrefix network -> a/vpc"}, 1},
		{"a name goes before the layout",
			components{component("dev/vpc", keyPrefix("network"))},
			states{state("dev/vpc", ""), state("vpc/dev", "vpc/dev/terraform.tfstate")}, []string{"not-declared ~ vpc/dev"}, 1},
		{"a key of another name is no layout",
			components{component("dev/vpc", keyPrefix("network"))}, states{state("vpc/dev/x", "vpc/dev/x.tfstate")},
			[]string{"not-deployed dev/vpc", "not-declared ~ vpc/dev/x"}, 0},
		{"the state at the place wins over one of the name",
			components{component("dev/vpc", keyPrefix("network"))},
			states{state("dev/vpc", "vpc/dev/terraform.tfstate"), state("dev/network", "network/dev/terraform.tfstate")},
			[]string{"not-declared ~ dev/vpc"}, 1},
		{"of two components of one place the one that is to be deployed has the state",
			components{component("dev/vpc", disabled), component("dev/vpc-new", keyPrefix("vpc"))},
			states{state("dev/vpc", "vpc/dev/terraform.tfstate")}, nil, 1},
		{"of two such components the one of the state's name has it",
			components{component("dev/a", keyPrefix("vpc")), component("dev/vpc")},
			states{state("dev/vpc", "vpc/dev/terraform.tfstate")}, []string{"not-deployed dev/a"}, 1},
		{"of two states of one place the one of the component's name is its",
			components{component("dev/vpc")},
			states{state("a", "vpc/dev/terraform.tfstate"), state("dev/vpc", "vpc/dev/terraform.tfstate")}, []string{"not-declared ~ a"}, 1},
		{"a pushed state has a name and no place",
			components{component("dev/vpc")}, states{state("dev/vpc", "")}, nil, 1},
		{"findings are sorted by name, then kind",
			components{component("dev/b"), component("dev/a", disabled)},
			states{state("dev/ab", "x/y/z"), state("dev/a", "b/dev/x.tfstate")},
			[]string{"disabled-deployed dev/a ~ dev/a", "mismatch dev/a ~ dev/a: workspaceKeyPrefix a -> b, key terraform.tfstate -> x.tfstate",
				"not-declared ~ dev/ab", "not-deployed dev/b"}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			findings, totals := deployment.Compare(test.components, test.states)
			if diff := cmp.Diff(test.want, rendered(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if totals.Components != len(test.components) || totals.States != len(test.states) || totals.Joined != test.joined {
				t.Errorf("totals %+v, want %d joined", totals, test.joined)
			}
		})
	}
}

func TestMismatch(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		component deployment.Component
		key       string
		want      string // "" for none
	}{
		{"another prefix", component("dev/vpc"), "net/dev/terraform.tfstate", "workspaceKeyPrefix vpc -> net"},
		{"a longer prefix", component("dev/vpc"), "a/vpc/dev/terraform.tfstate", "workspaceKeyPrefix vpc -> a/vpc"},
		{"another workspace", component("dev/vpc"), "vpc/prod/terraform.tfstate", "workspace dev -> prod"},
		{"another key", component("dev/vpc"), "vpc/dev/state.json", "key terraform.tfstate -> state.json"},
		{"a longer key", component("dev/vpc"), "vpc/dev/a/terraform.tfstate", "key terraform.tfstate -> a/terraform.tfstate"},
		{"all of them", component("dev/vpc"), "net/prod/state.json",
			"workspaceKeyPrefix vpc -> net, workspace dev -> prod, key terraform.tfstate -> state.json"},
		{"no prefix", component("dev/vpc"), "dev/terraform.tfstate", "workspaceKeyPrefix vpc -> "},
		{"no workspace", component("dev/vpc"), "vpc/terraform.tfstate", "workspace dev -> default, key terraform.tfstate -> vpc/terraform.tfstate"},
		{"the key alone", component("dev/vpc"), "terraform.tfstate", "workspace dev -> default"},
		{"a workspace instead of the default one", component("dev/vpc", workspace("default")), "env:/dev/terraform.tfstate", "workspace default -> dev"},
		{"another key in the default workspace", component("dev/vpc", workspace("default")), "a/b/c.tfstate", "key terraform.tfstate -> a/b/c.tfstate"},
		{"a key of two segments", component("dev/vpc", key("a/b.tfstate")), "vpc/prod/a/b.tfstate", "workspace dev -> prod"},
		{"an explicitly empty prefix", component("dev/vpc", keyPrefix("")), "prod/terraform.tfstate", "workspace dev -> prod"},
		{"another bucket", component("dev/vpc", func(c *deployment.Component) { c.Bucket = known("other") }), "vpc/dev/terraform.tfstate", "bucket other -> states"},
		{"another backend", component("dev/vpc", backend("gcs")), "vpc/dev/terraform.tfstate", "backendType gcs -> s3"},
		{"no backend says nothing", component("dev/vpc", noBackend), "net/dev/terraform.tfstate", ""},
		{"a local backend says nothing", component("dev/vpc", backend("local")), "net/dev/terraform.tfstate", ""},
		{"an unknown bucket is not compared", component("dev/vpc", func(c *deployment.Component) { c.Bucket = deployment.Part{} }), "vpc/dev/terraform.tfstate", ""},
		{"an unknown prefix is not compared", component("dev/vpc", func(c *deployment.Component) { c.KeyPrefix = deployment.Part{} }), "net/dev/terraform.tfstate", ""},
		{"an unknown workspace is not compared", component("dev/vpc", func(c *deployment.Component) { c.Workspace = deployment.Part{} }), "vpc/prod/terraform.tfstate", ""},
		{"without a key only the bucket is compared", component("dev/vpc", func(c *deployment.Component) { c.Key = deployment.Part{} }), "net/prod/x", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var want []string
			if test.want != "" {
				want = []string{"mismatch dev/vpc ~ dev/vpc: " + test.want}
			}
			findings, _ := deployment.Compare(components{test.component}, states{state("dev/vpc", test.key)})
			if diff := cmp.Diff(want, rendered(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAReasonIsASentence(t *testing.T) {
	t.Parallel()
	findings, _ := deployment.Compare(components{
		component("a/none"), component("b/empty"), component("c/gcs", backend("gcs")), component("d/plain", noBackend),
		component("e/off", disabled), component("f/base", abstract), component("g/moved"),
	}, states{
		holding(0, state("b/empty", "empty/b/terraform.tfstate")), holding(1, state("e/off", "off/e/terraform.tfstate")),
		holding(deployment.Uncounted, state("f/base", "")), state("g/moved", "moved/prod/terraform.tfstate"), state("h/alone", "alone/h/terraform.tfstate"),
	})
	var got []string
	for _, f := range findings {
		got = append(got, f.Reason())
	}
	if diff := cmp.Diff([]string{
		"The component is enabled, and no state is recorded for it, which should lie at s3://states/none/a/terraform.tfstate.",
		"The component is enabled, and its state holds no resources.",
		"The component is enabled, and no state is recorded for it; its backend is gcs.",
		"The component is enabled, and no state is recorded for it.",
		"The component is disabled, and its state still holds 1 resource.",
		"The component is abstract, and its state still holds resources.",
		`The state lies at s3://states/moved/prod/terraform.tfstate, where the component does not put it: workspace is "prod" instead of "g".`,
		"The state holds 3 resources, and no component declares it.",
	}, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
}
