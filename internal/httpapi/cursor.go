package httpapi

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strconv"
)

// Cursors seals the cursors of lists: a caller can hand back what he was given, and
// nothing else. Safe for concurrent use; every process that serves a list needs the
// same keys.
type Cursors struct{ keys [][]byte }

// CursorPurpose names what the keys of [NewCursors] are derived for.
const CursorPurpose = "plumbline: cursors of lists"

// NewCursors takes at least one key: the first one seals, each one opens, so that a
// rotation ends no walk that is under way.
func NewCursors(keys [][]byte) Cursors { return Cursors{keys} }

// list names a list of a project with all that decides what stands in it: operation,
// path and filters. A cursor is bound to it, so that one of another list, or of other
// filters, is refused instead of giving a page of something else.
func (c Cursors) list(p ProjectPath, operation string, filters ...string) list {
	return list{c.keys, append([]string{operation, p.Organisation, p.Project}, filters...)}
}

type list struct {
	keys  [][]byte
	names []string
}

const sumBytes = 16

// sum signs a cursor of the list. Each part stands after its length, so that no two
// lists are one text.
func (l list) sum(key []byte, cursor string) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range append(l.names[:len(l.names):len(l.names)], cursor) {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)[:sumBytes]
}

// seal gives the opaque form of a cursor, "" for none.
func (l list) seal(cursor string) string {
	if cursor == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(append(l.sum(l.keys[0], cursor), cursor...))
}

// open reads an opaque cursor; [errCursor] where it is none of the list's.
func (l list) open(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(raw) <= sumBytes {
		return "", errCursor
	}
	cursor := string(raw[sumBytes:])
	for _, key := range l.keys {
		if hmac.Equal(raw[:sumBytes], l.sum(key, cursor)) {
			return cursor, nil
		}
	}
	return "", errCursor
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
