package tfvars_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos/tfvars"
	"plumbline/internal/reader/atmos/value"
)

func TestConstantsAreRead(t *testing.T) {
	t.Parallel()
	got, err := tfvars.Read(`# a comment
region = "eu-west-1" // another
zones  = ["a", "b",
  "c", # with one
]
tags = { team = "net", "with blank" : true
  nested-key = { a = [] } }
/* of
lines */ size = 3
ratio=-1.5
big = 18446744073709551615
exp = 1e3
nothing = null
escaped = "a\"\n\u00e9$${x} %%{y}"
text = <<EOT
  first
second $${x}
EOT
flush = <<-EOT
    one
      two
    EOT
last = false`)
	want := value.Map{
		"region": "eu-west-1", "zones": []any{"a", "b", "c"}, "size": 3, "ratio": -1.5, "big": uint64(18446744073709551615), "exp": 1000.0,
		"tags": value.Map{"team": "net", "with blank": true, "nested-key": value.Map{"a": []any{}}}, "nothing": nil,
		"escaped": "a\"\né${x} %{y}", "text": "  first\nsecond ${x}\n", "flush": "one\n  two\n", "last": false,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := tfvars.Read("\r\n"); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %v, %v", got, err)
	}
}

func TestWhatIsNoConstantIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`a = var.b`, `a = "x${b}"`, `a = f("x")`, `block { a = 1 }`, `block "x" "y" {}`, `a = [for x in [1]: x]`, `a = 1 + 1`, `a = 1 b = 2`,
		`a = 1` + "\n" + `a = 2`, `a`, `a =`, `= 1`, `a = "x`, `a = [1 2]`, `a = {b}`, `a == 1`, "a = <<EOT\n${x}\nEOT\n", "a = <<EOT\nx", `a = "\q"`, `a = true ? 1 : 2`,
		"a = " + strings.Repeat("[", 100_000)} {
		if got, err := tfvars.Read(text); !errors.Is(err, tfvars.ErrNotConstant) {
			t.Errorf("%.40q: %v, %v", text, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a = { b = [1, \"x\"] }\nc = <<-E\n  d\n  E\n")
	f.Fuzz(func(t *testing.T, text string) { _, _ = tfvars.Read(text) })
}
