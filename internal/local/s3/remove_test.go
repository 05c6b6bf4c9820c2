package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
)

func TestManyAreDeletedAtOnce(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	for _, key := range []string{"a", "b", "c"} {
		st.put(t, key, key)
	}
	_, err := st.client.DeleteObjects(t.Context(), &awss3.DeleteObjectsInput{
		Bucket: aws.String(bucket),
		Delete: &types.Delete{Objects: []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("c")}, {Key: aws.String("never")}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"b"}, st.keys(t)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestVersioningIsAlwaysOn(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	set := func(status types.BucketVersioningStatus) error {
		_, err := st.client.PutBucketVersioning(t.Context(), &awss3.PutBucketVersioningInput{
			Bucket: aws.String(bucket), VersioningConfiguration: &types.VersioningConfiguration{Status: status},
		})
		return err
	}
	if err := set(types.BucketVersioningStatusEnabled); err != nil {
		t.Error(err)
	}
	if err := set(types.BucketVersioningStatusSuspended); err == nil {
		t.Error("versioning was suspended")
	}
	got, err := st.client.GetBucketVersioning(t.Context(), &awss3.GetBucketVersioningInput{Bucket: aws.String(bucket)})
	if err != nil || got.Status != types.BucketVersioningStatusEnabled {
		t.Errorf("versioning: %+v, %v", got, err)
	}
}
