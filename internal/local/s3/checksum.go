package s3

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// checksumPrefix begins the headers and trailers that hold a checksum, base64 of its
// big-endian bytes.
// Source: Amazon S3 user guide, "Checking object integrity".
const checksumPrefix = "x-amz-checksum-"

var algorithms = map[string]func() hash.Hash{
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(castagnoli) },
	"crc64nvme": func() hash.Hash { return crc64.New(nvme) },
	"sha1":      sha1.New,
	"sha256":    sha256.New,
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	nvme       = crc64.MakeTable(0x9a6c9329ac4bc9b5) // the reversed polynomial of NVM Express
)

// expectations are the checksums that a body must have.
type expectations []*expectation

type expectation struct {
	name string // "crc32"
	hash hash.Hash
	want string // base64, "" where it is announced and not yet given
}

// checksums gives what the headers of a request expect of its body.
func checksums(header func(name string) string) (expectations, error) {
	var found expectations
	for name, algorithm := range algorithms {
		if want := header(checksumPrefix + name); want != "" {
			found = append(found, &expectation{name: name, hash: algorithm(), want: want})
		}
	}
	if sum := header(contentDigest); len(sum) == sha256.Size*2 {
		raw, err := hex.DecodeString(sum)
		if err != nil {
			return nil, gofakes3.ErrInvalidDigest
		}
		want := base64.StdEncoding.EncodeToString(raw)
		found = append(found, &expectation{name: "content", hash: sha256.New(), want: want})
	}
	return found, nil
}

// announced gives what the named trailers will hold.
func announced(trailers string) (expectations, error) {
	var found expectations
	for name := range strings.SplitSeq(trailers, ",") {
		name, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), checksumPrefix)
		if !ok {
			continue
		}
		algorithm := algorithms[name]
		if algorithm == nil {
			return nil, gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument, "unknown checksum "+name)
		}
		found = append(found, &expectation{name: name, hash: algorithm()})
	}
	return found, nil
}

func (e expectations) write(p []byte) {
	for _, expected := range e {
		expected.hash.Write(p)
	}
}

// expect takes the value of a trailer.
func (e expectations) expect(trailer, want string) {
	for _, expected := range e {
		if strings.EqualFold(trailer, checksumPrefix+expected.name) {
			expected.want = want
		}
	}
}

// verdict is io.EOF for a body that has every checksum.
func (e expectations) verdict() error {
	for _, expected := range e {
		if base64.StdEncoding.EncodeToString(expected.hash.Sum(nil)) != expected.want {
			return gofakes3.ErrBadDigest
		}
	}
	return io.EOF
}

// verifier reads a body and fails at its end where a checksum does not match.
type verifier struct {
	inner io.Reader
	want  expectations
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.inner.Read(p)
	v.want.write(p[:n])
	if errors.Is(err, io.EOF) {
		err = v.want.verdict()
	}
	return n, err
}
