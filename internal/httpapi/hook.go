package httpapi

import (
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// huma has one hook for the errors of a whole process. It is set once, and looks the
// dialect up in the operation that fails.
var hook sync.Once

func installHook() {
	hook.Do(func() {
		huma.NewErrorWithContext = newError
		huma.NewError = func(status int, text string, _ ...error) huma.StatusError {
			return &Error{status: status, Message: text}
		}
	})
}

const dialectKey = "dialect"

func newError(ctx huma.Context, status int, text string, errs ...error) huma.StatusError {
	d, ok := ctx.Operation().Metadata[dialectKey].(dialect)
	if !ok {
		return huma.NewError(status, text, errs...)
	}
	p := judge(ctx.Context(), status, text, errs)
	if p.retryAfter > 0 {
		ctx.SetHeader("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.status == 401 {
		ctx.SetHeader("WWW-Authenticate", "Bearer")
	}
	return d.fail(p)
}
