package object

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

var (
	// ErrNotFound says that there is no such object, bucket or version.
	ErrNotFound = errors.New("not found")
	// ErrDenied says that S3 refused access. Without the right to list a bucket it
	// says so of an object that does not exist, too.
	ErrDenied = errors.New("access denied")
	// ErrChanged says that the object is not at the version that was asked for, or
	// that the condition of a put did not hold.
	ErrChanged = errors.New("object changed")
	// ErrBusy says that S3 throttled the call or could not be reached, after the
	// client's retries: the same call may succeed later.
	ErrBusy = errors.New("storage busy")
)

// failure is a call that did not succeed: what was attempted on what, which of the
// sentinels it is (nil for none), and what the client said.
type failure struct {
	verb, subject string
	kind, cause   error
}

func (f *failure) Error() string {
	text := f.verb + " " + f.subject + ": "
	if f.kind == nil {
		return text + f.cause.Error()
	}
	text += f.kind.Error()
	if api, ok := errors.AsType[smithy.APIError](f.cause); ok {
		return text + " (" + api.ErrorCode() + ")"
	}
	return text
}

// Unwrap gives the sentinel and the client's error.
func (f *failure) Unwrap() []error {
	if f.kind == nil {
		return []error{f.cause}
	}
	return []error{f.kind, f.cause}
}

// fail wraps what the client says; nil stays nil.
func fail(verb, subject string, err error) error {
	if err == nil {
		return nil
	}
	return &failure{verb: verb, subject: subject, kind: classify(err), cause: err}
}

// classify sorts by status, because the answer to a HEAD has no body to name a
// code; codes decide where a status stands for several things.
func classify(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		switch api.ErrorCode() {
		case "NoSuchVersion":
			return ErrChanged
		case "SlowDown", "Throttling", "RequestTimeout", "ConditionalRequestConflict":
			return ErrBusy
		}
	}
	if _, ok := errors.AsType[*smithyhttp.RequestSendError](err); ok {
		return ErrBusy
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return classifyStatus(answer.HTTPStatusCode())
	}
	return nil
}

func classifyStatus(status int) error {
	switch {
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return ErrDenied
	case status == http.StatusPreconditionFailed:
		return ErrChanged
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return ErrBusy
	}
	return nil
}
