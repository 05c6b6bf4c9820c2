package house_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The JSON library's omitempty drops whatever encodes as empty: {}, [] and "" would be
// stored and sent as none. omitzero drops what is not set, and nothing else.
func TestWhatIsStoredOrSentIsNotDroppedForBeingEmpty(t *testing.T) {
	t.Parallel()
	for _, s := range sources(t) {
		switch s.within() {
		case "store", "httpapi", "catalog", "drift", "reconcile", "report", "scan":
		default:
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(s.path)))
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range strings.Split(string(text), "\n") {
			if strings.Contains(line, ",omitempty") {
				t.Errorf("%s:%d: omitempty", s.path, n+1)
			}
		}
	}
}
