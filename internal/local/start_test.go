package local_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/local"
	"plumbline/internal/local/s3"
)

// refused starts a stack that cannot start and returns why.
func refused(t *testing.T, env map[string]string) string {
	t.Helper()
	err := local.Run(t.Context(), load(t, env), io.Discard, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("it has started")
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
	return err.Error()
}

func TestASecondStartOnAFolderSaysSo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t, environ(dir, "0"))
	if got, want := refused(t, environ(dir, "0")), "PLUMBLINE_DATA: another process runs on "+dir; got != want {
		t.Errorf("second start: %s, want %s", got, want)
	}
}

func TestAPortInUseIsNamedWithItsSetting(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, name := range []string{"PLUMBLINE_ADDR", "PLUMBLINE_S3_ADDR"} {
		dir := t.TempDir()
		env := environ(dir, "0")
		env[name] = taken.Addr().String()
		if got := refused(t, env); !strings.HasPrefix(got, name+": ") || !strings.Contains(got, "in use") {
			t.Errorf("a taken %s: %s", name, got)
		}
		env[name] = "127.0.0.1:0"
		if err := run(t, env).stop(); err != nil {
			t.Errorf("the folder is free again: %v", err)
		}
	}
}

func TestWhatWasUploadedAndNotToldIsScannedAfterAStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "0"))
	made := s.register("acme/web.tfstate")
	s.upload("acme/web.tfstate", state(1, 3))
	made = s.scanned(made)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	// The object comes to the disk, and the process dies before it tells.
	writeObject(t, dir, "acme/web.tfstate", state(2, 4))
	s = run(t, environ(dir, "0"))
	made = s.scanned(made)
	if got := made.LastScanSummary.Counts; got.Created != 1 || got.Updated == 0 {
		t.Errorf("the scan after the start: %+v", got)
	}
}

// writeObject writes an object into the folder of a stack that does not run.
func writeObject(t *testing.T, dir, key, text string) {
	t.Helper()
	server, err := s3.Open(filepath.Join(dir, "objects"), s3.Config{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serve(t, listener, server.Handler())
	silent := &stack{t: t, s3: "http://" + listener.Addr().String()}
	silent.upload(key, text)
}

func TestWhatIsSecretIsForItsOwnerAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := run(t, environ(dir, "0")).stop(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"token", "digest-key", "signing-key.pem", "table.db", "jobs.db"} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v, want mode 0600", name, info, err)
		}
	}
}

func TestAnUncleanPathIsNoRoute(t *testing.T) {
	t.Parallel()
	s := run(t, environ(t.TempDir(), "0"))
	answer, err := http.Get(s.api + "/acme//import-sources")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNotFound {
		t.Errorf("answered with %s, redirected to %s", answer.Status, answer.Request.URL)
	}
}
