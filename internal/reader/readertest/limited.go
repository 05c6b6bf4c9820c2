// Package readertest runs what is made to exhaust a reader where it can do no harm.
//
// Its one invariant: a case that takes more than it may fails alone; the test's own
// process, and the machine, go on.
//
// Start at [Limited].
package readertest

import (
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Limits of a process that runs one case: what a function of 1,024 MB has, and what it
// may compute. The clock says nothing on a machine that does other things.
const (
	MemoryBytes = 1 << 30
	Time        = 2 * time.Minute
	patience    = 20 * time.Minute
)

const variable = "PLUMBLINE_TEST_LIMITED"

// Limited runs the rest of a test in a process of its own, which may not grow beyond
// [MemoryBytes], nor compute for longer than [Time]. The test must not have done anything
// before, and must not be called in a loop that other tests share.
func Limited(t *testing.T, do func(t *testing.T)) {
	t.Helper()
	if os.Getenv(variable) == t.Name() {
		do(t)
		return
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	// Above what the case may take, so that it fails by its size, and far below the machine's.
	const cage = "ulimit -v 4000000 -t 240 2>/dev/null; exec \"$0\" \"$@\""
	cmd := exec.CommandContext(ctx, "sh", "-c", cage, os.Args[0], "-test.run="+only(t.Name()), "-test.count=1")
	cmd.Env = append(os.Environ(), variable+"="+t.Name(), "GOMEMLIMIT=900MiB", "GOMAXPROCS=2")
	out, err := cmd.CombinedOutput()
	text := string(out)
	switch {
	case ctx.Err() != nil:
		t.Fatalf("it runs longer than %s", patience)
	case err != nil:
		t.Fatalf("%v:\n%s", err, text[:min(len(text), 4000)])
	case strings.Contains(text, "no tests to run"):
		t.Fatal("the process ran nothing")
	}
	used := largest(cmd.ProcessState)
	took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	t.Logf("%d MiB, %s of CPU", used>>20, took.Round(time.Millisecond))
	if took > Time {
		t.Errorf("it computed for %s, at most %s", took, Time)
	}
	if used > MemoryBytes {
		t.Errorf("it took %d MiB of memory, at most %d", used>>20, MemoryBytes>>20)
	}
}

// only is the pattern of a test's name alone.
func only(name string) string {
	parts := strings.Split(name, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}
