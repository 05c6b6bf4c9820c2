package listing_test

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/atmos/listing"
)

func open(o listing.Object) (io.ReadCloser, error) {
	if o.Path == "denied.yaml" {
		return nil, errors.New("denied")
	}
	return io.NopCloser(strings.NewReader("text!")), nil
}

func objects(paths ...string) (list []listing.Object) {
	for _, p := range paths {
		list = append(list, listing.Object{Path: p, ETag: "e-" + p, SizeBytes: 5})
	}
	return list
}

func TestItIsAFileSystem(t *testing.T) {
	t.Parallel()
	f := listing.New(objects("b/c/d.yaml", "a.yaml", "b/a.yaml"), open)
	if err := fstest.TestFS(f, "a.yaml", "b/a.yaml", "b/c/d.yaml"); err != nil {
		t.Error(err)
	}
	if got := f.ETag("b/a.yaml"); got != "e-b/a.yaml" {
		t.Errorf("etag %q", got)
	}
}

func TestPathsThatAreNoneAreLeftOut(t *testing.T) {
	t.Parallel()
	f := listing.New(objects("a//b", "../a", "a/", "/a", "x", "x/y", ""), open)
	if diff := cmp.Diff([]string{"", "../a", "/a", "a/", "a//b", "x"}, f.Skipped()); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if _, err := fs.ReadFile(f, "x/y"); err != nil {
		t.Error(err)
	}
}

func TestErrorsOfOpeningComeThrough(t *testing.T) {
	t.Parallel()
	f := listing.New(objects("denied.yaml"), open)
	if _, err := f.Open("denied.yaml"); err == nil || !strings.Contains(err.Error(), "denied") {
		t.Errorf("got %v", err)
	}
	if _, err := f.Open("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
