package s3

import (
	"io"
	"maps"
	"net/http"
	"os"

	"github.com/johannesboyne/gofakes3"
)

func (s *backend) GetObject(bucket, key string, want *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	return s.open(bucket, key, "", want)
}

func (s *backend) GetObjectVersion(
	bucket, key string, id gofakes3.VersionID, want *gofakes3.ObjectRangeRequest,
) (*gofakes3.Object, error) {
	return s.open(bucket, key, string(id), want)
}

func (s *backend) open(bucket, key, id string, want *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	object, err := s.get(bucket, key, id, want)
	return object, s.explain(err)
}

func (s *backend) HeadObject(bucket, key string) (*gofakes3.Object, error) {
	return s.HeadObjectVersion(bucket, key, "")
}

func (s *backend) HeadObjectVersion(bucket, key string, id gofakes3.VersionID) (*gofakes3.Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.version(bucket, key, string(id))
	if err != nil {
		return nil, err
	}
	return describe(v), nil
}

// get opens a version, the latest for "". The content stays readable even if the
// version is forgotten meanwhile.
func (s *Server) get(bucket, key, id string, want *gofakes3.ObjectRangeRequest) (*gofakes3.Object, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	v, err := s.version(bucket, key, id)
	if err != nil {
		return nil, err
	}
	object := describe(v)
	if v.removed() {
		return object, nil // gofakes3 answers 404 with the marker's headers
	}
	if object.Range, err = want.Range(v.Size); err != nil {
		return nil, err
	}
	file, err := os.Open(s.disk.body(bucket, v))
	if err != nil {
		return nil, err
	}
	object.Contents = file
	if r := object.Range; r != nil {
		object.Contents = section{io.NewSectionReader(file, r.Start, r.Length), file}
	}
	return object, nil
}

// section reads a part of a file and closes the whole.
type section struct {
	io.Reader
	io.Closer
}

// version finds a version or says in S3's words what is missing. The caller holds
// mu.
func (s *Server) version(bucket, key, id string) (*version, error) {
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, err
	}
	v := b.find(key, id)
	switch {
	case v != nil:
		return v, nil
	case id == "" || b.objects[key] == nil:
		return nil, gofakes3.KeyNotFound(key)
	}
	return nil, gofakes3.ErrNoSuchVersion
}

// describe is a version without its content.
func describe(v *version) *gofakes3.Object {
	header := map[string]string{"Last-Modified": v.Modified.Format(http.TimeFormat)}
	maps.Copy(header, v.Header)
	return &gofakes3.Object{
		Name: v.Key, Metadata: header, Size: v.Size, Hash: v.hash(),
		VersionID: gofakes3.VersionID(v.id()), IsDeleteMarker: v.removed(), Contents: http.NoBody,
	}
}
