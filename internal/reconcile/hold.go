package reconcile

import (
	"fmt"

	"plumbline/internal/drift"
)

// Reading is what a document says of itself, as far as [Hold] asks.
type Reading struct {
	Lineage   string
	Serial    uint64
	HasSerial bool
	// Empty: the document declares nothing but itself. NoState: it is zero bytes, and so
	// has no lineage that could differ.
	Empty, NoState bool
	// Rewritten: it declares otherwise than the reading that was applied last.
	Rewritten bool
}

// massLoss: of at least this many entities, more than half gone at once is held.
const massLoss = 10

// Hold says why a scan of a document must wait for a person, under either policy; ""
// lets it pass. The document is as the last applied scan left it; a document that was
// never applied passes.
//
// Source of the rules on lineage and serial: Terraform compares states only within
// one lineage, and a serial only grows; a state of the same serial must be the same.
func Hold(before drift.Document, now Reading, c Comparison) string {
	switch {
	case before.ScannedAt.IsZero():
		return ""
	case now.Empty && !before.Empty && c.Known > 0:
		return fmt.Sprintf("an empty document follows one with %d entities", c.Known)
	case before.Lineage != "" && now.Lineage != before.Lineage && !now.NoState:
		return fmt.Sprintf("the lineage changed from %q to %q: the state was replaced", before.Lineage, now.Lineage)
	case before.HasSerial && now.HasSerial && now.Serial < before.Serial:
		return fmt.Sprintf("the serial went back from %d to %d", before.Serial, now.Serial)
	case before.HasSerial && now.HasSerial && now.Serial == before.Serial && now.Rewritten:
		return fmt.Sprintf("the content changed, but its serial is still %d", now.Serial)
	case c.Known >= massLoss && 2*c.Vanishing > c.Known:
		return fmt.Sprintf("%d of %d entities would go missing", c.Vanishing, c.Known)
	}
	return ""
}
