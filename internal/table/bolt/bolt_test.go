package bolt_test

import (
	"path/filepath"
	"testing"
	"time"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
	"plumbline/internal/table/tabletest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	tabletest.Run(t, func(t *testing.T, now func() time.Time) table.Table {
		return open(t, filepath.Join(t.TempDir(), "table.db"), now)
	})
}

// open opens the table and closes it when the test ends.
func open(t testing.TB, path string, now func() time.Time) *bolt.Table {
	t.Helper()
	opened, err := bolt.Open(path, bolt.Config{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(); err != nil {
			t.Error(err)
		}
	})
	return opened
}
