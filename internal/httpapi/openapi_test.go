package httpapi_test

import (
	"encoding/json"
	"maps"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string
		Security    []map[string][]string
		Responses   map[string]any
	}
	Components struct {
		Schemas map[string]struct {
			Required   []string
			Properties map[string]struct {
				Type any
				Enum []any
			}
		}
	}
}

func describe(t *testing.T) (openAPI, string) {
	t.Helper()
	w := httptest.NewRecorder()
	newStack(t).handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/openapi.json", nil))
	var description openAPI
	if err := json.Unmarshal(w.Body.Bytes(), &description); err != nil {
		t.Fatal(err)
	}
	return description, w.Body.String()
}

// TestTheDescriptionHoldsText000 holds the schemas against the tables of text 000:
// fields, which of them are required, which may be null.
func TestTheDescriptionHoldsText000(t *testing.T) {
	t.Parallel()
	description, _ := describe(t)
	for schema, fields := range map[string]string{
		"DriftProposal": "id! importSourceId! projectId!? envId! entityId! proposedChanges status! decidedAt!? decidedBy!?",
		"Error":         "error! code",
		"ImportSource": "id! projectId!? envId! sourceKind! sourceUri! reconciliationPolicy! lastScannedAt!? lastScanStatus!? " +
			"lastScanSummary createdAt! updatedAt!",
		"ImportSourceDrift":        "source! totals! entities! pendingProposals!",
		"ImportSourceRescanResult": "scan! lastScannedAt! lastScanStatus!",
	} {
		got := description.Components.Schemas[schema]
		for field := range strings.FieldsSeq(fields) {
			name := strings.TrimRight(field, "!?")
			property, ok := got.Properties[name]
			if !ok {
				t.Errorf("%s has no %s", schema, name)
			}
			if strings.Contains(field, "!") && !slices.Contains(got.Required, name) {
				t.Errorf("%s.%s is not required", schema, name)
			}
			types, _ := property.Type.([]any)
			if strings.Contains(field, "?") != slices.Contains(types, any("null")) {
				t.Errorf("%s.%s: type %v", schema, name, property.Type)
			}
		}
	}
}

func TestTheDescriptionIsWhole(t *testing.T) {
	t.Parallel()
	description, text := describe(t)
	for _, ref := range regexp.MustCompile(`"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if _, ok := description.Components.Schemas[ref[1]]; !ok {
			t.Errorf("schema %s is not there", ref[1])
		}
	}
	described := map[string]bool{}
	for path, methods := range description.Paths {
		for method, operation := range methods {
			described[strings.ToUpper(method)+" "+path] = true
			if len(operation.Security) == 0 {
				t.Errorf("%s %s asks for no token", method, path)
			}
			for _, status := range []string{"400", "401", "403", "404", "500"} {
				if operation.Responses[status] == nil {
					t.Errorf("%s %s does not tell of %s", method, path, status)
				}
			}
			if operation.Responses["422"] != nil || operation.Responses["default"] != nil {
				t.Errorf("%s %s tells of answers that it never gives", method, path)
			}
		}
	}
	var routes []string
	for _, group := range groupsOf(newStack(t).deps) {
		for _, route := range group.Routes() {
			routes = append(routes, route.Method+" "+route.Path)
		}
	}
	slices.Sort(routes)
	if diff := cmp.Diff(routes, slices.Sorted(maps.Keys(described))); diff != "" {
		t.Errorf("routes (-served +described):\n%s", diff)
	}
}
