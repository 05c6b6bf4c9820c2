package object_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/place"
)

// calls records the requests but GETs, and refuses those that begin with refuse.
type calls struct {
	mu     sync.Mutex
	seen   []string
	refuse string
}

func (c *calls) wrap(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call := r.Method
		for _, name := range []string{"uploads", "partNumber", "uploadId"} {
			if r.URL.Query().Has(name) {
				call += " " + name
				break
			}
		}
		c.mu.Lock()
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			c.seen = append(c.seen, call)
		}
		refused := c.refuse != "" && strings.HasPrefix(call, c.refuse)
		c.mu.Unlock()
		if refused {
			_, _ = io.Copy(io.Discard, r.Body)
			w.WriteHeader(http.StatusForbidden)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// newLocal is [newStore] over the local stack's S3.
func newLocal(t *testing.T, wrap func(http.Handler) http.Handler) *object.Store {
	t.Helper()
	server, err := s3.Open(t.TempDir(), s3.Config{Buckets: []string{bucket}})
	if err != nil {
		t.Fatal(err)
	}
	return object.New(newClient(serve(t, wrap(server.Handler()))))
}

// pattern writes size bytes, a few at a time, whose place can be told.
func pattern(size int) func(io.Writer) error {
	return func(w io.Writer) error {
		for at := 0; at < size; at += 16 {
			if _, err := io.WriteString(w, fmt.Sprintf("%015d\n", at)[:min(16, size-at)]); err != nil {
				return err
			}
		}
		return nil
	}
}

func whole(size int) string {
	var text bytes.Buffer
	_ = pattern(size)(&text)
	return text.String()
}

func TestAnUploadOfAnyLength(t *testing.T) {
	t.Parallel()
	const part = object.PartSize
	for name, c := range map[string]struct {
		size int
		want []string
	}{
		"nothing is one put":             {0, []string{"PUT"}},
		"a little is one put":            {100, []string{"PUT"}},
		"exactly a part is one put":      {part, []string{"PUT"}},
		"a byte more are two parts":      {part + 1, []string{"POST uploads", "PUT partNumber", "PUT partNumber", "POST uploadId"}},
		"exactly two parts are no three": {2 * part, []string{"POST uploads", "PUT partNumber", "PUT partNumber", "POST uploadId"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &calls{}
			store := newLocal(t, seen.wrap)
			at := place.Location{Bucket: bucket, Key: "k"}
			info, err := store.Upload(t.Context(), at, "application/json", pattern(c.size))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, seen.seen); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			body, opened, err := store.Open(t.Context(), at, info.Pin())
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(body)
			if err := errors.Join(err, body.Close()); err != nil || string(got) != whole(c.size) {
				t.Errorf("%d bytes come back as %d that differ, %v", c.size, len(got), err)
			}
			if opened.Size != info.Size || info.Size != int64(c.size) {
				t.Errorf("sizes: told %d, found %d", info.Size, opened.Size)
			}
		})
	}
}

func TestAFailedUploadLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		refuse string
		write  func(io.Writer) error
		want   error
		calls  []string
	}{
		"S3 begins none": {"POST uploads", pattern(2*object.PartSize + 1), object.ErrDenied, []string{"POST uploads"}},
		"S3 takes no part": {"PUT partNumber", pattern(2*object.PartSize + 1), object.ErrDenied,
			[]string{"POST uploads", "PUT partNumber", "DELETE uploadId"}},
		"S3 takes no part, and the writer hides it": {"PUT partNumber", func(w io.Writer) error {
			_ = pattern(2*object.PartSize + 1)(w)
			return nil
		}, object.ErrDenied, []string{"POST uploads", "PUT partNumber", "DELETE uploadId"}},
		"S3 does not complete it": {"POST uploadId", pattern(object.PartSize + 1), object.ErrDenied,
			[]string{"POST uploads", "PUT partNumber", "PUT partNumber", "POST uploadId", "DELETE uploadId"}},
		"the writer fails within the first part": {"", func(w io.Writer) error { return broken }, broken, nil},
		"the writer fails later": {"", func(w io.Writer) error {
			return errors.Join(pattern(object.PartSize+1)(w), broken)
		}, broken, []string{"POST uploads", "PUT partNumber", "DELETE uploadId"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := &calls{refuse: c.refuse}
			store := newLocal(t, seen.wrap)
			before := put(t, store, "k", "before")
			seen.seen = nil
			at := place.Location{Bucket: bucket, Key: "k"}
			if _, err := store.Upload(t.Context(), at, "", c.write); !errors.Is(err, c.want) {
				t.Errorf("error %v, want %v", err, c.want)
			}
			if diff := cmp.Diff(c.calls, seen.seen); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if after, err := store.Head(t.Context(), at); err != nil || after.ETag != before.ETag {
				t.Errorf("what was there is not: %v, %v", after, err)
			}
		})
	}
}

// Not parallel: it looks at the heap of the whole process.
func TestAnUploadHoldsOnePartInMemory(t *testing.T) {
	const size = 96 << 20
	store := object.New(newClient(discarding(t)))
	block := make([]byte, 1<<20)
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := uint64(0)
	_, err := store.Upload(t.Context(), place.Location{Bucket: bucket, Key: "big"}, "", func(w io.Writer) error {
		for range size / len(block) {
			if _, err := w.Write(block); err != nil {
				return err
			}
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if held := most - min(most, before.HeapAlloc); held > 2*object.PartSize {
		t.Errorf("%d bytes are held while %d are uploaded, in parts of %d", held, size, object.PartSize)
	}
}

// discarding serves an S3 that takes every part and keeps none.
func discarding(t *testing.T) (url string) {
	t.Helper()
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"x"`)
		switch {
		case r.URL.Query().Has("uploads"):
			_, _ = io.WriteString(w, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>")
		case r.Method == http.MethodPost:
			_, _ = io.WriteString(w, "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
		}
	}))
}
