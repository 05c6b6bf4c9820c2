package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/yaml"
)

// description is OpenAPI 3.1 in both its forms. Each has [anyBase] once, in place of the
// path that the API is served below.
type description struct{ json, yaml []byte }

func (d description) asJSON() []byte { return d.json }
func (d description) asYAML() []byte { return d.yaml }

// anyBase stands for the base: a path that nothing else in a description is.
const anyBase = "/--base--"

// describe mounts groups nowhere and writes down what they have declared.
func describe(groups []Group) (d description, err error) {
	mux := http.NewServeMux()
	api := humago.New(mux, config())
	for _, group := range groups {
		group.mount(&mount{described: api, mux: mux, dialect: group.dialect})
	}
	if d.json, err = json.Marshal(api.OpenAPI()); err != nil {
		return d, err
	}
	text := &bytes.Buffer{}
	err = yaml.Convert(text, bytes.NewReader(d.json))
	d.yaml = text.Bytes()
	return d, err
}

// descriptionAs serves one form. Its server is named by a path alone: the host is the
// one that the description comes from.
func descriptionAs(contentType string, described func() (description, error), form func(description) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, err := described()
		if err != nil {
			panic(err)
		}
		base := baseOf(r)
		if base == "" {
			base = "/"
		}
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(bytes.Replace(form(d), []byte(anyBase), []byte(base), 1))
	}
}

// PrefixHeader names the path below which a proxy serves the API, "" for the root: the
// stage of API Gateway, or the base path of a custom domain.
const PrefixHeader = "X-Forwarded-Prefix"

var prefix = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// baseOf is the path that the API is served below, "" for none. What is no path of plain
// segments is not taken: it would stand in a URL.
func baseOf(r *http.Request) string {
	if base := r.Header.Get(PrefixHeader); prefix.MatchString(base) {
		return base
	}
	return ""
}
