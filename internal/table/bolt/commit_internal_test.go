package bolt

import (
	"errors"
	"io/fs"
	"syscall"
	"testing"

	"plumbline/internal/table"
)

// A full disk cannot be had in a test, so its error is made here.
func TestAFullDiskIsTold(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		nil: false, &fs.PathError{Op: "write", Path: "table.db", Err: syscall.ENOSPC}: true,
		&fs.PathError{Op: "write", Path: "table.db", Err: syscall.EDQUOT}: true, &fs.PathError{Op: "write", Path: "table.db", Err: syscall.EIO}: false,
	} {
		if got := full(err); errors.Is(got, table.ErrFull) != want || !errors.Is(got, err) {
			t.Errorf("%v became %v", err, got)
		}
	}
}
