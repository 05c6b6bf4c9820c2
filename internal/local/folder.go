package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"plumbline/internal/local/queue"
	"plumbline/internal/setting"
	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
	"plumbline/internal/table/bolt/boltfile"
)

// Files of the data folder; see the package comment.
const (
	tableFile     = "table.db"
	jobsFile      = "jobs.db"
	objectsFolder = "objects"
)

// openTable opens the table. A folder that holds what is only ever written after a
// table was made is never given a new one; one that holds objects and nothing else is.
func (s *Stack) openTable() error {
	dir := s.settings.Data
	opened, err := bolt.Open(filepath.Join(dir, tableFile), bolt.Config{
		Expected: has(dir, sampleFile) || has(dir, digestFile) || has(dir, jobsFile) || has(dir, tableFile) && used(dir),
		Warn:     func(text string) { s.log.Warn(text, "file", filepath.Join(dir, tableFile)) },
	})
	switch {
	case err == nil:
		s.table = opened
	case errors.Is(err, table.ErrBusy):
		return fmt.Errorf("PLUMBLINE_DATA: another process runs on %s", dir)
	case errors.Is(err, boltfile.ErrMissing):
		return fmt.Errorf("PLUMBLINE_DATA: %w, but %s holds data of a stack: put %s back from a copy, or begin anew with another folder (%s)",
			err, dir, tableFile, anew)
	case errors.Is(err, boltfile.ErrDamaged):
		return fmt.Errorf("PLUMBLINE_DATA: %w: put %s back from a copy, or begin anew with another folder (%s)", err, tableFile, anew)
	}
	return err
}

// anew says what a new folder takes from the old one.
const anew = "what was uploaded is in " + objectsFolder + "/: copy that alone to it, and register the sources again"

// openQueue opens the queue. Without its file jobs that waited are lost, and nothing
// else: the user may choose that, and no start does.
func (s *Stack) openQueue() error {
	dir := s.settings.Data
	opened, err := queue.Open(filepath.Join(dir, jobsFile), queue.Config{Log: s.log, GiveUp: s.giveUp, Progress: s.progress, Park: s.park, Expected: used(dir) && has(dir, jobsFile)})
	if errors.Is(err, boltfile.ErrDamaged) || errors.Is(err, boltfile.ErrMissing) {
		return fmt.Errorf("PLUMBLINE_DATA: %w: put %s back from a copy, or delete it: scans that waited then run when they are next due", err, jobsFile)
	}
	s.queue = opened
	return err
}

// newFolder makes the data folder.
func newFolder(settings setting.Settings) error {
	if err := os.MkdirAll(settings.Data, 0o700); err != nil {
		return fmt.Errorf("PLUMBLINE_DATA: %w", err)
	}
	return nil
}

// used reports whether a stack has served on a folder: its first start is over, or it
// took an object.
func used(dir string) bool {
	objects, _ := filepath.Glob(filepath.Join(dir, objectsFolder, "buckets", "*", "*", "*"))
	return has(dir, sampleFile) || len(objects) > 0
}

func has(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}
