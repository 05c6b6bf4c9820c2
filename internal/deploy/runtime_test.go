package deploy_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// instance is one running function: its process, and the Runtime API that it asks for
// events. Source of the protocol: "Using the Lambda runtime API", version 2018-06-01.
type instance struct {
	events  chan invocation
	waiting sync.Map // invocation by id
	ended   chan struct{}
	log     *output
	stop    func()
}

// invocation is one event on its way through a function.
type invocation struct {
	id     string
	event  []byte
	answer chan result
}

// result is what a function answered.
type result struct {
	body   []byte
	failed bool
}

const runtimeAPI = "/2018-06-01/runtime/"

// start runs a binary with these variables, and nothing else in its environment. It is
// ended with the test.
func start(t testing.TB, binary string, environment []string) *instance {
	t.Helper()
	i := &instance{events: make(chan invocation), ended: make(chan struct{}), log: &output{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+runtimeAPI+"invocation/next", i.next)
	mux.HandleFunc("POST "+runtimeAPI+"invocation/{id}/{outcome}", i.done)
	server := httptest.NewServer(mux)
	process := exec.Command(binary)
	process.Env = append(environment, "AWS_LAMBDA_RUNTIME_API="+strings.TrimPrefix(server.URL, "http://"))
	process.Stdout, process.Stderr = i.log, i.log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = process.Wait()
		close(i.ended)
	}()
	i.stop = sync.OnceFunc(func() {
		_ = process.Process.Kill()
		<-i.ended
		server.CloseClientConnections()
		server.Close()
	})
	t.Cleanup(func() {
		i.stop()
		if t.Failed() {
			t.Logf("%s:\n%s", binary, i.log.String())
		}
	})
	return i
}

// next gives the function its next event.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	select {
	case sent := <-i.events:
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", sent.id)
		w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
		w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:plumbline")
		_, _ = w.Write(sent.event)
	case <-r.Context().Done():
	case <-i.ended:
	}
}

// done takes the function's answer, or its error.
func (i *instance) done(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	sent, known := i.waiting.LoadAndDelete(r.PathValue("id"))
	if err != nil || !known {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusAccepted)
	sent.(invocation).answer <- result{body: body, failed: r.PathValue("outcome") != "response"}
}

var invocations struct {
	sync.Mutex
	count int
}

// invoke sends an event and waits for the answer; an error is one that the function
// reported, or its end.
func (i *instance) invoke(event any) ([]byte, error) {
	text, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	invocations.Lock()
	invocations.count++
	sent := invocation{id: fmt.Sprintf("request-%d", invocations.count), event: text, answer: make(chan result, 1)}
	invocations.Unlock()
	i.waiting.Store(sent.id, sent)
	select {
	case i.events <- sent:
	case <-i.ended:
		return nil, fmt.Errorf("the function has ended:\n%s", i.log.String())
	}
	select {
	case got := <-sent.answer:
		if got.failed {
			return nil, fmt.Errorf("the function failed: %s", got.body)
		}
		return got.body, nil
	case <-i.ended:
		return nil, fmt.Errorf("the function ended:\n%s", i.log.String())
	}
}

// output is what a process has printed.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(text)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
