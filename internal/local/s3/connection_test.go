package s3_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"plumbline/internal/local/s3"
)

// wire is one connection, on which requests are written byte by byte.
type wire struct {
	net.Conn
	in *bufio.Reader
}

func (st *stack) dial(t *testing.T) *wire {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(st.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	return &wire{Conn: conn, in: bufio.NewReader(conn)}
}

// send writes a PUT; the body may be of another length than it says.
func (w *wire) send(t *testing.T, key, header, body string) {
	t.Helper()
	_, err := fmt.Fprintf(w, "PUT /%s/%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s", bucket, key, header, body)
	if err != nil {
		t.Fatal(err)
	}
}

// receive reads one response; the error is that of a connection that has ended.
func (w *wire) receive() (int, bool, error) {
	response, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return 0, false, err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Close, err
}

// framing is the header of a framed body.
func framing(length, decoded int) string {
	return fmt.Sprintf("Content-Encoding: aws-chunked\r\nX-Amz-Content-Sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n"+
		"X-Amz-Trailer: x-amz-checksum-crc32\r\nX-Amz-Decoded-Content-Length: %d\r\nContent-Length: %d\r\n", decoded, length)
}

func TestTheRestOfABodyThatFailsIsNoRequest(t *testing.T) {
	t.Parallel()
	const inner = "PUT /" + bucket + "/smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\r\n", n) }
	for _, c := range []struct{ name, header, body string }{
		{"a chunk's size that is none", framing(4+len(inner), 9), "zz\r\n" + inner},
		{"a chunk that is longer than it says", framing(12+len(inner), 1), "1\r\n12\r\n0\r\n\r\n" + inner},
		{"what follows the last chunk", framing(10+len(inner), 1), "1\r\n1\r\n0\r\n\r\n" + inner},
		{"a digest that is none", "Content-MD5: AAAA\r\n" + length(len(inner)), inner},
		{"another digest", "X-Amz-Content-Sha256: " + strings.Repeat("0", 64) + "\r\n" + length(len(inner)), inner},
		{"a decoded length that is none", framing(len(inner), -1), inner},
		{"a sub-resource", length(len(inner)), inner},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			st := start(t, t.TempDir(), s3.Config{})
			conn := st.dial(t)
			key := "k"
			if c.name == "a sub-resource" {
				key += "?acl"
			}
			conn.send(t, key, c.header, c.body)
			status, closes, err := conn.receive()
			if err != nil || status < 400 || !closes {
				t.Errorf("status %d, connection ends: %v, error %v", status, closes, err)
			}
			if status, _, err := conn.receive(); err == nil {
				t.Errorf("the rest of the body was a request: %d", status)
			}
			if keys := st.keys(t); keys != nil {
				t.Errorf("stored: %v", keys)
			}
		})
	}
}

func TestAConnectionTakesOneBodyAfterTheOther(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	const empty = "0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
	for _, c := range []struct {
		name, header string
		parts        []string
	}{
		{"empty", "Content-Length: 0\r\n", nil},
		{"framed and empty", framing(len(empty), 0), []string{empty}},
		{"framed and empty, its end late", framing(len(empty), 0), []string{empty[:3], empty[3 : len(empty)-2], empty[len(empty)-2:]}},
		{"framed and empty, in HTTP's own chunks", strings.Replace(framing(0, 0), "\r\nContent-Length: 0", "\r\nTransfer-Encoding: chunked", 1),
			[]string{fmt.Sprintf("%x\r\n%s\r\n", len(empty), empty), "0\r\n\r\n"}},
		{"something", "Content-Length: 3\r\n", []string{"abc"}},
	} {
		conn := st.dial(t)
		for n := range 4 {
			conn.send(t, "k", c.header, "")
			for _, part := range c.parts {
				time.Sleep(5 * time.Millisecond)
				if _, err := io.WriteString(conn, part); err != nil {
					t.Fatal(err)
				}
			}
			if status, _, err := conn.receive(); status != 200 || err != nil {
				t.Errorf("%s, request %d: %d, %v", c.name, n, status, err)
				break
			}
		}
	}
}
