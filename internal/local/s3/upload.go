package s3

import (
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// upload is a multipart upload under way. Its parts lie on the disk; it ends with
// the process, as S3's may end by a bucket's lifecycle.
type upload struct {
	id          gofakes3.UploadID
	bucket, key string
	header      map[string]string
	initiated   time.Time
	parts       map[int]part
}

type part struct {
	spooled
	at time.Time
}

func (p part) etag() string { return `"` + p.md5 + `"` }

// upload finds an upload of that object. The caller holds mu.
func (s *Server) upload(bucket, key string, id gofakes3.UploadID) (*upload, error) {
	u := s.uploads[id]
	if u == nil || u.bucket != bucket || u.key != key {
		return nil, gofakes3.ErrNoSuchUpload
	}
	return u, nil
}

func (s *backend) CreateMultipartUpload(bucket, key string, meta map[string]string) (gofakes3.UploadID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.bucket(bucket); err != nil {
		return "", err
	}
	id := gofakes3.UploadID(sequencer(s.nextSequence()))
	s.uploads[id] = &upload{
		id: id, bucket: bucket, key: key, header: keptHeaders(meta),
		initiated: s.config.Now(), parts: map[int]part{},
	}
	return id, nil
}

// UploadPart keeps a part, in place of an earlier one of that number.
func (s *backend) UploadPart(
	bucket, key string, id gofakes3.UploadID, number int, size int64, input io.Reader,
) (etag string, err error) {
	etag, err = s.uploadPart(target{bucket: bucket, key: key}, id, number, size, fromClient{input})
	return etag, s.explain(err)
}

func (s *Server) uploadPart(of target, id gofakes3.UploadID, number int, size int64, input io.Reader) (etag string, err error) {
	content, err := s.disk.spool(input, size)
	if err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(of.bucket, of.key, id)
	if err != nil {
		os.Remove(content.path)
		return "", err
	}
	if old, ok := u.parts[number]; ok {
		os.Remove(old.path)
	}
	p := part{spooled: content, at: s.config.Now()}
	u.parts[number] = p
	return p.etag(), nil
}

// CompleteMultipartUpload makes the parts one object. Its ETag is the MD5 of the
// whole, where S3 has one of another form; both are opaque.
func (s *backend) CompleteMultipartUpload(
	bucket, key string, id gofakes3.UploadID, request *gofakes3.CompleteMultipartUploadRequest,
) (gofakes3.VersionID, string, error) {
	u, chosen, err := s.claim(bucket, key, id, request)
	if err != nil {
		return "", "", err
	}
	v, err := s.complete(u, chosen)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.uploads[id] = u // to be completed again, or aborted
		return "", "", s.explain(err)
	}
	u.discard()
	return gofakes3.VersionID(v.id()), `"` + v.MD5 + `"`, nil
}

// claim takes an upload out of the list, so that it is completed once, with those
// parts that the request names.
func (s *Server) claim(
	bucket, key string, id gofakes3.UploadID, request *gofakes3.CompleteMultipartUploadRequest,
) (*upload, []part, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return nil, nil, err
	}
	var chosen []part
	last := 0
	for _, named := range request.Parts {
		p, ok := u.parts[named.PartNumber]
		if !ok || strings.Trim(named.ETag, `"`) != p.md5 {
			return nil, nil, gofakes3.ErrorMessagef(gofakes3.ErrInvalidPart, "part %d", named.PartNumber)
		}
		if named.PartNumber <= last {
			return nil, nil, gofakes3.ErrInvalidPartOrder
		}
		chosen, last = append(chosen, p), named.PartNumber
	}
	if len(chosen) == 0 {
		return nil, nil, gofakes3.ErrorMessage(gofakes3.ErrMalformedXML, "no part is named")
	}
	delete(s.uploads, id)
	return u, chosen, nil
}

// complete joins the parts and commits them.
func (s *Server) complete(u *upload, parts []part) (*version, error) {
	var readers []io.Reader
	size := int64(0)
	for _, p := range parts {
		file, err := os.Open(p.path)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		readers = append(readers, file)
		size += p.size
	}
	content, err := s.disk.spool(io.MultiReader(readers...), size)
	if err != nil {
		return nil, err
	}
	return s.commit(u.bucket, u.key, u.header, Complete, content, nil)
}

// discard removes the parts from the disk; what stays goes at the next start.
func (u *upload) discard() {
	for _, p := range u.parts {
		os.Remove(p.path)
	}
}

func (s *backend) AbortMultipartUpload(bucket, key string, id gofakes3.UploadID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return err
	}
	delete(s.uploads, id)
	u.discard()
	return nil
}

// uploadsOf gives the uploads of a bucket by key, then by when they began.
func (s *Server) uploadsOf(bucket, prefix string) []*upload {
	var found []*upload
	for _, u := range s.uploads {
		if u.bucket == bucket && strings.HasPrefix(u.key, prefix) {
			found = append(found, u)
		}
	}
	slices.SortFunc(found, func(a, b *upload) int {
		if c := strings.Compare(a.key, b.key); c != 0 {
			return c
		}
		return strings.Compare(string(a.id), string(b.id))
	})
	return found
}
