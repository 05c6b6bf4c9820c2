package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
)

// list names a list with all that decides what stands in it: operation, path and
// filters. A cursor is bound to it, so that one of another list, or of other filters,
// is refused instead of giving a page of something else.
type list []string

const sumBytes = 8

func (l list) sum(cursor string) []byte {
	sum := sha256.Sum256([]byte(strings.Join(l, "\x00") + "\x00\x00" + cursor))
	return sum[:sumBytes]
}

// seal gives the opaque form of a cursor, "" for none.
func (l list) seal(cursor string) string {
	if cursor == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(l.sum(cursor), cursor...))
}

// open reads an opaque cursor; [errCursor] where it is none of the list's.
func (l list) open(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) <= sumBytes || string(raw[:sumBytes]) != string(l.sum(string(raw[sumBytes:]))) {
		return "", errCursor
	}
	return string(raw[sumBytes:]), nil
}

// nextLink is a Link header (RFC 8288) to the next page, "" for none. The target is
// relative to the request's, so that it holds behind any proxy.
func nextLink(cursor string, limit int) string {
	if cursor == "" {
		return ""
	}
	query := url.Values{"cursor": {cursor}, "limit": {strconv.Itoa(limit)}}
	return "<?" + query.Encode() + `>; rel="next"`
}
