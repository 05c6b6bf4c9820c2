package local

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"plumbline/internal/auth"
	"plumbline/internal/local/queue"
	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/parallel"
	"plumbline/internal/scan"
	"plumbline/internal/service"
	"plumbline/internal/service/readers"
	"plumbline/internal/setting"
	"plumbline/internal/table/bolt"
)

// Stack is a running stack.
type Stack struct {
	// API and S3 are urls without "/" at their ends.
	API, S3 string
	// Token has every permission for the sample's organisation.
	Token string

	settings setting.Settings
	log      *slog.Logger
	signer   *auth.Signer
	service  *service.Service
	objects  *object.Store
	bucket   *s3.Server
	table    *bolt.Table
	queue    *queue.Queue
	late     late
	api, s3  *server
	inside   *server // S3 for the stack itself

	stop       context.CancelFunc // of what works in the background
	background parallel.Group
}

// Start starts the stack on its data folder and returns when it serves. The caller
// stops it; ctx only carries values. An address with port 0 takes any free one.
func Start(ctx context.Context, settings setting.Settings, log *slog.Logger) (_ *Stack, err error) {
	s := &Stack{settings: settings, log: log, stop: func() {}}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	for _, step := range []func(context.Context) error{s.open, s.assemble, s.freeLeases, s.serve} {
		if err := step(context.WithoutCancel(ctx)); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// open takes the folder and the ports: what another process may have.
func (s *Stack) open(context.Context) (err error) {
	if s.signer, err = newSigner(s.settings); err != nil {
		return err
	}
	if err = s.openTable(); err != nil {
		return err
	}
	if s.settings.DigestKey, err = digestKey(s.settings); err != nil {
		return err
	}
	if s.Token, err = writeToken(s.settings, s.signer); err != nil {
		return err
	}
	if s.s3, err = listen("PLUMBLINE_S3_ADDR", s.settings.S3Addr); err != nil {
		return err
	}
	s.api, err = listen("PLUMBLINE_ADDR", s.settings.Addr)
	return err
}

// assemble chooses the adapters and builds the use cases over them.
func (s *Stack) assemble(context.Context) (err error) {
	if err = s.openQueue(); err != nil {
		return err
	}
	s.bucket, err = s3.Open(filepath.Join(s.settings.Data, objectsFolder), s3.Config{Buckets: []string{s.settings.Bucket}, Notify: s.uploaded,
		Reserved: s3.Reserved{Bucket: s.settings.Bucket, Prefix: service.BlobPrefix}, Log: s.log})
	if err != nil {
		return err
	}
	s.S3, s.API = s.s3.url(), s.api.url()
	door := newInside()
	s.inside = &server{listener: door}
	s.objects = object.New(door.client())
	s.service, err = service.New(service.Ports{
		Table: s.table, Objects: s.objects, Queue: s.queue, Now: time.Now, Log: s.log,
		Blobs:   object.Blobs{Store: s.objects, Bucket: s.settings.Bucket, Prefix: service.BlobPrefix},
		Readers: readers.All(), Ended: s.scanned,
	}, s.settings)
	return err
}

// serve opens the doors: S3 first, which scans need.
func (s *Stack) serve(ctx context.Context) error {
	handler, err := s.apiHandler()
	if err != nil {
		return err
	}
	s.inside.serve(s.bucket.OwnHandler(), s.log)
	s.s3.serve(s.s3Handler(), s.log)
	s.bucket.Replay()
	var working context.Context
	working, s.stop = context.WithCancel(ctx)
	s.background.Start(func() error { return s.queue.Run(working, s.work) })
	s.background.Start(func() error { return s.tick(working) })
	s.background.Start(func() error { return s.sweep(working) })
	s.api.serve(handler, s.log)
	return nil
}

// work runs a job to its end: a process has no deadline.
func (s *Stack) work(ctx context.Context, job scan.Job) error {
	return s.service.Scanner.Work(ctx, job, time.Time{})
}

// giveUp makes the source of a job that keeps failing due later.
func (s *Stack) giveUp(ctx context.Context, job scan.Job) error {
	return s.service.Scanner.Postpone(ctx, job)
}

// progress tells how far the work on a job has come.
func (s *Stack) progress(ctx context.Context, job scan.Job) (uint64, error) {
	return s.service.Scanner.Progress(ctx, job)
}

// park ends a job that has ended the process twice.
func (s *Stack) park(ctx context.Context, job scan.Job) error {
	return s.service.Scanner.Park(ctx, job, time.Time{})
}

// Stop stops serving, lets requests and scans under way end for some seconds, and lets
// go of the folder.
func (s *Stack) Stop() error {
	err := s.api.stop()
	s.stop()
	err = errors.Join(err, s.background.Wait(), s.s3.stop(), s.inside.stop())
	if s.queue != nil {
		err = errors.Join(err, s.queue.Close())
	}
	if s.table != nil {
		err = errors.Join(err, s.table.Close())
	}
	return err
}

// listen takes an address.
func listen(name, addr string) (*server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &server{listener: listener}, nil
}
