package atmos_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/uuid"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/readertest"
)

// repeated makes n pieces of one form, told their number.
func repeated(n int, form string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(form, "#", fmt.Sprint(i)))
	}
	return b.String()
}

// amplifying are estates that make much of little, with the limit that ends each reading;
// "" where a limit of a part does, and the rest is read.
var amplifying = map[string]struct {
	files func() map[string]string
	limit string
}{
	"a step that overflows": {func() map[string]string {
		return vars(`{{ untilStep -9223372036854775808 9223372036854775807 1 }}{{ untilStep 0 9223372036854775807 4611686018427387905 }}`)
	}, ""},
	"a regular expression on a megabyte in a loop": {func() map[string]string {
		return vars(`{{ $x := repeat 1000000 "ab" }}{{ range until 20000 }}{{ $_ := regexReplaceAll "(a|b|ab)*c" $x "" }}{{ $_ := regexp.Find "(a|b)*c" $x }}{{ end }}`)
	}, ""},
	"elements compared with one another": {func() map[string]string {
		return vars(`{{ $x := until 20000 }}{{ range until 20000 }}{{ $_ := uniq $x }}{{ $_ := without $x 1 }}{{ end }}`)
	}, ""},
	"a pattern of alternatives": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "import: ['" + strings.Repeat("{a,b}", 40) + "']\n"}
	}, ""},
	"a list of four million": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {a: [" + strings.Repeat("0,", 4_000_000) + "]}\n"}
	}, ""},
	"a component of more than 64 MiB": {func() map[string]string {
		return map[string]string{"big.txt": strings.Repeat("x", 8_000_000),
			"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n    vpc:\n      vars:\n" + repeated(9, "        v#: !include ../big.txt\n")}
	}, ""},
	"one template imported 400 times": {func() map[string]string {
		body := "vars: {stage: bad}\ncomponents:\n  terraform:\n" + `{{- range $i := until 9000 }}` + "\n    c{{ $.n }}-{{ $i }}: {vars: {x: \"" + strings.Repeat("y", 350) + "\"}}\n{{- end }}\n"
		return map[string]string{"t.yaml.tmpl": body + strings.Repeat("# filler\n", 1900),
			"deploy/bad.yaml": "import:\n" + repeated(400, "- {path: t, context: {n: #}}\n")}
	}, "bytes held"},
	"one file included 10,000 times": {func() map[string]string {
		return map[string]string{"big.txt": strings.Repeat("x", 2_000_000),
			"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n" + repeated(10_000, "    c#: {vars: {x: !include ../big.txt }}\n")}
	}, "bytes built"},
	"3,000 stacks of 2,000 components": {func() map[string]string {
		files := map[string]string{"all.yaml": "components:\n  terraform:\n" + repeated(2000, "    c#: {vars: {n: #}}\n")}
		for i := range 3000 {
			files[fmt.Sprintf("deploy/s%d.yaml", i)] = fmt.Sprintf("import: [all]\nvars: {stage: s%d}\n", i)
		}
		return files
	}, "bytes held"},
	"one large variable in 5,000 components": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {stage: bad, big: " + strings.Repeat("x", 2_000_000) + "}\ncomponents:\n  terraform:\n" + repeated(5000, "    c#: {}\n")}
	}, "bytes built"},
	"templates that all go to their limits": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n" +
			repeated(5000, "    c#: {vars: {x: '{{ range until 9000 }}{{ range until 20 }}{{ end }}{{ end }}#'}}\n")}
	}, "template steps"},
	"64 files of 300,000 values": {func() map[string]string {
		files := map[string]string{}
		for i := range 64 {
			files[fmt.Sprintf("deploy/f%d.yaml", i)] = fmt.Sprintf("vars: {stage: s%d}\nsettings: {\n%s}\n", i, repeated(150_000, "k#: v,\n"))
		}
		return files
	}, "bytes held"},
	"a long list merged by index in 5,000 components": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\nsettings: {list_merge_strategy: merge}\ncomponents:\n  terraform:\n    b: {vars: {x: [" +
			strings.Repeat("0,", 100_000) + "]}}\n" + repeated(5000, "    c#: {metadata: {inherits: [b]}, vars: {x: [1]}}\n")}
	}, "bytes held"},
	"one file of values included 3,000 times": {func() map[string]string {
		return map[string]string{"big.yaml": repeated(20_000, "k#: [a, b, {c: d}]\n"),
			"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n    c:\n      vars:\n" + repeated(3000, "        k#: !include ../big.yaml\n")}
	}, ""},
	"a stack whose name has three megabytes": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "name: " + strings.Repeat("s", 3_000_000) + "\ncomponents:\n  terraform:\n" + repeated(2000, "    c#: {}\n")}
	}, ""},
	"a path of two megabytes in 1,000 components": {func() map[string]string {
		return map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n    b: {metadata: {component: " + strings.Repeat("s", 2_000_000) + "}}\n" +
			repeated(1000, "    c#: {metadata: {inherits: [b]}}\n")}
	}, ""},
	"components that are all broken": {func() map[string]string {
		files := map[string]string{"all.yaml": "components:\n  terraform:\n" + repeated(2000, "    c#: {metadata: {inherits: [none]}}\n")}
		for i := range 3000 {
			files[fmt.Sprintf("deploy/s%d.yaml", i)] = fmt.Sprintf("import: [all]\nvars: {stage: s%d}\n", i)
		}
		return files
	}, "bytes held"},
}

func vars(text string) map[string]string {
	return map[string]string{"deploy/bad.yaml": "vars: {stage: bad}\ncomponents:\n  terraform:\n    vpc:\n      vars: {x: '" + text + "'}\n"}
}

// TestAnEstateThatMakesMuchOfLittleEndsWithinItsBudget: in the memory of a function, with
// the default limits, and says at which of them and where.
func TestAnEstateThatMakesMuchOfLittleEndsWithinItsBudget(t *testing.T) {
	for name, c := range amplifying {
		t.Run(name, func(t *testing.T) {
			readertest.Limited(t, func(t *testing.T) {
				files := c.files()
				files["deploy/good.yaml"] = good
				goodRead, err := readLimited(t, estate(files))
				var exceeded *budget.ExceededError
				switch {
				case c.limit == "":
					if err != nil || !goodRead {
						t.Errorf("the good stack was read: %v, %v", goodRead, err)
					}
				case !errors.As(err, &exceeded) || !strings.Contains(exceeded.Limit, c.limit) || !strings.Contains(exceeded.Place, ".yaml"):
					t.Errorf("%v (%+v), want the limit of %s", err, exceeded, c.limit)
				}
			})
		})
	}
}

// readLimited reads both passes under the default budget.
func readLimited(t *testing.T, files fstest.MapFS) (goodRead bool, err error) {
	doc := document(t, files)
	doc.Budget = budget.New(budget.Limits{})
	reading, err := new(atmos.Reader).Index(t.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		return false, err
	}
	err = reading.Bodies(t.Context(), func(uuid.UUID) bool { return true }, func(d reader.Declared) error {
		goodRead = goodRead || d.Entity.Name == "good/vpc"
		return nil
	})
	return goodRead, err
}
