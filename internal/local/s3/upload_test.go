package s3_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

// begin starts a multipart upload of key.
func (st *stack) begin(t *testing.T, key string) *string {
	t.Helper()
	created, err := st.client.CreateMultipartUpload(t.Context(), &awss3.CreateMultipartUploadInput{
		Bucket: aws.String(bucket), Key: &key, ContentType: aws.String("application/json"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return created.UploadId
}

func (st *stack) part(t *testing.T, key string, id *string, number int32, text string) types.CompletedPart {
	t.Helper()
	answer, err := st.client.UploadPart(t.Context(), &awss3.UploadPartInput{
		Bucket: aws.String(bucket), Key: &key, UploadId: id, PartNumber: &number, Body: bytes.NewReader([]byte(text)),
	})
	if err != nil {
		t.Fatal(err)
	}
	return types.CompletedPart{PartNumber: &number, ETag: answer.ETag}
}

func (st *stack) complete(t *testing.T, key string, id *string, parts ...types.CompletedPart) error {
	t.Helper()
	_, err := st.client.CompleteMultipartUpload(t.Context(), &awss3.CompleteMultipartUploadInput{
		Bucket: aws.String(bucket), Key: &key, UploadId: id, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	return err
}

func TestPartsBecomeOneObject(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	source := st.put(t, "source", "0123456789")
	id := st.begin(t, "k")
	second := st.part(t, "k", id, 2, "second ")
	st.part(t, "k", id, 1, "replaced ")
	first := st.part(t, "k", id, 1, "first ")
	copied, err := st.client.UploadPartCopy(t.Context(), &awss3.UploadPartCopyInput{
		Bucket: aws.String(bucket), Key: aws.String("k"), UploadId: id, PartNumber: aws.Int32(7),
		CopySource: aws.String(bucket + "/source?versionId=" + source.VersionID), CopySourceRange: aws.String("bytes=2-4"),
	})
	if err != nil {
		t.Fatal(err)
	}
	st.told()
	third := types.CompletedPart{PartNumber: aws.Int32(7), ETag: copied.CopyPartResult.ETag}
	if err := st.complete(t, "k", id, first, second, third); err != nil {
		t.Fatal(err)
	}

	if got := st.read(t, "k", object.Pin{}); got != "first second 234" {
		t.Errorf("the object holds %q", got)
	}
	head, err := st.store.Head(t.Context(), at("k"))
	if err != nil {
		t.Fatal(err)
	}
	got := st.told()
	want := []s3.Event{{
		Bucket: bucket, Key: "k", Name: s3.Complete, ETag: head.ETag, Size: 16,
		VersionID: head.VersionID, Sequencer: strings.ToUpper(head.VersionID),
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if err := st.complete(t, "k", id, first); err == nil || !strings.Contains(err.Error(), "NoSuchUpload") {
		t.Errorf("completed twice: %v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(st.dir, "tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestAnUploadIsCompletedOnlyByItsParts(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	id := st.begin(t, "k")
	first, second := st.part(t, "k", id, 1, "a"), st.part(t, "k", id, 2, "b")
	wrong := types.CompletedPart{PartNumber: aws.Int32(1), ETag: second.ETag}
	missing := types.CompletedPart{PartNumber: aws.Int32(3), ETag: first.ETag}
	for code, parts := range map[string][]types.CompletedPart{
		"InvalidPart:":     {wrong},
		"InvalidPart: ":    {first, missing},
		"InvalidPartOrder": {second, first},
	} {
		if err := st.complete(t, "k", id, parts...); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(code)) {
			t.Errorf("complete: %v, want %s", err, code)
		}
	}
	if keys := st.keys(t); keys != nil {
		t.Errorf("an upload under way is listed: %v", keys)
	}
	if err := st.complete(t, "k", id, first, second); err != nil {
		t.Error(err)
	}
}

func TestUploadsAreListedAndAborted(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	id := st.begin(t, "b")
	st.begin(t, "a")
	st.part(t, "b", id, 1, "one")
	st.part(t, "b", id, 4, "four")

	var got []string
	pages := awss3.NewListPartsPaginator(st.client, &awss3.ListPartsInput{
		Bucket: aws.String(bucket), Key: aws.String("b"), UploadId: id, MaxParts: aws.Int32(1),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Parts {
			got = append(got, fmt.Sprint(*p.PartNumber, ":", *p.Size))
		}
	}
	uploads := awss3.NewListMultipartUploadsPaginator(st.client, &awss3.ListMultipartUploadsInput{
		Bucket: aws.String(bucket), MaxUploads: aws.Int32(1),
	})
	for uploads.HasMorePages() {
		page, err := uploads.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Uploads {
			got = append(got, *u.Key)
		}
	}
	if diff := cmp.Diff([]string{"1:3", "4:4", "a", "b"}, got); diff != "" {
		t.Errorf("parts and uploads (-want +got):\n%s", diff)
	}
	_, err := st.client.AbortMultipartUpload(t.Context(), &awss3.AbortMultipartUploadInput{
		Bucket: aws.String(bucket), Key: aws.String("b"), UploadId: id,
	})
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Join(st.dir, "tmp")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestACopyTakesVersionAndMetadata(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	key := "ü +%"
	first, err := st.client.PutObject(t.Context(), &awss3.PutObjectInput{
		Bucket: aws.String(bucket), Key: &key, Body: strings.NewReader("one"), Metadata: map[string]string{"who": "me"},
	})
	if err != nil {
		t.Fatal(err)
	}
	st.put(t, key, "two")
	source := bucket + "/" + url.PathEscape(key) + "?versionId=" + *first.VersionId
	for directive, want := range map[types.MetadataDirective]map[string]string{
		types.MetadataDirectiveCopy:    {"who": "me"},
		types.MetadataDirectiveReplace: {"other": "you"},
	} {
		_, err := st.client.CopyObject(t.Context(), &awss3.CopyObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("copy"), CopySource: &source,
			MetadataDirective: directive, Metadata: map[string]string{"other": "you"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := st.read(t, "copy", object.Pin{}); got != "one" {
			t.Errorf("%s: copied %q", directive, got)
		}
		head, err := st.client.HeadObject(t.Context(), &awss3.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String("copy")})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, head.Metadata); diff != "" {
			t.Errorf("%s: metadata (-want +got):\n%s", directive, diff)
		}
	}
}
