package scan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

var (
	// errStop says that a scan reached its deadline between two transactions.
	errStop = errors.New("deadline reached")
	// errLeft says that an automatic trigger came to a source that is left alone.
	errLeft = errors.New("the source is left alone by events and the schedule")
)

// run is one scan under way.
type run struct {
	*Scanner
	req    Request
	source drift.Source
	lease  store.Lease // zero in a dry run
	scan   drift.Scan
	sum    *summary
	types  *entityTypes
	force  *force
	// resumed: the scan stopped at a deadline before, and goes on.
	resumed bool
	// again: another look may find otherwise what this scan could not read or end.
	again bool
	// cause is the error by which the scan ends, nil for none.
	cause error
	// last is the document whose record the finishing transaction writes.
	last *drift.Document
	// documents are what the scan read, as far as others have to know.
	documents tally
	// known are the source's documents by id, as the last scan left them.
	known map[string]drift.Document
	// closed are the uris of the documents that the scan is done with, by id.
	closed map[string]string
	// totals are the source's by document, read once.
	totals map[string]store.Totals
	// byURI are the ids of those by the uri of their object, made when first asked for.
	byURI map[string]string
	// leftUnread counts the documents that were parked.
	leftUnread int
	// layout is what the listing tells of workspaces, nil before it.
	layout place.Layout
	// breath is held while the lease is renewed.
	breath sync.Mutex
}

// Run scans a source once and returns the scan as it ended. Where another scan of
// the source is running, that one is asked for one more and returned with the status
// running; a push, a force and the rest of a scan wait for it instead ([ErrRunning]
// after [Config.PushWait]). A scan that reaches its deadline is queued to go on and
// returned with the status running; a push and a dry run cannot ([ErrUnfinished]).
//
// What is wrong with the source's documents is in the scan, not in the error. A caller
// that hangs up ends the wait for another scan and a dry run, but no scan that has begun.
func (s *Scanner) Run(ctx context.Context, req Request) (drift.Scan, error) {
	alone, cancel := detached(ctx)
	defer cancel()
	return s.run(ctx, alone, req)
}

// run is [Scanner.Run], whose scan goes on until its own context is done.
func (s *Scanner) run(ctx, own context.Context, req Request) (drift.Scan, error) {
	source, err := s.Store.Source(ctx, req.Source.ProjectID, req.Source.ID)
	if err != nil {
		return drift.Scan{}, err
	}
	if err := refuse(source, req); err != nil {
		return drift.Scan{}, err
	}
	r := s.newRun(req, source)
	if req.DryRun {
		if err := r.reconcile(ctx); err != nil {
			return drift.Scan{}, r.unfinished(err)
		}
		return r.note(ctx)
	}
	held, err := r.acquire(ctx, own)
	if err != nil || !held {
		return r.scan, err
	}
	return r.scanLeased(own)
}

// refuse says why a source is not scanned as asked, nil if it is.
func refuse(source drift.Source, req Request) error {
	switch {
	case source.Deleting:
		return ErrNotFound
	case req.Push != nil:
		return nil
	case !place.IsRead(source.Settings.URI):
		return ErrPushOnly
	case req.Trigger != "" && left(source, store.Wish{Trigger: req.Trigger}):
		return errLeft
	}
	return nil
}

// left reports whether a source is left alone by what asks for a scan: it is only
// ever pushed to, or was pushed to last and nobody but the clock or an event asks.
func left(source drift.Source, wish store.Wish) bool {
	automatic := []drift.Trigger{drift.TriggerUpload, drift.TriggerDeletion, drift.TriggerSchedule}
	return !place.IsRead(source.Settings.URI) || source.Pushed && slices.Contains(automatic, wish.Trigger)
}

func (s *Scanner) newRun(req Request, source drift.Source) *run {
	r := &run{Scanner: s, req: req, source: source, closed: map[string]string{}}
	r.begin(req.ScanID)
	r.force = newForce(req.Force)
	return r
}

// begin starts a scan, with a new id where it is given none.
func (r *run) begin(id uuid.UUID) {
	if id == uuid.Nil {
		id = uuid.Must(uuid.NewV7())
	}
	r.scan = drift.Scan{ID: id, SourceID: r.source.ID, Trigger: r.req.Trigger, Actor: r.req.Actor, StartedAt: r.Now(), Status: drift.ScanRunning}
	r.sum = newSummary(r.req.DryRun)
	r.types = &entityTypes{store: r.Store, project: r.source.ProjectID}
	r.again, r.cause = false, nil
	r.force, r.resumed, r.last, r.documents, r.totals = newForce(uuid.Nil), false, nil, tally{}, nil
}

// scanLeased runs under the lease and frees it whatever happens. Where a trigger
// asked for one more scan meanwhile, that follows; its failure is not the first's, for
// the mark's due entry is still there.
func (r *run) scanLeased(ctx context.Context) (drift.Scan, error) {
	if over, err := r.resume(ctx); over {
		return r.scan, r.giveUp(ctx, nil)
	} else if err != nil {
		return r.scan, r.fail(ctx, err)
	}
	wish, err := r.once(ctx)
	first := r.scan
	for err == nil && wish != nil {
		r.req.Job = Job{Source: r.req.Source, Trigger: wish.Trigger, Actor: wishedBy(*wish), Full: wish.Full}
		r.req.Push = nil
		r.begin(r.lease.ScanID)
		if wish, err = r.once(ctx); err != nil {
			r.Log.ErrorContext(ctx, "scan that was asked for meanwhile", "source", r.source.ID, "scan", r.scan.ID, "error", err)
			return first, nil
		}
	}
	return first, err
}

// once makes one scan, to its end or to its deadline. The wish is for one more, for
// which the lease is kept; nil when there is none and the lease is free.
func (r *run) once(ctx context.Context) (*store.Wish, error) {
	var wish *store.Wish
	err := guarded(func() (err error) {
		if err = r.reconcile(ctx); err == nil {
			wish, err = r.finish(ctx)
		}
		return err
	})
	if err == nil {
		return wish, nil
	}
	if stopped(ctx, err) && r.req.Push == nil {
		if err = r.handOn(ctx); err == nil {
			return nil, nil
		}
	}
	return nil, r.fail(ctx, r.unfinished(err))
}

// stopped reports whether an error is the scan's own deadline, rather than its
// caller's.
func stopped(ctx context.Context, err error) bool {
	return errors.Is(err, errStop) || ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded)
}

// unfinished is the error of a scan that cannot be handed on.
func (r *run) unfinished(err error) error {
	if errors.Is(err, errStop) {
		return ErrUnfinished
	}
	return err
}

// grace is how long after its deadline a scan may be at one call.
const grace = 5 * time.Second

// reconcile reads the source and applies what it declares.
func (r *run) reconcile(ctx context.Context) error {
	if !r.req.Deadline.IsZero() {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.req.Deadline.Sub(r.Now())+grace)
		defer cancel()
	}
	if r.req.Push != nil {
		return r.push(ctx)
	}
	return r.pull(ctx)
}

// giveUp frees the lease after an error, so that the next trigger need not wait for
// it to expire. The error is the scan's; a lease that is lost stays lost.
func (r *run) giveUp(ctx context.Context, cause error) error {
	return r.letGo(ctx, cause, func(ctx context.Context) error { return r.Store.Release(ctx, r.lease) })
}

func (r *run) letGo(ctx context.Context, cause error, free func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := free(ctx); err != nil && !errors.Is(err, store.ErrLeaseLost) {
		return errors.Join(cause, fmt.Errorf("free the lease of source %s: %w", r.source.ID, err))
	}
	return cause
}
