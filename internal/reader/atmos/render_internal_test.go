package atmos

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
)

// texts are strings that YAML writes in each of its styles, with and without templates.
var sampleTexts = []string{
	"", "plain", "it's", "a: b", "- x", "{{ .stack }}", "x{{ .stack }}", "1{{ .n }}", "{{ .n }}.5", "{{ .quote }}", "x {{ .quote }}",
	"{{ .colon }}", "x{{ .colon }}", "x {{- .stack -}} y", "{{- .stack }}", "x{{ .stack -}}", "one\ntwo {{ .stack }}\n", "one\n{{ .lines }}\n",
	"{{ .lines }}", "x{{ .lines }}", "true{{ .none }}", "{{ .null }}", "~{{ .empty }}", "{{ if .n }}yes{{ end }}", "{{ $x := .n }}{{ $x }}",
	"{{ if .n }}", "{{ end }}", "{{ nope }}", "!template {{ toJson .list }}", "!env {{ .stack }}", "tab\t{{ .stack }}", "#{{ .stack }}",
	"x #{{ .stack }}", "{{ .stack }}: x", "0{{ .n }}", "2020-01-0{{ .n }}", "\"{{ .stack }}\"", "'{{ .stack }}'", "{{ `{{ .x }}` }}", "é{{ .stack }}",
	"{{/* nothing */}}", "[{{ .stack }}]", "&{{ .stack }}", "%{{ .stack }}", " {{ .stack }}", "{{ .stack }} ", "{{ .list }}", "{{ range .list }}{{ . }}{{ end }}",
}

// TestStringByStringIsTheWholeText: what rendering each string by itself gives is what
// rendering the section as one text gives, wherever it does not ask for that itself.
func TestStringByStringIsTheWholeText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(sampleTexts)
		list := rapid.Custom(func(t *rapid.T) any { return []any{text.Draw(t, "a"), 1, text.Draw(t, "b")} })
		leaf := rapid.OneOf(rapid.Custom(func(t *rapid.T) any { return text.Draw(t, "text") }), list,
			rapid.SampledFrom([]any{nil, true, 7, 1.5, value.Map{}, []any{}}))
		section := value.Map{
			"stack": "dev", "n": 3, "quote": "it's \"x\"", "colon": "a: b", "lines": "l1\nl2", "null": nil, "empty": "", "list": []any{1, "a"},
			"vars": value.Map{"x": leaf.Draw(t, "x"), "y": leaf.Draw(t, "y"), "z": value.Map{"deep": leaf.Draw(t, "z")}},
		}
		r := newRun(context.Background(), Estate{}, newCache(0))
		r.config = config{templates: true, sprig: true, evaluations: rapid.IntRange(1, 2).Draw(t, "evaluations"), left: "{{", right: "}}"}
		c := &Component{section: section, run: r}
		p := &renderer{c: c, options: sandbox.Options{Left: "{{", Right: "}}", Functions: sandbox.Select(true, false)}}
		got := p.strings(section)
		if p.whole || len(p.unresolved) > 0 {
			return
		}
		want, err := p.document(section)
		if err != nil {
			t.Fatalf("the whole text: %v", err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("whole text (-), string by string (+):\n%s", diff)
		}
	})
}
