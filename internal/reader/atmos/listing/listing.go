// Package listing makes a file system of the objects below a prefix, as they were
// listed: folders are what their paths imply, and only opening an object to read it
// asks for its bytes.
//
// Its one invariant: listing, stat and globbing need no object. Start at [New].
package listing

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// Object is one object of a listing.
type Object struct {
	// Path is its key below the prefix, "stacks/orgs/acme/prod.yaml".
	Path string
	// ETag is its version.
	ETag      string
	SizeBytes int64
}

// FS is a read-only file system. Immutable, safe for concurrent use when its open
// function is. It implements [fs.StatFS] and [fs.ReadDirFS].
type FS struct {
	open    func(Object) (io.ReadCloser, error)
	objects map[string]Object
	folders map[string][]fs.DirEntry
	skipped []string
}

// New makes a file system of objects, in any order. An object whose path is none of a
// file system (`a//b`, `../a`, `a/`), or is also the folder of another, is left out;
// see [FS.Skipped]. Open gives the bytes of an object; its errors reach the reader as
// they are, below an [fs.PathError].
func New(objects []Object, open func(Object) (io.ReadCloser, error)) *FS {
	f := &FS{open: open, objects: map[string]Object{}, folders: map[string][]fs.DirEntry{".": nil}}
	for _, o := range objects {
		if !fs.ValidPath(o.Path) || o.Path == "." {
			f.skipped = append(f.skipped, o.Path)
			continue
		}
		f.objects[o.Path] = o
		for dir := path.Dir(o.Path); dir != "."; dir = path.Dir(dir) {
			f.folders[dir] = nil
		}
	}
	for dir := range f.folders {
		if _, ok := f.objects[dir]; ok {
			delete(f.objects, dir)
			f.skipped = append(f.skipped, dir)
		}
	}
	f.fill()
	slices.Sort(f.skipped)
	return f
}

// fill lists each folder.
func (f *FS) fill() {
	for dir := range f.folders {
		if dir != "." {
			parent := path.Dir(dir)
			f.folders[parent] = append(f.folders[parent], entry{info{name: path.Base(dir), isDir: true}})
		}
	}
	for name, o := range f.objects {
		parent := path.Dir(name)
		f.folders[parent] = append(f.folders[parent], entry{info{name: path.Base(name), size: o.SizeBytes}})
	}
	for _, list := range f.folders {
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	}
}

// Skipped are the paths of the objects that are left out. Sorted.
func (f *FS) Skipped() []string { return f.skipped }

// ETag is the version of an object, "" where there is none of that path.
func (f *FS) ETag(name string) string { return f.objects[name].ETag }

// Open opens an object, or a folder to list it.
func (f *FS) Open(name string) (fs.File, error) {
	i, err := f.stat("open", name)
	if err != nil {
		return nil, err
	}
	if i.isDir {
		return &folder{info: i, rest: f.folders[name]}, nil
	}
	body, err := f.open(f.objects[name])
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{info: i, ReadCloser: body}, nil
}

// Stat describes an object or a folder without opening it.
func (f *FS) Stat(name string) (fs.FileInfo, error) {
	i, err := f.stat("stat", name)
	if err != nil {
		return nil, err
	}
	return i, nil
}

// ReadDir lists a folder by name.
func (f *FS) ReadDir(name string) ([]fs.DirEntry, error) {
	i, err := f.stat("readdir", name)
	if err == nil && !i.isDir {
		err = &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	return slices.Clone(f.folders[name]), err
}

func (f *FS) stat(op, name string) (info, error) {
	if !fs.ValidPath(name) {
		return info{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	if _, ok := f.folders[name]; ok {
		return info{name: path.Base(name), isDir: true}, nil
	}
	if o, ok := f.objects[name]; ok {
		return info{name: path.Base(name), size: o.SizeBytes}, nil
	}
	return info{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
}

type info struct {
	name  string
	size  int64
	isDir bool
}

func (i info) Name() string     { return i.name }
func (i info) Size() int64      { return i.size }
func (info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool      { return i.isDir }
func (info) Sys() any           { return nil }
func (i info) Mode() fs.FileMode {
	if i.isDir {
		return fs.ModeDir | 0o555
	}
	return 0o444
}

type entry struct{ info }

func (e entry) Type() fs.FileMode          { return e.Mode().Type() }
func (e entry) Info() (fs.FileInfo, error) { return e.info, nil }
func (e entry) String() string             { return strings.TrimSpace(fs.FormatDirEntry(e)) }

type file struct {
	info
	io.ReadCloser
}

func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }

type folder struct {
	info
	rest []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: fs.ErrInvalid}
}

// ReadDir gives the next n entries, all of them for n below 1.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n < 1 {
		n = len(f.rest)
	} else if len(f.rest) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.rest))
	list := slices.Clone(f.rest[:n])
	f.rest = f.rest[n:]
	return list, nil
}
