package door_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"plumbline/internal/local/door"
)

func serve(d door.Door, r *http.Request) *httptest.ResponseRecorder {
	d.Refuse = func(w http.ResponseWriter, reason string) { http.Error(w, reason, http.StatusForbidden) }
	inner := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	recorder := httptest.NewRecorder()
	d.Hosts(d.Writes(inner)).ServeHTTP(recorder, r)
	return recorder
}

func TestOnlyNamesOfThisMachineAreHosts(t *testing.T) {
	t.Parallel()
	d := door.Door{Names: []string{"plumbline", "192.168.1.5"}}
	for host, admitted := range map[string]bool{
		"localhost": true, "localhost:3900": true, "LocalHost.": true, "bucket.localhost:3900": true,
		"127.0.0.1": true, "127.0.0.1:80": true, "127.8.8.8": true, "[::1]": true, "[::1]:3900": true, "[::ffff:127.0.0.1]:1": true,
		"plumbline:3900": true, "Plumbline": true, "192.168.1.5": true,
		"": false, "example.org": false, "localhost.example.org": false, "notlocalhost": false, "127.0.0.1.example.org:3900": false,
		"192.168.1.6:3900": false, "0.0.0.0": false, "[::]": false, "169.254.169.254": false, "2130706433": false,
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		if got := serve(d, r).Code == http.StatusTeapot; got != admitted {
			t.Errorf("host %q admitted: %v", host, got)
		}
	}
}

func TestAPageOfAnotherOrigin(t *testing.T) {
	t.Parallel()
	const page = "http://localhost:5173"
	for _, c := range []struct {
		name, method string
		header       map[string]string
		origins      []string
		want         int
		readable     bool
	}{
		{"no page", "PUT", nil, nil, 418, false},
		{"our own page", "PUT", map[string]string{"Origin": "http://localhost:3900", "Sec-Fetch-Site": "same-origin"}, nil, 418, false},
		{"a form of another page", "POST", map[string]string{"Origin": "https://example.org"}, nil, 403, false},
		{"one that hides its origin", "POST", map[string]string{"Origin": "null"}, nil, 403, false},
		{"one of another port of this machine", "DELETE", map[string]string{"Origin": page, "Sec-Fetch-Site": "same-site"}, nil, 403, false},
		{"a question whether it may", "OPTIONS", map[string]string{"Origin": page, "Access-Control-Request-Method": "PUT"}, nil, 418, false},
		{"a read", "GET", map[string]string{"Origin": page, "Sec-Fetch-Site": "cross-site"}, nil, 418, false},
		{"a page that is allowed", "PUT", map[string]string{"Origin": page, "Sec-Fetch-Site": "same-site"}, []string{page}, 418, true},
		{"its question", "OPTIONS", map[string]string{"Origin": page, "Access-Control-Request-Method": "PUT",
			"Access-Control-Request-Headers": "authorization"}, []string{page}, 204, true},
		{"another page beside it", "PUT", map[string]string{"Origin": page + "1"}, []string{page}, 403, false},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Host = "localhost:3900"
		for name, value := range c.header {
			r.Header.Set(name, value)
		}
		got := serve(door.Door{Origins: c.origins}, r)
		if got.Code != c.want || (got.Header().Get("Access-Control-Allow-Origin") == page) != c.readable {
			t.Errorf("%s: %d, want %d; headers %v", c.name, got.Code, c.want, got.Header())
		}
		if c.name == "its question" && got.Header().Get("Access-Control-Allow-Headers") != "authorization" {
			t.Errorf("%s: headers %v", c.name, got.Header())
		}
	}
}
