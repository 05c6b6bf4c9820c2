package deploy_test

import (
	"archive/zip"
	"compress/flate"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// mostZipped is how many bytes a function's package may have, by architecture. Machine
// code of amd64 is longer: there the API and the templates of Atmos together pass 8 MB.
var mostZipped = map[string]int64{"arm64": 7_700_000, "amd64": 8_700_000}

func TestAFunctionIsSmall(t *testing.T) {
	t.Parallel()
	folder := binaries(t)
	for name := range loadTemplate(t).functions() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if size := zipped(t, filepath.Join(folder, name)); size > mostZipped[runtime.GOARCH] {
				t.Errorf("%d bytes as a zip, at most %d", size, mostZipped[runtime.GOARCH])
			}
		})
	}
}

// zipped is the size of a zip that holds the binary alone.
func zipped(t *testing.T, binary string) (bytes int64) {
	t.Helper()
	from, err := os.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = from.Close() }()
	var size counter
	archive := zip.NewWriter(&size)
	// Go's own deflate at its default is 2 % behind zlib's, which SAM packs with; at its
	// best the two are even.
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	to, err := archive.Create("bootstrap")
	if err == nil {
		_, err = io.Copy(to, from)
	}
	if err == nil {
		err = archive.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return int64(size)
}

// counter counts what is written.
type counter int64

func (c *counter) Write(text []byte) (int, error) {
	*c += counter(len(text))
	return len(text), nil
}
