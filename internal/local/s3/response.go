package s3

import (
	"encoding/xml"
	"errors"
	"log/slog"
	"net/http"
	"syscall"

	"github.com/johannesboyne/gofakes3"
)

// response is the response to one request: what gofakes3 writes, with what it leaves
// out. It allows no web page to read it, ends the connection behind a refused body,
// and says of a full disk that it is full.
type response struct {
	http.ResponseWriter
	log *slog.Logger
	// request names the request in the log.
	request slog.Attr
	// hasBody: the request has a body, of which some may be left unread.
	hasBody bool
	// allowed are the headers by which whoever stands before the server lets a page
	// read the response.
	allowed http.Header
	full    bool
	begun   bool
}

// corsHeaders are those that gofakes3 sets for every page.
var corsHeaders = []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods",
	"Access-Control-Allow-Headers", "Access-Control-Expose-Headers"}

func (w *response) WriteHeader(status int) {
	if w.begun {
		return
	}
	w.begun = true
	header := w.Header()
	for _, name := range corsHeaders {
		header.Del(name)
		if values := w.allowed[name]; values != nil {
			header[name] = values
		}
	}
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Content-Security-Policy", "sandbox; default-src 'none'") // an object may be a page
	if status >= http.StatusBadRequest && w.hasBody {
		header.Set("Connection", "close")
	}
	if w.full && status == http.StatusInternalServerError {
		status = http.StatusInsufficientStorage
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *response) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets [http.ResponseController] reach the server's own.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// explain logs an error that is not the client's, and gives it as S3 would.
func (w *response) explain(err error) error {
	var coded interface{ ErrorCode() gofakes3.ErrorCode }
	var tooBig *http.MaxBytesError
	switch {
	case err == nil || errors.As(err, &coded):
		return err
	case errors.As(err, &tooBig):
		return gofakes3.ErrMalformedXML
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		w.full = true
		w.log.Error("the disk is full", w.request, "error", err)
		return gofakes3.ErrorMessage(errFull, "the disk of the local stack is full: nothing was changed")
	}
	w.log.Error("request failed", w.request, "error", err)
	return gofakes3.ErrorMessage(gofakes3.ErrInternal, "internal error: see the log of the local stack")
}

// errorBody is S3's error.
type errorBody struct {
	XMLName xml.Name `xml:"Error"`
	Code    gofakes3.ErrorCode
	Message string `xml:",omitempty"`
}

// refuse responds with an error as S3 gives it.
func (w *response) refuse(err error) {
	err = w.explain(err)
	code, message := gofakes3.ErrInternal, ""
	var coded interface{ ErrorCode() gofakes3.ErrorCode }
	if errors.As(err, &coded) {
		code = coded.ErrorCode()
		message = code.Message()
	}
	if told, ok := errors.AsType[*gofakes3.ErrorResponse](err); ok {
		message = told.Message
	}
	w.xml(statusOf(code), errorBody{Code: code, Message: message})
}

// Refuse responds as S3 does to who may not call, with the reason.
func Refuse(w http.ResponseWriter, reason string) {
	(&response{ResponseWriter: w}).refuse(gofakes3.ErrorMessage(errAccessDenied, reason))
}

// statusOf is the status of an error as S3 has it.
func statusOf(code gofakes3.ErrorCode) int {
	switch code {
	case errAccessDenied:
		return http.StatusForbidden
	case errFull:
		return http.StatusInsufficientStorage
	case errNoPart:
		return http.StatusRequestedRangeNotSatisfiable
	case gofakes3.ErrMethodNotAllowed:
		return http.StatusMethodNotAllowed
	}
	return code.Status()
}

func (w *response) xml(status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	w.Write(append([]byte(xml.Header), text...)) // a client that is gone needs no response
}
