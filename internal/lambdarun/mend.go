package lambdarun

import (
	"net"
	"net/http"
	"strings"
)

// What aws-lambda-go-api-proxy v0.16.2 gives a handler otherwise than net/http would,
// and what is done about it:
//
//	event or handler                    the adapter           mended
//	the path has the stage, a mapping   kept                  dropped, by the resource
//	%, ? or a blank in the path         an error, or cut      escaped
//	the caller's address                without a port        port 0
//	the handler writes nothing          an error              200
//	WriteHeader twice                   the last one counts   the first one
//	1xx, such as 103                    the answer's status   left out
//	headers set after WriteHeader       sent                  not sent
//	a panic                             ends the process      500 and a line in the log
//
// Header values with commas, cookies, repeated query keys, and binary bodies both ways
// are right with the REST shape of events (httpadapter.New); the tests hold it to that.

// stripped drops the leading segments of a path that do not belong to the resource: a
// stage's name or the base path of a custom domain. A resource such as
// /{o}/{p}/import-sources says how many segments are ours; one that is greedy says
// nothing, and its path is left as it is.
func stripped(path, resource string) string {
	if resource == "" || strings.Contains(resource, "+}") {
		return path
	}
	for strings.Count(strings.TrimRight(path, "/"), "/") > strings.Count(resource, "/") {
		_, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		path = "/" + rest
	}
	return path
}

// escaped writes a path so that it parses as the path of a URL, as a whole: what is
// percent-encoded stays, any other byte that a path cannot hold is encoded.
func escaped(path string) string {
	const hex = "0123456789ABCDEF"
	var out strings.Builder
	for i := range len(path) {
		c := path[i]
		if inPath(c) || c == '%' && i+2 < len(path) && isHex(path[i+1]) && isHex(path[i+2]) {
			out.WriteByte(c)
			continue
		}
		out.WriteString("%" + hex[c>>4:c>>4+1] + hex[c&15:c&15+1])
	}
	return out.String()
}

// inPath reports the bytes of RFC 3986's path, without the percent sign.
func inPath(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("/-._~!$&'()*+,;=:@", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func withPort(address string) string {
	if _, _, err := net.SplitHostPort(address); err == nil {
		return address
	}
	return net.JoinHostPort(address, "0")
}

// answer lets the first final status count, with the headers as they are then.
type answer struct {
	inner  http.ResponseWriter
	header http.Header // the handler's own
	begun  bool
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.begun || status < http.StatusOK {
		return
	}
	a.begun = true
	for name, values := range a.header {
		a.inner.Header()[name] = append([]string(nil), values...)
	}
	a.inner.WriteHeader(status)
}

func (a *answer) Write(body []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.inner.Write(body)
}
