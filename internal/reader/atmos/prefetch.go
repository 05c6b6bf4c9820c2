package atmos

import (
	"io/fs"
	"strings"

	"plumbline/internal/parallel"
)

// prefetch reads the manifests below the stacks side by side, so that the time that
// each takes to come does not add up. What cannot be read is told when it is needed;
// an error is a panic of the reading.
func (r *run) prefetch(n int) error {
	if n < 2 {
		return nil
	}
	group := parallel.Group{Limit: n}
	_ = fs.WalkDir(r.estate.FS, r.config.stacks, func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && isManifest(name) {
			group.Start(func() error {
				_, _ = r.open(name)
				return nil
			})
		}
		return r.ctx.Err()
	})
	return group.Wait()
}

func isManifest(name string) bool {
	for _, ext := range extensions {
		if strings.HasSuffix(name, ext) {
			return true
		}
	}
	return false
}
