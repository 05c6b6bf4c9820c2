package lambdarun

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// Uploads takes what S3 tells of its objects, in the shape of a bucket's own
// notification and in that of EventBridge, which carries the events of buckets that
// another stack owns. Both come at least once and in any order.
type Uploads struct {
	// Upload is [scan.Scanner.Upload].
	Upload func(ctx context.Context, bucket, key string, removed bool) error
	Log    *slog.Logger
}

// upload is one change of one object.
type upload struct {
	bucket, key string // the key as it is, never encoded
	removed     bool
}

// Handle hands on each change of the event. Errors are those of the hand-overs, joined:
// Lambda then delivers the whole event again, which is harmless. An event of neither
// shape is logged and dropped, for no other try would help.
func (u *Uploads) Handle(ctx context.Context, event json.RawMessage) error {
	uploads, err := parseUploads(event)
	if err != nil {
		u.Log.ErrorContext(ctx, "drop event", "err", err)
		return nil
	}
	var failed []error
	for _, change := range uploads {
		if err := u.Upload(ctx, change.bucket, change.key, change.removed); err != nil {
			failed = append(failed, fmt.Errorf("upload of s3://%s/%s: %w", change.bucket, change.key, err))
		}
	}
	return errors.Join(failed...)
}

// uploadEvent is either shape. Sources: "Event message structure" of the Amazon S3 User
// Guide; "EventBridge event message structure" of the same.
type uploadEvent struct {
	Event      string                 `json:"Event"` // "s3:TestEvent", sent when a notification is set up
	Records    []events.S3EventRecord `json:"Records"`
	Source     string                 `json:"source"`
	DetailType string                 `json:"detail-type"`
	Detail     struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

func parseUploads(text []byte) ([]upload, error) {
	var event uploadEvent
	if err := json.Unmarshal(text, &event); err != nil {
		return nil, fmt.Errorf("parse S3 event: %w", err)
	}
	switch {
	case event.Event == "s3:TestEvent":
		return nil, nil
	case event.Source == "aws.s3":
		return event.bridged(), nil
	case event.Records == nil:
		return nil, errors.New("parse S3 event: neither a notification nor an event of EventBridge")
	}
	var uploads []upload
	for _, record := range event.Records {
		created := strings.HasPrefix(record.EventName, "ObjectCreated:")
		removed := strings.HasPrefix(record.EventName, "ObjectRemoved:") || strings.HasPrefix(record.EventName, "LifecycleExpiration:")
		if created || removed {
			uploads = append(uploads, upload{bucket: record.S3.Bucket.Name, key: record.S3.Object.URLDecodedKey, removed: removed})
		}
	}
	return uploads, nil
}

// bridged reads EventBridge's shape, which is of one object and whose key is not
// encoded.
func (e uploadEvent) bridged() []upload {
	removed := e.DetailType == "Object Deleted"
	if !removed && e.DetailType != "Object Created" {
		return nil
	}
	return []upload{{bucket: e.Detail.Bucket.Name, key: e.Detail.Object.Key, removed: removed}}
}
