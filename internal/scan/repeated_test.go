package scan_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
)

func TestWhatIsDeclaredMoreThanOnceIsToldByNameAndPlaces(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
	s.run(src)
	s.bucket.put(vpcKey, state(2, "web=small", "db=small", "web=large"))
	got := s.run(src).Summary
	if got.Counts.Failed != 1 || len(got.Failed) != 1 || got.Counts.Missing != 0 {
		t.Fatalf("counts %+v, failed %+v", got.Counts, got.Failed)
	}
	note := got.Failed[0]
	text := state(2, "web=small", "db=small", "web=large")
	places := "at byte %1, /resources/0/instances/0; at byte %2, /resources/2/instances/0"
	places = strings.Replace(places, "%1", instanceAt(text, 0), 1)
	places = strings.Replace(places, "%2", instanceAt(text, 2), 1)
	want := drift.Note{Document: vpcURI, Name: "prod/vpc/aws_instance.web", Place: places,
		Reason: "declared more than once in the document: no declaration is applied"}
	if diff := cmp.Diff(want, note); diff != "" {
		t.Error(diff)
	}
	if s.size("web") != `"small"` {
		t.Errorf("recorded %s", s.size("web"))
	}
}

// instanceAt is the offset of the n-th instance of a state, from 0.
func instanceAt(text string, n int) string {
	offset := 0
	for range n + 1 {
		offset += strings.Index(text[offset:], `"instances":[`) + len(`"instances":[`)
	}
	return strconv.Itoa(offset)
}
