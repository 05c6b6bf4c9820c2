package store_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever looks for what a key means finds it, and all that is read from it, in one file.
func TestPrefixesOfKeysStandInKeysAlone(t *testing.T) {
	t.Parallel()
	prefix := regexp.MustCompile(`"#?[A-Z]#`)
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for _, name := range files {
		if name == "keys.go" || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := prefix.FindAllString(string(text), -1); len(found) > 0 {
			t.Errorf("%s: %q", name, found)
		}
	}
}
