package scan_test

import (
	"encoding/base32"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// isDelta reports whether an item is one of those that tell what a scan found declared
// otherwise.
func (it stored) isDelta() bool {
	return it.isTally() || it.pk[0] == "S" && len(it.pk) == 4 && it.pk[2] == "C" || it.isDeltaPatch()
}

func (it stored) isTally() bool {
	return it.pk[0] == "S" && len(it.pk) == 2 && strings.HasPrefix(it.SK, "C#")
}

func (it stored) isDeltaPatch() bool { return it.pk[0] == "X" && strings.HasPrefix(it.SK, "C#") }

// idIn is an id that stands in a key.
func idIn(text string) uuid.UUID {
	raw, err := base32.HexEncoding.WithPadding(base32.NoPadding).DecodeString(text)
	if err != nil {
		panic(err)
	}
	return uuid.UUID(raw)
}

// deltas are all those of one scan, page by page, with their patches.
func (s *stack) deltas(source, scan uuid.UUID) (all []store.Delta) {
	s.t.Helper()
	for cursor := ""; ; {
		page, next, err := s.store.Deltas(s.t.Context(), source, scan, cursor, 20)
		if err == nil {
			err = s.store.ReadPatches(s.t.Context(), page)
		}
		if err != nil {
			s.t.Fatal(err)
		}
		if all, cursor = append(all, page...), next; cursor == "" {
			return all
		}
	}
}

// deltaText is a delta without what differs from one time to another.
func deltaText(d store.Delta) string {
	text := string(d.Kind) + " " + d.Name
	for _, op := range d.Patch {
		text += fmt.Sprintf("; %s %s %s", op.Op, op.Path, string(op.Value))
	}
	return text
}

// deltaTexts are the deltas of every scan, also of one that died, by source.
func (s *stack) deltaTexts() (all []string) {
	for _, it := range s.read() {
		if !it.isTally() {
			continue
		}
		for _, d := range s.deltas(idIn(it.pk[1]), idIn(it.SK[2:])) {
			all = append(all, "delta of "+it.pk[1]+" = "+deltaText(d))
		}
	}
	return all
}

// checkDeltas holds the tallies against a recount, and every delta against what shows
// its patch. A source that is being deleted loses them piece by piece.
func checkDeltas(all []stored, wanted, got facts) {
	deleting, keys := map[string]bool{}, map[string]bool{}
	for _, it := range all {
		keys[it.Key.String()] = true
		if it.pk[0] == "P" && strings.HasPrefix(it.SK, "S#") && it.Deleting {
			deleting[it.SK[2:]] = true
		}
	}
	for _, it := range all {
		switch {
		case it.isDeltaPatch():
			got.add("patch %s of %s", it.SK, it.pk[1])
		case it.isTally() && !deleting[it.pk[1]]:
			tally := fmt.Sprintf("tally of %s#%s: ", it.PK, it.SK)
			for kind, n := range map[drift.Delta]int{drift.Added: it.Added, drift.Changed: it.Changed, drift.Removed: it.Removed} {
				if n > 0 {
					got[tally+string(kind)] += n
				}
			}
		}
		for _, d := range it.Deltas {
			if !deleting[it.pk[1]] {
				wanted.add("tally of %s: %s", it.PK, d.Kind)
			}
			switch entity := idOf(d.Entity); {
			case d.Patch != "":
				wanted.add("patch C#%s of %s", idOf(d.Patch), entity)
			case d.Event != "" && !keys["X#"+entity+" | V#"+idOf(d.Event)],
				d.Proposal != "" && !keys["S#"+it.pk[1]+"#P#"+d.Proposal[:1]+" | "+idOf(d.Proposal)]:
				wanted.add("what shows the patch of delta %+v", d)
			}
		}
	}
}
