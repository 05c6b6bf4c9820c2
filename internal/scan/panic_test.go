package scan_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/reader"
)

// faulty panics for one document, as a fault of a reader would have it: in a
// goroutine of pass one or in pass two.
type faulty struct {
	reader.Reader
	uri     string
	passTwo bool
}

func (f faulty) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	reading, err := f.Reader.Index(ctx, doc, yield)
	switch {
	case err != nil || doc.URI != f.uri:
		return reading, err
	case f.passTwo:
		return faultyReading{reading}, nil
	}
	return nil, parallel.Each(ctx, 2, 4, func(int) error { panic("PLAIN-text of the document") })
}

type faultyReading struct{ reader.Reading }

func (faultyReading) Bodies(context.Context, func(uuid.UUID) bool, func(reader.Declared) error) error {
	panic(errors.New("PLAIN-text of the document"))
}

func TestAReaderThatPanicsFailsItsDocumentAlone(t *testing.T) {
	t.Parallel()
	for name, passTwo := range map[string]bool{"in pass one": false, "in pass two": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			sound := s.scanner.Readers[drift.KindTFState]
			s.scanner.Readers[drift.KindTFState] = faulty{Reader: sound, uri: "s3://estate/acme/b.tfstate", passTwo: passTwo}
			for _, key := range []string{"a", "b", "c"} {
				s.bucket.put("acme/"+key+".tfstate", state(1, "web=small"))
			}
			src := s.register(drift.Settings{URI: "s3://estate/acme/"})
			done := s.run(src)
			if failed := done.Summary.Documents[drift.ScanFailed]; failed != 1 || done.Summary.Counts.Created != 6 {
				t.Fatalf("%d documents failed, %d entities created, want 1 and 6 (three of each state)", failed, done.Summary.Counts.Created)
			}
			if !strings.Contains(s.log.String(), "panic_test.go") {
				t.Error("the log does not say where it panicked")
			}
			for _, result := range done.Summary.DocumentResults {
				fault := strings.Contains(result.Reason, "a fault of the reader") && !strings.Contains(result.Reason, "PLAIN")
				if result.Status == drift.ScanFailed && !fault {
					t.Errorf("reason %q", result.Reason)
				}
			}
			s.scanner.Readers[drift.KindTFState] = sound
			if again := s.run(src); again.Summary.Counts.Created != 3 {
				t.Errorf("a reader that is mended created %d entities, want 3", again.Summary.Counts.Created)
			}
		})
	}
}
