package reader

import (
	"hash/crc32"
	"path"
	"strings"
)

// OpenOutputs are patterns (of [path.Match]) for names of another state's outputs that
// are shown where a document reads them: such a document does not say which of them are
// sensitive, so the others are taken for secrets. nil opens none, "*" all.
type OpenOutputs []string

// Opens reports whether an output of that name is shown.
func (o OpenOutputs) Opens(name string) bool {
	for _, pattern := range o {
		if matches, err := path.Match(pattern, name); matches && err == nil {
			return true
		}
	}
	return false
}

// Version is added to that of a reader, so that a document is read anew once the
// patterns are others.
func (o OpenOutputs) Version() int {
	if len(o) == 0 {
		return 0
	}
	return int(crc32.ChecksumIEEE([]byte(strings.Join(o, "\x00")))>>8) << 8
}
