package s3_test

import (
	"encoding/base64"
	"hash/crc32"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

// crc32Of is a checksum as S3 writes it.
func crc32Of(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	return base64.StdEncoding.EncodeToString([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)})
}

// check is the catalogue's check value of CRC-64/NVME for the text "123456789",
// 0xae8b14860a799888.
const check = "rosUhgp5mIg="

func TestBodies(t *testing.T) {
	t.Parallel()
	signature := ";chunk-signature=" + strings.Repeat("0", 64)
	framed := map[string]string{
		"Content-Encoding": "aws-chunked", "X-Amz-Content-Sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
		"X-Amz-Decoded-Content-Length": "9", "X-Amz-Trailer": "x-amz-checksum-crc64nvme",
	}
	signed := map[string]string{
		"X-Amz-Content-Sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "X-Amz-Decoded-Content-Length": "9",
	}
	for _, c := range []struct {
		name   string
		header map[string]string
		body   string
		status int
	}{
		{"plain", nil, "123456789", 200},
		{"plain with its checksum", map[string]string{"X-Amz-Checksum-Crc32": crc32Of("123456789")}, "123456789", 200},
		{"plain with the checksum of another", map[string]string{"X-Amz-Checksum-Crc32": crc32Of("x")}, "123456789", 400},
		{"plain with CRC64NVME", map[string]string{"X-Amz-Checksum-Crc64nvme": check}, "123456789", 200},
		{"plain with CRC32C", map[string]string{"X-Amz-Checksum-Crc32c": "4waSgw=="}, "123456789", 200},
		{"plain with another digest", map[string]string{"X-Amz-Content-Sha256": strings.Repeat("0", 64)}, "123456789", 400},
		{"framed", framed, "4\r\n1234\r\n5\r\n56789\r\n0\r\nx-amz-checksum-crc64nvme:" + check + "\r\n\r\n", 200},
		{"framed with a wrong trailer", framed, "9\r\n123456789\r\n0\r\nx-amz-checksum-crc64nvme:AAAAAAAAAAA=\r\n\r\n", 400},
		{"framed without the announced trailer", framed, "9\r\n123456789\r\n0\r\n\r\n", 400},
		{"framed and signed", signed, "9" + signature + "\r\n123456789\r\n0" + signature + "\r\n\r\n", 200},
		{"framed, but cut within a chunk", signed, "9\r\n1234", 400},
		{"framed, but without the last chunk", signed, "9\r\n123456789\r\n", 400},
		{"framed, but shorter than announced", signed, "4\r\n1234\r\n0\r\n\r\n", 400},
		{"framed, but longer than announced", signed, "a\r\n1234567890\r\n0\r\n\r\n", 400},
		{"framed, but not in hexadecimal", signed, "zz\r\n123456789\r\n0\r\n\r\n", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := start(t, t.TempDir(), s3.Config{})
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, st.url+"/"+bucket+"/k", strings.NewReader(c.body))
			if err != nil {
				t.Fatal(err)
			}
			for name, value := range c.header {
				request.Header.Set(name, value)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode != c.status {
				t.Fatalf("status %d, want %d: %s", answer.StatusCode, c.status, text)
			}
			if c.status != 200 {
				if keys := st.keys(t); keys != nil {
					t.Errorf("refused, but stored: %v", keys)
				}
				return
			}
			if got := st.read(t, "k", object.Pin{}); got != "123456789" {
				t.Errorf("stored %q", got)
			}
		})
	}
}

func TestTheFramingIsNoPropertyOfTheObject(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, st.url+"/"+bucket+"/k", strings.NewReader("1\r\nx\r\n0\r\n\r\n"))
	request.Header.Set("Content-Encoding", "gzip, aws-chunked")
	request.Header.Set("X-Amz-Decoded-Content-Length", "1")
	request.Header.Set("X-Amz-Meta-Who", "me")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	head, err := http.Head(st.url + "/" + bucket + "/k")
	if err != nil {
		t.Fatal(err)
	}
	head.Body.Close()
	if got := head.Header.Get("Content-Encoding"); got != "gzip" || head.Header.Get("X-Amz-Meta-Who") != "me" {
		t.Errorf("headers: %v", head.Header)
	}
	if head.Header.Get("X-Amz-Decoded-Content-Length") != "" {
		t.Errorf("a header of the request became one of the object: %v", head.Header)
	}
}

// Not parallel: it looks at the heap of the whole process.
func TestABigObjectIsNeverInMemory(t *testing.T) {
	st := start(t, t.TempDir(), s3.Config{})
	const size = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	request, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, st.url+"/"+bucket+"/big", io.LimitReader(zeros{}, size))
	request.ContentLength = size
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	answer, err = http.Get(st.url + "/" + bucket + "/big")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	n, err := io.Copy(io.Discard, answer.Body)
	runtime.ReadMemStats(&after)
	if n != size || err != nil {
		t.Fatalf("read %d bytes, %v", n, err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > size/8 {
		t.Errorf("%d bytes allocated for an object of %d, written and read", allocated, size)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
