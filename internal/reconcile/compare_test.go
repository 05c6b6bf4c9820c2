package reconcile_test

import (
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func id(n byte) uuid.UUID { return uuid.UUID{n} }

func entry(n, digest byte) reconcile.Entry {
	return reconcile.Entry{ID: id(n), Digest: [32]byte{digest}, Alternate: [32]byte{digest}}
}

func head(n, digest byte, status drift.Status) drift.Head {
	return drift.Head{EntityID: id(n), Digest: [32]byte{digest}, Status: status, Revision: 1}
}

func proposing(h drift.Head) drift.Head {
	h.Proposal = uuid.UUID{99}
	return h
}

func rejecting(h drift.Head) drift.Head {
	h.Rejected = map[string]string{"/properties/a": "digest"}
	return h
}

func sealed(entries ...reconcile.Entry) *reconcile.Index {
	var index reconcile.Index
	for _, e := range entries {
		index.Add(e)
	}
	index.Seal()
	return &index
}

func each(heads ...drift.Head) iter.Seq2[drift.Head, error] {
	return func(yield func(drift.Head, error) bool) {
		for _, h := range heads {
			if !yield(h, nil) {
				return
			}
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	rotated := reconcile.Entry{ID: id(1), Digest: [32]byte{7}, Alternate: [32]byte{1}}
	current, drifted, missing := head(1, 1, drift.Current), head(1, 1, drift.Drifted), head(1, 0, drift.Missing)
	one := []uuid.UUID{id(1)}
	for name, c := range map[string]struct {
		index *reconcile.Index
		heads []drift.Head
		look  reconcile.Look
		want  reconcile.Comparison
	}{
		"nothing at all is nothing": {sealed(), nil, reconcile.Look{}, reconcile.Comparison{}},
		"a merge finds what is new before, between and after the heads": {
			sealed(entry(9, 1), entry(1, 1), entry(5, 1), entry(4, 1)),
			[]drift.Head{head(4, 1, drift.Current), head(6, 1, drift.Current)}, reconcile.Look{},
			reconcile.Comparison{Touched: []uuid.UUID{id(1), id(5), id(9)}, Gone: []uuid.UUID{id(6)}, Unchanged: 1, Known: 2, Vanishing: 1}},
		"the same digest is not looked at": {sealed(entry(1, 1)), []drift.Head{current}, reconcile.Look{},
			reconcile.Comparison{Unchanged: 1, Known: 1}},
		"another digest is": {sealed(entry(1, 2)), []drift.Head{current}, reconcile.Look{},
			reconcile.Comparison{Touched: one, Known: 1}},
		"the same drift as before only counts": {sealed(entry(1, 1)), []drift.Head{proposing(drifted)}, reconcile.Look{Policy: drift.HumanApproval},
			reconcile.Comparison{Unchanged: 1, Drifted: 1, Known: 1}},
		"auto-update looks at what is pending": {sealed(entry(1, 1)), []drift.Head{proposing(drifted)}, reconcile.Look{Policy: drift.AutoUpdate},
			reconcile.Comparison{Touched: one, Known: 1}},
		"auto-update looks at what was rejected": {sealed(entry(1, 1)), []drift.Head{rejecting(drifted)}, reconcile.Look{Policy: drift.AutoUpdate},
			reconcile.Comparison{Touched: one, Known: 1}},
		"a full scan looks at what drifted": {sealed(entry(1, 1)), []drift.Head{rejecting(drifted)}, reconcile.Look{Full: true},
			reconcile.Comparison{Touched: one, Known: 1}},
		"a full scan leaves alone what is current": {sealed(entry(1, 1)), []drift.Head{current}, reconcile.Look{Full: true},
			reconcile.Comparison{Unchanged: 1, Known: 1}},
		"what was missing is back": {sealed(entry(1, 0)), []drift.Head{missing}, reconcile.Look{},
			reconcile.Comparison{Touched: one}},
		"what was missing stays so": {sealed(), []drift.Head{missing}, reconcile.Look{}, reconcile.Comparison{}},
		"prune looks at what was missing": {sealed(), []drift.Head{missing}, reconcile.Look{Prune: true},
			reconcile.Comparison{Gone: one}},
		"prune does not ask twice for a delete": {sealed(), []drift.Head{proposing(missing)}, reconcile.Look{Prune: true, Policy: drift.HumanApproval},
			reconcile.Comparison{}},
		"auto-update prunes what waited for a person": {sealed(), []drift.Head{proposing(missing)}, reconcile.Look{Prune: true, Policy: drift.AutoUpdate},
			reconcile.Comparison{Gone: one}},
		"auto-update prunes what a person kept": {sealed(), []drift.Head{rejecting(missing)}, reconcile.Look{Prune: true, Policy: drift.AutoUpdate},
			reconcile.Comparison{Gone: one}},
		"a full scan looks at what is missing": {sealed(), []drift.Head{missing}, reconcile.Look{Full: true},
			reconcile.Comparison{Gone: one}},
		"an invalid declaration is not gone": {sealed(), []drift.Head{current}, reconcile.Look{Keep: func(uuid.UUID) bool { return true }},
			reconcile.Comparison{Known: 1}},
		"under a new key the old digest is compared, and stamped anew": {sealed(rotated), []drift.Head{current}, reconcile.Look{Rotating: true},
			reconcile.Comparison{Touched: one, Known: 1}},
		"under a new key what has no secret is unchanged": {sealed(entry(1, 1)), []drift.Head{current}, reconcile.Look{Rotating: true},
			reconcile.Comparison{Unchanged: 1, Known: 1}},
		"declared twice is neither applied": {sealed(entry(1, 1), entry(2, 1), entry(1, 2)), nil, reconcile.Look{},
			reconcile.Comparison{Touched: []uuid.UUID{id(2)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := reconcile.Compare(c.index, each(c.heads...), c.look)
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Errorf("error %v, -want +got:\n%s", err, diff)
			}
		})
	}
}

func TestCompareReturnsTheErrorOfTheHeads(t *testing.T) {
	t.Parallel()
	want := errors.New("read heads")
	_, err := reconcile.Compare(sealed(), func(yield func(drift.Head, error) bool) { yield(drift.Head{}, want) }, reconcile.Look{})
	if !errors.Is(err, want) {
		t.Errorf("got %v", err)
	}
}

func TestIndexReportsWhatIsDeclaredTwice(t *testing.T) {
	t.Parallel()
	var index reconcile.Index
	for _, n := range []byte{3, 1, 2, 3, 1, 3} {
		index.Add(entry(n, n))
	}
	if diff := cmp.Diff([]uuid.UUID{id(1), id(3)}, index.Seal()); diff != "" {
		t.Errorf("repeated, -want +got:\n%s", diff)
	}
	if index.Len() != 1 || !index.Has(id(2)) || index.Has(id(1)) {
		t.Errorf("kept %d", index.Len())
	}
	index.Without(func(uuid.UUID) bool { return true })
	if index.Len() != 0 {
		t.Errorf("%d are left", index.Len())
	}
}

func TestTheOrderOfADocumentDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var entries []reconcile.Entry
		for _, n := range rapid.SliceOfN(rapid.ByteMax(20), 0, 20).Draw(t, "entries") {
			entries = append(entries, entry(n, rapid.ByteMax(2).Draw(t, "digest")))
		}
		var heads []drift.Head
		for n := range byte(20) {
			if rapid.Bool().Draw(t, "head") {
				heads = append(heads, head(n, 1, drift.Current))
			}
		}
		look := reconcile.Look{Prune: rapid.Bool().Draw(t, "prune")}
		want, _ := reconcile.Compare(sealed(entries...), each(heads...), look)
		shuffled := rapid.Permutation(entries).Draw(t, "shuffled")
		got, _ := reconcile.Compare(sealed(shuffled...), each(heads...), look)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("-want +got:\n%s", diff)
		}
	})
}
