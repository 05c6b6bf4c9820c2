package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/johannesboyne/gofakes3"
)

// front stands before gofakes3 and does what it leaves out or does wrong:
//
//	PUT with a framed body or a checksum    body.go: unframed and checked, so that neither is stored
//	PUT with x-amz-copy-source              copy.go: versions, ranges and metadata as S3 has them
//	GET, HEAD with If-Match                 answer.go: 412 for another version
//	HEAD with versionId                     answer.go: a GET without its body
//
// Seen in gofakes3 v1.2.0: it knows one of S3's framings, sees no checksum, ignores
// If-Match on reads and the version of a HEAD, copies the latest version whichever is
// asked for, and cannot copy into a part.
type front struct {
	server *Server
	api    http.Handler
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPut && r.Header.Get(copySource) != "":
		f.copy(w, r)
	case r.Method == http.MethodPut:
		if err := unframe(r); err != nil {
			refuse(w, err)
			return
		}
		f.api.ServeHTTP(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		f.read(w, r)
	default:
		f.api.ServeHTTP(w, r)
	}
}

// read serves GET and HEAD.
func (f *front) read(w http.ResponseWriter, r *http.Request) {
	guarded := &answer{ResponseWriter: w, match: r.Header.Get("If-Match")}
	if r.Method == http.MethodHead && r.URL.Query().Get("versionId") != "" {
		r = r.Clone(r.Context())
		r.Method, guarded.bodiless = http.MethodGet, true
	}
	f.api.ServeHTTP(guarded, r)
	guarded.WriteHeader(http.StatusOK) // an empty object is never written
}

// errorBody is S3's error.
type errorBody struct {
	XMLName xml.Name `xml:"Error"`
	Code    gofakes3.ErrorCode
	Message string
}

// refuse answers with an error as S3 gives it.
func refuse(w http.ResponseWriter, err error) {
	code := gofakes3.ErrInternal
	var coded interface{ ErrorCode() gofakes3.ErrorCode }
	if errors.As(err, &coded) {
		code = coded.ErrorCode()
	}
	answerXML(w, code.Status(), errorBody{Code: code, Message: code.Message()})
}

func answerXML(w http.ResponseWriter, status int, body any) {
	text, err := xml.Marshal(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	w.Write(append([]byte(xml.Header), text...)) // a client that is gone needs no answer
}
