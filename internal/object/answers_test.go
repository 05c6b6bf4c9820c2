package object_test

import (
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"plumbline/internal/object"
)

func TestAnAnswerIsWrittenOnceWhileItStays(t *testing.T) {
	t.Parallel()
	for name, deny := range map[string]bool{"with the right to list": false, "without the right to list": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, written := time.Now(), 0
			answers := object.Answers{Store: newLocal(t, missingAs403(deny)), Bucket: bucket, Prefix: "_plumbline/",
				Kept: 24 * time.Hour, Now: func() time.Time { return now }}
			offer := func() {
				t.Helper()
				signed, err := answers.Offer(t.Context(), "answers/1.json", "application/json", func(w io.Writer) error {
					written++
					_, err := io.WriteString(w, "{}")
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				answer, err := http.Get(signed)
				if err != nil {
					t.Fatal(err)
				}
				defer answer.Body.Close()
				text, _ := io.ReadAll(answer.Body)
				if answer.StatusCode != 200 || string(text) != "{}" || answer.Header.Get("Content-Type") != "application/json" {
					t.Errorf("the url gives %d, %q, %v", answer.StatusCode, text, answer.Header)
				}
			}
			for _, step := range []struct {
				advance time.Duration
				want    int
			}{{0, 1}, {0, 1}, {23 * time.Hour, 1}, {40 * time.Minute, 2}} {
				now = now.Add(step.advance)
				if offer(); written != step.want {
					t.Errorf("after %v more it was written %d times, want %d", step.advance, written, step.want)
				}
			}
		})
	}
}

func TestAnAnswerThatCannotBeWrittenIsNotOffered(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	answers := object.Answers{Store: newStore(t, nil), Bucket: bucket, Prefix: "_plumbline/", Kept: time.Hour, Now: time.Now}
	for range 2 { // the first leaves nothing to be offered
		signed, err := answers.Offer(t.Context(), "answers/1.json", "", func(io.Writer) error { return broken })
		if !errors.Is(err, broken) || signed != "" {
			t.Errorf("offered %q, %v", signed, err)
		}
	}
	answers.Store = object.New(newClient("http://127.0.0.1:1"))
	if _, err := answers.Offer(t.Context(), "answers/1.json", "", nil); !errors.Is(err, object.ErrBusy) {
		t.Errorf("an S3 that is away: %v, want ErrBusy", err)
	}
}

// missingAs403 hides that an object is not there, as S3 does from who may not list.
func missingAs403(deny bool) func(http.Handler) http.Handler {
	return func(inner http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			inner.ServeHTTP(&hiding{ResponseWriter: w, deny: deny}, r)
		})
	}
}

type hiding struct {
	http.ResponseWriter
	deny bool
}

func (h *hiding) WriteHeader(status int) {
	if h.deny && status == http.StatusNotFound {
		status = http.StatusForbidden
	}
	h.ResponseWriter.WriteHeader(status)
}
