//go:build !unix

package budget

import "time"

var started = time.Now()

// processTime is how long the process has run, where what it computed is not known.
func processTime() time.Duration { return time.Since(started) }
