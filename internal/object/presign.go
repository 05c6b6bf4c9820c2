package object

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/place"
)

// PresignGet gives a url by which anybody can GET the current version of the object for
// that long, or until the credentials that sign it end; it makes no call, so that the
// object need not be there. The url alone is the right to read: it takes no
// Authorization header, and S3 refuses one beside it.
func (s *Store) PresignGet(ctx context.Context, at place.Location, ttl time.Duration) (url string, err error) {
	request, err := s.client.presign(ctx, &s3.GetObjectInput{Bucket: &at.Bucket, Key: &at.Key}, s3.WithPresignExpires(ttl))
	if err != nil {
		return "", fail("presign", at.URI(), err)
	}
	return request.URL, nil
}
