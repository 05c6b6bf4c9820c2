package deploy_test

import (
	"cmp"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"plumbline/internal/auth"
)

// How much longer a function may take than one that does nothing and links the same
// clients: from its start to its first answer, and for each further one. The limits
// are held from enough starts on: each is a few milliseconds, which other work on the
// machine blurs.
const (
	mostStart = 1.5
	mostWarm  = 2.0
	enough    = 60
)

// BenchmarkFunctions starts every function as it is built for Lambda until its first
// answer, and then invokes it warm. An API's function first refuses a request without a
// token, and then requests of a caller that end in 400 before the table. The others get
// an event that has nothing for them. The schedule alone is exempt from both limits: it
// asks the table before its first answer and before each further one.
func BenchmarkFunctions(b *testing.B) {
	folder := binaries(b)
	bare := filepath.Join(b.TempDir(), "bare")
	build := exec.Command("go", "build", "-tags", "lambda.norpc", "-trimpath", "-ldflags=-s -w -buildid=", "-o", bare, "./functions/internal/bare")
	build.Dir, build.Env = root, append(build.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, text)
	}
	environment, event := idle(b)
	for name, id := range loadTemplate(b).functions() {
		b.Run(id, func(b *testing.B) {
			ours, base := sample{binary: filepath.Join(folder, name)}, sample{binary: bare}
			first, warmed := event(name)
			for range b.N {
				// One after the other, so that both see the same machine.
				for range startsEach {
					base.start(b, environment, first).stop()
					ours.start(b, environment, first).stop()
				}
				base.warmUp(b, environment, first, warmed)
				ours.warmUp(b, environment, first, warmed)
			}
			start, warm := ours.ratios(base)
			b.ReportMetric(float64(median(ours.starts).Microseconds())/1000, "start-ms")
			b.ReportMetric(start, "start-ratio")
			b.ReportMetric(float64(median(ours.warm).Microseconds()), "warm-us")
			b.ReportMetric(warm, "warm-ratio")
			if len(ours.starts) < enough || name == "rescan-schedule" {
				return
			}
			if start > mostStart {
				b.Errorf("%s: start %.2f of the bare function's, at most %.1f", name, start, mostStart)
			}
			if warm > mostWarm {
				b.Errorf("%s: warm %.2f of the bare function's, at most %.1f", name, warm, mostWarm)
			}
		})
	}
}

// sample is what one binary took.
type sample struct {
	binary       string
	starts, warm []time.Duration
}

// startsEach is how many starts there are for each series of warm invokes.
const startsEach = 4

// start starts the binary and waits for its first answer.
func (s *sample) start(b *testing.B, environment []string, first any) *instance {
	began := time.Now()
	i := start(b, s.binary, environment)
	if _, err := i.invoke(first); err != nil {
		b.Fatal(err)
	}
	s.starts = append(s.starts, time.Since(began))
	return i
}

// warmUp invokes the binary 200 times after the first answer and one more, with which
// an API's function fetches the issuer's keys.
func (s *sample) warmUp(b *testing.B, environment []string, first, warm any) {
	i := s.start(b, environment, first)
	defer i.stop()
	for n := range 201 {
		began := time.Now()
		if _, err := i.invoke(warm); err != nil {
			b.Fatal(err)
		}
		if n > 0 {
			s.warm = append(s.warm, time.Since(began))
		}
	}
}

// ratios are medians: of the starts, each against the one before it of the other
// binary, and of all invokes.
func (s *sample) ratios(base sample) (start, warm float64) {
	starts := make([]float64, len(s.starts))
	for n := range starts {
		starts[n] = float64(s.starts[n]) / float64(base.starts[n])
	}
	return median(starts), float64(median(s.warm)) / float64(median(base.warm))
}

func median[T cmp.Ordered](of []T) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// idle gives what the functions need to run without an account, and the events for each.
func idle(b *testing.B) (environment []string, event func(function string) (first, warm any)) {
	b.Helper()
	var signer *auth.Signer
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { signer.ServeHTTP(w, r) }))
	b.Cleanup(issuer.Close)
	signer, err := auth.NewSigner(b.TempDir(), issuer.URL, "plumbline")
	if err != nil {
		b.Fatal(err)
	}
	token, err := signer.Issue("acme", "alice", auth.Permissions(), time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = io.WriteString(w, `{"Items":[],"Count":0}`) // of a table in which nothing is due
	}))
	b.Cleanup(empty.Close)
	environment = []string{
		"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local", "DYNAMODB_ENDPOINT=" + empty.URL,
		"PLUMBLINE_TABLE=plumbline", "PLUMBLINE_BUCKET=" + bucket, "PLUMBLINE_QUEUE_URL=" + empty.URL + "/jobs", "PLUMBLINE_DIGEST_KEY=" + digestKey,
		"PLUMBLINE_CURSOR_KEY=of the tests", "PLUMBLINE_ISSUER=" + issuer.URL,
	}
	refused := map[string][2]string{ // method and resource of a request that is 400
		"import-sources": {"POST", collection}, "rescan": {"POST", collection + "/{id}/rescan"},
		"drift-proposals": {"POST", collection + "/{id}/drift-proposals/decide"},
		"environments":    {"POST", "/{o}/{p}/environments"}, "entity-types": {"POST", "/{o}/{p}/entity-types"},
		"describe-stacks": {"GET", collection + "/{id}/describe-stacks"},
		"entities":        {"GET", "/{o}/{p}/envs/{env}/entities"}, "docs": {"GET", "/docs"},
	}
	caller, nobody := &account{token: token}, &account{}
	return environment, func(function string) (first, warm any) {
		request, isAPI := refused[function]
		switch {
		case isAPI:
			of := func(a *account) any {
				return a.request(request[0], request[1], project("env", "prod"), "limit=none", "[")
			}
			return of(nobody), of(caller)
		case function == "rescan-queue":
			return events.SQSEvent{}, events.SQSEvent{}
		case function == "authorizer":
			of := func(token string) any {
				return map[string]string{"type": "TOKEN", "authorizationToken": "Bearer " + token,
					"methodArn": "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/acme/shop/import-sources"}
			}
			return of("no.token.atall"), of(caller.token)
		}
		nothing := map[string]string{"Event": "s3:TestEvent"}
		return nothing, nothing
	}
}
