package s3

import (
	"errors"
	"net/http"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// answer judges a read by the ETag in its header, which is that of the very content
// that follows.
type answer struct {
	*response
	match    string // If-Match, "" for none
	bodiless bool   // a HEAD
	started  bool
	dropped  bool // what is written no longer reaches the client
}

func (a *answer) WriteHeader(status int) {
	if a.started {
		return
	}
	a.started = true
	if status < http.StatusMultipleChoices && !a.matches() {
		a.dropped = true
		a.Header().Del("Content-Length")
		a.Header().Del("Content-Range")
		a.response.refuse(gofakes3.ErrPreconditionFailed)
		return
	}
	a.dropped = a.bodiless
	a.response.WriteHeader(status)
}

// matches holds where there is no ETag to judge: a listing.
func (a *answer) matches() bool {
	etag := a.Header().Get("ETag")
	return a.match == "" || a.match == "*" || etag == "" || strings.Trim(a.match, `"`) == strings.Trim(etag, `"`)
}

// errDropped ends the copying of a body that nobody reads.
var errDropped = errors.New("body dropped")

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	if a.dropped {
		return 0, errDropped
	}
	return a.response.Write(p)
}
