// Package s3 is the S3 of the local stack: the S3 API over a folder, for any S3
// client, with versions and with notifications of what changed.
//
// Its one invariant: an object is there exactly when the record of its version is,
// and the record is written last, by a rename, after its content has reached the
// disk. A process killed at any point leaves whole objects or none.
//
// Start at [Open]. The API is gofakes3's; this package is its backend (put.go,
// get.go, remove.go, list.go, upload.go over index.go and disk.go), and a front
// before it for what gofakes3 does not know (front.go).
package s3

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/johannesboyne/gofakes3"
)

// Config says how a server behaves; the zero value serves.
type Config struct {
	// Buckets are made if they are not there.
	Buckets []string
	// KeepVersions is how many versions of a key are kept, delete markers included;
	// 0 means [DefaultKeepVersions].
	KeepVersions int
	// Notify is told of every change after it is on the disk and before the client
	// has its answer. Changes at one time are told at one time, in any order. May be
	// nil.
	Notify func(Event)
	// Reserved are the objects that are for the stack alone.
	Reserved Reserved
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Log takes what went wrong and is not the client's fault; nil logs nothing.
	Log *slog.Logger
}

// DefaultKeepVersions is how many versions of a key are kept by default.
const DefaultKeepVersions = 20

// Server keeps buckets in a folder. Versioning is always on. Safe for concurrent
// use; a folder serves one server at a time.
type Server struct {
	config Config
	disk   disk

	requests atomic.Uint64 // number of the last one

	mu       sync.RWMutex
	buckets  map[string]*bucket
	uploads  map[gofakes3.UploadID]*upload
	sequence uint64 // the last one given out
}

// Open gives the server of a folder, which is made if it is not there. What a
// killed process left half done is cleared away.
func Open(dir string, config Config) (*Server, error) {
	if config.KeepVersions == 0 {
		config.KeepVersions = DefaultKeepVersions
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{config: config, disk: disk{root: dir}}
	if err := s.load(); err != nil {
		return nil, fmt.Errorf("open objects in %s: %w", dir, err)
	}
	for _, name := range config.Buckets {
		if err := s.ensureBucket(name); err != nil {
			return nil, fmt.Errorf("create bucket %s: %w", name, err)
		}
	}
	return s, nil
}

// Handler serves the S3 API, in path style (http://host/bucket/key), without what is
// reserved. It checks neither signatures nor who calls, and allows no web page of
// another origin to read a response: that is for whoever stands before it.
func (s *Server) Handler() http.Handler { return &front{server: s} }

// OwnHandler is the same with what is reserved: for the stack itself.
func (s *Server) OwnHandler() http.Handler { return &front{server: s, own: true} }

// backend is the server as gofakes3 sees it, in one request.
type backend struct {
	*Server
	own bool // reaches what is reserved
	// explain gives the errors of the disk as S3 would, and logs them.
	explain func(error) error
}

var (
	_ gofakes3.Backend          = (*backend)(nil)
	_ gofakes3.VersionedBackend = (*backend)(nil)
	_ gofakes3.MultipartBackend = (*backend)(nil)
)

// nextSequence grows with every change, across restarts too. The caller holds mu.
func (s *Server) nextSequence() uint64 {
	s.sequence = max(s.sequence+1, uint64(s.config.Now().UnixNano()))
	return s.sequence
}
