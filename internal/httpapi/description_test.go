package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"plumbline/internal/httpapi"
)

// open asks without a token.
func (s *stack) open(t *testing.T, method, path, prefix string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Header.Set(httpapi.PrefixHeader, prefix)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// TestTheDescriptionIsOneInBothForms reads both as the values that they stand for.
func TestTheDescriptionIsOneInBothForms(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	var fromJSON, fromYAML any
	asJSON, asYAML := s.open(t, "GET", "/openapi.json", ""), s.open(t, "GET", "/openapi.yaml", "")
	if err := json.Unmarshal(asJSON.Body.Bytes(), &fromJSON); err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(asYAML.Body.Bytes(), &fromYAML); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(fromYAML)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again, &fromYAML); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromJSON, fromYAML); diff != "" {
		t.Errorf("-json +yaml:\n%s", diff)
	}
	for w, want := range map[*httptest.ResponseRecorder]string{asJSON: "application/openapi+json", asYAML: "application/openapi+yaml"} {
		if got := w.Header().Get("Content-Type"); got != want {
			t.Errorf("Content-Type %s, want %s", got, want)
		}
	}
}

// TestTheDescriptionSaysWhatLintersAskFor holds what redocly's recommended rules and
// spectral's for OpenAPI look at.
func TestTheDescriptionSaysWhatLintersAskFor(t *testing.T) {
	t.Parallel()
	type named struct{ Name, Description string }
	var d struct {
		Info struct {
			Description string
			Contact     named
			License     struct{ Name, Identifier string }
		}
		Tags  []named
		Paths map[string]map[string]struct {
			Summary, Description string
			Tags                 []string
		}
	}
	if err := json.Unmarshal(newStack(t).open(t, "GET", "/openapi.json", "").Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Info.Description == "" || d.Info.Contact.Name == "" || d.Info.License.Name == "" || d.Info.License.Identifier != "Apache-2.0" {
		t.Errorf("info: %+v", d.Info)
	}
	var used []string
	for path, methods := range d.Paths {
		for method, operation := range methods {
			used = append(used, operation.Tags...)
			if operation.Summary == "" || operation.Description == "" || len(operation.Tags) != 1 {
				t.Errorf("%s %s: %+v", method, path, operation)
			}
		}
	}
	var described []string
	for _, tag := range d.Tags {
		described = append(described, tag.Name)
		if tag.Description == "" {
			t.Errorf("tag %s has no description", tag.Name)
		}
	}
	slices.Sort(used)
	slices.Sort(described)
	if diff := cmp.Diff(slices.Compact(used), described); diff != "" {
		t.Errorf("tags (-used +described):\n%s", diff)
	}
}

func TestTheDescriptionSaysWhereItIsServed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for prefix, want := range map[string]string{
		"": "/", "/Prod": "/Prod", "/a/b-c": "/a/b-c",
		// What would stand in the description, or lead elsewhere.
		"//evil.example": "/", `/"x`: "/", "https://evil.example": "/", "/a/": "/", "/a b": "/",
	} {
		var d struct{ Servers []struct{ URL string } }
		if err := json.Unmarshal(s.open(t, "GET", "/openapi.json", prefix).Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if len(d.Servers) != 1 || d.Servers[0].URL != want {
			t.Errorf("below %q: servers %v, want %s", prefix, d.Servers, want)
		}
	}
}

func TestTheRootLeadsToTheDocs(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for prefix, want := range map[string]string{"": "/docs", "/Prod": "/Prod/docs", "//evil.example": "/docs"} {
		for _, method := range []string{"GET", "HEAD"} {
			if w := s.open(t, method, "/", prefix); w.Code != http.StatusFound || w.Header().Get("Location") != want {
				t.Errorf("%s / below %q: %d %s, want 302 %s", method, prefix, w.Code, w.Header().Get("Location"), want)
			}
		}
	}
	if w := s.open(t, "POST", "/", ""); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("POST /: %d, Allow %s", w.Code, w.Header().Get("Allow"))
	}
}
