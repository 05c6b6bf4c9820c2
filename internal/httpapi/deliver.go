package httpapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Answers keeps answers that are too big to be given at once, and lends urls to them.
type Answers interface {
	// Offer gives a url for a GET of what write writes, without any header of its own. One
	// key stands for one text: where it is kept already, write need not be called.
	Offer(ctx context.Context, key, contentType string, write func(io.Writer) error) (url string, err error)
}

// AnswerPrefix begins the keys of kept answers, which may be removed after a day.
const AnswerPrefix = "answers/"

// maxAnswer is how many bytes an answer of JSON may have that is given at once, as it
// stands in the answer of a function: a JSON string in an object of at most 6 MB.
const maxAnswer = 5 << 20

// delivery is an answer on its way.
type delivery struct {
	cache string // Cache-Control
	write func(huma.Context)
}

// deliver gives what write writes as JSON: at once where it is small enough; else it
// redirects to where it is kept, or streams where nothing is ([Deps.Answers] is nil).
// Errors of a small answer, or of one that is kept, are told; those of a stream cut it
// off.
func (d Deps) deliver(ctx context.Context, key string, write func(io.Writer) error) (delivery, error) {
	small := &bounded{left: maxAnswer}
	err := write(small)
	switch {
	case err == nil:
		return delivery{private, func(to huma.Context) { send(to, small.text.WriteTo) }}, nil
	case !errors.Is(err, errOutgrown):
		return delivery{}, err
	case d.Answers == nil:
		return delivery{private, func(to huma.Context) {
			send(to, func(w io.Writer) (int64, error) { return 0, write(w) })
		}}, nil
	}
	url, err := d.Answers.Offer(ctx, key, jsonType, write)
	if err != nil {
		return delivery{}, err
	}
	// 307, because what is there is the very thing that was asked for, by the same
	// method; 303 would name something else.
	return delivery{"no-store", func(to huma.Context) {
		to.SetHeader("Location", url)
		to.SetStatus(http.StatusTemporaryRedirect)
	}}, nil
}

// private answers are asked for again before they are used again: see their ETag.
const private = "private, no-cache"

// send writes a body, and cuts the connection where that fails: half an answer is none.
func send(to huma.Context, write func(io.Writer) (int64, error)) {
	to.SetHeader("Content-Type", jsonType)
	to.SetStatus(http.StatusOK)
	if _, err := write(to.BodyWriter()); err != nil {
		ctx := to.Context()
		if ctx.Err() == nil { // else the client is gone
			requestOf(ctx).failed(ctx, "answer cut off", err)
		}
		panic(http.ErrAbortHandler)
	}
}

// errOutgrown says that an answer is too big to be given at once.
var errOutgrown = errors.New("answer outgrown")

// bounded holds a text as long as bytes are left for it.
type bounded struct {
	text bytes.Buffer
	left int
}

func (b *bounded) Write(text []byte) (int, error) {
	if b.left -= within(text); b.left < 0 {
		return 0, errOutgrown
	}
	return b.text.Write(text)
}

// within is how many bytes a JSON text has inside a JSON string.
func within(text []byte) int {
	n := len(text)
	for _, escaped := range []string{`"`, `\`, "\n"} {
		n += bytes.Count(text, []byte(escaped))
	}
	return n + 3*(bytes.Count(text, []byte("\u2028"))+bytes.Count(text, []byte("\u2029")))
}
