package scan_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/tfstate"
)

func TestASourceOfAKindWithoutAReaderIsUnsupportedAndCanBePushedTo(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{Kind: drift.KindAtmos, URI: "s3://estate/acme/stacks/"})
	s.bucket.put("acme/stacks/prod.yaml", "vars: {}")
	pulled := s.run(src)
	if pulled.Status != drift.ScanUnsupported || !strings.Contains(pulled.Summary.Reason, "atmos-manifests") {
		t.Errorf("pull: %s, %q", pulled.Status, pulled.Summary.Reason)
	}
	pushed := s.run(src, push(`[{"kind":"Entity","entityType":"atmos.component","name":"prod/vpc"}]`))
	if pushed.Status != drift.ScanSucceeded || pushed.Summary.Counts.Created != 1 {
		t.Errorf("push: %s, %+v", pushed.Status, pushed.Summary.Counts)
	}
}

func TestAnUnusableStateTellsWhatItSaysOfItself(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
	s.bucket.put("acme/prod/vpc.tfstate", `{"serial":12,"lineage":"l-2","meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}`)
	encrypted := s.run(src).Summary.DocumentResults[0]
	if encrypted.Lineage != "l-2" || encrypted.Serial != 12 {
		t.Errorf("encrypted: lineage %q, serial %d", encrypted.Lineage, encrypted.Serial)
	}
	s.bucket.put("acme/prod/vpc.tfstate", `{"version":5,"terraform_version":"2.1.0"}`)
	if newer := s.run(src).Summary.DocumentResults[0]; newer.WriterVersion != "2.1.0" {
		t.Errorf("newer: written by %q", newer.WriterVersion)
	}
}

func TestHostileTextsOfADocumentDoNotOutgrowItsRecord(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
	huge := strings.Repeat("x", 500_000)
	for name, state := range map[string]string{
		"a lineage":       `{"version":4,"serial":1,"lineage":"` + huge + `","resources":[]}`,
		"a version":       `{"version":4,"serial":1,"terraform_version":"` + huge + `","resources":[]}`,
		"a deep path":     strings.Repeat("[", 10_000),
		"a member's name": `{"version":4,"serial":1,"` + huge + `":{"` + huge + `":[1,`,
	} {
		s.bucket.put("acme/prod/vpc.tfstate", state)
		got := s.run(src)
		if got.Status != drift.ScanFailed {
			t.Errorf("%s: %s", name, got.Status)
		}
		if n := len(got.Summary.Reason); n == 0 || n > 1100 {
			t.Errorf("%s: a reason of %d bytes", name, n)
		}
	}
}

func TestAFaultOfAPushTellsItsPlaceAndNoMore(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "tfc://acme/vpc"})
	failed := s.run(src, push(`[{"kind":"Gadget","name":"vpc"}]`)).Summary.Failed
	if len(failed) != 1 || failed[0].Place != "items[0].kind" {
		t.Errorf("got %+v", failed)
	}
}

// greedy is a reader that asks its budget for more than there is, in the pass given.
type greedy struct {
	reader.Reader
	inBodies bool
}

func (g greedy) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	reading, err := g.Reader.Index(ctx, doc, yield)
	if err != nil || g.inBodies {
		return greedyReading{reading, doc.Budget}, err
	}
	return nil, spend(doc.Budget)
}

func spend(b *budget.Budget) error {
	_ = b.Steps(1 << 40)
	b.At("stacks/dev.yaml:7")
	return fmt.Errorf("read it: %w", b.Err())
}

type greedyReading struct {
	reader.Reading
	budget *budget.Budget
}

func (g greedyReading) Bodies(context.Context, func(uuid.UUID) bool, func(reader.Declared) error) error {
	return spend(g.budget)
}

func TestAReadingThatRunsOutOfItsBudgetIsAFailedDocument(t *testing.T) {
	t.Parallel()
	for name, inBodies := range map[string]bool{"pass one": false, "pass two": true} {
		s := newStack(t)
		s.scanner.Readers[drift.KindTFState] = greedy{&tfstate.Reader{}, inBodies}
		src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
		s.bucket.put("acme/prod/vpc.tfstate", `{"version":4,"serial":1,"lineage":"l","outputs":{"a":{"value":1,"type":"number"}},"resources":[]}`)
		got := s.run(src).Summary.DocumentResults[0]
		if got.Status != drift.ScanFailed || !strings.Contains(got.Reason, "stacks/dev.yaml:7") || !strings.Contains(got.Reason, "template steps") {
			t.Errorf("%s: %s, %q", name, got.Status, got.Reason)
		}
	}
}
