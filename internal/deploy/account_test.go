package deploy_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/table"
	"plumbline/internal/table/dynamo"
	"plumbline/internal/table/dynamo/dynamotest"
)

// account stands for an AWS account with the stack deployed: a DynamoDB table, S3 and
// SQS in this process, an issuer, and the functions as they are built for Lambda.
type account struct {
	t       *testing.T
	objects *object.Store
	table   table.Table // the one of the functions
	token   string
	fetched atomic.Int32 // of the issuer's keys

	environment []string
	folder      string

	mu       sync.Mutex
	changes  []s3.Event // not yet delivered
	messages []string   // in the queue of jobs
	running  map[string]*instance
}

func newAccount(t *testing.T) *account {
	t.Helper()
	client := dynamotest.Client(t)
	a := &account{t: t, running: map[string]*instance{}, folder: binaries(t)}
	s3Client, s3URL := startS3(t, a.changed)
	a.objects = object.New(s3Client)
	queue := httptest.NewServer(http.HandlerFunc(a.enqueue))
	t.Cleanup(queue.Close)

	const audience = "plumbline"
	var signer *auth.Signer
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.fetched.Add(1)
		signer.ServeHTTP(w, r)
	}))
	t.Cleanup(issuer.Close)
	signer, err := auth.NewSigner(t.TempDir(), issuer.URL, audience)
	if err != nil {
		t.Fatal(err)
	}
	if a.token, err = signer.Issue("acme", "alice", auth.Permissions(), time.Hour); err != nil {
		t.Fatal(err)
	}
	name := dynamotest.Create(t, client)
	a.table = dynamo.New(dynamo.Config{Client: client, Name: name})
	a.environment = []string{
		"AWS_REGION=" + fromEnvironment("AWS_REGION", "eu-west-1"),
		"AWS_ACCESS_KEY_ID=" + fromEnvironment("AWS_ACCESS_KEY_ID", "local"),
		"AWS_SECRET_ACCESS_KEY=" + fromEnvironment("AWS_SECRET_ACCESS_KEY", "local"),
		"AWS_ENDPOINT_URL_S3=" + s3URL, "AWS_ENDPOINT_URL_SQS=" + queue.URL,
		"DYNAMODB_ENDPOINT=" + os.Getenv("DYNAMODB_ENDPOINT"),
		"PLUMBLINE_TABLE=" + name, "PLUMBLINE_BUCKET=" + bucket,
		"PLUMBLINE_QUEUE_URL=" + queue.URL + "/123456789012/jobs",
		"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + startSecrets(t), "PLUMBLINE_DIGEST_KEY_SECRET=" + secretName,
		"PLUMBLINE_CURSOR_KEY=of the tests", "PLUMBLINE_ISSUER=" + issuer.URL, "PLUMBLINE_AUDIENCE=" + audience,
	}
	return a
}

// secretName is of the secret with the digest key.
const secretName = "plumbline/digest-key"

// startSecrets serves Secrets Manager with that secret alone.
func startSecrets(t testing.TB) (url string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var asked struct{ SecretId string }
		err := json.NewDecoder(r.Body).Decode(&asked)
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		if err != nil || r.Header.Get("X-Amz-Target") != "secretsmanager.GetSecretValue" || asked.SecretId != secretName {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"__type":"ResourceNotFoundException","Message":"there is no such secret"}`)
			return
		}
		fmt.Fprintf(w, `{"Name":%q,"SecretString":%q}`, secretName, digestKey)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func fromEnvironment(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// changed keeps what S3 would notify.
func (a *account) changed(event s3.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.changes = append(a.changes, event)
}

// takeChanges gives the notifications that are waiting.
func (a *account) takeChanges() []s3.Event {
	a.mu.Lock()
	defer a.mu.Unlock()
	changes := a.changes
	a.changes = nil
	return changes
}

// enqueue is SQS's SendMessage.
func (a *account) enqueue(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent struct{ MessageBody string }
	if err == nil {
		err = json.Unmarshal(body, &sent)
	}
	if err != nil || r.Header.Get("X-Amz-Target") != "AmazonSQS.SendMessage" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.messages = append(a.messages, sent.MessageBody)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	fmt.Fprintf(w, `{"MessageId":"%d","MD5OfMessageBody":"%x"}`, len(a.messages), md5Of(sent.MessageBody))
}

// takeMessages empties the queue of jobs.
func (a *account) takeMessages() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	messages := a.messages
	a.messages = nil
	return messages
}

// function gives the one instance of a function that is kept warm.
func (a *account) function(name string) *instance {
	a.t.Helper()
	if a.running[name] == nil {
		a.running[name] = a.start(name)
	}
	return a.running[name]
}

// start starts a new instance of a function.
func (a *account) start(name string) *instance {
	a.t.Helper()
	return start(a.t, filepath.Join(a.folder, name), a.environment)
}

var built struct {
	once   sync.Once
	folder string
	err    error
}

// binaries builds every function by make, as SAM does, once, for this machine.
func binaries(t testing.TB) string {
	t.Helper()
	ids := loadTemplate(t).functions()
	built.once.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "plumbline-functions-"); built.err != nil {
			return
		}
		arch := runtime.GOARCH
		if arch == "amd64" {
			arch = "x86_64"
		}
		for name, id := range ids {
			artifacts := filepath.Join(built.folder, id)
			command := exec.Command("make", "-C", root, "build-"+id, "ARTIFACTS_DIR="+artifacts, "ARCH="+arch)
			if text, err := command.CombinedOutput(); err != nil {
				built.err = fmt.Errorf("build %s: %w\n%s", name, err, text)
				return
			}
			if err := os.Rename(filepath.Join(artifacts, "bootstrap"), filepath.Join(built.folder, name)); err != nil {
				built.err = err
				return
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.folder
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// oneLine is what a function that cannot start has logged.
func oneLine(t *testing.T, log string) string {
	t.Helper()
	if strings.Count(log, "\n") != 1 {
		t.Fatalf("log is not one line:\n%s", log)
	}
	return log
}
