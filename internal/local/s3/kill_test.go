package s3_test

import (
	"bufio"
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

// writerFolder makes the test binary a process that writes until it is killed.
const writerFolder = "PLUMBLINE_TEST_WRITER_FOLDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(writerFolder); dir != "" {
		fmt.Fprintln(os.Stderr, write(dir))
		os.Exit(1) // only a kill ends it in order
	}
	os.Exit(m.Run())
}

// write puts three keys again and again, each time with other content, and deletes
// one of them.
func write(dir string) error {
	server, err := s3.Open(dir, s3.Config{Buckets: []string{bucket}, KeepVersions: 3})
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		method, body := http.MethodPut, bytes.Repeat([]byte(fmt.Sprintln(i)), 20_000)
		if i%5 == 0 {
			method, body = http.MethodDelete, nil
		}
		target := fmt.Sprintf("/%s/key-%d", bucket, i%3)
		answer := httptest.NewRecorder()
		request := httptest.NewRequest(method, target, bytes.NewReader(body))
		request.Header.Set("Content-Length", fmt.Sprint(len(body)))
		server.Handler().ServeHTTP(answer, request)
		if answer.Code >= 300 {
			return fmt.Errorf("%s %s: %d %s", method, target, answer.Code, answer.Body)
		}
		fmt.Println(i)
	}
}

func TestAKilledWriterLeavesWholeObjects(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 4 {
		writer := exec.CommandContext(t.Context(), os.Args[0])
		writer.Env = append(os.Environ(), writerFolder+"="+dir)
		var complaints bytes.Buffer
		writer.Stderr = &complaints
		out, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 20+round*7 && lines.Scan(); n++ { // until so many were stored
		}
		if err := writer.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		writer.Wait() // the kill is its error
		if complaints.Len() > 0 {
			t.Fatal(complaints.String())
		}
		st := start(t, dir, s3.Config{})
		keys := st.keys(t)
		for _, key := range keys {
			info, err := st.store.Head(t.Context(), at(key))
			if err != nil {
				t.Fatal(err)
			}
			sum := md5.Sum([]byte(st.read(t, key, object.Pin{})))
			if hex.EncodeToString(sum[:]) != info.ETag {
				t.Errorf("round %d: %s is not what its record says", round, key)
			}
		}
		if len(keys) == 0 {
			t.Errorf("round %d: nothing was written", round)
		}
	}
}
