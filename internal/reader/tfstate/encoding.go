package tfstate

import (
	"bytes"

	"plumbline/internal/reader"
)

// binaryMagic starts the states of Terraform before 0.7.
var binaryMagic = []byte("tfstate")

// wrappings are the first bytes of what may hold a state, but not as JSON in UTF-8.
var wrappings = []struct{ begins, reason string }{
	{"\x1f\x8b", "compressed with gzip: upload the state as it is"},
	{"PK\x03\x04", "a zip archive: upload the state as it is"},
	{"\x28\xb5\x2f\xfd", "compressed with zstd: upload the state as it is"},
	{"BZh", "compressed with bzip2: upload the state as it is"},
	{"\xfd7zXZ\x00", "compressed with xz: upload the state as it is"},
	{"\xff\xfe\x00\x00", inUTF32},
	{"\x00\x00\xfe\xff", inUTF32},
	{"\xff\xfe", inUTF16},
	{"\xfe\xff", inUTF16},
}

// PowerShell's redirection writes UTF-16.
const (
	inUTF16 = "encoded as UTF-16: upload the state as UTF-8, as Terraform writes it"
	inUTF32 = "encoded as UTF-32: upload the state as UTF-8, as Terraform writes it"
)

// classifyBytes decides what the first bytes alone decide; nil when they do not.
func classifyBytes(s *stream) *reader.UnusableError {
	if bytes.HasPrefix(s.begins, binaryMagic) {
		e := notFormat(reader.FormatBinary, "a binary state from before Terraform 0.7")
		e.NotFormat, e.Unsupported = false, true
		return e
	}
	for _, w := range wrappings {
		if bytes.HasPrefix(s.begins, []byte(w.begins)) {
			return notFormat(reader.FormatUnknown, w.reason)
		}
	}
	if reason := wideCharacters(s.begins); reason != "" {
		return notFormat(reader.FormatUnknown, reason)
	}
	return nil
}

// wideCharacters knows UTF-16 and UTF-32 without a byte order mark: JSON begins with two
// ASCII characters, whose zero bytes show the width. Source: RFC 4627, section 3.
func wideCharacters(begins []byte) string {
	if len(begins) < 4 {
		return ""
	}
	zeros := [4]bool{}
	for i := range zeros {
		zeros[i] = begins[i] == 0
	}
	switch zeros {
	case [4]bool{true, true, true, false}, [4]bool{false, true, true, true}:
		return inUTF32
	case [4]bool{true, false, true, false}, [4]bool{false, true, false, true}:
		return inUTF16
	}
	return ""
}
