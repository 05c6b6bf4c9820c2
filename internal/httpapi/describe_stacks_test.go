package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/httpapi"
	"plumbline/internal/object"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/store/storetest"
)

const estateSource = `
as owner
POST /acme/shop/environments
{"name": "default"}

POST /acme/shop/import-sources
{"envName": "default", "sourceKind": "atmos-manifests", "sourceUri": "s3://estate/acme/atmos/"}

status 201
`

// withEstate registers a source of manifests, leaves an estate, and gives its route.
func (s *stack) withEstate(t *testing.T, components ...described.Component) (route string) {
	t.Helper()
	run(t, s, estateSource)
	id := s.getJSON(t, "/acme/shop/import-sources", nil)[""][0]["id"].(string)
	storetest.LeaveEstate(t, s.store, uuid.MustParse(id), components...)
	return "/acme/shop/import-sources/" + id + "/describe-stacks"
}

// get asks as viewer, over the network, with these headers more.
func (s *stack) get(t *testing.T, api, route string, follow bool, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, api+route, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.token("viewer")
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	client := &http.Client{}
	if !follow {
		client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		text = []byte(err.Error())
	}
	return answer, string(text)
}

// listen serves the handler, by another name of this machine than S3's.
func (s *stack) listen(t *testing.T) (api string) {
	t.Helper()
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

// written is what the estate of components looks like.
func written(t *testing.T, components []described.Component) string {
	t.Helper()
	var text strings.Builder
	err := described.Write(&text, func(yield func(described.Component, error) bool) {
		for _, c := range components {
			if !yield(c, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestAnEstateIsAskedForAgainOnlyWhenItChanged(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	route, api := s.withEstate(t, storetest.Components(3, 10)...), s.listen(t)
	answer, text := s.get(t, api, route, false)
	tag := answer.Header.Get("ETag")
	if answer.StatusCode != 200 || text != written(t, storetest.Components(3, 10)) || answer.Header.Get("Content-Type") != "application/json" ||
		answer.Header.Get("Cache-Control") != "private, no-cache" || len(tag) != 66 {
		t.Fatalf("%d, %v: %s", answer.StatusCode, answer.Header, text)
	}
	for header, want := range map[string]int{
		tag: 304, "W/" + tag: 304, `"x", ` + tag: 304, "*": 304, `"x"`: 200, strings.Trim(tag, `"`): 200,
	} {
		again, body := s.get(t, api, route, false, "If-None-Match", header)
		if again.StatusCode != want || again.Header.Get("ETag") != tag || (body == "") != (want == 304) {
			t.Errorf("If-None-Match %s: %d with ETag %s, want %d", header, again.StatusCode, again.Header.Get("ETag"), want)
		}
	}
	if other, _ := s.get(t, api, route+"?stack=prod", false, "If-None-Match", tag); other.StatusCode != 200 {
		t.Errorf("with another filter: %d", other.StatusCode)
	}
}

func TestABigEstateIsStreamedWhereNothingKeepsIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	big := storetest.Components(4000, 3000)
	route, api := s.withEstate(t, big...), s.listen(t)
	if answer, text := s.get(t, api, route, false); answer.StatusCode != 200 || text != written(t, big) {
		t.Errorf("%d with %d bytes", answer.StatusCode, len(text))
	}
}

func TestAStreamThatFailsIsCutOff(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	route, api := s.withEstate(t, storetest.Components(4000, 3000)...), s.listen(t)
	for key, body := range s.blobs.Held() {
		_ = s.blobs.PutBlob(t.Context(), key, body[:len(body)-10])
	}
	if answer, text := s.get(t, api, route, false); answer.StatusCode != 200 || text != io.ErrUnexpectedEOF.Error() {
		t.Errorf("%d, %d bytes ending in %.200q", answer.StatusCode, len(text), text)
	}
	if !strings.Contains(s.log.String(), "answer cut off") {
		t.Errorf("the cause is not in the log: %s", s.log)
	}
}

func TestABigEstateIsARedirectThatClientsFollow(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	front := newFront(t)
	s.deps.Answers = object.Answers{Store: object.New(front.client), Bucket: bucket, Prefix: "_plumbline/", Kept: 24 * time.Hour, Now: time.Now}
	s.serve(t)
	big := storetest.Components(4000, 3000)
	route, api := s.withEstate(t, big...), s.listen(t)
	want := written(t, big)

	told, text := s.get(t, api, route, false)
	if told.StatusCode != 307 || told.Header.Get("Cache-Control") != "no-store" || text != "" ||
		!strings.Contains(told.Header.Get("Location"), "/_plumbline/answers/") || !strings.Contains(told.Header.Get("Location"), "X-Amz-Expires=900") {
		t.Fatalf("%d, %v: %.200s", told.StatusCode, told.Header, text)
	}
	answer, text := s.get(t, api, route, true)
	if answer.StatusCode != 200 || text != want || answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("http.Client gets %d, %d bytes of %d: %.200s", answer.StatusCode, len(text), len(want), text)
	}
	if writes := front.writes.Load(); writes != 4 { // begin, two parts, complete
		t.Errorf("%d writes for one answer asked for twice, want 4", writes)
	}
	if small, _ := s.get(t, api, route+"?component=c0000001", false); small.StatusCode != 200 {
		t.Errorf("one component of it: %d", small.StatusCode)
	}
	if known, _ := s.get(t, api, route, false, "If-None-Match", told.Header.Get("ETag")); known.StatusCode != 304 {
		t.Errorf("with the ETag of the redirect: %d", known.StatusCode)
	}
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Fatal("curl, with which the README calls the API, is missing")
	}
	token, _ := s.token("viewer")
	out, err := exec.CommandContext(t.Context(), curl, "-sSL", "--fail-with-body", "--noproxy", "*", "-H", "Authorization: "+token, api+route).Output()
	if err != nil || string(out) != want {
		t.Errorf("curl gets %d bytes of %d, %v: %.200s", len(out), len(want), err, out)
	}
}

// failing are answers that cannot be kept.
type failing struct{ err error }

func (f failing) Offer(context.Context, string, string, func(io.Writer) error) (string, error) {
	return "", f.err
}

func TestAnAnswerThatCannotBeKeptIsToldAsSuch(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]string{
		fmt.Errorf("upload s3://own/k: %w", object.ErrBusy): `503 "code":"busy"`,
		errors.New("s3://own/_plumbline is secret"):         `500 "code":"internal"`,
	} {
		s := newStack(t)
		s.deps.Answers = failing{err}
		s.serve(t)
		route := s.withEstate(t, storetest.Components(4000, 3000)...)
		answer, text := s.get(t, s.listen(t), route, false)
		status, code, _ := strings.Cut(want, " ")
		if fmt.Sprint(answer.StatusCode) != status || !strings.Contains(text, code) || strings.Contains(text, "s3://") || answer.Header.Get("ETag") != "" {
			t.Errorf("%v: %d %s, %v", err, answer.StatusCode, text, answer.Header)
		}
	}
}

var _ httpapi.Answers = failing{}
