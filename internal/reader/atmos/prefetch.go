package atmos

import (
	"io/fs"
	"strings"
	"sync"
)

// prefetch reads the manifests below the stacks side by side, so that the time that
// each takes to come does not add up. What cannot be read is told when it is needed.
func (r *run) prefetch(n int) {
	if n < 2 {
		return
	}
	names := make(chan string)
	var wait sync.WaitGroup
	for range n {
		wait.Go(func() {
			for name := range names {
				_, _ = r.open(name)
			}
		})
	}
	_ = fs.WalkDir(r.estate.FS, r.config.stacks, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && isManifest(name) {
			names <- name
		}
		return r.ctx.Err()
	})
	close(names)
	wait.Wait()
}

func isManifest(name string) bool {
	for _, ext := range extensions {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}
