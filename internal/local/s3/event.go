package s3

import (
	"fmt"
	"slices"
	"strings"
)

// EventName is what happened, as in a record of an S3 notification (there without
// the "s3:" of its configuration).
type EventName string

const (
	Put          EventName = "ObjectCreated:Put"
	Copy         EventName = "ObjectCreated:Copy"
	Complete     EventName = "ObjectCreated:CompleteMultipartUpload"
	Delete       EventName = "ObjectRemoved:Delete"
	DeleteMarker EventName = "ObjectRemoved:DeleteMarkerCreated"
)

// Event is one change of one object.
type Event struct {
	Bucket string
	Key    string // as it is, never encoded
	Name   EventName
	// ETag is without quotes; it and Size are zero for a removal.
	ETag string
	Size int64
	// VersionID is the version that came or went, that of the marker for a
	// [DeleteMarker].
	VersionID string
	// Sequencer grows with every change, also across restarts: 16 upper case
	// hexadecimal digits, to be compared as text.
	Sequencer string
}

// notify tells of changes; the caller does not hold mu.
func (s *Server) notify(events ...Event) {
	if s.config.Notify == nil {
		return
	}
	for _, event := range events {
		s.config.Notify(event)
	}
}

// Replay tells again of the newest change of every key that is still recorded, with
// the sequencer that it had, in that order. At a start it makes up for what a killed
// process had stored and not yet told.
func (s *Server) Replay() {
	s.mu.RLock()
	var newest []Event
	for _, b := range s.buckets {
		for _, o := range b.objects {
			newest = append(newest, o.latest().event(b.name))
		}
	}
	s.mu.RUnlock()
	slices.SortFunc(newest, func(a, b Event) int { return strings.Compare(a.Sequencer, b.Sequencer) })
	s.notify(newest...)
}

// event is the change that made the version.
func (v *version) event(bucket string) Event {
	return Event{
		Bucket: bucket, Key: v.Key, Name: v.Event, ETag: v.MD5, Size: v.Size,
		VersionID: v.id(), Sequencer: sequencer(v.Sequence),
	}
}

func sequencer(n uint64) string { return fmt.Sprintf("%016X", n) }
