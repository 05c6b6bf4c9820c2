package scan_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/scan"
)

// slow is a reader that computes for three minutes before it says a word.
type slow struct {
	reader.Reader
	stack *stack
	// meanwhile is called once, after them.
	meanwhile func()
}

func (r *slow) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	do := r.meanwhile
	r.meanwhile = nil
	for range 18 {
		time.Sleep(10 * time.Second)
		r.stack.clock.Advance(10 * time.Second)
	}
	if do != nil {
		do()
	}
	return r.Reader.Index(ctx, doc, yield)
}

func TestAScanKeepsItsSourceWhileItComputes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStack(t)
		src := s.register(drift.Settings{URI: "s3://estate/acme/prod/vpc.tfstate"})
		s.bucket.put("acme/prod/vpc.tfstate", `{"version":4,"serial":1,"lineage":"l","resources":[]}`)
		var second drift.Scan
		r := &slow{Reader: &tfstate.Reader{}, stack: s, meanwhile: func() {
			var err error
			second, err = s.tryRun(src, func(r *scan.Request) { r.Trigger = drift.TriggerUpload })
			if err != nil {
				t.Errorf("the second: %v", err)
			}
		}}
		s.scanner.Readers[drift.KindTFState] = r
		first := s.run(src)
		if second.Status != drift.ScanRunning || second.Trigger != drift.TriggerAPI {
			t.Errorf("the second is %s by %q, want the first, running", second.Status, second.Trigger)
		}
		if first.Status != drift.ScanSucceeded {
			t.Errorf("the first: %s, %q", first.Status, first.Summary.Reason)
		}
	})
}
