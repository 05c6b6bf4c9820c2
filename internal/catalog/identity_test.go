package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
)

func TestAnIdentityHasItsForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		is    catalog.Identity
		shown string
		forms []catalog.Form
	}{
		"none": {},
		"all of them": {catalog.Identity{Kind: "aws aws_eip", Resource: `{"id":"e"}`, ARN: "arn:aws:x", ID: `e"1`, Account: "1", Region: "eu"},
			`aws aws_eip {"id":"e"}`, []catalog.Form{{0, `aws aws_eip {"id":"e"}`}, {1, "arn:aws:x"}, {2, `aws aws_eip {"id":"e\"1"}`}}},
		"an ARN":                     {catalog.Identity{Kind: "aws aws_eip", ARN: "arn:aws:x"}, "arn:aws:x", []catalog.Form{{1, "arn:aws:x"}}},
		"an id with all":             {catalog.Identity{Kind: "aws aws_eip", ID: "e", Account: "1", Region: "eu"}, `aws aws_eip {"account":"1","id":"e","region":"eu"}`, []catalog.Form{{2, `aws aws_eip {"id":"e"}`}}},
		"an id alone":                {catalog.Identity{Kind: "aws aws_eip", ID: "e"}, `aws aws_eip {"id":"e"}`, []catalog.Form{{2, `aws aws_eip {"id":"e"}`}}},
		"what an earlier one stored": {catalog.Identity{Given: "x"}, "x", []catalog.Form{{3, "x"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.is.String(); got != c.shown {
				t.Errorf("shown as %q, want %q", got, c.shown)
			}
			if diff := cmp.Diff(c.forms, c.is.Forms()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSameLooksAtWhatBothKnow(t *testing.T) {
	t.Parallel()
	type identity = catalog.Identity
	for name, c := range map[string]struct {
		a, b identity
		want bool
	}{
		"one ARN":                      {identity{ARN: "x", Account: "1"}, identity{ARN: "x", Account: "2"}, true},
		"two ARNs":                     {identity{ARN: "x", ID: "i"}, identity{ARN: "y", ID: "i"}, false},
		"two ARNs of one identity":     {identity{ARN: "x", Resource: "r"}, identity{ARN: "y", Resource: "r"}, true},
		"two identities of one ARN":    {identity{ARN: "x", Resource: "r"}, identity{ARN: "x", Resource: "s"}, true},
		"two identities":               {identity{Resource: "r", ID: "i"}, identity{Resource: "s", ID: "i"}, false},
		"an ARN that one knows":        {identity{ARN: "x", ID: "i"}, identity{ID: "i"}, true},
		"two regions":                  {identity{ID: "i", Region: "r"}, identity{ID: "i", Region: "s"}, false},
		"a region that one knows":      {identity{ID: "i", Region: "r"}, identity{ID: "i"}, true},
		"two accounts":                 {identity{ID: "i", Account: "1"}, identity{ID: "i", Account: "2"}, false},
		"what an earlier version knew": {identity{Given: "x"}, identity{ARN: "x", ID: "i"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if catalog.Same(c.a, c.b) != c.want || catalog.Same(c.b, c.a) != c.want {
				t.Errorf("want %t both ways", c.want)
			}
		})
	}
}

func TestALongNameIsCutToOneOfItsOwn(t *testing.T) {
	t.Parallel()
	long := func(end string) string {
		name := ""
		for len(name) < 1000 {
			name += "é"
		}
		return name + end
	}
	a, b := catalog.ShortName(long("a")), catalog.ShortName(long("b"))
	if a == b || catalog.ShortName(long("a")) != a {
		t.Errorf("not its own: %q, %q", a, b)
	}
	for _, name := range []string{a, b, catalog.ShortName("x" + long(""))} {
		if err := catalog.CheckEntityName(name); err != nil || len(name) < catalog.MaxNameBytes-2 {
			t.Errorf("%d bytes: %v", len(name), err)
		}
	}
	exact := long("")[:catalog.MaxNameBytes]
	if catalog.ShortName(exact) != exact {
		t.Error("a name that fits was cut")
	}
}
