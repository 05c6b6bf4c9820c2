// Package cloud wires what all functions share: settings from the environment, the
// adapters on AWS, and the use cases over them.
//
// Its one invariant: it makes no call before the first event, but the one for the
// digest key in a function that reads documents. What is wrong with the settings is one
// line in the log, all mistakes at once, and the function does not start.
//
// Start at [Run].
package cloud

import (
	"context"
	"log/slog"
	"os"
	"time"

	"plumbline/functions/internal/start"
	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/service"
	"plumbline/internal/setting"
	"plumbline/internal/table/dynamo"
)

// Stack is what a function is built of.
type Stack struct {
	*service.Service
	Settings setting.Settings
	Log      *slog.Logger
	ports    service.Ports
}

// Readers are the readers by kind of source.
type Readers = map[drift.Kind]reader.Reader

// Run starts the function whose handler build makes, and returns the code to exit with
// where it cannot start; else it does not return. The readers are for what scans, nil for
// the rest.
func Run(groups setting.Group, readers Readers, build func(*Stack) (handler any, err error)) (code int) {
	return start.Run(func(ctx context.Context, log *slog.Logger) (any, slog.Level, error) {
		stack, err := open(ctx, groups, readers, log)
		if err != nil {
			return nil, 0, err
		}
		handler, err := build(stack)
		return handler, stack.Settings.LogLevel, err
	})
}

func open(ctx context.Context, groups setting.Group, readers Readers, log *slog.Logger) (*Stack, error) {
	loaded, err := start.Environment()
	if err != nil {
		return nil, err
	}
	getenv := os.Getenv
	if groups&setting.Read != 0 {
		if getenv, err = withDigestKey(ctx, loaded, getenv); err != nil {
			return nil, err
		}
	}
	settings, err := setting.Load(getenv, groups, map[string]setting.Check{
		"PLUMBLINE_DIGEST_KEY": func(text string) error {
			_, err := redact.ParseKeys(text)
			return err
		},
	})
	if err != nil {
		return nil, err
	}
	clients := connect(loaded, settings)
	objects := object.New(clients.s3)
	s := &Stack{Settings: settings, Log: log, ports: service.Ports{
		Table:   dynamo.New(dynamo.Config{Client: clients.dynamodb, Name: settings.Table}),
		Objects: objects,
		Blobs:   object.Blobs{Store: objects, Bucket: settings.Bucket, Prefix: service.BlobPrefix},
		Answers: object.Answers{Store: objects, Bucket: settings.Bucket, Prefix: service.BlobPrefix, Kept: service.AnswersKept, Now: time.Now},
		Queue:   clients.queue(settings.QueueURL),
		Readers: readers,
		Now:     time.Now,
		Log:     log,
	}}
	s.Service, err = service.New(s.ports, settings)
	return s, err
}
