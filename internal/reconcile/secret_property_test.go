package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
)

func TestWhatTurnedSecretIsInNoChangeAnyMore(t *testing.T) {
	t.Parallel()
	const plain = "hunter2hunter2"
	rapid.Check(t, func(t *rapid.T) {
		e := newEstate()
		keeper, teller := newOrigin("keeper", drawPolicy(t)), newOrigin("teller", drawPolicy(t))
		turned := false
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			o := rapid.SampledFrom([]*origin{keeper, teller}).Draw(t, "source")
			switch {
			case rapid.IntRange(0, 3).Draw(t, "decide") == 0 && e.pending(o.id) != nil:
				change, err := e.decide(t, o, rapid.SampledFrom([]drift.ProposalStatus{drift.Approved, drift.Rejected}).Draw(t, "decision"))
				if turned && err == nil && o == keeper && strings.Contains(fmt.Sprintf("%+v", change), plain) {
					t.Fatalf("the plaintext is in %+v", change)
				}
				continue
			case o == keeper && (turned || rapid.Bool().Draw(t, "secret")):
				turned = true
				o.declare("pw", rapid.SampledFrom([]string{`"secret:` + plain + `"`, `"secret:other"`}).Draw(t, "pw"))
			case rapid.Bool().Draw(t, "silent"):
				o.declare("a", `1`)
			default:
				o.declare("pw", `"`+plain+`"`, "a", rapid.SampledFrom([]string{`1`, `2`}).Draw(t, "a"))
			}
			change := e.scan(t, o, true)
			if head := e.heads[keeper.id]; turned && head.Revision > 0 && strings.Contains(shownIn(change), plain) {
				t.Fatalf("the plaintext is in %s", shownIn(change))
			}
		}
	})
}

// shownIn is all text of a change.
func shownIn(change reconcile.Change) string {
	text := fmt.Sprintf("%+v %+v", change.Applied, change.Others)
	if change.Record != nil {
		text += fmt.Sprintf(" %+v", *change.Record)
	}
	if change.Head != nil {
		text += fmt.Sprintf(" %+v", *change.Head)
	}
	if change.Open != nil {
		text += fmt.Sprintf(" %+v", *change.Open)
	}
	return text
}
