package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// problem is an error on its way to a client, before a dialect gives it a body.
type problem struct {
	status int
	code   string
	text   string
	// retryAfter is in seconds, 0 for no advice.
	retryAfter int
}

// maxBody is the largest body of a request: the 6 MB that a function takes, less 256
// KB for the envelope that its event puts around it.
const maxBody = 6<<20 - 256<<10

// judge says what an error is to the client. Handlers and middleware hand over errors
// of use cases, under the status 500; the rest is what huma finds wrong with a request.
func judge(ctx context.Context, status int, text string, errs []error) problem {
	switch joined := errors.Join(errs...); {
	case errors.Is(joined, errBrokenBody):
		return translate(ctx, errBrokenBody)
	case status >= http.StatusInternalServerError:
		return translate(ctx, joined)
	case status == http.StatusRequestEntityTooLarge:
		return translate(ctx, errTooLarge)
	case status == http.StatusUnsupportedMediaType:
		return translate(ctx, errMediaType)
	case status == http.StatusRequestTimeout:
		return translate(ctx, errBodyTimeout)
	case len(errs) == 0:
		return told(errInvalid, text)
	}
	return told(errInvalid, details(errs))
}

// maxDetails is how many faults of a request are told at once.
const maxDetails = 10

// details lists faults by field, sorted, since huma finds unknown fields in no order.
// The values at fault are not repeated: they may be secret.
func details(errs []error) string {
	var faults []string
	for _, err := range errs {
		faults = append(faults, faultOf(err))
	}
	slices.Sort(faults)
	faults = slices.Compact(faults)
	if more := len(faults) - maxDetails; more > 0 {
		faults = append(faults[:maxDetails], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(faults, "; ")
}

// faultOf is one fault. The text of huma's own holds the value, which may be the whole
// body.
func faultOf(err error) string {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	switch {
	case !ok:
		return err.Error()
	case detail.Location == "":
		return detail.Message
	}
	return detail.Location + ": " + detail.Message
}
