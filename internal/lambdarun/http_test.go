package lambdarun_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/lambdarun"
)

// event reads an event file into the shape that a handler takes.
func event[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var read T
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// proxied sends an event through a handler.
func proxied(t *testing.T, name string, handler http.HandlerFunc) (events.APIGatewayProxyResponse, string) {
	t.Helper()
	var log bytes.Buffer
	proxy := lambdarun.HTTP(handler, slog.New(slog.NewJSONHandler(&log, nil)))
	answer, err := proxy(t.Context(), event[events.APIGatewayProxyRequest](t, "http/"+name))
	if err != nil {
		t.Fatal(err)
	}
	return answer, log.String()
}

func TestWhatAHandlerSees(t *testing.T) {
	t.Parallel()
	query := func(r *http.Request) string {
		return fmt.Sprintf("%q %q", r.URL.Query()["status"], r.URL.Query().Get("name"))
	}
	path := func(r *http.Request) string { return r.URL.Path + " " + r.URL.EscapedPath() + " " + r.RequestURI }
	body := func(r *http.Request) string {
		text, err := io.ReadAll(r.Body)
		return fmt.Sprintf("%s %q %v %d", r.Method, text, err, r.ContentLength)
	}
	tags := func(r *http.Request) string {
		return fmt.Sprintf("%q %s %s", r.Header.Values("X-Tag"), r.Header.Values("If-Match"), r.Header.Values("Date"))
	}
	cookies := func(r *http.Request) string { return fmt.Sprint(r.Cookies()) }
	from := func(r *http.Request) string { return r.RemoteAddr + " " + r.Host }
	below := func(r *http.Request) string { return fmt.Sprintf("%q", r.Header.Values("X-Forwarded-Prefix")) }
	const host = " a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"
	for _, test := range []struct {
		sentence, event string
		see             func(*http.Request) string
		want            string
	}{
		{"a text body", "text", body, `POST "{\"sourceUri\":\"s3://estate/acme/vpc.tfstate\",\"note\":\"größer\"}" <nil> 62`},
		{"a binary body", "binary", body, `POST "\x00\xff\x80B" <nil> 4`},
		{"no body", "cookies", body, `GET "" <nil> 0`},
		{"cookies", "cookies", cookies, "[a=1 b=2]"},
		{"a repeated query key, and a value to be escaped", "repeated-query", query, `["drifted" "missing"] "a&b=c d%"`},
		{"a repeated header, and values with commas", "repeated-header", tags, `["one" "two, three"] ["a,b"] [Sat, 21 Nov 2026 10:15:00 GMT]`},
		{"a percent-encoded path", "encoded-path", path,
			"/acme/shop/entity-types/data.aws/ami?x% /acme/shop/entity-types/data.aws%2Fami%3Fx%25 /acme/shop/entity-types/data.aws%2Fami%3Fx%25"},
		{"a path that should have been encoded", "bare-path", path,
			"/acme/shop/entity-types/50% of?all #1 /acme/shop/entity-types/50%25%20of%3Fall%20%231 /acme/shop/entity-types/50%25%20of%3Fall%20%231"},
		{"a path with a named stage", "stage", path, "/acme/shop/import-sources /acme/shop/import-sources /acme/shop/import-sources"},
		{"a path with a custom domain's base path", "base-path", path, "/acme/shop/import-sources /acme/shop/import-sources /acme/shop/import-sources"},
		{"an organisation named like the stage", "stage-as-organisation", path, "/v1/shop/import-sources /v1/shop/import-sources /v1/shop/import-sources"},
		{"a slash at the end", "trailing-slash", path, "/acme/shop/import-sources/ /acme/shop/import-sources/ /acme/shop/import-sources/"},
		{"a greedy resource", "greedy", path, "/v1/anything/at/all /v1/anything/at/all /v1/anything/at/all"},
		{"the prefix that is a named stage", "text", below, `["/v1"]`},
		{"the prefix that is a custom domain's base path", "base-path", below, `["/estates/eu"]`},
		{"the prefix of an organisation named like the stage", "stage-as-organisation", below, `["/v1"]`},
		{"the prefix of a path that should have been encoded", "bare-path", below, `["/v1"]`},
		{"the prefix of the root of a stage", "root", below, `["/v1"]`},
		{"the caller's address", "text", from, "203.0.113.7:0" + host},
		{"the caller's address in version 6", "ipv6", from, "[2001:db8::7]:0" + host},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			var got string
			answer, log := proxied(t, test.event, func(_ http.ResponseWriter, r *http.Request) { got = test.see(r) })
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if answer.StatusCode != http.StatusOK || answer.Body != "" || log != "" {
				t.Errorf("answer %+v, log %s", answer, log)
			}
		})
	}
}

func TestWhatAClientGets(t *testing.T) {
	t.Parallel()
	const internal = `{"error":"internal error","code":"internal"}`
	for _, test := range []struct {
		sentence string
		handler  http.HandlerFunc
		status   int
		headers  map[string][]string
		body     string
		logged   string // "" for nothing
	}{
		{"nothing written is 200", func(http.ResponseWriter, *http.Request) {}, 200, map[string][]string{}, "", ""},
		{"headers alone are 200", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Etag", `"a,b"`) },
			200, map[string][]string{"Etag": {`"a,b"`}}, "", ""},
		{"a status alone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, map[string][]string{}, "", ""},
		{"the first status counts", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(409)
			w.WriteHeader(200)
		}, 409, map[string][]string{}, "", ""},
		{"a body makes the status 200", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "{}")
			w.WriteHeader(500)
		}, 200, map[string][]string{"Content-Type": {"text/plain; charset=utf-8"}}, "{}", ""},
		{"early hints are left out", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(103)
			w.WriteHeader(201)
		}, 201, map[string][]string{"Link": {"</style.css>; rel=preload"}}, "", ""},
		{"headers after the status are not sent", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(202)
			w.Header().Set("X-Late", "1")
		}, 202, map[string][]string{}, "", ""},
		{"header values stay apart and whole", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Set-Cookie", "a=1; Expires=Sat, 21 Nov 2026 10:15:00 GMT")
			w.Header().Add("Set-Cookie", "b=2")
		}, 200, map[string][]string{"Set-Cookie": {"a=1; Expires=Sat, 21 Nov 2026 10:15:00 GMT", "b=2"}}, "", ""},
		{"a panic is 500", func(http.ResponseWriter, *http.Request) { panic("broken") },
			500, map[string][]string{"Content-Type": {"application/json"}}, internal, "broken"},
		{"a panic behind half an answer is 500", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			panic("broken")
		}, 500, map[string][]string{"Content-Type": {"application/json"}}, internal, "broken"},
		{"an aborted handler is 500", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			500, map[string][]string{"Content-Type": {"application/json"}}, internal, "abort"},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			answer, log := proxied(t, "text", test.handler)
			want := events.APIGatewayProxyResponse{StatusCode: test.status, MultiValueHeaders: test.headers, Body: test.body}
			if diff := cmp.Diff(want, answer); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if (test.logged == "") != (log == "") || !strings.Contains(log, test.logged) || strings.Count(log, "\n") > 1 {
				t.Errorf("log %q, want one line with %q", log, test.logged)
			}
		})
	}
}

func TestABinaryAnswerIsEncoded(t *testing.T) {
	t.Parallel()
	body := []byte{0, 0xff, 0x80, 'B'}
	answer, _ := proxied(t, "text", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) })
	got, err := base64.StdEncoding.DecodeString(answer.Body)
	if err != nil || !answer.IsBase64Encoded || !bytes.Equal(got, body) {
		t.Errorf("answer %+v, %v", answer, err)
	}
}

func TestAnEventThatIsBrokenIsLoggedAndAnswered(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	proxy := lambdarun.HTTP(http.NotFoundHandler(), slog.New(slog.NewJSONHandler(&log, nil)))
	broken := event[events.APIGatewayProxyRequest](t, "http/binary")
	broken.Body = "no base64"
	answer, err := proxy(t.Context(), broken)
	if err != nil || answer.StatusCode != 500 || !strings.Contains(log.String(), "base64") {
		t.Errorf("answer %+v, %v, log %s", answer, err, log.String())
	}
}
