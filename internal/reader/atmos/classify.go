package atmos

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"plumbline/internal/reader"
)

// maxDescribedBytes bounds what a compressed object may come to.
const maxDescribedBytes = 1 << 30

var errTooLarge = fmt.Errorf("%w: more than %d bytes", ErrNotDescribed, maxDescribedBytes)

// openDescribed reads a document of one object, compressed or not.
func openDescribed(ctx context.Context, doc reader.Document) (_ *Resolved, err error) {
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
	out, err := ReadDescribed(ctx, &bounded{text, maxDescribedBytes})
	switch {
	case err == nil:
		return out, nil
	case source.err != nil:
		return nil, fmt.Errorf("read %s: %w", doc.URI, source.err)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, unusable(true, reader.FormatUnknown,
		"not the output of atmos describe stacks --format json or yaml: for manifests, register the prefix that holds the estate")
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
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
