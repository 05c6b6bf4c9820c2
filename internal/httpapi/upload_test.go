package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/drift"
	"plumbline/internal/httpapi"
	"plumbline/internal/scan"
)

// talk sends a request as it is written, waits where a line says so, and gives all that
// the server answers until it closes the connection or an answer is whole.
func (s *stack) talk(t *testing.T, pace httpapi.Pace, parts ...string) (*http.Response, string, bool) {
	t.Helper()
	verifier, err := auth.NewVerifier(auth.Config{Issuer: issuer, Audience: []string{audience}, Keys: s.signer.Keys})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(httpapi.New(httpapi.Config{Verify: verifier.Verify, Pace: pace,
		Log: slog.New(slog.NewTextHandler(s.log, nil))}, groupsOf(s.deps)...))
	t.Cleanup(server.Close)
	connection, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(20 * time.Second))
	token, err := s.token("owner")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for _, part := range parts {
			if pause, err := time.ParseDuration(part); err == nil {
				time.Sleep(pause)
			} else if _, err := io.WriteString(connection, strings.ReplaceAll(part, "TOKEN", token)); err != nil {
				return
			}
		}
	}()
	reader := bufio.NewReader(connection)
	response, err := http.ReadResponse(reader, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if !response.Close {
		return response, string(body), false
	}
	_, err = reader.ReadByte() // ended, or reset under what was still being sent
	return response, string(body), err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
}

func post(path, rest string) string {
	return "POST " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: TOKEN\r\nContent-Type: application/json\r\n" + rest
}

func TestBodiesThatBreakOff(t *testing.T) {
	t.Parallel()
	quick := httpapi.Pace{Grace: 300 * time.Millisecond, PerSecond: 64 << 10}
	for name, c := range map[string]struct {
		parts  []string
		status int
		code   string
	}{
		"a body that stops":             {[]string{"Content-Length: 100\r\n\r\n{\"na"}, 408, "body_timeout"},
		"a body that never comes":       {[]string{"Content-Length: 100\r\n\r\n"}, 408, "body_timeout"},
		"a body that trickles":          {append([]string{"Content-Length: 100\r\n\r\n{"}, strings.Split(strings.Repeat("100ms, ,", 20), ",")...), 408, "body_timeout"},
		"chunks that stop":              {[]string{"Transfer-Encoding: chunked\r\n\r\n5\r\n{\"nam\r\n"}, 408, "body_timeout"},
		"a chunk without a size":        {[]string{"Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n"}, 400, "invalid_request"},
		"a chunk longer than it says":   {[]string{"Transfer-Encoding: chunked\r\n\r\n2\r\n{\"name\": \"x\"}\r\n0\r\n\r\n"}, 400, "invalid_request"},
		"a chunk of a size that no int": {[]string{"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n"}, 400, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			parts := append([]string{post("/acme/shop/environments", c.parts[0])}, c.parts[1:]...)
			response, body, closed := s.talk(t, quick, parts...)
			if response.StatusCode != c.status || !strings.Contains(body, `"code":"`+c.code+`"`) {
				t.Errorf("%d %s, want %d %s", response.StatusCode, body, c.status, c.code)
			}
			if !closed {
				t.Error("the connection stays open, with what is left of the body in it")
			}
			if logged := s.log.String(); strings.Contains(logged, "level=ERROR") {
				t.Errorf("logged: %s", logged)
			}
		})
	}
}

// TestABodyThatNobodyReadsHoldsNothing refuses the request before its body: the server
// would read the rest before it answers.
func TestABodyThatNobodyReadsHoldsNothing(t *testing.T) {
	t.Parallel()
	began := time.Now()
	response, _, _ := newStack(t).talk(t, httpapi.Pace{Grace: 300 * time.Millisecond, PerSecond: 64 << 10},
		"POST /acme/shop/environments HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
	if response.StatusCode != http.StatusUnauthorized || time.Since(began) > 10*time.Second {
		t.Errorf("%d after %s", response.StatusCode, time.Since(began))
	}
}

// TestABodyMayTakeItsTime sends one that is slower than the grace, but quick enough for
// its bytes.
func TestABodyMayTakeItsTime(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	pace := httpapi.Pace{Grace: 400 * time.Millisecond, PerSecond: 10}
	body := `{"name": "prod"}`
	response, answer, _ := s.talk(t, pace, post("/acme/shop/environments", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body[:15])),
		"600ms", body[15:])
	if response.StatusCode != http.StatusCreated {
		t.Errorf("%d %s", response.StatusCode, answer)
	}
}

// TestTheDeadlineOfABodyIsNotItsHandlers has a handler that takes longer than any body
// may.
func TestTheDeadlineOfABodyIsNotItsHandlers(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	source := s.sourceOf(t)
	s.deps.Rescan = func(ctx context.Context, _ scan.Request) (drift.Scan, error) {
		select {
		case <-ctx.Done():
			return drift.Scan{}, ctx.Err()
		case <-time.After(600 * time.Millisecond):
			return drift.Scan{Trigger: drift.TriggerAPI, StartedAt: s.clock.Now(), Status: drift.ScanRunning}, nil
		}
	}
	body := `{"envName": "default"}`
	response, answer, _ := s.talk(t, httpapi.Pace{Grace: 200 * time.Millisecond, PerSecond: 64 << 10},
		post(source+"/rescan", fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)))
	if response.StatusCode != http.StatusOK {
		t.Errorf("%d %s", response.StatusCode, answer)
	}
}
