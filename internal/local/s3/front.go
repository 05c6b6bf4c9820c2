package s3

import (
	"log/slog"
	"net/http"

	"github.com/johannesboyne/gofakes3"
)

// front stands before gofakes3 and does what it leaves out or does wrong:
//
//	a sub-resource that it does not know    operation.go: 501, where it would serve the object itself
//	a condition that is not obeyed          operation.go: 501, where it would go on without it
//	PUT with a framed body or a checksum    body.go: unframed and checked, so that neither is stored
//	PUT with x-amz-copy-source              copy.go: versions, ranges and metadata as S3 has them
//	GET, HEAD with If-Match                 answer.go: 412 for another version
//	HEAD with versionId                     answer.go: a GET without its body
//	?notification                           notification.go: kept and given back
//	MinIO's header that empties a bucket    taken away
//	the response                            response.go: no page may read it, a refused body ends the connection
//
// Seen in gofakes3 v1.2.0: it serves the object for any sub-resource that it does not
// know, knows one of S3's framings, sees no checksum, ignores If-Match on reads and the
// version of a HEAD, copies the latest version whichever is asked for, cannot copy into
// a part, and allows every web page to read and write.
type front struct {
	server *Server
	own    bool // reaches what is reserved
}

// maxXML bounds the bodies that are read into memory: 10,000 parts, or 1,000 keys of
// 1,024 bytes each of which is escaped.
const maxXML = 8 << 20

func (f *front) ServeHTTP(writer http.ResponseWriter, original *http.Request) {
	// The server's request stays as it is: by its body and length the server knows what
	// is left of it on the connection, which is not the next request.
	r := original.Clone(original.Context())
	w := &response{ResponseWriter: writer, allowed: writer.Header().Clone(), log: f.server.config.Log, hasBody: r.Body != http.NoBody,
		request: slog.String("request", r.Method+" "+r.URL.Path)}
	api := &backend{Server: f.server, own: f.own, explain: w.explain}
	r.Header.Del("X-Minio-Force-Delete") // a bucket that holds something is never deleted
	if err := check(r); err != nil {
		w.refuse(err)
		return
	}
	if at := targetOf(r); api.hides(at.bucket, at.key) {
		w.refuse(errReserved)
		return
	}
	if r.Method == http.MethodPost || r.URL.RawQuery != "" && targetOf(r).level() == ofBucket {
		r.Body = http.MaxBytesReader(writer, r.Body, maxXML)
	}
	f.serve(w, r, api)
	w.WriteHeader(http.StatusOK) // a success without a body is never written
}

// serve serves what is let through.
func (f *front) serve(w *response, r *http.Request, api *backend) {
	query := r.URL.Query()
	switch {
	case query.Has(notification):
		f.notification(w, r)
	case r.Method == http.MethodPut && r.Header.Get(copySource) != "" && targetOf(r).key != "":
		f.copy(w, r, api)
	case r.Method == http.MethodPut:
		if err := unframe(r); err != nil {
			w.refuse(err)
			return
		}
		api.handler().ServeHTTP(w, r)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		f.read(w, r, api)
	case r.Method == http.MethodDelete && query.Get("versionId") == nullVersion:
		w.WriteHeader(http.StatusNoContent) // no version is; gofakes3 would delete the latest
	default:
		api.handler().ServeHTTP(w, r)
	}
}

// read serves GET and HEAD.
func (f *front) read(w *response, r *http.Request, api *backend) {
	guarded := &answer{response: w, match: r.Header.Get("If-Match")}
	if r.Method == http.MethodHead && r.URL.Query().Get("versionId") != "" {
		r.Method, guarded.bodiless = http.MethodGet, true
	}
	api.handler().ServeHTTP(guarded, r)
	guarded.WriteHeader(http.StatusOK) // an empty object is never written
}

// handler is gofakes3 over the backend.
func (s *backend) handler() http.Handler {
	return gofakes3.New(s, gofakes3.WithMetadataSizeLimit(0), gofakes3.WithRequestID(s.requests.Add(1))).Server()
}
