package object_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// text is long enough to be cut in flight.
var text = strings.Repeat("0123456789abcdef", 64<<10)

// cutting drops the connection of the first cuts GETs after the given bytes.
func cutting(cuts, after int, gets *atomic.Int32) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && int(gets.Add(1)) <= cuts {
				w = &cutWriter{ResponseWriter: w, left: after}
			}
			inner.ServeHTTP(w, r)
		})
	}
}

type cutWriter struct {
	http.ResponseWriter
	left int
}

func (w *cutWriter) Write(p []byte) (int, error) {
	if len(p) > w.left {
		w.ResponseWriter.Write(p[:w.left])
		w.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	w.left -= len(p)
	return w.ResponseWriter.Write(p)
}

func TestABrokenBodyIsResumedAtTheSameVersion(t *testing.T) {
	t.Parallel()
	var gets atomic.Int32
	store := newStore(t, cutting(3, 100_000, &gets))
	info := put(t, store, "k", text)

	body, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, info.Pin())
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	put(t, store, "k", "another version")
	got, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, []byte(text)) {
		t.Errorf("read %d bytes that differ from the %d written", len(got), len(text))
	}
	if gets.Load() != 4 {
		t.Errorf("%d requests, want the first and three resumptions", gets.Load())
	}
}

func TestABodyThatKeepsBreakingIsBusyNotEnded(t *testing.T) {
	t.Parallel()
	var gets atomic.Int32
	store := newStore(t, cutting(1000, 10, &gets))
	put(t, store, "k", text)

	body, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, object.Pin{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	_, err = io.Copy(io.Discard, body)
	if !errors.Is(err, object.ErrBusy) {
		t.Errorf("read: %v, want ErrBusy", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v passes for the end of the document", err)
	}
	if gets.Load() != 1+object.MaxResumes {
		t.Errorf("%d requests, want %d", gets.Load(), 1+object.MaxResumes)
	}
}

func TestABodyReplacedWhileItBreaksIsChanged(t *testing.T) {
	t.Parallel()
	var gets atomic.Int32
	cut := cutting(1, 100_000, &gets)
	store := newStore(t, func(inner http.Handler) http.Handler { return cut(unversioned(inner)) })
	put(t, store, "k", text)

	body, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, object.Pin{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	put(t, store, "k", text+"more")
	if _, err = io.Copy(io.Discard, body); !errors.Is(err, object.ErrChanged) {
		t.Errorf("read: %v, want ErrChanged", err)
	}
}

// unversioned hides that the bucket has versions.
func unversioned(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(&unversionedWriter{w}, r)
	})
}

type unversionedWriter struct{ http.ResponseWriter }

func (w *unversionedWriter) Write(p []byte) (int, error) {
	w.Header().Del("x-amz-version-id")
	return w.ResponseWriter.Write(p)
}

func (w *unversionedWriter) WriteHeader(status int) {
	w.Header().Del("x-amz-version-id")
	w.ResponseWriter.WriteHeader(status)
}

func (w *unversionedWriter) Flush() { w.ResponseWriter.(http.Flusher).Flush() }

func TestABodyEndsWithItsContext(t *testing.T) {
	t.Parallel()
	var gets atomic.Int32
	store := newStore(t, cutting(1000, 10, &gets))
	put(t, store, "k", text)
	ctx, cancel := context.WithCancel(t.Context())
	body, _, err := store.Open(ctx, place.Location{Bucket: bucket, Key: "k"}, object.Pin{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	cancel()
	if _, err = io.Copy(io.Discard, body); !errors.Is(err, context.Canceled) || errors.Is(err, object.ErrBusy) {
		t.Errorf("read: %v, want context.Canceled alone", err)
	}
}

func TestAVersionOfAnotherContentIsChanged(t *testing.T) {
	t.Parallel()
	store := newStore(t, nil)
	first, second := put(t, store, "k", "one"), put(t, store, "k", "two")
	pin := object.Pin{VersionID: first.VersionID, ETag: second.ETag}
	_, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, pin)
	if !errors.Is(err, object.ErrChanged) {
		t.Errorf("open: %v, want ErrChanged", err)
	}
}

func TestContentThatDoesNotMatchItsChecksumIsNoEnd(t *testing.T) {
	t.Parallel()
	store := newStore(t, func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(&wrongSum{w}, r)
		})
	})
	put(t, store, "k", text)
	body, _, err := store.Open(t.Context(), place.Location{Bucket: bucket, Key: "k"}, object.Pin{})
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if _, err = io.Copy(io.Discard, body); !errors.Is(err, object.ErrBusy) {
		t.Errorf("read: %v, want ErrBusy", err)
	}
}

// wrongSum answers with the checksum of something else.
type wrongSum struct{ http.ResponseWriter }

func (w *wrongSum) Write(p []byte) (int, error) {
	w.Header().Set("x-amz-checksum-crc32", "AAAAAA==")
	return w.ResponseWriter.Write(p)
}
