package sandbox_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/reader/atmos/sandbox"
)

var data = map[string]any{
	"vars":  map[string]any{"stage": "dev", "n": 3, "l": []any{1, "a"}, "m": map[string]any{"k": "v"}, "nil": nil},
	"stack": "dev",
}

func run(t *testing.T, text string, strict bool) (string, error) {
	t.Helper()
	parsed, err := sandbox.Parse(text, sandbox.Options{Strict: strict, Functions: sandbox.Select(true, true)})
	if err != nil {
		return "", err
	}
	return parsed.Execute(data, sandbox.Own{})
}

func TestTemplatesGiveWhatAtmosGives(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{{ .vars.stage }}`:                                      "dev",
		`{{ .vars.nope }}`:                                       "<no value>",
		`{{ .vars.nope.deep }}`:                                  "<no value>",
		`{{ .vars.stage | upper }}`:                              "DEV",
		`{{ toJson .vars.m }}`:                                   `{"k":"v"}`,
		`{{ until 3 }}`:                                          "[0 1 2]",
		`{{ untilStep 0 6 2 }}`:                                  "[0 2 4]",
		`{{ seq 1 3 }}`:                                          "1 2 3",
		`{{ repeat 2 "ab" }}`:                                    "abab",
		`{{ replace "a" "b" "aa" }}`:                             "bb",
		`{{ indent 2 "a\nb" }}`:                                  "  a\n  b",
		`{{ nindent 2 "a" }}`:                                    "\n  a",
		`{{ join "-" .vars.l }}`:                                 "1-a",
		`{{ regexReplaceAll "a(.)" "xaby" "<${1}>" }}`:           "x<b>y",
		`{{ wrapWith 2 "|" "aa bb" }}`:                           "aa|bb",
		`{{ printf "%03d" 7 }}`:                                  "007",
		`{{ range $i, $v := .vars.l }}{{ $i }}{{ $v }}{{ end }}`: "011a",
		`{{ range 3 }}x{{ end }}`:                                "xxx",
		`{{ strings.ToUpper "x" }}`:                              "X",
		`{{ coll.Has .vars.m "k" }}`:                             "true",
		`{{ conv.ToInt "7" }}`:                                   "7",
		`{{ math.Add 1 2 }}`:                                     "3",
		`{{ regexp.Replace "a+" "b" "caat" }}`:                   "cbt",
		`{{ (json "{\"a\": 1}").a }}`:                            "1",
		`{{ path.Base "a/b" }}`:                                  "b",
		`{{ collectKeys .vars.m }}`:                              "[k]",
		`{{ define "x" }}[{{ . }}]{{ end }}{{ template "x" 1 }}`: "[1]",
	} {
		got, err := run(t, text, false)
		if err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestWhatIsNotPureIsNotDefined(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"now", "uuidv4", "randAlpha 3", "getHostByName \"x\"", "genPrivateKey \"rsa\"",
		"datasource \"x\"", "file \"x\"", "shell"} {
		_, err := run(t, "{{ "+name+" }}", false)
		var unknown *sandbox.UnknownFunctionError
		if !errors.As(err, &unknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{`{{ env "HOME" }}`, `{{ expandenv "$HOME" }}`, `{{ (atmos.Component "a" "b").x }}`, `{{ atmos.Store "a" "b" "c" "d" }}`} {
		if got, err := run(t, text, false); err == nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestErrorsDoNotTellValues(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{{ atoi .vars.stage | fail }}`, `{{ fail .vars.stage }}`, `{{ mustToDate "2006" .vars.stage }}`, `{{ .vars.stage.x }}`} {
		if _, err := run(t, text, true); err == nil || strings.Contains(err.Error(), "dev") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestFunctionsThatWriteLeaveTheDataAlone(t *testing.T) {
	t.Parallel()
	if _, err := run(t, `{{ $_ := set .vars.m "k" "changed" }}{{ $_ := unset .vars "n" }}`, false); err != nil {
		t.Fatal(err)
	}
	if vars := data["vars"].(map[string]any); vars["m"].(map[string]any)["k"] != "v" || vars["n"] != 3 {
		t.Errorf("the data is now %v", data)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"steps":            `{{ range until 20000 }}{{ range until 20000 }}{{ end }}{{ end }}`,
		"a number's range": `{{ range 1000000000 }}{{ end }}`,
		"output":           `{{ range until 20000 }}` + strings.Repeat("x", 1000) + `{{ end }}`,
		"a text":           `{{ $x := repeat 1000 "x" }}{{ range until 100 }}{{ $x = print $x $x }}{{ end }}`,
		"escapes":          `{{ "\\" ` + strings.Repeat("| js ", 64) + `}}`,
		"repeat":           `{{ repeat 1000000000 "x" }}`,
		"replace":          `{{ replace "" (repeat 1000000 "x") (repeat 1000000 "x") }}`,
		"join":             `{{ join (repeat 1000000 "x") (until 10000) }}`,
		"indent":           `{{ indent 20000 (repeat 100000 "\n") }}`,
		"regexReplaceAll":  `{{ regexReplaceAll "" (repeat 100000 "x") (repeat 100000 "x") }}`,
		"until":            `{{ until 1000000000 }}`,
		"untilStep":        `{{ untilStep 0 1000000000 1 }}`,
		"seq":              `{{ seq 1000000000 }}`,
		"printf":           `{{ printf "%0999999d" 1 }}`,
		"a starred width":  `{{ printf "%*d" 999999 1 }}`,
		"a shared list":    `{{ $d := list }}{{ range until 64 }}{{ $d = list $d $d }}{{ end }}`,
		"a shared slice":   `{{ $d := coll.Slice 1 }}{{ range until 64 }}{{ $d = coll.Slice $d $d }}{{ end }}`,
		"a map in itself":  `{{ $d := dict }}{{ $_ := set $d "d" $d }}{{ $d }}`,
		"the text":         strings.Repeat("x", 300<<10),
		"nesting":          strings.Repeat("{{ if true }}", 500) + strings.Repeat("{{ end }}", 500),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := run(t, text, false); !errors.Is(err, sandbox.ErrLimit) {
				t.Errorf("%.100q, %v", got, err)
			}
		})
	}
	// Go's own limit on templates that call each other.
	if _, err := run(t, `{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}`, false); err == nil {
		t.Error("a template that calls itself ended")
	}
}

func TestOwnAnswers(t *testing.T) {
	t.Parallel()
	own := sandbox.Own{
		Component: func(name, stack string) (map[string]any, error) { return map[string]any{"of": name + "@" + stack}, nil },
		Env:       func(name string) (string, error) { return "<" + name + ">", nil },
	}
	parsed, err := sandbox.Parse(`{{ (atmos.Component "vpc" .stack).of }} {{ env "A" }} {{ expandenv "x-$B" }}`,
		sandbox.Options{Functions: sandbox.Select(true, false)})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := parsed.Execute(data, own); err != nil || got != "vpc@dev <A> x-<B>" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add(`{{ .vars.stage | upper }}-{{ range until 3 }}x{{ end }}`)
	f.Add(`{{ $d := dict "a" 1 }}{{ set $d "b" $d | toJson }}`)
	f.Add(`{{ define "a" }}{{ . }}{{ end }}{{ template "a" .vars }}{{ with .vars.m }}{{ .k }}{{ else }}{{ end }}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = run(t, text, false)
	})
}
