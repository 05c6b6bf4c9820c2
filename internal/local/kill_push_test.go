package local_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ask is a call whose answer may be lost with the stack.
func (s *stack) ask(method, path, body string) (status int, answer string) {
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.api+path, strings.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

func TestAPushAfterAKilledOneWaitsForNobody(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, kill := spawn(t, environ(dir, "0"))
	s.call(http.MethodPost, "/acme/shop/environments", map[string]string{"name": "default"}, nil)
	var made source
	s.call(http.MethodPost, "/acme/shop/import-sources", map[string]string{"envName": "default", "sourceKind": "tf-state",
		"sourceUri": "ci/pushed"}, &made)
	rescan := "/acme/shop/import-sources/" + made.ID + "/rescan"
	push := func(names int) string {
		var items []string
		for i := range names {
			items = append(items, `{"kind":"Entity","entityType":"server","name":"s`+strings.Repeat("x", i%300)+string(rune('a'+i%26))+strings.Repeat("y", i/300)+`","properties":{"cpus":1}}`)
		}
		return `{"envName":"default","items":[` + strings.Join(items, ",") + `]}`
	}
	killed, many := *s, push(8000)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		killed.ask(http.MethodPost, rescan, many)
	}()
	s.wait("the push is under way", func() bool { return len(s.catalogue("default")) > 100 })
	kill()
	<-ended
	s, _ = spawn(t, environ(dir, "0"))
	start := time.Now()
	status, answer := s.ask(http.MethodPost, rescan, push(1))
	if took := time.Since(start); status != http.StatusOK || took > 10*time.Second {
		t.Errorf("the next push: %d after %v: %.200s", status, took, answer)
	}
	if _, history := s.ask(http.MethodGet, "/acme/shop/import-sources/"+made.ID+"/scans", ""); !strings.Contains(history, "cut short") {
		t.Errorf("the killed push is not in the history: %.300s", history)
	}
}
