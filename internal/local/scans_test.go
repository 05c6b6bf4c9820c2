package local_test

import (
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local"
)

// ended gives the lines of the log on scans that have ended.
func ended(t *testing.T, log string) (lines []map[string]any) {
	t.Helper()
	for text := range strings.Lines(log) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if line["msg"] == "scan ended" {
			lines = append(lines, line)
		}
	}
	return lines
}

// logging starts a stack whose output is its log, a line of JSON for each record.
func logging(t *testing.T) *stack {
	t.Helper()
	log := &output{}
	started, err := local.Start(t.Context(), load(t, environ(t.TempDir(), "0")), slog.New(slog.NewJSONHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = started.Stop() })
	return &stack{t: t, api: started.API, s3: started.S3, token: started.Token, out: log}
}

func TestEveryScanThatEndsIsOneLineOfTheLog(t *testing.T) {
	t.Parallel()
	s := logging(t)

	made := s.register("acme/web.tfstate")
	s.upload("acme/web.tfstate", state(1, 3))
	made = s.scanned(made)
	s.upload("acme/web.tfstate", state(2, 4))
	made = s.scanned(made)
	s.upload("acme/web.tfstate", "{")
	made = s.scanned(made)
	s.call("POST", "/acme/shop/import-sources/"+made.ID+"/rescan", map[string]any{"dryRun": true}, nil)

	s.wait("a line for each scan", func() bool { return len(ended(t, s.out.String())) >= 3 })
	lines := ended(t, s.out.String())
	if len(lines) != 3 {
		t.Fatalf("%d lines of 3 scans:\n%s", len(lines), s.out)
	}
	for i, want := range []map[string]any{
		{"level": "INFO", "outcome": "succeeded", "declared": 5.0, "created": 5.0, "updated": 0.0, "unchanged": 0.0, "failed": 0.0},
		{"level": "INFO", "outcome": "succeeded", "declared": 6.0, "created": 1.0, "updated": 4.0, "unchanged": 1.0, "failed": 0.0},
		{"level": "ERROR", "outcome": "failed", "declared": 0.0, "created": 0.0, "updated": 0.0, "unchanged": 0.0, "failed": 0.0},
	} {
		want["source"], want["document"] = "s3://plumbline-local/acme/web.tfstate", "s3://plumbline-local/acme/web.tfstate"
		want["project"], want["environment"], want["trigger"] = "acme/shop", "default", "upload"
		got := maps.Clone(lines[i])
		maps.DeleteFunc(got, func(name string, _ any) bool { return !slices.Contains(slices.Collect(maps.Keys(want)), name) })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("line %d (-want +got):\n%s", i, diff)
		}
		if ms, ok := lines[i]["ms"].(float64); !ok || ms < 0 || ms > 60_000 {
			t.Errorf("line %d took %v", i, lines[i]["ms"])
		}
	}
	if reason, _ := lines[2]["reason"].(string); reason == "" {
		t.Errorf("the scan that failed has no reason: %v", lines[2])
	}
}

func TestAScanOfManyDocumentsNamesTheOneThatItRead(t *testing.T) {
	t.Parallel()
	s := logging(t)
	s.upload("acme/many/a.tfstate", state(1, 1))
	s.upload("acme/many/b.tfstate", strings.ReplaceAll(state(1, 1), "l-1", "l-2"))
	made := s.register("acme/many/*.tfstate")
	rescan := "/acme/shop/import-sources/" + made.ID + "/rescan"
	s.call("POST", rescan, nil, nil)
	s.upload("acme/many/b.tfstate", strings.ReplaceAll(state(2, 2), "l-1", "l-2"))
	s.call("POST", rescan, nil, nil)
	var documents []string
	s.wait("a line for each scan", func() bool { return len(ended(t, s.out.String())) >= 2 })
	for _, line := range ended(t, s.out.String()) {
		documents = append(documents, line["document"].(string))
	}
	if diff := cmp.Diff([]string{"2 documents", "s3://plumbline-local/acme/many/b.tfstate"}, documents); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}
