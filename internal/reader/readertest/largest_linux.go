package readertest

import (
	"os"
	"syscall"
)

// largest is how much memory a process had at most, in bytes.
func largest(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return usage.Maxrss << 10
}
