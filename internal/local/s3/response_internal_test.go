package s3

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

// A full disk cannot be had in a test, so its error is made here.
func TestAFullDiskIsReported(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		code   string
		logged string
	}{
		"the disk":    {&fs.PathError{Op: "write", Path: "objects/tmp/body-1", Err: syscall.ENOSPC}, 507, "InsufficientStorage", "the disk is full"},
		"the quota":   {errors.Join(&fs.PathError{Op: "write", Path: "f", Err: syscall.EDQUOT}), 507, "InsufficientStorage", "the disk is full"},
		"another one": {&fs.PathError{Op: "write", Path: "f", Err: syscall.EIO}, 500, "InternalError", "request failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			recorder := httptest.NewRecorder()
			w := &response{ResponseWriter: recorder, log: slog.New(slog.NewTextHandler(&log, nil)), request: slog.String("request", "PUT /b/k")}
			w.refuse(c.err)
			if recorder.Code != c.status || !strings.Contains(recorder.Body.String(), "<Code>"+c.code+"</Code>") {
				t.Errorf("responded %d %s", recorder.Code, recorder.Body)
			}
			if strings.Contains(recorder.Body.String(), "body-1") {
				t.Errorf("the response names a file of ours: %s", recorder.Body)
			}
			if !strings.Contains(log.String(), c.logged) || !strings.Contains(log.String(), `request="PUT /b/k"`) {
				t.Errorf("logged %q", &log)
			}
		})
	}
}
