package scan

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// maxObjects bounds how many objects one document may be.
const maxObjects = 200_000

// errUnsettled says that a prefix was written to for as long as the scan could wait.
var errUnsettled = errors.New("still being written to")

// pullWhole reads everything that the pattern finds as one document. What is being
// uploaded is waited for: a part of it is never taken for the whole.
func (r *run) pullWhole(ctx context.Context, pattern place.Pattern) error {
	at := place.Location{Bucket: pattern.Bucket, Key: pattern.Prefix}
	d := r.documentAt(pattern, at)
	if reason := r.forbiddenAll(pattern); reason != "" {
		return r.close(ctx, d.failed(reason))
	}
	f, err := r.settled(ctx, pattern)
	if err != nil {
		return r.unread(ctx, d, err)
	}
	if len(f.objects) == 0 {
		return r.emptied(ctx, d, tooMuch("no object matches"))
	}
	if err := r.moved(d.ID, f.info.ETag); err != nil {
		return err
	}
	return r.document(ctx, d, f)
}

// settled lists what the pattern finds once nothing of it was written for a while. The
// age of an object tells that at once; where it is too young, or a clock is wrong, two
// listings that agree do.
func (r *run) settled(ctx context.Context, pattern place.Pattern) (found, error) {
	f, err := r.gather(ctx, pattern)
	for waited := time.Duration(0); err == nil && f.isYoung(r.Now(), r.Settle); waited += r.Settle {
		if waited >= r.PushWait/2 {
			return f, errUnsettled
		}
		if err := r.rest(ctx, r.Settle); err != nil {
			return f, err
		}
		before := f.info.ETag
		if f, err = r.gather(ctx, pattern); err == nil && f.info.ETag == before {
			return f, nil
		}
	}
	return f, err
}

// isYoung reports whether an object was written less than that long ago, by the clock
// of the store.
func (f found) isYoung(now time.Time, age time.Duration) bool {
	return len(f.objects) > 0 && now.Sub(f.info.Modified) < age
}

// rest waits, with the lease kept.
func (r *run) rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return r.breathe(ctx)
	}
}

// gather lists what the pattern finds as one document: its ETag stands for every
// object's key and version.
func (r *run) gather(ctx context.Context, pattern place.Pattern) (found, error) {
	whole := found{at: place.Location{Bucket: pattern.Bucket, Key: pattern.Prefix}, whole: &pattern}
	err := r.Objects.List(ctx, pattern.Bucket, pattern.Prefix, func(info object.Info) error {
		if pattern.Match(info.Key) {
			whole.objects = append(whole.objects, info)
		}
		if len(whole.objects) > maxObjects {
			return tooMuch(fmt.Sprintf("more than %d objects", maxObjects))
		}
		return nil
	})
	if err != nil {
		return whole, fmt.Errorf("list s3://%s/%s: %w", pattern.Bucket, pattern.Prefix, err)
	}
	slices.SortFunc(whole.objects, func(a, b object.Info) int { return cmp.Compare(a.Key, b.Key) })
	sum := sha256.New()
	for _, info := range whole.objects {
		fmt.Fprintf(sum, "%q %q\n", info.Key, info.ETag)
		if info.Modified.After(whole.info.Modified) {
			whole.info.Modified = info.Modified
		}
	}
	whole.info.Key, whole.info.ETag = pattern.Prefix, hex.EncodeToString(sum.Sum(nil)[:16])
	return whole, nil
}

// refresh looks at what is found anew.
func (r *run) refresh(ctx context.Context, f found) (found, error) {
	if f.whole != nil {
		return r.settled(ctx, *f.whole)
	}
	var err error
	f.info, err = r.Objects.Head(ctx, f.at)
	f.listed = false
	return f, err
}

// unchangedSince is the question whether a document of many objects is still what was
// listed: [object.ErrChanged] where it is not.
func (r *run) unchangedSince(f found) func(context.Context) error {
	return func(ctx context.Context) error {
		now, err := r.gather(ctx, *f.whole)
		if err == nil && now.info.ETag != f.info.ETag {
			err = fmt.Errorf("read %s: %w", f.at.URI(), object.ErrChanged)
		}
		return err
	}
}

// unsettled ends a document that was written to all the time; it is scanned when it
// has been quiet.
func (r *run) unsettled(ctx context.Context, d *document) error {
	d.waits = true
	if !r.req.DryRun {
		wish := store.Wish{Trigger: drift.TriggerUpload, Actor: "another look at objects that were being written to"}
		if err := r.Store.Under(r.lease).Retry(ctx, r.source.Ref(), r.Now().Add(r.Quiet), wish); err != nil {
			return err
		}
	}
	return r.close(ctx, d.failed(errUnsettled.Error()+": it is scanned when nothing was written for "+r.Quiet.String()))
}
