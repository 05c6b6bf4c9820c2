package s3

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// frames reads the bytes inside the aws-chunked framing:
//
//	<size in hex>[;chunk-signature=..]\r\n<bytes>\r\n    any number of times
//	0[;chunk-signature=..]\r\n
//	x-amz-checksum-crc32:<base64>\r\n                    trailers, maybe none
//	\r\n
//
// Signatures are not checked; a checksum in a trailer is.
type frames struct {
	inner     *bufio.Reader
	left      int64        // bytes of the current chunk
	begun     bool         // a chunk came before
	announced expectations // checksums that the trailers give
	ended     error        // what every further read gives
}

func newFrames(body io.Reader) *frames { return &frames{inner: bufio.NewReaderSize(body, 64<<10)} }

func (f *frames) Read(p []byte) (int, error) {
	if f.ended == nil && f.left == 0 {
		f.ended = f.next()
	}
	if f.ended != nil {
		return 0, f.ended
	}
	n, err := f.inner.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	f.announced.write(p[:n])
	if err != nil {
		f.ended = whole(err)
	}
	return n, f.ended
}

// next goes to the next chunk; behind the last it gives io.EOF, or what is wrong.
func (f *frames) next() error {
	if f.begun {
		if line, err := f.line(); err != nil {
			return err
		} else if line != "" {
			return gofakes3.ErrIncompleteBody
		}
	}
	f.begun = true
	line, err := f.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	f.left, err = strconv.ParseInt(size, 16, 64)
	switch {
	case err != nil || f.left < 0:
		return gofakes3.ErrIncompleteBody
	case f.left > 0:
		return nil
	}
	return f.trailers()
}

// trailers reads to the end and judges the checksums.
func (f *frames) trailers() error {
	for {
		line, err := f.inner.ReadString('\n')
		name, text, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if ok {
			f.announced.expect(name, strings.TrimSpace(text))
		}
		if errors.Is(err, io.EOF) || err == nil && !ok {
			return f.announced.verdict()
		}
		if err != nil {
			return err
		}
	}
}

func (f *frames) line() (string, error) {
	line, err := f.inner.ReadString('\n')
	return strings.TrimRight(line, "\r\n"), whole(err)
}

// whole says of an end that comes inside the framing that the body is incomplete.
func whole(err error) error {
	if errors.Is(err, io.EOF) {
		return gofakes3.ErrIncompleteBody
	}
	return err
}
