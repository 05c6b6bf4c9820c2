package s3

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// bucketRecord is what is stored of a bucket itself.
type bucketRecord struct {
	Created time.Time `json:"created"`
	// Notification is the configuration that the bucket was given, XML.
	Notification string `json:"notification,omitempty"`
}

// load reads every record below the root and clears away what has none.
func (s *Server) load() error {
	s.buckets, s.uploads = map[string]*bucket{}, map[gofakes3.UploadID]*upload{}
	if err := os.RemoveAll(s.disk.tmp()); err != nil {
		return err
	}
	for _, folder := range []string{s.disk.tmp(), s.disk.buckets()} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(s.disk.buckets())
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := s.loadBucket(entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) loadBucket(name string) error {
	var record bucketRecord
	err := readJSON(s.disk.bucketFile(name), &record)
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(s.disk.bucket(name)) // being made or deleted when the process ended
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", s.disk.bucketFile(name), err)
	}
	b := newBucket(name, record.Created)
	b.notification = record.Notification
	folders, err := os.ReadDir(s.disk.bucket(name))
	if err != nil {
		return err
	}
	for _, folder := range folders {
		if folder.IsDir() {
			if err := s.loadFolder(b, filepath.Join(s.disk.bucket(name), folder.Name())); err != nil {
				return err
			}
		}
	}
	slices.Sort(b.keys)
	s.buckets[name] = b
	return nil
}

// loadFolder reads the versions of one key.
func (s *Server) loadFolder(b *bucket, folder string) error {
	files, err := os.ReadDir(folder) // sorted by name, so the oldest version comes first
	if err != nil {
		return err
	}
	var h history
	for _, file := range files {
		path := filepath.Join(folder, file.Name())
		stem, isRecord := strings.CutSuffix(file.Name(), recordSuffix)
		if !isRecord {
			continue
		}
		v := &version{}
		if err := readJSON(path, v); err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		if v.Format != recordFormat || v.id() != stem {
			return fmt.Errorf("read %s: not a record of format %d", path, recordFormat)
		}
		h.versions = append(h.versions, v)
		s.sequence = max(s.sequence, v.Sequence)
	}
	if len(h.versions) == 0 {
		return os.RemoveAll(folder)
	}
	key := h.latest().Key
	b.objects[key] = &h
	b.keys = append(b.keys, key)
	return s.removeOrphans(b, &h, files)
}

// removeOrphans deletes content whose record was never written or is gone.
func (s *Server) removeOrphans(b *bucket, h *history, files []fs.DirEntry) error {
	folder := s.disk.folder(b.name, h.latest().Key)
	for _, file := range files {
		stem, isBody := strings.CutSuffix(file.Name(), bodySuffix)
		if isBody && h.find(stem) == nil {
			if err := os.Remove(filepath.Join(folder, file.Name())); err != nil {
				return err
			}
		}
	}
	for _, v := range h.versions {
		if _, err := os.Stat(s.disk.body(b.name, v)); err != nil && !v.removed() {
			return fmt.Errorf("object %s/%s: the content of version %s: %w", b.name, v.Key, v.id(), err)
		}
	}
	return nil
}
