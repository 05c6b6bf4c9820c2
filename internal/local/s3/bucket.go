package s3

import (
	"os"
	"slices"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// ensureBucket makes a bucket if it is not there.
func (s *Server) ensureBucket(name string) error {
	if err := gofakes3.ValidateBucketName(name); err != nil {
		return err
	}
	err := s.createBucket(name)
	if gofakes3.IsAlreadyExists(err) {
		return nil
	}
	return err
}

// bucket gives a bucket, or S3's error that there is none. The caller holds mu.
func (s *Server) bucket(name string) (*bucket, error) {
	if b := s.buckets[name]; b != nil {
		return b, nil
	}
	return nil, gofakes3.BucketNotFound(name)
}

func (s *backend) CreateBucket(name string) error { return s.explain(s.createBucket(name)) }

func (s *Server) createBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.buckets[name] != nil {
		return gofakes3.ResourceError(gofakes3.ErrBucketAlreadyExists, name)
	}
	if err := os.MkdirAll(s.disk.bucket(name), 0o700); err != nil {
		return err
	}
	if err := syncFolder(s.disk.buckets()); err != nil {
		return err
	}
	b := newBucket(name, s.config.Now().UTC())
	if err := s.disk.writeJSON(s.disk.bucketFile(name), bucketRecord{Created: b.created}); err != nil {
		return err
	}
	s.buckets[name] = b
	return nil
}

func (s *backend) ListBuckets() ([]gofakes3.BucketInfo, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	infos := make([]gofakes3.BucketInfo, 0, len(s.buckets))
	for _, b := range s.buckets {
		infos = append(infos, gofakes3.BucketInfo{Name: b.name, CreationDate: gofakes3.NewContentTime(b.created)})
	}
	slices.SortFunc(infos, func(a, b gofakes3.BucketInfo) int { return strings.Compare(a.Name, b.Name) })
	return infos, nil
}

func (s *backend) BucketExists(name string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.buckets[name] != nil, nil
}

// DeleteBucket deletes a bucket that holds no version any more, as S3 does.
func (s *backend) DeleteBucket(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(name)
	if err != nil {
		return err
	}
	if len(b.keys) > 0 {
		return gofakes3.ResourceError(gofakes3.ErrBucketNotEmpty, name)
	}
	return s.explain(s.removeBucket(name))
}

// ForceDeleteBucket is MinIO's, by a header that [front] takes away.
func (s *backend) ForceDeleteBucket(string) error { return gofakes3.ErrNotImplemented }

// removeBucket takes the bucket's record away first, without which the rest is not
// there. The caller holds mu.
func (s *Server) removeBucket(name string) error {
	if err := os.Remove(s.disk.bucketFile(name)); err != nil {
		return err
	}
	delete(s.buckets, name)
	return os.RemoveAll(s.disk.bucket(name))
}

// VersioningConfiguration says that versioning is on, whatever the bucket.
func (s *backend) VersioningConfiguration(name string) (gofakes3.VersioningConfiguration, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, err := s.bucket(name)
	return gofakes3.VersioningConfiguration{Status: gofakes3.VersioningEnabled}, err
}

// SetVersioningConfiguration agrees to turn versioning on, which it is.
func (s *backend) SetVersioningConfiguration(name string, want gofakes3.VersioningConfiguration) error {
	if want.MFADelete.Enabled() || !want.Enabled() {
		return gofakes3.ErrNotImplemented
	}
	_, err := s.VersioningConfiguration(name)
	return err
}
