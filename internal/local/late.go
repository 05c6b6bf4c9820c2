package local

import (
	"sync"

	"plumbline/internal/local/s3"
	"plumbline/internal/place"
)

// late are the newest changes of objects that could not be passed on yet. The zero
// value is ready; safe for concurrent use.
type late struct {
	mu     sync.Mutex
	events map[place.Location]s3.Event
}

func (l *late) add(event s3.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.events == nil {
		l.events = map[place.Location]s3.Event{}
	}
	at := place.Location{Bucket: event.Bucket, Key: event.Key}
	if event.Sequencer > l.events[at].Sequencer {
		l.events[at] = event
	}
}

// take gives what there is and forgets it.
func (l *late) take() map[place.Location]s3.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	events := l.events
	l.events = nil
	return events
}
