package s3_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awss3 "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumbline/internal/local/s3"
)

func TestEveryChangeIsTold(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	key := "env:/dev/a b+c.tfstate"
	info := st.put(t, key, "text")
	source := bucket + "/env%3A/dev/a%20b%2Bc.tfstate"
	copied, err := st.client.CopyObject(t.Context(), &awss3.CopyObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("copy"), CopySource: &source,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.store.Delete(t.Context(), at(key)); err != nil {
		t.Fatal(err)
	}
	_, err = st.client.DeleteObject(t.Context(), &awss3.DeleteObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("copy"), VersionId: copied.VersionId,
	})
	if err != nil {
		t.Fatal(err)
	}

	got := st.told()
	want := []s3.Event{
		{Bucket: bucket, Key: key, Name: s3.Put, ETag: info.ETag, Size: 4, VersionID: info.VersionID},
		{Bucket: bucket, Key: "copy", Name: s3.Copy, ETag: info.ETag, Size: 4, VersionID: *copied.VersionId},
		{Bucket: bucket, Key: key, Name: s3.DeleteMarker, VersionID: got[2].VersionID},
		{Bucket: bucket, Key: "copy", Name: s3.Delete, VersionID: *copied.VersionId},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(s3.Event{}, "Sequencer")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	ordered := slices.IsSortedFunc(got, func(a, b s3.Event) int { return strings.Compare(a.Sequencer, b.Sequencer) })
	if !ordered || len(got[0].Sequencer) != 16 {
		t.Errorf("sequencers do not grow: %v", got)
	}
}

func TestReplayTellsTheNewestChangeOfEveryKeyAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	before := start(t, dir, s3.Config{})
	before.put(t, "a", "one")
	before.put(t, "b", "one")
	before.put(t, "a", "two")
	if err := before.store.Delete(t.Context(), at("b")); err != nil {
		t.Fatal(err)
	}
	want := before.told()[2:]

	after := start(t, dir, s3.Config{})
	after.server.Replay()
	if diff := cmp.Diff(want, after.told()); diff != "" {
		t.Errorf("events (-first time +replay):\n%s", diff)
	}
}

func TestWritersAtOneTimeAllCount(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{KeepVersions: 100})
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() { st.put(t, "k", "x") })
	}
	group.Wait()
	sequencers := map[string]bool{}
	for _, event := range st.told() {
		sequencers[event.Sequencer] = true
	}
	if len(sequencers) != 16 {
		t.Errorf("%d sequencers, want 16", len(sequencers))
	}
}
