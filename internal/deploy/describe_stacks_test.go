package deploy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/httpapi"
	"plumbline/internal/object"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/service"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
)

// mostAnswered is how many bytes a function may answer. Source: "Lambda quotas",
// synchronous invocation payload.
const mostAnswered = 6 << 20

// describes asks the function for an estate, with these headers more.
func (a *account) describes(s source, query string, headers ...string) (events.APIGatewayProxyResponse, int) {
	a.t.Helper()
	event := a.request("GET", collection+"/{id}/describe-stacks", project("id", s.ID), query, "")
	for i := 0; i < len(headers); i += 2 {
		event.MultiValueHeaders[headers[i]] = []string{headers[i+1]}
	}
	text, err := a.function("describe-stacks").invoke(event)
	if err != nil {
		a.t.Fatal(err)
	}
	var answer events.APIGatewayProxyResponse
	if err := json.Unmarshal(text, &answer); err != nil {
		a.t.Fatal(err)
	}
	return answer, len(text)
}

func TestAnEstateBelowAndAboveWhatAFunctionMayAnswer(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	call[any](a, "environments", 201, a.request("POST", "/{o}/{p}/environments", project(), "", `{"name":"prod"}`))
	s := call[source](a, "import-sources", 201, a.request("POST", collection, project(), "",
		`{"envName":"prod","sourceKind":"atmos-manifests","sourceUri":"s3://estate/acme/atmos/"}`))
	if answer, _ := a.describes(s, ""); answer.StatusCode != 404 || !strings.Contains(answer.Body, "estate_not_found") {
		t.Fatalf("before the first scan: %d %s", answer.StatusCode, answer.Body)
	}
	records := store.New(store.Config{Table: a.table, Now: time.Now,
		Blobs: object.Blobs{Store: a.objects, Bucket: bucket, Prefix: service.BlobPrefix}})
	for _, c := range []struct{ components, status int }{{10, 200}, {2200, 200}, {3000, 307}, {12_000, 307}} {
		estate := quotes(c.components)
		storetest.LeaveEstate(t, records, uuid.MustParse(s.ID), estate...)
		answer, size := a.describes(s, "")
		if answer.StatusCode != c.status || size > mostAnswered {
			t.Fatalf("%d components: %d in %d bytes, want %d: %.300s", c.components, answer.StatusCode, size, c.status, answer.Body)
		}
		text := answer.Body
		if c.status == 307 {
			text = fetch(t, answer.MultiValueHeaders["Location"][0])
		}
		if names := strings.Count(text, `"texts": [`); names != c.components || !json.Valid([]byte(text)) {
			t.Errorf("%d components: %d are shown in %d bytes", c.components, names, len(text))
		}
		known, _ := a.describes(s, "", "If-None-Match", answer.MultiValueHeaders["Etag"][0])
		if known.StatusCode != 304 {
			t.Errorf("%d components: %d for who knows them", c.components, known.StatusCode)
		}
	}
	if answer, _ := a.describes(s, "component=c00007&componentType=terraform&stack=prod"); strings.Count(answer.Body, `"texts": [`) != 1 {
		t.Errorf("one of many components: %d %.300s", answer.StatusCode, answer.Body)
	}
}

// quotes are components that grow inside a function's answer: every other byte is one
// that JSON escapes.
func quotes(n int) []described.Component {
	section := jsontext.Value(`{"texts":[` + strings.Repeat(`"a","\\",`, 50) + `"a"]}`)
	components := make([]described.Component, n)
	for i := range components {
		components[i] = described.Component{Stack: "prod", Type: "terraform", Name: fmt.Sprintf("c%05d", i), Section: section}
	}
	return components
}

// fetch reads a url as anybody would who was given it.
func fetch(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s: %d, %v, %v", url, answer.StatusCode, answer.Header, err)
	}
	return string(text)
}

func TestKeptAnswersGoAfterADay(t *testing.T) {
	t.Parallel()
	configured := loadTemplate(t).Resources["Bucket"].Properties["LifecycleConfiguration"].(map[string]any)["Rules"].([]any)
	var got map[string]any
	for _, rule := range configured {
		if rule := rule.(map[string]any); rule["Prefix"] == service.BlobPrefix+httpapi.AnswerPrefix {
			got = rule
		}
	}
	days := int(service.AnswersKept / (24 * time.Hour))
	want := map[string]any{"Id": "answers", "Status": "Enabled", "Prefix": "_plumbline/answers/", "ExpirationInDays": days,
		"NoncurrentVersionExpiration":    map[string]any{"NoncurrentDays": 1},
		"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rule (-code +template):\n%s", diff)
	}
}
