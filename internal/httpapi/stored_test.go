package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/store"
)

// try asks as the owner and gives the status and the body.
func (s *stack) try(t *rapid.T, method, path, body string) (int, map[string]any) {
	t.Helper()
	token, err := s.token("owner")
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	var answer map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil && w.Body.Len() > 0 {
		t.Fatalf("%s %s %s: %d %.300s: %v", method, path, body, w.Code, w.Body, err)
	}
	if w.Code >= 500 {
		t.Fatalf("%s %s %s: %d %.300s", method, path, body, w.Code, w.Body)
	}
	return w.Code, answer
}

// odd are values that a member may have, most of them wrong for most members.
var odd = []string{`""`, `"up"`, `"active"`, `"x"`, `" "`, `"7d"`, `"0"`, `0`, `1`, `1.50`, `1e2`, `-1`, `true`, `false`, `null`, `[]`, `{}`, `[""]`, `["up"]`, `["up","up"]`,
	`["x","up"]`, `[null]`, `[{}]`, `[1,"a",{"b":null}]`, `{"$sensitive":"k1:x"}`, `{"$sensitive":{"a":1},"b":2}`, `[{"$sensitive":1}]`, `"{\"$sensitive\":\"x\"}"`,
	`"\u0000"`, `"ü"`, `12345678901234567890123`}

// drawMember draws a member that is as it should be, odd, or left out.
func drawMember(t *rapid.T, name string, good ...string) string {
	switch value := rapid.SampledFrom(append(append(good, good...), odd...)).Draw(t, name); {
	case rapid.IntRange(0, 9).Draw(t, "left out") == 0:
		return ""
	case rapid.IntRange(0, 2).Draw(t, "as it should be") > 0:
		return fmt.Sprintf("%q:%s", name, rapid.SampledFrom(good).Draw(t, name))
	default:
		return fmt.Sprintf("%q:%s", name, value)
	}
}

func drawObject(members ...string) string {
	var kept []string
	for _, m := range members {
		if m != "" {
			kept = append(kept, m)
		}
	}
	return "{" + strings.Join(kept, ",") + "}"
}

func drawEntityType(t *rapid.T, name string) string {
	property := drawObject(drawMember(t, "name", `"p"`), drawMember(t, "type", `"string"`, `"integer"`), drawMember(t, "title", `""`, `"T"`),
		drawMember(t, "description", `""`), drawMember(t, "required", `true`, `false`), drawMember(t, "default", `""`, `"up"`, `2`),
		drawMember(t, "enum", `[]`, `["up"]`, `["","up"]`))
	return drawObject(fmt.Sprintf(`"name":%q`, name), drawMember(t, "displayName", `""`, `"Name"`), drawMember(t, "states", `["up","down"]`, `[]`),
		drawMember(t, "initialState", `"up"`, `"active"`, `""`), drawMember(t, "properties", `[]`, "["+property+"]"), drawMember(t, "metrics", `[]`, `[{"a":""}]`),
		drawMember(t, "constraints", `[]`, `[{}]`), drawMember(t, "syncTracked", `true`, `false`), drawMember(t, "syncFreshness", `"36h"`, `60`),
		drawMember(t, "applier", `""`, `"apply"`))
}

// TestWhatIsTakenIsReadBack sends entity types and items of all kinds, good and odd: what
// validation takes is stored, read and taken again as the same, and no list suffers.
func TestWhatIsTakenIsReadBack(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		name := fmt.Sprintf("t%d", n)
		if n == 1 {
			s.try(t, http.MethodPost, "/acme/shop/environments", `{"name":"default"}`)
		}
		status, made := s.try(t, http.MethodPost, "/acme/shop/entity-types", drawEntityType(t, name))
		if _, list := s.try(t, http.MethodGet, "/acme/shop/entity-types?limit=3", ""); list["entityTypes"] == nil {
			t.Fatalf("the list is %v", list)
		}
		if status != http.StatusCreated {
			return
		}
		if _, read := s.try(t, http.MethodGet, "/acme/shop/entity-types/"+name, ""); !cmp.Equal(made, read) {
			t.Fatalf("made and read (-made +read):\n%s", cmp.Diff(made, read))
		}
		again := map[string]any{}
		for field, value := range made {
			if value != nil && field != "discovered" {
				again[field] = value
			}
		}
		body := &bytes.Buffer{}
		if err := json.NewEncoder(body).Encode(again); err != nil {
			t.Fatal(err)
		}
		if status, replaced := s.try(t, http.MethodPut, "/acme/shop/entity-types/"+name, body.String()); status != http.StatusOK || !cmp.Equal(made, replaced) {
			t.Fatalf("put back: %d (-made +replaced):\n%s", status, cmp.Diff(made, replaced))
		}
	})
}

// TestWhatIsPushedIsReadBack does so for pushed items.
func TestWhatIsPushedIsReadBack(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source, n := "", 0
	rapid.Check(t, func(t *rapid.T) {
		if source == "" {
			s.try(t, http.MethodPost, "/acme/shop/environments", `{"name":"default"}`)
			_, made := s.try(t, http.MethodPost, "/acme/shop/import-sources", `{"envName":"default","sourceKind":"tf-state","sourceUri":"stacks/a"}`)
			source, _ = made["id"].(string)
		}
		n++
		items := []string{
			strings.Replace(drawEntityType(t, fmt.Sprintf("t%d", n%7)), "{", `{"kind":"EntityType",`, 1),
			drawObject(`"kind":"RelationshipType"`, `"name":"uses"`, drawMember(t, "from", `"t0"`, `["t0"]`), drawMember(t, "to", `["t0","t1"]`),
				drawMember(t, "cardinality", `"one-to-one"`, `""`), drawMember(t, "states", `["on"]`), drawMember(t, "constraints", `[]`)),
			drawObject(`"kind":"Cell"`, `"name":"c"`, drawMember(t, "capacity", `{}`, `{"a":""}`)),
			drawObject(`"kind":"Secret"`, `"name":"s"`, drawMember(t, "description", `""`, `"d"`)),
			drawObject(`"kind":"Entity"`, `"entityType":"free"`, fmt.Sprintf(`"name":"e%d"`, n%5), drawMember(t, "state", `""`, `"up"`),
				drawMember(t, "properties", `{}`, `{"a":""}`, `{"a":{},"b":[null],"":1}`), drawMember(t, "labels", `{}`, `{"l":""}`)),
			drawObject(`"kind":"Relationship"`, `"relationshipType":"uses"`, `"from":"e0"`, `"to":"e1"`, drawMember(t, "state", `"on"`, `""`), drawMember(t, "properties", `{}`)),
		}
		s.try(t, http.MethodPost, "/acme/shop/import-sources/"+source+"/rescan", `{"envName":"default","items":[`+strings.Join(items, ",")+`]}`)
		s.try(t, http.MethodGet, "/acme/shop/entity-types", "")
		_, list := s.try(t, http.MethodGet, "/acme/shop/envs/default/entities?limit=10", "")
		for _, listed := range list["entities"].([]any) {
			s.try(t, http.MethodGet, "/acme/shop/envs/default/entities/"+listed.(map[string]any)["entityId"].(string), "")
		}
	})
}

// TestATypeThatShouldHaveBeenRefusedIsNoPoison: an earlier version took an empty initial
// state, stored the type without one, and refused to read it.
func TestATypeThatShouldHaveBeenRefusedIsNoPoison(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ctx := context.Background()
	if _, err := s.store.CreateEnvironment(ctx, "acme", "shop", store.DefaultEnvironment); err != nil {
		t.Fatal(err)
	}
	project, err := s.store.Project(ctx, "acme", "shop")
	if err != nil {
		t.Fatal(err)
	}
	old := catalog.Schema{Kind: catalog.KindEntityType, Name: "server", Body: catalog.Value(`{"name":"server","states":["up"]}`)}
	if err := s.store.CreateSchema(ctx, project.ID, old); err != nil {
		t.Fatal(err)
	}
	list := s.getJSON(t, "/acme/shop/entity-types", nil)["entityTypes"]
	if len(list) != 1 || list[0]["initialState"] != "active" {
		t.Errorf("the list is %v", list)
	}
}
