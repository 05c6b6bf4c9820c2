package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

// TestADeltaIsTheDifferenceOfTwoDeclarations plays random histories of several
// sources, with decisions, keys and policies that change, and holds the delta of each
// scan against what its source declared in the scan before.
func TestADeltaIsTheDifferenceOfTwoDeclarations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e, before := newEstate(), map[*origin]*catalog.Entity{}
		origins := drawOrigins(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			o := rapid.SampledFrom(origins).Draw(t, "source")
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0:
				o.declared = nil
			case 1:
				o.policy = drawPolicy(t)
			case 2:
				o.prune = !o.prune
			case 3, 4:
				if e.pending(o.id) != nil {
					status := rapid.SampledFrom([]drift.ProposalStatus{drift.Approved, drift.Rejected}).Draw(t, "decision")
					_, _ = e.decide(t, o, status) // or stale: then nothing is decided
					continue
				}
			case 5:
				for _, each := range origins {
					each.key += "'"
				}
				for _, each := range origins { // so that none loses its key
					e.deltaChecked(t, each, before)
				}
			default:
				drawDeclaration(t, o)
			}
			e.deltaChecked(t, o, before)
		}
	})
}

// deltaChecked scans a source and holds the delta against its last declaration.
func (e *estate) deltaChecked(t *rapid.T, o *origin, before map[*origin]*catalog.Entity) {
	t.Helper()
	got, c := e.deltaNow(o), e.caseOf(o)
	was, is := before[o], o.declared
	e.scan(t, o, rapid.Bool().Draw(t, "full"))
	if before[o] = nil; is != nil {
		kept := *is
		before[o] = &kept
	}
	want := drift.Changed
	switch {
	case was == nil && is == nil:
		want = ""
	case was == nil:
		want = drift.Added
	case is == nil:
		want = drift.Removed
	}
	if want != drift.Changed {
		if got.Kind != want || len(got.Changes) > 0 {
			t.Fatalf("delta %+v, want %q", got, want)
		}
		return
	}
	changed := map[string]string{}
	for _, change := range got.Changes {
		changed[change.Property] = fmt.Sprintf("%v %s", change.Before != nil, unkeyed(change.After))
	}
	wanted := map[string]string{}
	for name := range union(was.Pointers(), is.Pointers()) {
		from, to := was.At(name), is.At(name)
		if catalog.Equal(from, to) {
			if c.Head.Rejected[name] == "plain" { // nothing is kept that would tell
				delete(changed, name)
			}
			continue
		}
		wanted[name] = fmt.Sprintf("%v %s", from != nil, unkeyed(c.Declared.Entity.At(name)))
		// Beside a secret of another source, little is known of a plain value.
		told, found := changed[name]
		hidden := told == fmt.Sprintf("%v %s", from != nil, unkeyed(catalog.Secret("", "")))
		if secretBeside(c, before, o, name) && (!found || hidden) {
			delete(wanted, name)
			delete(changed, name)
		}
	}
	if diff := cmp.Diff(wanted, changed); diff != "" {
		t.Fatalf("properties (-want +got):\n%s\nwas %v\nis %v\nhead %+v\nrecord %+v", diff, was, is, c.Head, c.Record)
	}
	if (got.Kind == "") != (len(changed) == 0 && len(got.Changes) == 0) {
		t.Fatalf("delta %+v", got)
	}
}

// secretBeside reports whether another source declares, or shares, a secret at the
// property, or took the head's digest when it did.
func secretBeside(c reconcile.Case, before map[*origin]*catalog.Entity, o *origin, name string) bool {
	for other, declared := range before {
		if other != o && declared != nil && strings.Contains(string(declared.At(name)), secretMark) {
			return true
		}
	}
	shared := len(c.Others) > 0 && catalog.HasSecret(c.Record.Entity.At(name))
	return shared || c.Head.Digest == [32]byte{}
}
