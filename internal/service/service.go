// Package service is Plumbline without its technology: every use case, built once from
// the ports and the settings, by the local stack and by each function alike.
//
// Its one invariant: it chooses no adapter. What a main gives it is all that it
// touches.
//
// Start at [New].
package service

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/httpapi"
	"plumbline/internal/place"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/registry"
	"plumbline/internal/report"
	"plumbline/internal/review"
	"plumbline/internal/scan"
	"plumbline/internal/setting"
	"plumbline/internal/store"
	"plumbline/internal/table"
)

// BlobPrefix is where Plumbline's own objects lie in its own bucket. No organisation
// reads there: it is no name of one.
const BlobPrefix = "_plumbline/"

// AnswersKept is the age at which kept answers may be removed from the bucket.
const AnswersKept = 24 * time.Hour

// Ports are what the use cases reach the world by; every field but Answers and Ended is required.
type Ports struct {
	Table   table.Table
	Objects scan.Objects
	Blobs   store.Blobs
	Queue   scan.Queue
	// Readers are those of every kind of source (package readers); nil where nothing is
	// scanned, so that a function which only answers links none of them.
	Readers map[drift.Kind]reader.Reader
	Now     func() time.Time
	// Answers keeps what is too big for an answer; nil where an answer may have any size.
	Answers httpapi.Answers
	// Log takes what no caller is told.
	Log *slog.Logger
	// Ended takes every scan that has ended, with its source; nil where nobody asks.
	Ended func(context.Context, drift.Source, drift.Scan)
}

// Service holds the use cases. Safe for concurrent use.
type Service struct {
	Store    *store.Store
	Scanner  *scan.Scanner
	Reviewer *review.Reviewer
	Registry *registry.Registry
	Report   *report.Reporter
	now      func() time.Time
	cursors  httpapi.Cursors
	answers  httpapi.Answers
}

// New builds the use cases. The error says what is wrong with the settings, by their
// names. The digest key is required where there are readers.
func New(p Ports, s setting.Settings) (*Service, error) {
	keys, err := digestKeys(p, s)
	if err != nil {
		return nil, err
	}
	if err := checkPrefixes(s.Prefixes, s.Bucket); err != nil {
		return nil, err
	}
	records := store.New(store.Config{Table: p.Table, Blobs: p.Blobs, Now: p.Now})
	return &Service{
		Store: records,
		Scanner: scan.New(scan.Config{Store: records, Objects: p.Objects, Queue: p.Queue, Keys: keys, Readers: p.Readers,
			Prefixes: s.Prefixes, MaxDocument: s.MaxDocument, OpenOutputs: s.OpenOutputs, Now: p.Now, Log: p.Log, Ended: p.Ended}),
		Reviewer: review.New(review.Config{Store: records, Now: p.Now}),
		Registry: registry.New(registry.Config{Store: records, Queue: p.Queue, Prefixes: s.Prefixes, Now: p.Now}),
		Report:   report.New(report.Config{Store: records, Now: p.Now}),
		now:      p.Now,
		cursors:  httpapi.NewCursors(cursorKeys(keys, s)),
		answers:  p.Answers,
	}, nil
}

// Groups are all groups of the API, with their description last.
func (s *Service) Groups() []httpapi.Group {
	deps := httpapi.Deps{Registry: s.Registry, Report: s.Report, Rescan: s.Scanner.Run, Decide: s.Reviewer.Decide, Now: s.now,
		Cursors: s.cursors, Answers: s.answers}
	groups := []httpapi.Group{httpapi.ImportSources(deps), httpapi.Rescan(deps), httpapi.DescribeStacks(deps), httpapi.DriftProposals(deps),
		httpapi.Environments(deps), httpapi.EntityTypes(deps), httpapi.Entities(deps)}
	return append(groups, httpapi.Docs(groups...))
}

// digestKeys are nil where nothing is read.
func digestKeys(p Ports, s setting.Settings) (*redact.Keys, error) {
	if s.DigestKey == "" && p.Readers == nil {
		return nil, nil
	}
	keys, err := redact.ParseKeys(s.DigestKey.Reveal())
	if err != nil {
		return nil, fmt.Errorf("PLUMBLINE_DIGEST_KEY: %w", err)
	}
	return keys, nil
}

// cursorKeys are made of the digest keys where there is no key of their own. Every
// function of a stack has the same, for a cursor of one opens at another.
func cursorKeys(digests *redact.Keys, s setting.Settings) [][]byte {
	if s.CursorKey == "" && digests != nil {
		return digests.Derive(httpapi.CursorPurpose)
	}
	sum := sha256.Sum256([]byte(httpapi.CursorPurpose + "\x00" + s.CursorKey.Reveal()))
	return [][]byte{sum[:]}
}

// checkPrefixes refuses an organisation that may read Plumbline's own objects.
func checkPrefixes(p place.Prefixes, bucket string) error {
	for _, org := range slices.Sorted(maps.Keys(p.By)) {
		if p.Allows(org, bucket, BlobPrefix) {
			return fmt.Errorf("PLUMBLINE_SOURCE_PREFIXES: %s may not read s3://%s/%s, where Plumbline keeps its own objects", org, bucket, BlobPrefix)
		}
	}
	return nil
}
