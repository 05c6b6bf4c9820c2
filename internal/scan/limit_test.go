package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/store"
)

func TestADeclarationThatIsTooBigToBeStoredSpoilsNoOther(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	render := func(value, more string) string {
		properties := make([]string, 12_000)
		for i := range properties {
			properties[i] = fmt.Sprintf(`"p%05d":%q`, i, value)
		}
		return fmt.Sprintf(`[{"kind":"Entity","entityType":"server","name":"big","properties":{%s}},
			{"kind":"Entity","entityType":"server","name":"other","properties":{"cpus":%q}}]`, strings.Join(properties, ","), more)
	}
	s.run(src, push(render("1", "1")))
	s.run(src, push(render("2", "1")))
	// What a person turned down is kept in the head, and that of so many is too big.
	if err := s.decide(src, s.only(src), drift.Rejected); !store.IsTooMuch(err) {
		t.Fatalf("reject: %v", err)
	}
	s.mustDecide(src, s.only(src), drift.Approved)
	s.run(src, push(render("2", "2")))
	if p := s.only(src); p.EntityName != "other" {
		t.Errorf("pending: %s", p.EntityName)
	}
}

func TestALongNameIsDeclaredUnderAShorterOne(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Scope: strings.Repeat("s", catalog.MaxNameBytes)})
	s.bucket.put(vpcKey, state(1, "web=small"))
	got := s.run(src)
	if c := got.Summary.Counts; got.Status != drift.ScanSucceeded || c.Created != 3 || c.Failed != 0 {
		t.Errorf("%s %q: %+v", got.Status, got.Summary.Reason, c)
	}
}

// fat entities are too much for one transaction, though each fits.
func TestABatchThatIsTooBigIsAppliedOneByOne(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a"})
	var items []string
	for i := range 14 {
		items = append(items, fmt.Sprintf(`{"kind":"Entity","entityType":"server","name":"fat%d","properties":{"big":%q}}`, i, strings.Repeat("x", 380_000)))
	}
	if c := s.run(src, push("["+strings.Join(items, ",")+"]")).Summary.Counts; c.Created != 14 || c.Failed != 0 {
		t.Errorf("counts %+v", c)
	}
}
