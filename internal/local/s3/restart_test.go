package s3_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

// hostileKeys are legal in S3 and none of them is a good name for a file.
var hostileKeys = []string{
	"..", "../../etc/passwd", ".", "a", "A", "a/", "a/b", "a//b", "/leading", "env:/dev/x.tfstate",
	"nul", "com1.txt", "blank at end ", "käse/ü", "ka\u0308se/u\u0308", "a\\b", "100%", "+ +", "~", "*?[{",
	strings.Repeat("long", 200), strings.Repeat("s/", 400), strings.Repeat("ü", 512), "bucket.json", "x.body",
}

func TestEveryKeySurvivesARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := start(t, dir, s3.Config{})
	pins := map[string]object.Pin{}
	for _, key := range hostileKeys {
		pins[key] = before.put(t, key, "first "+key).Pin()
		before.put(t, key, "second "+key)
	}

	after := start(t, dir, s3.Config{})
	want := slices.Sorted(slices.Values(hostileKeys))
	if diff := cmp.Diff(want, after.keys(t)); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	for _, key := range hostileKeys {
		if got := after.read(t, key, object.Pin{}); got != "second "+key {
			t.Errorf("%q holds %q", key, got)
		}
		if got := after.read(t, key, pins[key]); got != "first "+key {
			t.Errorf("the first version of %q holds %q", key, got)
		}
	}
	after.put(t, "later", "")
	told := before.told()
	last, next := told[len(told)-1].Sequencer, after.told()[0].Sequencer
	if next <= last {
		t.Errorf("sequencer %s after a restart is not above %s", next, last)
	}
}

func TestNothingIsWrittenOutsideTheFolder(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	st := start(t, filepath.Join(parent, "data"), s3.Config{})
	for _, key := range hostileKeys {
		st.put(t, key, "x")
	}
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the folder: %v, %v", entries, err)
	}
}

func TestWhatAKilledProcessLeftIsNoObject(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	st := start(t, dir, s3.Config{})
	st.put(t, "whole", "whole")
	folder, err := filepath.Glob(filepath.Join(dir, "buckets", bucket, "whole~*"))
	if err != nil || len(folder) != 1 {
		t.Fatalf("folder of the object: %v, %v", folder, err)
	}
	leftovers := []string{
		filepath.Join(dir, "tmp", "body-1"),                         // a body half received
		filepath.Join(folder[0], "ffffffffffffffff.body"),           // a body without its record
		filepath.Join(dir, "buckets", bucket, "half~1", "01.body"),  // the same of a new key
		filepath.Join(dir, "buckets", "half-made", "x~1", "1.json"), // a bucket without its record
	}
	for _, name := range leftovers {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	after := start(t, dir, s3.Config{})
	if diff := cmp.Diff([]string{"whole"}, after.keys(t)); diff != "" || after.read(t, "whole", object.Pin{}) != "whole" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	for _, name := range leftovers {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is still there", name)
		}
	}
}

func TestALostContentIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start(t, dir, s3.Config{}).put(t, "k", "x")
	bodies, _ := filepath.Glob(filepath.Join(dir, "buckets", bucket, "*", "*.body"))
	for _, name := range bodies {
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s3.Open(dir, s3.Config{})
	if err == nil || !strings.Contains(err.Error(), "object estate/k: the content of version") {
		t.Errorf("open: %v", err)
	}
}
