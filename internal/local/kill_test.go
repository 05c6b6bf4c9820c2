package local_test

import (
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func serve(t *testing.T, listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
}

// program builds the program once for all tests.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "plumbline")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "plumbline")
	return path, exec.Command("go", "build", "-o", path, "./cmd/plumbline").Run()
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := program(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// spawn starts a stack as a process of its own; kill ends it as kill -9 does.
func spawn(t *testing.T, env map[string]string) (s *stack, kill func()) {
	t.Helper()
	path, err := program()
	if err != nil {
		t.Fatal(err)
	}
	s = &stack{t: t, out: &output{}}
	command := exec.Command(path)
	command.Stdout, command.Stderr = s.out, s.out
	command.Env = os.Environ()
	for name, value := range maps.All(env) {
		command.Env = append(command.Env, name+"="+value)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	kill = sync.OnceFunc(func() { _ = command.Process.Kill(); _ = command.Wait() })
	t.Cleanup(kill)
	s.stop = func() error {
		if err := command.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		return command.Wait()
	}
	s.introduced()
	return s, kill
}

func TestAnImportThatIsKilledEndsInTheSameCatalogue(t *testing.T) {
	t.Parallel()
	const instances = 3000
	const key = "acme/web.tfstate"
	whole, _ := spawn(t, environ(t.TempDir(), "0"))
	made := whole.register(key)
	whole.upload(key, state(1, instances))
	whole.scanned(made)
	want := whole.catalogue("default")
	if len(want) < instances {
		t.Fatalf("%d entities of %d instances", len(want), instances)
	}
	if err := whole.stop(); err != nil {
		t.Errorf("Ctrl-C: %v", err)
	}

	dir := t.TempDir()
	s, kill := spawn(t, environ(dir, "0"))
	made = s.register(key)
	s.upload(key, state(1, instances))
	for _, progress := range []int{200, 1000} { // killed twice
		s.wait("the import is under way", func() bool {
			entities := len(s.catalogue("default"))
			if entities == len(want) {
				t.Fatal("the import was over before it could be killed")
			}
			return entities > progress
		})
		kill()
		s, kill = spawn(t, environ(dir, "0"))
	}
	if is := s.scanned(made); is.LastScanStatus != "succeeded" {
		t.Errorf("the import ended %s", is.LastScanStatus)
	}
	if diff := cmp.Diff(want, s.catalogue("default")); diff != "" {
		t.Errorf("catalogue (-undisturbed +killed):\n%s", diff)
	}
}
