package s3

import (
	"os"

	"github.com/johannesboyne/gofakes3"
)

// DeleteObject lays a delete marker over the key, whether there is an object or not,
// as S3 does in a bucket with versions.
func (s *backend) DeleteObject(bucket, key string) (gofakes3.ObjectDeleteResult, error) {
	v := &version{Key: key, Event: DeleteMarker}
	if err := s.append(bucket, v, "", nil); err != nil {
		return gofakes3.ObjectDeleteResult{}, s.explain(err)
	}
	s.notify(v.event(bucket))
	return gofakes3.ObjectDeleteResult{IsDeleteMarker: true, VersionID: gofakes3.VersionID(v.id())}, nil
}

// DeleteObjectVersion removes one version for good; one that is not there is no
// error.
func (s *backend) DeleteObjectVersion(
	bucket, key string, id gofakes3.VersionID,
) (gofakes3.ObjectDeleteResult, error) {
	if id == "" {
		return s.DeleteObject(bucket, key)
	}
	v, sequence, err := s.removeVersion(bucket, key, string(id))
	if err != nil || v == nil {
		return gofakes3.ObjectDeleteResult{}, s.explain(err)
	}
	s.notify(Event{
		Bucket: bucket, Key: key, Name: Delete, VersionID: v.id(), Sequencer: sequencer(sequence),
	})
	return gofakes3.ObjectDeleteResult{IsDeleteMarker: v.removed(), VersionID: id}, nil
}

// removeVersion gives the version that it removed, nil if there was none.
func (s *Server) removeVersion(bucket, key, id string) (removed *version, sequence uint64, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, err := s.bucket(bucket)
	if err != nil {
		return nil, 0, err
	}
	v := b.find(key, id)
	if v == nil {
		return nil, 0, nil
	}
	return v, s.nextSequence(), s.forget(b, v)
}

// forget removes a version's record, by which it is gone, then its content. The
// caller holds mu.
func (s *Server) forget(b *bucket, v *version) error {
	if err := os.Remove(s.disk.record(b.name, v)); err != nil {
		return err
	}
	b.drop(v)
	if !v.removed() {
		if err := os.Remove(s.disk.body(b.name, v)); err != nil {
			return err
		}
	}
	if b.objects[v.Key] == nil {
		return os.Remove(s.disk.folder(b.name, v.Key))
	}
	return nil
}

func (s *backend) DeleteMulti(bucket string, keys ...string) (gofakes3.MultiDeleteResult, error) {
	ids := make([]gofakes3.ObjectID, len(keys))
	for i, key := range keys {
		ids[i].Key = key
	}
	return s.DeleteMultiVersions(bucket, ids...)
}

// maxKeys is how many objects one request may delete.
// Source: Amazon S3 API reference, "DeleteObjects".
const maxKeys = 1000

// DeleteMultiVersions deletes each object on its own and reports each.
func (s *backend) DeleteMultiVersions(
	bucket string, ids ...gofakes3.ObjectID,
) (result gofakes3.MultiDeleteResult, err error) {
	if len(ids) > maxKeys {
		return result, gofakes3.ErrorMessage(gofakes3.ErrMalformedXML, "more than 1,000 keys")
	}
	for _, id := range ids {
		err := errReserved
		if !s.hides(bucket, id.Key) {
			_, err = s.DeleteObjectVersion(bucket, id.Key, gofakes3.VersionID(id.VersionID))
		}
		if err != nil {
			failed := gofakes3.ErrorResultFromError(err)
			failed.Key = id.Key
			result.Error = append(result.Error, failed)
			continue
		}
		result.Deleted = append(result.Deleted, id)
	}
	return result, nil
}
