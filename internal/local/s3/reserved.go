package s3

import (
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// Reserved are objects that only [Server.OwnHandler] reaches: those of a bucket whose
// keys have the prefix. The zero value reserves none.
type Reserved struct{ Bucket, Prefix string }

func (r Reserved) holds(bucket, key string) bool {
	return r.Prefix != "" && bucket == r.Bucket && strings.HasPrefix(key, r.Prefix)
}

// errReserved is what everybody else gets.
var errReserved = gofakes3.ErrorMessage(errAccessDenied, "these objects are the stack's own")

// hides reports whether the object is out of this caller's reach.
func (s *backend) hides(bucket, key string) bool {
	return !s.own && s.config.Reserved.holds(bucket, key)
}
