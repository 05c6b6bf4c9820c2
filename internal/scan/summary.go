package scan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// summary gathers what a scan did; counts are exact, lists are capped.
type summary struct {
	drift.Summary
	results []drift.DocumentResult
	worst   drift.ScanStatus
	// decided counts the declarations that this reading decided, before those of
	// readings that had to be made again: this one finds them unchanged.
	decided, before int
}

func newSummary(dryRun bool) *summary {
	return &summary{Summary: drift.Summary{DryRun: dryRun, Documents: map[drift.ScanStatus]int{}}, worst: drift.ScanUnchanged}
}

// handled is how many entities the scan has come to a decision about.
func (s *summary) handled() int {
	c := s.Counts
	return c.Created + c.Updated + c.Unchanged + c.Proposed + c.Missing + c.Removed + c.Failed
}

// change counts the change of one entity. touchedAgain tells of one that another
// reading would not find unchanged.
func (s *summary) change(w store.Write, touchedAgain bool) {
	if declares(w) && w.Change.Outcome != reconcile.Unchanged && !touchedAgain {
		s.decided++
	}
	name := nameOf(w)
	s.delta(w.Delta.Kind, name)
	switch w.Change.Outcome {
	case reconcile.Created:
		s.Counts.Created++
		s.Created = capped(s.Created, name)
	case reconcile.Updated:
		s.Counts.Updated++
		s.Updated = capped(s.Updated, name)
	case reconcile.Unchanged:
		s.Counts.Unchanged++
	case reconcile.Vanished:
		s.Counts.Missing++
		s.Missing = capped(s.Missing, name)
	case reconcile.Removed:
		s.Counts.Removed++
		s.Removed = capped(s.Removed, name)
	case reconcile.Proposed:
		s.proposed(w, name)
	}
	if w.Change.Head != nil && w.Change.Head.Status == drift.Drifted || w.Change.Head == nil && !w.Change.DropHead && w.Entry.Head.Status == drift.Drifted {
		s.Counts.Drifted++
	}
}

// declares reports whether the change is of an entity that is declared.
func declares(w store.Write) bool {
	switch w.Change.Outcome {
	case reconcile.Vanished, reconcile.Removed:
		return false
	}
	return w.Change.Head == nil || w.Change.Head.Status != drift.Missing
}

func (s *summary) proposed(w store.Write, name drift.Name) {
	s.Counts.Proposed++
	s.Proposed = capped(s.Proposed, name)
	open := w.Change.Open
	if open == nil {
		return
	}
	if open.Conflict() {
		s.Counts.Conflicts++
	}
	if len(s.Proposals) < drift.MaxProposals {
		s.Proposals = append(s.Proposals, open.ID)
	}
	if open.Action == drift.ActionDelete && w.Entry.Head.Status != drift.Missing {
		s.Counts.Missing++
		s.Missing = capped(s.Missing, name)
	}
}

func nameOf(w store.Write) drift.Name {
	n := drift.Name{ID: w.Entry.EntityID, EntityType: w.Entry.Head.EntityType, Name: w.Entry.Head.Name}
	switch {
	case w.Change.Head != nil:
		n.EntityType, n.Name = w.Change.Head.EntityType, w.Change.Head.Name
	case w.Entry.Record != nil:
		n.EntityType, n.Name = w.Entry.Record.Entity.Type, w.Entry.Record.Entity.Name
	}
	return n
}

func capped(names []drift.Name, name drift.Name) []drift.Name {
	if len(names) >= drift.MaxNames {
		return names
	}
	return append(names, name)
}

// unchanged counts a document whose bytes need not be read.
func (s *summary) unchanged(entities, drifted int) {
	s.Counts.Declared += entities
	s.Counts.Unchanged += entities
	s.Counts.Drifted += drifted
}

// document counts a document by what became of it.
func (s *summary) document(d *document) {
	result := drift.DocumentResult{URI: d.URI, Status: d.Status, Reason: d.Reason, Format: d.Format, Scope: d.Scope,
		Lineage: d.Lineage, Serial: d.Serial, WriterVersion: d.WriterVersion}
	if d.told.Format != "" {
		result.Lineage, result.Serial, result.WriterVersion = d.told.Lineage, d.told.Serial, d.told.WriterVersion
	}
	s.result(result)
}

// end ends the scan as a whole with a status, whatever its documents have.
func (s *summary) end(status drift.ScanStatus, reason string) {
	s.worst, s.Reason = status, brief(reason)
}

// fail counts a fault of the source as a whole.
func (s *summary) fail(result drift.DocumentResult) {
	result.Reason = brief(result.Reason)
	s.result(result)
}

func (s *summary) result(result drift.DocumentResult) {
	s.Documents[result.Status]++
	if result.Status.Severity() > s.worst.Severity() {
		s.worst = result.Status
		s.Reason = result.Reason
		if !result.Status.Stopped() {
			s.Reason = ""
		}
	}
	s.results = append(s.results, result)
}

// status is the worst of the documents'. One that went well is no success where
// declarations failed, such as the relationships of a push.
func (s *summary) status() drift.ScanStatus {
	if s.Counts.Failed > 0 && !s.worst.Stopped() {
		return drift.ScanPartial
	}
	return s.worst
}

// unusedReason is what a person reads first of a scan that did not use all declarations.
func unusedReason(failed int) string {
	if failed == 1 {
		return "1 declaration could not be used: see failed"
	}
	return fmt.Sprintf("%d declarations could not be used: see failed", failed)
}

// stopped reports whether a document was left as it was.
func (s *summary) stopped() bool { return s.worst.Stopped() }

// failure counts a declaration that could not be used.
func (s *summary) failure(document string, p reader.Problem) {
	s.fault(document, p.Name, p.Place(), p.Reason)
}

func (s *summary) fault(document, name, place, reason string) {
	s.Counts.Failed++
	if len(s.Failed) < drift.MaxProblems {
		s.Failed = append(s.Failed, drift.Note{Document: document, Name: brief(name), Place: brief(place), Reason: brief(reason)})
	}
}

// maxTextBytes bounds a text of a summary: one that quotes a document has no bound of
// its own, and the summary is stored as one item.
const maxTextBytes = 1 << 10

// brief cuts the middle out of a longer text: where it begins and what was wrong stay.
func brief(text string) string {
	if len(text) <= maxTextBytes {
		return text
	}
	begin, end := text[:maxTextBytes*3/4], text[len(text)-maxTextBytes/4:]
	return strings.ToValidUTF8(begin, "") + "…" + strings.ToValidUTF8(end, "")
}

func (s *summary) warn(document, name, reason string) {
	note := drift.Note{Document: document, Name: brief(name), Reason: brief(reason)}
	if len(s.Warnings) < drift.MaxProblems && !slices.Contains(s.Warnings, note) {
		s.Warnings = append(s.Warnings, note)
	}
}

func (s *summary) schema(kind catalog.Kind, name, outcome string) {
	s.Schemas = append(s.Schemas, drift.SchemaName{Kind: string(kind), Name: name, Outcome: outcome})
}

// close sorts and caps what was gathered.
func (s *summary) close() drift.Summary {
	slices.SortStableFunc(s.results, func(a, b drift.DocumentResult) int {
		if c := cmp.Compare(b.Status.Severity(), a.Status.Severity()); c != 0 {
			return c
		}
		return cmp.Compare(a.URI, b.URI)
	})
	s.DocumentResults = s.results[:min(len(s.results), drift.MaxProblems)]
	for _, names := range [][]drift.Name{s.Created, s.Updated, s.Proposed, s.Missing, s.Removed,
		s.Deltas.Added, s.Deltas.Changed, s.Deltas.Removed} {
		slices.SortFunc(names, func(a, b drift.Name) int {
			return cmp.Or(cmp.Compare(a.EntityType, b.EntityType), cmp.Compare(a.Name, b.Name))
		})
	}
	slices.SortFunc(s.Proposals, func(a, b uuid.UUID) int { return compareID(a, b) })
	sum := s.Summary
	if s.status() == drift.ScanPartial {
		sum.Reason = unusedReason(sum.Counts.Failed)
	}
	sum.Counts.Unchanged = max(0, sum.Counts.Unchanged-s.before)
	return sum
}
