//go:build unix

package budget

import (
	"syscall"
	"time"
)

// processTime is what the process has computed so far, on all its processors.
func processTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
