package atmos

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"plumbline/internal/reader"
)

// maxDescribedBytes bounds what a compressed object may come to.
const maxDescribedBytes = 1 << 30

var errTooLarge = errors.New("larger than the reader's limit")

// openDescribed reads a document of one object, compressed or not.
func openDescribed(ctx context.Context, doc reader.Document, limit int64) (_ *Resolved, err error) {
	body, err := doc.Open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", doc.URI, err)
	}
	defer func() { err = errors.Join(err, body.Close()) }()
	source := &metered{r: body}
	b := bufio.NewReader(source)
	text := io.Reader(b)
	if magic, _ := b.Peek(2); string(magic) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			return nil, unusable(false, reader.FormatUnknown, "gzip that cannot be read")
		}
		text = z
	}
	var broken *BrokenError
	out, err := ReadDescribed(ctx, &bounded{text, cmp.Or(limit, maxDescribedBytes)}, doc.Budget)
	switch {
	case err == nil:
		return out, nil
	case source.err != nil:
		return nil, fmt.Errorf("read %s: %w", doc.URI, source.err)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case doc.Budget.Err() != nil:
		return nil, doc.Budget.Err()
	case errors.As(err, &broken):
		out := unusable(false, reader.FormatDescribed, reasonOf(broken))
		out.Problem.Offset = broken.Offset
		return nil, out
	}
	return nil, unusable(true, reader.FormatUnknown,
		"not the output of atmos describe stacks --format json or yaml: for manifests, register the prefix that holds the estate")
}

// reasonOf says what is wrong with a text without quoting it.
func reasonOf(broken *BrokenError) string {
	switch {
	case errors.Is(broken, errTooLarge):
		return "output of atmos describe stacks that is too large"
	case errors.Is(broken, io.ErrUnexpectedEOF):
		return "output of atmos describe stacks that is cut off"
	case errors.Is(broken, ErrNotDescribed):
		return "output of atmos describe stacks with something else in it"
	}
	return "output of atmos describe stacks that is not valid JSON"
}

// metered remembers the error of what it reads, which decoders report as their own.
type metered struct {
	r   io.Reader
	err error
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// bounded fails after so many bytes.
type bounded struct {
	r    io.Reader
	left int64
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 { // whether there is more
		n, err := b.r.Read(p[:min(len(p), 1)])
		if n > 0 {
			return 0, errTooLarge
		}
		return 0, err
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}
