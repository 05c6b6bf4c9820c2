package local

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/local/queue"
	"plumbline/internal/place"
	"plumbline/internal/scan"
	"plumbline/internal/service"
	"plumbline/internal/store"
	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
)

// fullTable takes no write while the disk is full.
type fullTable struct {
	table.Table
	full bool
}

func (f *fullTable) Write(ctx context.Context, ops ...table.Op) error {
	if f.full {
		return fmt.Errorf("%w: %w", table.ErrFull, syscall.ENOSPC)
	}
	return f.Table.Write(ctx, ops...)
}

func TestAFullDiskDoesNotKeepTheStackFromStarting(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	file, err := bolt.Open(filepath.Join(t.TempDir(), "table.db"), bolt.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() })
	jobs, err := queue.Open(filepath.Join(t.TempDir(), "jobs.db"), queue.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = jobs.Close() })
	disk := &fullTable{Table: file}
	records := store.New(store.Config{Table: disk, Now: time.Now})
	src := aSourceUnderScan(t, records)
	s := &Stack{log: slog.New(slog.NewTextHandler(io.Discard, nil)), queue: jobs,
		service: &service.Service{Store: records, Scanner: scan.New(scan.Config{Store: records, Queue: jobs, Now: time.Now})}}

	disk.full = true
	if err := s.freeLeases(ctx); err != nil {
		t.Errorf("on a full disk: %v", err)
	}
	disk.full = false
	if err := s.freeLeases(ctx); err != nil {
		t.Error(err)
	}
	lease, err := records.Lease(ctx, src.ID)
	if err != nil || !lease.ExpiresAt.IsZero() {
		t.Errorf("the lease is %+v, %v", lease, err)
	}
}

// aSourceUnderScan is a source whose lease a process has left that was killed.
func aSourceUnderScan(t *testing.T, records *store.Store) drift.Source {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	if _, err := records.CreateEnvironment(ctx, "acme", "shop", "default"); err != nil {
		t.Fatal(err)
	}
	project, err := records.Project(ctx, "acme", "shop")
	if err != nil {
		t.Fatal(err)
	}
	env, err := records.Environment(ctx, project.ID, "default")
	if err != nil {
		t.Fatal(err)
	}
	src := drift.Source{ID: uuid.Must(uuid.NewV7()), Organisation: "acme", Project: "shop", ProjectID: project.ID, Environment: env.Name, EnvID: env.ID,
		Settings:         drift.Settings{Kind: drift.KindTFState, Policy: drift.AutoUpdate, Schedule: drift.DefaultSchedule, URI: "s3://b/acme/k.tfstate"},
		SettingsRevision: 1, CreatedAt: now, UpdatedAt: now, NextDue: now.Add(time.Hour)}
	if err := records.CreateSource(ctx, src, env, place.Lookup(src.Settings.URI)); err != nil {
		t.Fatal(err)
	}
	free, err := records.Lease(ctx, src.ID)
	if err != nil {
		t.Fatal(err)
	}
	held := store.Lease{ScanID: uuid.Must(uuid.NewV7()), Trigger: drift.TriggerAPI, StartedAt: now, ExpiresAt: now.Add(time.Minute)}
	if _, err := records.Begin(ctx, src.Ref(), free, held); err != nil {
		t.Fatal(err)
	}
	return src
}
