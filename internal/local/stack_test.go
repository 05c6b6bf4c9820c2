package local_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/local"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/setting"
)

// stack is a running stack as its user sees it: by what it prints, its API and its S3.
type stack struct {
	t              *testing.T
	api, s3, token string
	out            *output
	// stop ends it as Ctrl-C does and gives what it ended with; again, it does nothing.
	stop func() error
}

// environ are the settings of a stack on a folder, on free ports.
func environ(dir, sample string) map[string]string {
	return map[string]string{"PLUMBLINE_DATA": dir, "PLUMBLINE_SAMPLE": sample,
		"PLUMBLINE_ADDR": "127.0.0.1:0", "PLUMBLINE_S3_ADDR": "127.0.0.1:0"}
}

func load(t *testing.T, env map[string]string) setting.Settings {
	t.Helper()
	settings, err := setting.Load(func(name string) string { return env[name] }, setting.Local, nil)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// run starts a stack in this process and waits until it serves.
func run(t *testing.T, env map[string]string) *stack {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &stack{t: t, out: &output{}}
	ended := make(chan error, 1)
	go func() { ended <- local.Run(ctx, load(t, env), s.out, slog.New(slog.DiscardHandler)) }()
	s.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = s.stop() })
	s.introduced()
	return s
}

// introduced reads from the output where the stack serves.
func (s *stack) introduced() {
	s.t.Helper()
	lines := regexp.MustCompile(`(?s)API +(\S+).*S3 +(\S+).*token +(\S+)\n`)
	s.wait("the stack serves", func() bool {
		found := lines.FindStringSubmatch(s.out.String())
		if found != nil {
			s.api, s.s3, s.token = found[1], found[2], found[3]
		}
		return found != nil
	})
}

// wait waits until something is so.
func (s *stack) wait(what string, is func() bool) {
	s.t.Helper()
	for end := time.Now().Add(time.Minute); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			s.t.Fatalf("not within a minute: %s; output:\n%s", what, s.out)
		}
	}
}

// call asks the API and returns the status; the answer is decoded into out.
func (s *stack) call(method, path string, in, out any) int {
	s.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		s.t.Fatal(err)
	}
	if in == nil {
		body = nil
	}
	if !strings.HasPrefix(path, "http") {
		path = s.api + path
	}
	req, err := http.NewRequestWithContext(s.t.Context(), method, path, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && out != nil {
		err = json.Unmarshal(text, out)
	}
	if err != nil {
		s.t.Fatalf("%s %s: %s %s: %v", method, path, answer.Status, text, err)
	}
	return answer.StatusCode
}

// upload writes an object by the SDK.
func (s *stack) upload(key, text string) {
	s.t.Helper()
	client := awss3.New(awss3.Options{BaseEndpoint: &s.s3, Region: "us-east-1", UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "any", SecretAccessKey: "any"}, nil
		})})
	at := place.Location{Bucket: "plumbline-local", Key: key}
	if _, err := object.New(client).Put(s.t.Context(), at, strings.NewReader(text), object.PutOptions{}); err != nil {
		s.t.Fatal(err)
	}
}

// source is what is read of an import source.
type source struct {
	ID, EnvName, SourceURI, LastScannedAt, LastScanStatus string
	Running                                               *struct{ Progress int }
	LastScanSummary                                       struct {
		Trigger string
		Counts  struct{ Created, Updated, Unchanged, Proposed int }
	}
}

// register makes a source of project shop in environment default.
func (s *stack) register(key string) source {
	s.t.Helper()
	s.call(http.MethodPost, "/acme/shop/environments", map[string]string{"name": "default"}, nil)
	var made source
	status := s.call(http.MethodPost, "/acme/shop/import-sources", map[string]string{"envName": "default", "sourceKind": "tf-state",
		"sourceUri": "s3://plumbline-local/" + key}, &made)
	if status != http.StatusCreated {
		s.t.Fatalf("register %s: %d", key, status)
	}
	return made
}

func (s *stack) sources() (list []source) {
	s.t.Helper()
	s.call(http.MethodGet, "/acme/shop/import-sources", nil, &list)
	return list
}

// scanned waits until a source was scanned once more and returns it.
func (s *stack) scanned(was source) (is source) {
	s.t.Helper()
	s.wait("a scan of "+was.SourceURI, func() bool {
		s.call(http.MethodGet, "/acme/shop/import-sources/"+was.ID, nil, &is)
		return is.LastScannedAt != was.LastScannedAt && is.LastScanStatus != "running"
	})
	return is
}

// catalogue lists an environment's entities with their drift status.
func (s *stack) catalogue(env string) (all []string) {
	s.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Entities   []struct{ EntityType, Name, DriftStatus string }
			NextCursor string
		}
		s.call(http.MethodGet, "/acme/shop/envs/"+env+"/entities?limit=1000&cursor="+cursor, nil, &page)
		for _, e := range page.Entities {
			all = append(all, e.EntityType+" "+e.Name+" "+e.DriftStatus)
		}
		if cursor = page.NextCursor; cursor == "" {
			return all
		}
	}
}

// state is a tf-state of that many instances.
func state(serial, instances int) string {
	var resources []string
	for i := range instances {
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":"aws_instance","name":"web%d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
 "instances":[{"schema_version":1,"attributes":{"id":"i-%08x","instance_type":"m%d.large"},"sensitive_attributes":[]}]}`, i, i, serial))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1","outputs":{},"resources":[%s],"check_results":null}`,
		serial, strings.Join(resources, ","))
}

// output is what a stack prints; it may be read while that goes on.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
