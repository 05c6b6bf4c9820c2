package reconcile_test

import (
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestHold(t *testing.T) {
	t.Parallel()
	scanned := drift.Document{ScannedAt: time.Unix(1, 0), Lineage: "L", Serial: 5, HasSerial: true}
	same := reconcile.Reading{Lineage: "L", Serial: 5, HasSerial: true}
	for name, c := range map[string]struct {
		before drift.Document
		now    reconcile.Reading
		c      reconcile.Comparison
		want   string
	}{
		"the first scan passes":                       {drift.Document{}, reconcile.Reading{Lineage: "M"}, reconcile.Comparison{}, ""},
		"a document that was only seen passes":        {drift.Document{Lineage: "L"}, reconcile.Reading{Lineage: "M"}, reconcile.Comparison{}, ""},
		"the same serial passes":                      {scanned, same, reconcile.Comparison{}, ""},
		"the same serial with other content is held":  {scanned, reconcile.Reading{Lineage: "L", Serial: 5, HasSerial: true, Rewritten: true}, reconcile.Comparison{}, "the content changed, but its serial is still 5"},
		"other content without a serial passes":       {scanned, reconcile.Reading{Lineage: "L", Rewritten: true}, reconcile.Comparison{}, ""},
		"other content of a greater serial passes":    {scanned, reconcile.Reading{Lineage: "L", Serial: 6, HasSerial: true, Rewritten: true}, reconcile.Comparison{}, ""},
		"zero bytes after an empty state pass":        {drift.Document{ScannedAt: time.Unix(1, 0), Lineage: "L", Empty: true}, reconcile.Reading{Empty: true, NoState: true}, reconcile.Comparison{Known: 1}, ""},
		"zero bytes after one with entities are held": {scanned, reconcile.Reading{Empty: true, NoState: true}, reconcile.Comparison{Known: 1, Vanishing: 1}, "an empty document follows one with 1 entities"},
		"a greater serial passes":                     {scanned, reconcile.Reading{Lineage: "L", Serial: 6, HasSerial: true}, reconcile.Comparison{}, ""},
		"a smaller serial is held":                    {scanned, reconcile.Reading{Lineage: "L", Serial: 4, HasSerial: true}, reconcile.Comparison{}, "the serial went back from 5 to 4"},
		"serial 0 after one is held":                  {scanned, reconcile.Reading{Lineage: "L", HasSerial: true}, reconcile.Comparison{}, "the serial went back from 5 to 0"},
		"no serial at all passes":                     {scanned, reconcile.Reading{Lineage: "L"}, reconcile.Comparison{}, ""},
		"another lineage is held":                     {scanned, reconcile.Reading{Lineage: "M", Serial: 9, HasSerial: true}, reconcile.Comparison{}, `the lineage changed from "L" to "M": the state was replaced`},
		"a lineage that went away is held":            {scanned, reconcile.Reading{Serial: 9, HasSerial: true}, reconcile.Comparison{}, `the lineage changed from "L" to "": the state was replaced`},
		"a lineage where there was none passes":       {drift.Document{ScannedAt: time.Unix(1, 0)}, reconcile.Reading{Lineage: "M"}, reconcile.Comparison{}, ""},
		"an empty set after a non-empty one is held":  {scanned, reconcile.Reading{Lineage: "L", Empty: true}, reconcile.Comparison{Known: 1, Vanishing: 1}, "an empty document follows one with 1 entities"},
		"an empty set after an empty one passes":      {drift.Document{ScannedAt: time.Unix(1, 0), Empty: true}, reconcile.Reading{Empty: true}, reconcile.Comparison{Known: 2}, ""},
		"an empty set where all is missing passes":    {scanned, reconcile.Reading{Lineage: "L", Empty: true}, reconcile.Comparison{}, ""},
		"all but one of 9 may go missing":             {scanned, same, reconcile.Comparison{Known: 9, Vanishing: 8}, ""},
		"exactly half of 10 may go missing":           {scanned, same, reconcile.Comparison{Known: 10, Vanishing: 5}, ""},
		"more than half of 10 is held":                {scanned, same, reconcile.Comparison{Known: 10, Vanishing: 6}, "6 of 10 entities would go missing"},
		"less than half of 11 may go missing":         {scanned, same, reconcile.Comparison{Known: 11, Vanishing: 5}, ""},
		"more than half of 11 is held":                {scanned, same, reconcile.Comparison{Known: 11, Vanishing: 6}, "6 of 11 entities would go missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := reconcile.Hold(c.before, c.now, c.c); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
