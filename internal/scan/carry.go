package scan

import "plumbline/internal/drift"

// resume takes up the counts and lists of an earlier part of the scan. What that part
// had decided is found unchanged now, and not counted twice.
func (s *summary) resume(before drift.Summary, decided int) {
	s.Summary = carried(before)
	s.before = decided
	s.Summary.DryRun, s.Documents = false, map[drift.ScanStatus]int{}
}

// carried is what stays true of a reading that has to be made again: what it did, and
// not what it saw.
func carried(before drift.Summary) drift.Summary {
	c := before.Counts
	before.Counts = drift.Counts{Created: c.Created, Updated: c.Updated, Proposed: c.Proposed, Missing: c.Missing, Removed: c.Removed, Conflicts: c.Conflicts}
	before.Reason, before.Failed, before.DocumentResults = "", nil, nil
	return before
}

// mark is the summary as it is before a document is read.
func (s *summary) mark() summary { return *s }

// back takes the summary back to a mark, save for what was done since.
func (s *summary) back(mark summary) {
	done := carried(s.Summary)
	c := mark.Counts
	done.Counts.Declared, done.Counts.Unchanged, done.Counts.Drifted, done.Counts.Failed = c.Declared, c.Unchanged, c.Drifted, c.Failed
	done.Failed = mark.Failed
	s.Summary = done
	s.before += s.decided - mark.decided
	s.decided = mark.decided
}
