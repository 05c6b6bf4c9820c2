package scan

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/parallel"
	"plumbline/internal/place"
	"plumbline/internal/reader"
)

// found is one object that the source names, as it is now.
type found struct {
	at   place.Location
	info object.Info
	// listed: a listing found it, and locked says whether it found its lock, too.
	listed, locked bool
	// whole is the pattern of a document that is all objects which it finds, nil for one
	// object; the info is then of all together.
	whole   *place.Pattern
	objects []object.Info
}

// pull reads the source's uri: one document, or all that a prefix or glob finds.
func (r *run) pull(ctx context.Context) error {
	if r.reader() == nil {
		r.sum.fail(drift.DocumentResult{URI: r.source.Settings.URI, Status: drift.ScanUnsupported,
			Reason: "sources of kind " + string(r.source.Settings.Kind) + " are not read: send their declarations as items"})
		return nil
	}
	pattern, err := place.ParsePattern(r.source.Settings.URI)
	if err != nil {
		return err
	}
	known, err := r.knownDocuments(ctx)
	if err != nil {
		return err
	}
	if err := r.review(ctx, known); err != nil {
		return err
	}
	at, single := pattern.Single()
	switch {
	case single:
		err = r.pullOne(ctx, pattern, at)
	case r.source.Settings.Kind.IsWhole():
		err = r.pullWhole(ctx, pattern)
	default:
		err = r.pullAll(ctx, pattern, known)
	}
	if err != nil {
		return err
	}
	return r.retirePushes(ctx, known)
}

// knownDocuments are the source's documents by id, as the last scan left them.
func (r *run) knownDocuments(ctx context.Context) (map[string]drift.Document, error) {
	known := map[string]drift.Document{}
	for d, err := range r.Store.Documents(ctx, r.source.ID) {
		if err != nil {
			return nil, err
		}
		known[d.ID] = d
	}
	r.known, r.byURI = known, nil
	return known, nil
}

// kindOf is the kind of a document of the source.
func (r *run) kindOf(document string) drift.DocumentKind {
	if d, ok := r.known[document]; ok {
		return d.Kind
	}
	return drift.UnrecordedKind(document)
}

// documentID is short, because every key of a head holds it: 50 bits of the digest
// of the object's uri. The n-th one, counted from 0, is for an object whose earlier ones
// belong to documents that moved away.
func documentID(at place.Location, n int) string {
	text := at.URI()
	if n > 0 {
		text += "\n" + strconv.Itoa(n)
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToLower(base32.HexEncoding.EncodeToString(sum[:10])[:10])
}

func (r *run) pullOne(ctx context.Context, pattern place.Pattern, at place.Location) error {
	d := r.documentAt(pattern, at)
	if reason := r.forbidden(at); reason != "" {
		return r.close(ctx, d.failed(reason))
	}
	info, err := r.Objects.Head(ctx, at)
	switch {
	case errors.Is(err, object.ErrNotFound):
		return r.emptied(ctx, d, err)
	case err != nil:
		return r.unread(ctx, d, err)
	}
	if err := r.moved(d.ID, info.ETag); err != nil {
		return err
	}
	return r.document(ctx, d, found{at: at, info: info})
}

// pullAll reads every object that the pattern finds, sorted by key.
func (r *run) pullAll(ctx context.Context, pattern place.Pattern, known map[string]drift.Document) error {
	if reason := r.forbiddenAll(pattern); reason != "" {
		r.again = true
		r.sum.fail(drift.DocumentResult{URI: r.source.Settings.URI, Status: drift.ScanFailed, Reason: reason})
		return nil
	}
	objects, err := r.list(ctx, pattern)
	if final(err) {
		r.again = true
		r.sum.fail(drift.DocumentResult{URI: r.source.Settings.URI, Status: drift.ScanFailed, Reason: readReason(err)})
		return nil
	}
	if err != nil {
		return err
	}
	r.layout = layoutOf(objects)
	documents, err := r.documentsAt(ctx, pattern, objects)
	if err != nil {
		return err
	}
	etags := make(map[string]string, len(objects))
	for i, d := range documents {
		etags[d.ID] = objects[i].info.ETag
	}
	if err := r.movedAll(etags); err != nil {
		return err
	}
	if len(objects) == 0 {
		r.sum.warn(r.source.Settings.URI, "", "no object matches")
	}
	for i, d := range documents {
		if err := r.pullDocument(ctx, d, objects[i]); err != nil {
			return err
		}
	}
	for _, id := range sortedKeys(known) {
		if _, there := etags[id]; !there && !known[id].Kind.IsPushed() && !known[id].Gone {
			if err := r.vanished(ctx, known[id]); err != nil {
				return err
			}
		}
	}
	return nil
}

// movedAll is [run.moved] for every document that the force releases, with what a listing
// found of each.
func (r *run) movedAll(etags map[string]string) error {
	for id := range r.force.released {
		if r.known[id].Kind.IsPushed() {
			continue
		}
		etag, there := etags[id]
		if !there {
			etag = goneETag
		}
		if err := r.moved(id, etag); err != nil {
			return err
		}
	}
	return nil
}

// layoutOf is what the keys of a listing tell of workspaces.
func layoutOf(objects []found) place.Layout {
	keys := make([]string, len(objects))
	for i, f := range objects {
		keys[i] = f.at.Key
	}
	return place.NewLayout(keys)
}

func (r *run) pullDocument(ctx context.Context, d *document, f found) error {
	if reason := r.forbidden(f.at); reason != "" {
		return r.close(ctx, d.failed(reason))
	}
	return r.document(ctx, d, f)
}

func (r *run) list(ctx context.Context, pattern place.Pattern) ([]found, error) {
	var objects []found
	locks := map[string]bool{}
	err := r.Objects.List(ctx, pattern.Bucket, pattern.Prefix, func(info object.Info) error {
		if state, isLock := place.Locked(info.Key); isLock {
			locks[state] = true
		}
		if pattern.Match(info.Key) {
			objects = append(objects, found{at: place.Location{Bucket: pattern.Bucket, Key: info.Key}, info: info, listed: true})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list s3://%s/%s: %w", pattern.Bucket, pattern.Prefix, err)
	}
	for i := range objects {
		objects[i].locked = locks[objects[i].at.Key]
	}
	slices.SortFunc(objects, func(a, b found) int { return strings.Compare(a.at.Key, b.at.Key) })
	return objects, nil
}

// forbidden says why the organisation may not read the object; "" when it may.
func (r *run) forbidden(at place.Location) string {
	if r.Prefixes.Allows(r.source.Organisation, at.Bucket, at.Key) {
		return ""
	}
	return "not below a prefix that the organisation may read"
}

// forbiddenAll says why it may not read what a pattern finds.
func (r *run) forbiddenAll(pattern place.Pattern) string {
	if r.Prefixes.AllowsAll(r.source.Organisation, pattern) {
		return ""
	}
	return "not below a prefix that the organisation may read"
}

// unread ends a document that could not be opened. What it declared is not gone.
func (r *run) unread(ctx context.Context, d *document, err error) error {
	var unusable *reader.UnusableError
	switch {
	case errors.As(err, &unusable):
		return r.close(ctx, d.failed(unusable.Error()))
	case panicked(err):
		r.Log.ErrorContext(ctx, "panic", "source", r.source.ID, "document", d.URI, "error", err, "stack", parallel.Trace(err))
		return r.close(ctx, d.failed("the document met a fault of the reader, whose details are in the log: "+err.Error()))
	case errors.Is(err, errUnsettled):
		return r.unsettled(ctx, d)
	case !final(err):
		return err // storage was not to be had, or the object was replaced
	case d.many:
		return r.close(ctx, d.failed(err.Error())) // the reason has to name the object
	}
	return r.close(ctx, d.failed(readReason(err)))
}

// final reports whether an error says something of the document, rather than that
// storage was not to be had.
func final(err error) bool {
	return errors.Is(err, object.ErrNotFound) || errors.Is(err, object.ErrDenied)
}

// panicked reports whether an error is a panic: of the document alone, so that those
// beside it are read all the same.
func panicked(err error) bool {
	var p *parallel.Panic
	return errors.As(err, &p)
}

func readReason(err error) string {
	switch {
	case errors.Is(err, object.ErrNotFound):
		return "the object does not exist"
	case errors.Is(err, object.ErrDenied):
		return "access to the object is denied"
	}
	return err.Error()
}
