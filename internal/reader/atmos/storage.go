package atmos

import (
	"errors"
	"io"
	"io/fs"
	"sync"
)

// watched remembers the first error of a file system that is not the absence of a
// file: globs, and whoever only asks whether a file is there, would take it for one,
// and a half-read estate for the whole.
type watched struct {
	fs.FS

	mu     sync.Mutex
	failed error
}

func (w *watched) note(err error) error {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.failed == nil {
		w.failed = err
	}
	return err
}

// err is the first error that was met.
func (w *watched) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}

func (w *watched) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if w.note(err) != nil {
		return nil, err
	}
	if dir, ok := f.(fs.ReadDirFile); ok {
		return watchedFolder{dir, w}, nil
	}
	return watchedFile{f, w}, nil
}

func (w *watched) Stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(w.FS, name)
	return info, w.note(err)
}

func (w *watched) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(w.FS, name)
	return list, w.note(err)
}

type watchedFile struct {
	fs.File
	by *watched
}

func (f watchedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	return n, f.by.note(err)
}

type watchedFolder struct {
	fs.ReadDirFile
	by *watched
}

func (f watchedFolder) ReadDir(n int) ([]fs.DirEntry, error) {
	list, err := f.ReadDirFile.ReadDir(n)
	return list, f.by.note(err)
}
