package scan_test

import (
	"bytes"
	"strings"
	"testing"

	"plumbline/internal/drift"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// pushLikeKey is an object whose document has the id "push561e6o".
const pushLikeKey = "acme/prod/app-916223.tfstate"

func TestAnObjectWhoseDocumentsIdBeginsAsAPushIsAnObject(t *testing.T) {
	t.Parallel()
	for _, uri := range []string{"s3://estate/" + pushLikeKey, "s3://estate/acme/prod/"} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: uri})
		s.bucket.put(pushLikeKey, state(1, "web=small", "db=small"))
		for range 2 { // what was read first is no push for the second to take the place of
			s.run(src)
			if got, want := s.totals(src), (store.Totals{Current: 4}); got != want {
				t.Fatalf("%s: totals %+v, want %+v", uri, got, want)
			}
		}
		for d, err := range s.store.Documents(t.Context(), src.ID) {
			if err != nil || d.ID[:4] != "push" || d.Kind != drift.DocumentObject {
				t.Errorf("%s: document %q is of kind %q, %v", uri, d.ID, d.Kind, err)
			}
		}
		// A push takes its place, and it that of the push.
		s.run(src, push(servers("x=1")))
		s.mustStatus(s.last(src), drift.ScanSucceeded)
		if got := s.totals(src); got.Missing != 4 {
			t.Errorf("%s: after a push %+v, want what was read missing", uri, got)
		}
		s.run(src)
		if got := s.totals(src); got.Current != 4 || got.Missing != 1 {
			t.Errorf("%s: read again %+v, want the push missing", uri, got)
		}
	}
}

func TestAnObjectThatIsGoneIsMissedWhateverItsId(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/"})
	s.bucket.put(pushLikeKey, state(1, "web=small"))
	s.bucket.put("acme/prod/vpc.tfstate", state(1, "web=small"))
	s.run(src)
	s.bucket.remove(pushLikeKey)
	s.mustStatus(s.run(src), drift.ScanHeld)
}

func TestARecordThatNamesNoKindHasThatOfItsId(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	s.run(src, push(everyKind))
	for _, item := range s.mirror.dump(t) {
		if !strings.HasPrefix(item.SK, "D#") {
			continue
		}
		for _, kind := range []string{"object", "push", "relationships"} {
			item.Body = bytes.Replace(item.Body, []byte(`"kind":"`+kind+`",`), nil, 1)
		}
		if bytes.Contains(item.Body, []byte(`"kind"`)) {
			t.Fatalf("%s", item.Body)
		}
		item.Revision++
		if err := s.counter.Write(t.Context(), table.Put(item, table.Any)); err != nil {
			t.Fatal(err)
		}
	}
	kinds := map[drift.DocumentKind]int{}
	for d, err := range s.store.Documents(t.Context(), src.ID) {
		if err != nil {
			t.Fatal(err)
		}
		kinds[d.Kind]++
	}
	if len(kinds) != 3 || kinds[drift.DocumentPush] != 1 || kinds[drift.DocumentRelationships] != 1 {
		t.Errorf("kinds: %v, want one of each", kinds)
	}
	s.run(src)
	if got := s.totals(src); got.Current != 3 {
		t.Errorf("read over the push: %+v", got)
	}
}
