package scan_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/scan"
)

// counted counts the documents that are read, by uri.
type counted struct {
	reader.Reader
	read map[string]int
}

func (c counted) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	c.read[doc.URI]++
	return c.Reader.Index(ctx, doc, yield)
}

func TestAParkedJobLeavesUnreadWhatMayHaveEndedItsProcess(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	reads := counted{&tfstate.Reader{}, map[string]int{}}
	s.scanner.Readers[drift.KindTFState] = reads
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/"})
	state := func(lineage string) string {
		return `{"version":4,"serial":1,"lineage":"` + lineage + `","outputs":{"a":{"value":1,"type":"number"}},"resources":[]}`
	}
	for _, name := range []string{"a", "b", "c", "d"} {
		s.bucket.put("acme/states/"+name+".tfstate", state(name))
	}
	job := scan.Job{Source: src.Ref(), Trigger: drift.TriggerUpload, Actor: "upload", Full: true}
	if err := s.scanner.Park(t.Context(), job, time.Time{}); err != nil {
		t.Fatal(err)
	}
	parked := s.last(src)
	failed := 0
	for _, d := range parked.Summary.DocumentResults {
		if d.Status == drift.ScanFailed && strings.Contains(d.Reason, "ended the process twice") {
			failed++
		}
	}
	if parked.Status != drift.ScanFailed && parked.Status != drift.ScanPartial || failed != 2 || len(reads.read) != 2 {
		t.Errorf("%s, %d documents failed, %v were read", parked.Status, failed, reads.read)
	}
	// The same bytes are not read again, others are, and so is all that a person asks for.
	if s.run(src); len(reads.read) != 2 {
		t.Errorf("%v were read by the next trigger", reads.read)
	}
	s.bucket.put("acme/states/a.tfstate", state("another"))
	if s.run(src); reads.read["s3://estate/acme/states/a.tfstate"] != 1 {
		t.Errorf("%v were read after a change", reads.read)
	}
	if s.run(src, full); len(reads.read) != 4 {
		t.Errorf("%v were read when asked for", reads.read)
	}
}

func TestAScanDiedWhoseLeaseWasNotFreed(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
	s.bucket.put("acme/prod/vpc.tfstate", `{"version":4,"serial":1,"lineage":"l","outputs":{},"resources":[]}`)
	job := scan.Job{Source: src.Ref(), Trigger: drift.TriggerUpload}
	died := func() bool {
		t.Helper()
		died, err := s.scanner.Died(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		return died
	}
	if s.run(src); died() {
		t.Error("a scan that ended died")
	}
	lease, err := s.store.Lease(t.Context(), src.ID)
	if err != nil {
		t.Fatal(err)
	}
	held := lease
	held.ExpiresAt = s.clock.Now().Add(time.Minute)
	if _, err := s.store.Acquire(t.Context(), lease, held); err != nil {
		t.Fatal(err)
	}
	if died() {
		t.Error("a scan that is under way died")
	}
	s.clock.Advance(2 * time.Minute)
	if !died() {
		t.Error("a scan whose lease has expired did not die")
	}
}
