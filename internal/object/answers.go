package object

import (
	"context"
	"errors"
	"io"
	"time"

	"plumbline/internal/place"
)

// Answers keeps answers that are too big for the way that they were asked on, as
// objects below a prefix, and lends urls to them. Safe for concurrent use.
type Answers struct {
	Store  *Store
	Bucket string
	// Prefix goes before each key as it is: "_plumbline/".
	Prefix string
	// Kept is the age at which the bucket may remove an answer.
	Kept time.Duration
	Now  func() time.Time
}

// AnswerTTL is how long the url of an answer is good. The object behind it lives at
// least as long.
const AnswerTTL = 15 * time.Minute

// Offer gives a url for a GET of what write writes, without any header of its own. One
// key stands for one text: where it was written before and stays long enough, write is
// not called.
func (a Answers) Offer(ctx context.Context, key, contentType string, write func(io.Writer) error) (url string, err error) {
	at := place.Location{Bucket: a.Bucket, Key: a.Prefix + key}
	there, err := a.stays(ctx, at)
	if err != nil {
		return "", err
	}
	if !there {
		if _, err := a.Store.Upload(ctx, at, contentType, write); err != nil {
			return "", err
		}
	}
	return a.Store.PresignGet(ctx, at, AnswerTTL)
}

// stays reports whether the object is there and outlives a url. Without the right to
// list the bucket, S3 denies what is not there.
func (a Answers) stays(ctx context.Context, at place.Location) (bool, error) {
	info, err := a.Store.Head(ctx, at)
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrDenied) {
		return false, nil
	}
	age := a.Now().Sub(info.Modified)
	return err == nil && age < a.Kept-2*AnswerTTL, err
}
