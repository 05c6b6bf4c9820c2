package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/catalog"
)

func TestSecretsAreFoundByTheirPath(t *testing.T) {
	t.Parallel()
	const secret = `{"$sensitive":"k:d"}`
	for name, c := range map[string]struct {
		value string
		want  []string
	}{
		"none":                          {`{"a":1}`, nil},
		"the value itself":              {secret, []string{""}},
		"members and elements":          {`{"a":[1,{"b":` + secret + `},` + secret + `],"c":` + secret + `}`, []string{"/a/1/b", "/a/2", "/c"}},
		"names that a pointer escapes":  {`{"a/b":{"~":` + secret + `},"q\"":` + secret + `}`, []string{"/a~1b/~0", `/q"`}},
		"texts between them":            {`["{[,:",[],{},` + secret + `,"x"]`, []string{"/3"}},
		"a text that looks like a mark": {`["{\"$sensitive\":\"x\"}",{"n":"{"},` + secret + `]`, []string{"/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for pointer, span := range catalog.Secrets(catalog.Value(c.value)) {
				got = append(got, pointer)
				if text := string(span.Of([]byte(c.value))); text != secret {
					t.Errorf("%s: the span holds %s", pointer, text)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("pointers (-want +got):\n%s", diff)
			}
		})
	}
}
