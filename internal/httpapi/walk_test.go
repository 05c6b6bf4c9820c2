package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"plumbline/internal/httpapi/httpscript"
)

// TestPagesAddUp walks lists page by page, with every filter and several limits, and
// holds what it finds against one big page.
func TestPagesAddUp(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	script := &strings.Builder{}
	script.WriteString(`
as owner
POST /acme/shop/environments
{"name": "default"}

POST /acme/shop/import-sources
{"envName": "default", "sourceKind": "tf-state", "sourceUri": "s3://estate/acme/states/", "reconciliationPolicy": "human-approval"}

save id $.id
`)
	var files []txtar.File
	for version, size := range []string{"small", "large"} {
		for document := range 4 {
			name := fmt.Sprintf("v%d-%d", version, document)
			files = append(files, txtar.File{Name: name, Data: stateOf(fmt.Sprintf("l-%d", document), version+1, size, 5-version)})
			fmt.Fprintf(script, "do upload acme/states/d%d.tfstate %s\n", document, name)
		}
		script.WriteString("POST /acme/shop/import-sources/${id}/rescan\n{\"envName\": \"default\"}\n\nstatus 200\n$.scan.status = \"succeeded\"\n")
	}
	script.WriteString("GET /acme/shop/import-sources/${id}/drift\n\n$.totals = {\"total\": 28, \"current\": 8, \"drifted\": 16, \"stale\": 0, \"unknown\": 0, \"missing\": 4, \"pendingProposals\": 16, \"documents\": {\"succeeded\": 4}}\n")
	httpscript.Run(t, &txtar.Archive{Comment: []byte(script.String()), Files: files}, s.script())

	source := s.getJSON(t, "/acme/shop/import-sources", nil)[""][0]["id"].(string)
	scan := s.getJSON(t, "/acme/shop/import-sources/"+source+"/scans", nil)["scans"][0]["id"].(string)
	changes := "/acme/shop/import-sources/" + source + "/scans/" + scan + "/changes"
	for path, member := range map[string]string{
		changes:                     "changes",
		changes + "?change=changed": "changes",
		changes + "?change=removed&entityType=aws_instance":                                     "changes",
		"/acme/shop/import-sources/" + source + "/drift":                                        "entities",
		"/acme/shop/import-sources/" + source + "/drift?status=drifted":                         "entities",
		"/acme/shop/import-sources/" + source + "/drift?status=missing":                         "entities",
		"/acme/shop/import-sources/" + source + "/drift?status=current":                         "entities",
		"/acme/shop/import-sources/" + source + "/drift?entityType=aws_instance":                "entities",
		"/acme/shop/import-sources/" + source + "/drift?entityType=aws_instance&status=missing": "entities",
		"/acme/shop/import-sources/" + source + "/drift-proposals":                              "proposals",
		"/acme/shop/import-sources/" + source + "/scans":                                        "scans",
		"/acme/shop/envs/default/entities":                                                      "entities",
		"/acme/shop/envs/default/entities?entityType=aws_instance":                              "entities",
		"/acme/shop/envs/default/entities?name=states":                                          "entities",
		"/acme/shop/envs/default/entities?driftStatus=drifted":                                  "entities",
		"/acme/shop/envs/default/entities?driftStatus=drifted&name=states/d1":                   "entities",
		"/acme/shop/envs/default/entities?driftStatus=current&entityType=terraform.state":       "entities",
		"/acme/shop/envs/default/deployment-drift":                                              "findings",
		"/acme/shop/entity-types":                                                               "entityTypes",
		"/acme/shop/environments":                                                               "environments",
	} {
		want := s.walk(t, path, member, 1000)
		if len(want) == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, limit := range []int{1, 2, 3, 7} {
			if diff := cmp.Diff(want, s.walk(t, path, member, limit)); diff != "" {
				t.Errorf("%s by %d (-whole +walked):\n%s", path, limit, diff)
			}
		}
	}
}

// walk reads a list page by page and gives its entries' keys in order.
func (s *stack) walk(t *testing.T, path, member string, limit int) []string {
	t.Helper()
	var keys []string
	cursor := ""
	for range 100 {
		query := url.Values{"limit": {fmt.Sprint(limit)}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var next string
		page := s.getJSON(t, path, query, &next)
		if len(page[member]) > limit {
			t.Fatalf("%s: %d entries, limit %d", path, len(page[member]), limit)
		}
		for _, entry := range page[member] {
			for _, key := range []string{"entityId", "id", "name"} {
				if text, ok := entry[key].(string); ok {
					keys = append(keys, text)
					break
				}
			}
		}
		if cursor = next; cursor == "" {
			if unique := slices.Compact(slices.Sorted(slices.Values(keys))); len(unique) != len(keys) {
				t.Errorf("%s by %d: entries repeat", path, limit)
			}
			return keys
		}
	}
	t.Fatalf("%s by %d does not end", path, limit)
	return nil
}

// getJSON reads the lists of an answer by member, a bare one under "".
func (s *stack) getJSON(t *testing.T, path string, query url.Values, next ...*string) map[string][]map[string]any {
	t.Helper()
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	r := httptest.NewRequestWithContext(t.Context(), "GET", path+separator+query.Encode(), nil)
	token, err := s.token("owner")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Fatalf("GET %s: %d %s", r.URL, w.Code, w.Body)
	}
	lists := map[string][]map[string]any{}
	if w.Body.Bytes()[0] == '[' {
		var bare []map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &bare); err != nil {
			t.Fatal(err)
		}
		lists[""] = bare
		return lists
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(w.Body.Bytes(), &whole); err != nil {
		t.Fatal(err)
	}
	for name, raw := range whole {
		var list []map[string]any
		if json.Unmarshal(raw, &list) == nil {
			lists[name] = list
		}
	}
	if len(next) > 0 {
		_ = json.Unmarshal(whole["nextCursor"], next[0])
	}
	return lists
}

// stateOf is a tf-state of that many instances of that size.
func stateOf(lineage string, serial int, size string, instances int) []byte {
	var resources []string
	for i := range instances {
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":"aws_instance","name":"web%d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
"instances":[{"schema_version":1,"attributes":{"id":"i-%s-%d","instance_type":%q},"sensitive_attributes":[]}]}`, i, lineage, i, size))
	}
	return fmt.Appendf(nil, `{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":%q,"outputs":{},"resources":[%s],"check_results":null}`,
		serial, lineage, strings.Join(resources, ","))
}
