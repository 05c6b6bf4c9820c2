package atmos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos/value"
)

const (
	prefetched = 16
	maxNesting = 200
)

// Reader reads estates of Atmos manifests, and the output of `atmos describe stacks`.
// From one reading to the next it keeps decoded manifests, and what redaction came to
// for components that are as they were. The zero value is ready for use, and safe for
// concurrent use.
type Reader struct {
	// MaxDescribedBytes bounds one object, decompressed; 0 for 1 GiB.
	MaxDescribedBytes int64

	once     sync.Once
	engine   *Engine
	verdicts verdicts
}

var _ reader.Reader = (*Reader)(nil)

// Version is that of the digests and declarations.
func (r *Reader) Version() int { return 3 }

// Index implements [reader.Reader].
func (r *Reader) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	if doc.Keys == nil {
		return nil, errors.New("index " + doc.URI + ": no digest keys")
	}
	r.once.Do(func() { r.engine = NewEngine(0) })
	files := newLesson(doc.Keys)
	resolved, format, err := r.open(ctx, doc, files)
	if err != nil {
		return nil, err
	}
	reading := newReading(doc, resolved, &r.verdicts)
	reading.files = files
	if err := reading.index(ctx, yield); err != nil {
		return nil, err
	}
	reading.tell(format)
	return reading, nil
}

// open resolves the document.
func (r *Reader) open(ctx context.Context, doc reader.Document, files *lesson) (*Resolved, reader.Format, error) {
	if doc.Files == nil {
		out, err := openDescribed(ctx, doc, r.MaxDescribedBytes)
		return out, reader.FormatDescribed, err
	}
	estate := Estate{Budget: doc.Budget, FS: doc.Files, ETag: doc.Files.ETag, Prefetch: prefetched, Config: doc.Atmos.ConfigPath, Profile: doc.Atmos.Profile}
	estate.Learn = files.learn
	if doc.Atmos.Config != "" {
		v, err := value.ReadJSON(jsontext.NewDecoder(bytes.NewReader([]byte(doc.Atmos.Config))))
		settings, ok := v.(value.Map)
		if err != nil || !ok {
			return nil, "", unusable(false, reader.FormatEstate, "the source's atmos settings are not a JSON object")
		}
		estate.Settings = settings
		files.learn(settings)
	}
	out, err := r.engine.Resolve(ctx, estate)
	if errors.Is(err, ErrConfig) {
		return nil, "", configUnusable(err)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", doc.URI, err)
	}
	return out, reader.FormatEstate, nil
}

func unusable(notFormat bool, format reader.Format, reason string) *reader.UnusableError {
	return &reader.UnusableError{NotFormat: notFormat, Problem: reader.Problem{Offset: -1, Reason: reason}, Facts: reader.Facts{Format: format}}
}

// configUnusable names the file and line of an [ErrConfig].
func configUnusable(err error) error {
	out := unusable(false, reader.FormatEstate, err.Error())
	var placed *fault
	if errors.As(err, &placed) {
		out.Problem.Path, out.Problem.Reason = place(placed.file, placed.line), placed.reason
	}
	return out
}

func place(file string, line int) string {
	if line > 0 {
		return fmt.Sprintf("%s:%d", file, line)
	}
	return file
}
