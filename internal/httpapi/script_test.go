package httpapi_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"plumbline/internal/httpapi/httpscript"
)

// TestScripts runs each script against a stack of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/scripts/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("scripts: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := newStack(t)
			httpscript.Run(t, archive, s.script())
			for line := range strings.Lines(s.log.String()) {
				// A script may have a scan fail; the API must not.
				if strings.Contains(line, "level=ERROR") && !strings.Contains(line, `msg="scan failed"`) {
					t.Errorf("the script left an error in the log: %s", line)
				}
			}
		})
	}
}
