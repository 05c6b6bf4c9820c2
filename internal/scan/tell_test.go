package scan_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/scan"
)

func TestAScanThatEndsFailedIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	s.bucket.fail = func(string, string) error { return object.ErrDenied }
	s.run(src, func(r *scan.Request) { r.DryRun = true })
	if s.log.Len() > 0 {
		t.Fatalf("logged before any scan has failed: %s", s.log)
	}
	got := s.run(src)
	s.mustStatus(got, drift.ScanFailed)
	if lines := strings.Count(s.log.String(), "\n"); lines != 1 {
		t.Fatalf("%d lines, want 1: %s", lines, s.log)
	}
	var line map[string]string
	if err := json.Unmarshal(s.log.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	delete(line, "time")
	want := map[string]string{"level": "ERROR", "msg": "scan failed", "source": src.ID.String(), "scan": got.ID.String(),
		"status": "failed", "reason": got.Summary.Reason}
	if diff := cmp.Diff(want, line); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
}
