package s3

import (
	"maps"
	"slices"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// ListMultipartUploads lists uploads under way; a delimiter is not regarded.
func (s *backend) ListMultipartUploads(
	bucket string, marker *gofakes3.UploadListMarker, prefix gofakes3.Prefix, limit int64,
) (*gofakes3.ListMultipartUploadsResult, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if _, err := s.bucket(bucket); err != nil {
		return nil, err
	}
	result := &gofakes3.ListMultipartUploadsResult{Bucket: bucket, Prefix: prefix.Prefix, MaxUploads: limit}
	if marker != nil {
		result.KeyMarker, result.UploadIDMarker = marker.Object, marker.UploadID
	}
	for _, u := range s.uploadsOf(bucket, prefix.Prefix) {
		if marker != nil && !u.behind(marker) || s.hides(bucket, u.key) {
			continue
		}
		if int64(len(result.Uploads)) == limit {
			last := result.Uploads[limit-1]
			result.IsTruncated, result.NextKeyMarker, result.NextUploadIDMarker = true, last.Key, last.UploadID
			break
		}
		result.Uploads = append(result.Uploads, gofakes3.ListMultipartUploadItem{
			Key: u.key, UploadID: u.id, Initiated: gofakes3.NewContentTime(u.initiated),
		})
	}
	return result, nil
}

// behind reports whether an upload comes after the marker.
func (u *upload) behind(marker *gofakes3.UploadListMarker) bool {
	if c := strings.Compare(u.key, marker.Object); c != 0 {
		return c > 0
	}
	return marker.UploadID != "" && u.id > marker.UploadID
}

// ListParts lists the parts of an upload by their numbers, those above the marker.
func (s *backend) ListParts(
	bucket, key string, id gofakes3.UploadID, marker int, limit int64,
) (*gofakes3.ListMultipartUploadPartsResult, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	u, err := s.upload(bucket, key, id)
	if err != nil {
		return nil, err
	}
	result := &gofakes3.ListMultipartUploadPartsResult{
		Bucket: bucket, Key: key, UploadID: id, PartNumberMarker: marker, MaxParts: limit,
	}
	for _, number := range slices.Sorted(maps.Keys(u.parts)) {
		if number <= marker {
			continue
		}
		if int64(len(result.Parts)) == limit {
			result.IsTruncated = true
			break
		}
		p := u.parts[number]
		result.Parts = append(result.Parts, gofakes3.ListMultipartUploadPartItem{
			PartNumber: number, LastModified: gofakes3.NewContentTime(p.at), ETag: p.etag(), Size: p.size,
		})
		result.NextPartNumberMarker = number
	}
	return result, nil
}
