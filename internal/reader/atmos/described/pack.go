package described

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

// Packer compresses the parts of a snapshot: its header, then lines, as many at a time
// as the caller likes, one part after another. The same parts give the same bytes. The
// zero value is ready for use; not for concurrent use.
type Packer struct {
	writer *gzip.Writer
	reader *gzip.Reader
	out    bytes.Buffer
}

// Header is what a snapshot begins with.
func (p *Packer) Header() []byte { return p.Pack(fmt.Appendf(nil, "{\"format\":%d}\n", format)) }

// Pack compresses whole lines, as [AppendLine] makes them, into memory of its own.
func (p *Packer) Pack(lines []byte) []byte {
	p.out.Reset()
	if p.writer == nil {
		p.writer, _ = gzip.NewWriterLevel(&p.out, gzip.BestSpeed) // the level is one that there is
	} else {
		p.writer.Reset(&p.out)
	}
	_, _ = p.writer.Write(lines) // a buffer takes everything
	_ = p.writer.Close()
	return bytes.Clone(p.out.Bytes())
}

// Unpack appends the lines of what [Packer.Pack] gave.
func (p *Packer) Unpack(lines, packed []byte) (_ []byte, err error) {
	if p.reader == nil {
		p.reader, err = gzip.NewReader(bytes.NewReader(packed))
	} else {
		err = p.reader.Reset(bytes.NewReader(packed))
	}
	if err != nil {
		return nil, fmt.Errorf("unpack lines: %w", err)
	}
	out := bytes.NewBuffer(lines)
	if _, err := io.Copy(out, p.reader); err != nil {
		return nil, fmt.Errorf("unpack lines: %w", err)
	}
	return out.Bytes(), nil
}
