package s3

import (
	"crypto/md5"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/johannesboyne/gofakes3"
)

// PutObject streams the input to the disk and makes it the latest version.
func (s *backend) PutObject(
	bucket, key string, meta map[string]string, input io.Reader, size int64, conditions *gofakes3.PutConditions,
) (gofakes3.PutObjectResult, error) {
	content, err := s.disk.spool(fromClient{input}, size)
	if err != nil {
		return gofakes3.PutObjectResult{}, s.explain(err)
	}
	v, err := s.commit(bucket, key, keptHeaders(meta), Put, content, conditions)
	if err != nil {
		return gofakes3.PutObjectResult{}, s.explain(err)
	}
	return gofakes3.PutObjectResult{VersionID: gofakes3.VersionID(v.id())}, nil
}

// fromClient reads a body. Where it ends for a reason of the network's, it is
// incomplete, which is no fault of the disk's.
type fromClient struct{ io.Reader }

func (c fromClient) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	var coded interface{ ErrorCode() gofakes3.ErrorCode }
	if err != nil && !errors.Is(err, io.EOF) && !errors.As(err, &coded) {
		err = gofakes3.ErrIncompleteBody
	}
	return n, err
}

// spooled is content on the disk that is not yet part of anything.
type spooled struct {
	path string
	size int64
	md5  string // lower case hexadecimal
}

// spool writes what it reads to the disk. Anything but size bytes is refused; -1
// takes any size.
func (d disk) spool(input io.Reader, size int64) (spooled, error) {
	file, err := os.CreateTemp(d.tmp(), "body-*")
	if err != nil {
		return spooled{}, err
	}
	hash := md5.New()
	n, err := io.Copy(io.MultiWriter(file, hash), input)
	if err == nil && size >= 0 && n != size {
		err = gofakes3.ErrIncompleteBody
	}
	if err == nil {
		err = file.Sync()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		os.Remove(file.Name()) // the first error counts; a restart clears the folder
		return spooled{}, err
	}
	return spooled{path: file.Name(), size: n, md5: hex.EncodeToString(hash.Sum(nil))}, nil
}

// keptHeaders leaves those headers of a request that belong to the object.
func keptHeaders(meta map[string]string) map[string]string {
	kept := map[string]string{}
	for name, value := range meta {
		switch {
		case strings.HasPrefix(name, "X-Amz-Meta-"), name == "Content-Type", name == "Content-Disposition":
			kept[name] = value
		case name == "Content-Encoding" && value != "":
			kept[name] = value
		}
	}
	return kept
}

// commit makes spooled content the latest version of a key, if the conditions hold,
// and tells of it.
func (s *Server) commit(
	bucket, key string, header map[string]string, name EventName, content spooled, conditions *gofakes3.PutConditions,
) (*version, error) {
	defer os.Remove(content.path) // gone already once it has its name
	if !utf8.ValidString(key) {
		return nil, gofakes3.ErrorMessage(gofakes3.ErrInvalidURI, "the key is not valid UTF-8")
	}
	v := &version{Key: key, Event: name, Size: content.size, MD5: content.md5, Header: header}
	if err := s.append(bucket, v, content.path, conditions); err != nil {
		return nil, err
	}
	s.notify(v.event(bucket))
	return v, nil
}

// append stores a version behind the others of its key and forgets those beyond the
// limit. The path is that of its content, "" for a delete marker.
func (s *Server) append(bucket string, v *version, path string, conditions *gofakes3.PutConditions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return err
	}
	if err := b.check(v.Key, conditions); err != nil {
		return err
	}
	v.Format, v.Sequence = recordFormat, s.nextSequence()
	v.Modified = s.config.Now().UTC().Truncate(time.Millisecond)
	if err := s.store(bucket, v, path); err != nil {
		return err
	}
	b.add(v)
	for len(b.objects[v.Key].versions) > s.config.KeepVersions {
		if err := s.forget(b, b.objects[v.Key].versions[0]); err != nil {
			return err
		}
	}
	return nil
}

// check judges the conditions of a put by the latest version.
func (b *bucket) check(key string, conditions *gofakes3.PutConditions) error {
	if conditions == nil {
		return nil
	}
	var now gofakes3.ConditionalObjectInfo
	if v := b.find(key, ""); v != nil && !v.removed() {
		now = gofakes3.ConditionalObjectInfo{Exists: true, Hash: v.hash()}
	}
	return gofakes3.CheckPutConditions(conditions, &now)
}

// store writes content and record, the record last.
func (s *Server) store(bucket string, v *version, path string) error {
	if err := os.MkdirAll(s.disk.folder(bucket, v.Key), 0o700); err != nil {
		return err
	}
	if err := syncFolder(s.disk.bucket(bucket)); err != nil {
		return err
	}
	if path != "" {
		if err := s.disk.rename(path, s.disk.body(bucket, v)); err != nil {
			return err
		}
	}
	return s.disk.writeJSON(s.disk.record(bucket, v), v)
}
