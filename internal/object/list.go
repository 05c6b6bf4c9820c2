package object

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"plumbline/internal/place"
)

// List yields every object of the bucket whose key begins with prefix, in the order
// of their keys (bytes), page by page; VersionID stays "". An error of yield ends it
// and is returned as it is.
func (s *Store) List(ctx context.Context, bucket, prefix string, yield func(Info) error) error {
	pages := s3.NewListObjectsV2Paginator(s.client.list, &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fail("list", place.Location{Bucket: bucket, Key: prefix}.URI(), err)
		}
		for _, entry := range page.Contents {
			info := Info{
				Key: value(entry.Key), ETag: unquote(entry.ETag),
				Size: value(entry.Size), Modified: value(entry.LastModified),
			}
			if err := yield(info); err != nil {
				return err
			}
		}
	}
	return nil
}
