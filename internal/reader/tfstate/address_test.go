package tfstate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/reader/tfstate"
)

func TestAddressRendersAsTerraformPrintsIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address tfstate.Address
		want    string
	}{
		"in the root module": {tfstate.Address{Type: "aws_vpc", Name: "main"}, "aws_vpc.main"},
		"a number and a string of the same digits differ": {
			tfstate.Address{Type: "t", Name: "n", Key: tfstate.StringKey("0")}, `t.n["0"]`},
		"keys at every level, with a template start doubled": {
			tfstate.Address{
				Module: []tfstate.ModuleStep{{Name: "a", Key: tfstate.StringKey("x.y")}, {Name: "b", Key: tfstate.NumberKey(0)}},
				Data:   true, Type: "aws_ami", Name: "c", Key: tfstate.StringKey("${z}"),
			}, `module.a["x.y"].module.b[0].data.aws_ami.c["$${z}"]`},
		"quotes, brackets and line ends in a key": {
			tfstate.Address{Type: "t", Name: "n", Key: tfstate.StringKey("a\"]\\.[\n\r\t")}, `t.n["a\"]\\.[\n\r\t"]`},
		"what is not printable by its code point": {
			tfstate.Address{Type: "t", Name: "n", Key: tfstate.StringKey("\u0000\u200b\U000e0001é")}, `t.n["\u0000\u200b\U000e0001é"]`},
		"template signs in a row": {
			tfstate.Address{Type: "t", Name: "n", Key: tfstate.StringKey("$$${a}%%{b}$%{")}, `t.n["$$$${a}%%%{b}$%%{"]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := c.address.String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			back, err := tfstate.ParseAddress(c.want)
			if err != nil || back.String() != c.want {
				t.Errorf("parsed back: %v, %v", back, err)
			}
		})
	}
}

func TestParseAddressRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "aws_vpc", "aws_vpc.", ".main", "module.a", "module.a.", "data.aws_ami", "a.b.c", "a.b[", "a.b[]", "a.b[01]",
		"a.b[-1]", "a.b[1.0]", `a.b["x]`, `a.b["x"`, `a.b["${x}"]`, `a.b["\x"]`, `a.b["\ud800"]`, "a.b[\"\n\"]", "a b.c", `a.b["x"] `,
		"module.a[0]module.b.t.n", "data.data", "a.b[99999999999999999999]",
	} {
		if a, err := tfstate.ParseAddress(text); err == nil {
			t.Errorf("%q: parsed as %s", text, a)
		}
	}
}

func TestParseAddressInvertsString(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawAddress(t)
		got, err := tfstate.ParseAddress(want.String())
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if diff := cmp.Diff(want.String(), got.String()); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(tfstate.Key{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

func drawAddress(t *rapid.T) tfstate.Address {
	name := rapid.StringMatching(`[a-z_][a-z0-9_-]{0,8}`).Filter(func(s string) bool { return s != "data" && s != "module" })
	a := tfstate.Address{Data: rapid.Bool().Draw(t, "data"), Type: name.Draw(t, "type"), Name: name.Draw(t, "name"), Key: drawKey(t)}
	for range rapid.IntRange(0, 3).Draw(t, "modules") {
		a.Module = append(a.Module, tfstate.ModuleStep{Name: name.Draw(t, "module"), Key: drawKey(t)})
	}
	return a
}

func drawKey(t *rapid.T) tfstate.Key {
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return tfstate.Key{}
	case 1:
		return tfstate.NumberKey(rapid.Int64Range(0, 1<<62).Draw(t, "number"))
	case 2:
		return tfstate.StringKey(rapid.StringMatching(`[$%{}"\\.\[\]\na-c]{0,12}`).Draw(t, "signs"))
	}
	return tfstate.StringKey(rapid.String().Draw(t, "text"))
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{
		"aws_vpc.main", `module.a["x.y"].module.b[0].data.aws_ami.c["$${z}"]`, `t.n["\u0000\U000e0001"]`, `t.n["$$$${"]`, "module.module.data.data.data",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := tfstate.ParseAddress(text)
		if err != nil {
			return
		}
		back, err := tfstate.ParseAddress(a.String())
		if err != nil {
			t.Fatalf("%q renders as %q: %v", text, a, err)
		}
		if diff := cmp.Diff(a, back, cmp.AllowUnexported(tfstate.Key{})); diff != "" {
			t.Fatal(diff)
		}
	})
}
