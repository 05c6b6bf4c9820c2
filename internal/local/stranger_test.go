package local_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestStrangersAreNotLetIn(t *testing.T) {
	t.Parallel()
	env := environ(t.TempDir(), "0")
	env["PLUMBLINE_HOSTS"] = "stack.internal, other"
	s := run(t, env)
	const object = "/plumbline-local/acme/k"
	ask := func(method, url, host, origin string) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, response.Header, string(body)
	}
	for _, c := range []struct {
		name, method, url, host, origin string
		want                            int
		body                            string
	}{
		{"S3 by its name", "PUT", s.s3 + object, "localhost", "", 200, ""},
		{"S3 by a name that is set", "PUT", s.s3 + object, "stack.internal:1", "", 200, ""},
		{"S3 by a name that somebody made resolve to here", "GET", s.s3 + object, "rebound.example", "", 403, "AccessDenied"},
		{"the API by such a name", "GET", s.api + "/acme/shop/environments", "rebound.example", "", 403, `"code":"not_let_in"`},
		{"its pages too", "GET", s.api + "/docs", "rebound.example", "", 403, "PLUMBLINE_HOSTS"},
		{"the API by its name", "GET", s.api + "/acme/shop/environments", "other", "", 401, "unauthenticated"},
		{"a page that writes an object", "PUT", s.s3 + object, "localhost", "https://example.org", 403, "PLUMBLINE_ORIGINS"},
		{"a page that deletes many", "POST", s.s3 + "/plumbline-local?delete", "localhost", "https://example.org", 403, "AccessDenied"},
		{"our own objects", "GET", s.s3 + "/plumbline-local/_plumbline/x", "localhost", "", 403, "AccessDenied"},
	} {
		status, header, body := ask(c.method, c.url, c.host, c.origin)
		if status != c.want || !strings.Contains(body, c.body) || header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %d, want %d: %s; headers %v", c.name, status, c.want, body, header)
		}
	}
}

func TestAPageThatIsSetMayReadAndWrite(t *testing.T) {
	t.Parallel()
	env := environ(t.TempDir(), "0")
	env["PLUMBLINE_ORIGINS"] = "http://localhost:5173"
	s := run(t, env)
	for _, url := range []string{s.s3 + "/plumbline-local/acme/k", s.api + "/acme/shop/environments"} {
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, url, strings.NewReader("x"))
		r.Header.Set("Origin", "http://localhost:5173")
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode == 403 || response.Header.Get("Access-Control-Allow-Origin") != "http://localhost:5173" {
			t.Errorf("%s: %d %v", url, response.StatusCode, response.Header)
		}
	}
}
