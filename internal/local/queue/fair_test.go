package queue_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"plumbline/internal/local/queue"
	"plumbline/internal/scan"
)

func TestTheBacklogOfOneOrganisationHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	q := open(t, file(t), queue.Config{Workers: 2})
	for i := range 30 {
		send(t, q, job(i, "a"))
	}
	other := job(30, "b")
	other.Source.Organisation = "globex"
	send(t, q, other)
	var mu sync.Mutex
	var order []string
	run(t, q, func(_ context.Context, j scan.Job) error {
		mu.Lock()
		order = append(order, j.Source.Organisation)
		mu.Unlock()
		time.Sleep(time.Millisecond)
		return nil
	})
	if at := slices.Index(order, "globex"); len(order) != 31 || at < 0 || at > 2 {
		t.Errorf("of %d jobs the other organisation's only one was number %d", len(order), at+1)
	}
}
