package s3_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

func TestOnlyTheLastVersionsAreKept(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{KeepVersions: 3})
	var infos []object.Info
	for i := range 5 {
		infos = append(infos, st.put(t, "k", fmt.Sprint(i)))
	}
	for i, info := range infos {
		_, _, err := st.store.Open(t.Context(), at("k"), info.Pin())
		if gone := errors.Is(err, object.ErrChanged); gone != (i < 2) {
			t.Errorf("version %d: %v", i, err)
		}
	}
	bodies, _ := filepath.Glob(filepath.Join(st.dir, "buckets", bucket, "*", "*.body"))
	if len(bodies) != 3 {
		t.Errorf("%d bodies on the disk, want 3", len(bodies))
	}
}

func TestAnOpenBodyOutlivesItsVersion(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{KeepVersions: 1})
	text := strings.Repeat("x", 8<<20)
	st.put(t, "k", text)
	body, _, err := st.store.Open(t.Context(), at("k"), object.Pin{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	st.put(t, "k", "new")
	buffer := make([]byte, len(text)+1)
	n := 0
	for err == nil {
		var m int
		m, err = body.Read(buffer[n:])
		n += m
	}
	if string(buffer[:n]) != text {
		t.Errorf("read %d bytes, want all %d of the old version", n, len(text))
	}
}

func TestAnETagPinsWhereThereIsNoVersion(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	for _, text := range []string{"one", ""} {
		tag := st.put(t, "k", text).ETag
		if got := st.read(t, "k", object.Pin{ETag: tag}); got != text {
			t.Errorf("read %q, want %q", got, text)
		}
		st.put(t, "k", text+"!")
		if _, _, err := st.store.Open(t.Context(), at("k"), object.Pin{ETag: tag}); !errors.Is(err, object.ErrChanged) {
			t.Errorf("open at a replaced ETag: %v, want ErrChanged", err)
		}
		other := `"00000000000000000000000000000000"`
		_, err := st.client.GetObject(t.Context(), &awss3.GetObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("k"), IfMatch: &other,
		})
		if err == nil || !strings.Contains(err.Error(), "PreconditionFailed") {
			t.Errorf("get with another If-Match: %v", err)
		}
	}
}

func TestHeadOfAnOldVersion(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	first := st.put(t, "k", "one")
	st.put(t, "k", "second")
	head, err := st.client.HeadObject(t.Context(), &awss3.HeadObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("k"), VersionId: &first.VersionID,
	})
	if err != nil || *head.ContentLength != 3 || *head.VersionId != first.VersionID {
		t.Errorf("head of the first version: %+v, %v", head, err)
	}
}

func TestVersionsAreListedNewestFirstAndPaged(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	for _, key := range []string{"a", "b", "b", "b", "c/d"} {
		st.put(t, key, key)
	}
	if err := st.store.Delete(t.Context(), at("b")); err != nil {
		t.Fatal(err)
	}
	var got []string
	pages := awss3.NewListObjectVersionsPaginator(st.client, &awss3.ListObjectVersionsInput{
		Bucket: aws.String(bucket), MaxKeys: aws.Int32(2),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.DeleteMarkers {
			got = append(got, fmt.Sprint(*v.Key, " marker ", *v.IsLatest))
		}
		for _, v := range page.Versions {
			got = append(got, fmt.Sprint(*v.Key, " ", *v.IsLatest))
		}
	}
	want := []string{"b marker true", "a true", "b false", "b false", "b false", "c/d true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("versions (-want +got):\n%s", diff)
	}
}

func TestARemovedVersionLeavesNothing(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	first := st.put(t, "k", "one")
	second := st.put(t, "k", "two")
	remove := func(id string) {
		t.Helper()
		_, err := st.client.DeleteObject(t.Context(), &awss3.DeleteObjectInput{
			Bucket: aws.String(bucket), Key: aws.String("k"), VersionId: &id,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	remove(second.VersionID)
	if got := st.read(t, "k", object.Pin{}); got != "one" {
		t.Errorf("after the newest went: %q", got)
	}
	remove(first.VersionID)
	remove(first.VersionID) // what is not there is no error
	if there, err := st.store.Exists(t.Context(), at("k")); err != nil || there {
		t.Errorf("exists: %v, %v", there, err)
	}
	entries, err := os.ReadDir(filepath.Join(st.dir, "buckets", bucket))
	if err != nil || len(entries) != 1 {
		t.Errorf("left of the bucket: %v, %v; want its record alone", entries, err)
	}
}

func TestPutConditionsGoByTheLatestVersion(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	put := func(options object.PutOptions) error {
		_, err := st.store.Put(t.Context(), at("k"), strings.NewReader("x"), options)
		return err
	}
	first := st.put(t, "k", "one")
	if err := put(object.PutOptions{IfAbsent: true}); !errors.Is(err, object.ErrChanged) {
		t.Errorf("if absent over an object: %v", err)
	}
	if err := put(object.PutOptions{IfMatch: first.ETag}); err != nil {
		t.Errorf("if match with the latest: %v", err)
	}
	if err := put(object.PutOptions{IfMatch: first.ETag}); !errors.Is(err, object.ErrChanged) {
		t.Errorf("if match with an earlier one: %v", err)
	}
	if err := st.store.Delete(t.Context(), at("k")); err != nil {
		t.Fatal(err)
	}
	if err := put(object.PutOptions{IfAbsent: true}); err != nil {
		t.Errorf("if absent behind a delete marker: %v", err)
	}
}
