package catalog_test

import (
	"strings"
	"testing"

	"plumbline/internal/catalog"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		check func(string) error
		good  []string
		bad   []string
	}{
		"an entity type is words joined by dots": {
			catalog.CheckTypeName,
			[]string{"aws_instance", "data.aws_ami", "terraform.state", "VirtualMachine", "k8s-pod", "3par_volume", strings.Repeat("a", 200)},
			[]string{"", ".", "a..b", "a.", ".a", "a b", "a/b", "a\nb", "ä", "a$", strings.Repeat("a", 201)},
		},
		"an entity is any printable text": {
			catalog.CheckEntityName,
			[]string{`prod/vpc/module.net.aws_subnet.a["eu"]`, "ä b", strings.Repeat("a", 800)},
			[]string{"", "a\nb", "a\x00", "a\u0085", "\xff", strings.Repeat("a", 801)},
		},
		"an environment is a short slug": {
			catalog.CheckEnvironmentName,
			[]string{"default", "prod-2", "0", strings.Repeat("a", 31)},
			[]string{"", "Prod", "prod_2", "a.b", "a/b", strings.Repeat("a", 32)},
		},
		"a project is a short slug": {
			catalog.CheckProjectName,
			[]string{"shop", "api"},
			[]string{"", "Shop", strings.Repeat("a", 32)},
		},
		"an organisation is a short slug that shadows no route": {
			catalog.CheckOrganisationName,
			[]string{"acme", "apis"},
			[]string{"", "Acme", "api", "organizations", "organisations", "inventory", "status", "docs", "openapi", "openapi.json", ".well-known", "health", "sync"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, good := range c.good {
				if err := c.check(good); err != nil {
					t.Errorf("%q is refused: %v", good, err)
				}
			}
			for _, bad := range c.bad {
				if c.check(bad) == nil {
					t.Errorf("%q is allowed", bad)
				}
			}
		})
	}
}

func TestReservedOrganisationIsToldApart(t *testing.T) {
	t.Parallel()
	if err := catalog.CheckOrganisationName("openapi.json"); err == nil || !strings.Contains(err.Error(), "reserved") {
		t.Errorf("got %v", err)
	}
}
