package local

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/place"
)

func TestTheNewestChangeOfAnObjectIsPassedOnLate(t *testing.T) {
	t.Parallel()
	var l late
	if got := l.take(); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for _, event := range []s3.Event{
		{Bucket: "b", Key: "k", Sequencer: "2", Name: s3.DeleteMarker}, {Bucket: "b", Key: "k", Sequencer: "1", Name: s3.Put}, {Bucket: "c", Key: "k", Sequencer: "3"},
	} {
		l.add(event)
	}
	want := map[place.Location]s3.Event{
		{Bucket: "b", Key: "k"}: {Bucket: "b", Key: "k", Sequencer: "2", Name: s3.DeleteMarker},
		{Bucket: "c", Key: "k"}: {Bucket: "c", Key: "k", Sequencer: "3"},
	}
	if diff := cmp.Diff(want, l.take()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := l.take(); len(got) != 0 {
		t.Errorf("taken twice: %v", got)
	}
}
