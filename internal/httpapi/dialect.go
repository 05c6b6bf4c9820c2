package httpapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// dialect is how one family of routes speaks: what differs between the APIs that show
// the same core. A handler takes it as a value.
type dialect struct {
	// fail gives the body of an error.
	fail func(problem) huma.StatusError
	// time writes a time, at is never zero.
	time func(at time.Time) string
	// next is the header by which a bare list tells of its next page.
	next func(cursor string, limit int) string
}

// importSources is the dialect of text 000: bare objects, `{error, code}`, RFC 3339
// in UTC with milliseconds.
var importSources = dialect{
	fail: func(p problem) huma.StatusError { return &Error{status: p.status, Message: p.text, Code: p.code} },
	time: func(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000Z") },
	next: nextLink,
}

// when writes a time that may be zero: null.
func (d dialect) when(at time.Time) *string {
	if at.IsZero() {
		return nil
	}
	text := d.time(at)
	return &text
}

// Error is the body of every error.
type Error struct {
	status  int
	Message string `json:"error" doc:"What is wrong, for people"`
	Code    string `json:"code" doc:"What is wrong, for programs: stable"`
}

func (e *Error) Error() string  { return e.Message }
func (e *Error) GetStatus() int { return e.status }
