package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

type sourceRecord struct {
	Organisation     string           `json:"org"`
	Project          string           `json:"project"`
	Environment      string           `json:"env"`
	EnvID            uuid.UUID        `json:"envId"`
	Kind             drift.Kind       `json:"kind"`
	URI              string           `json:"uri"`
	Policy           drift.Policy     `json:"policy"`
	Scope            string           `json:"scope,omitzero"`
	WorkspacePrefix  string           `json:"workspaceKeyPrefix,omitzero"`
	Prune            bool             `json:"prune,omitzero"`
	Literal          bool             `json:"literal,omitzero"`
	Schedule         string           `json:"schedule"`
	AtmosConfig      string           `json:"atmosConfig,omitzero"`
	AtmosConfigPath  string           `json:"atmosConfigPath,omitzero"`
	AtmosProfile     string           `json:"atmosProfile,omitzero"`
	SettingsRevision int64            `json:"settingsRevision"`
	Pushed           bool             `json:"pushed,omitzero"`
	Deleting         bool             `json:"deleting,omitzero"`
	ScanID           uuid.UUID        `json:"scanId,omitzero"`
	ScannedAt        int64            `json:"scannedAt,omitzero"`
	ScanStatus       drift.ScanStatus `json:"scanStatus,omitzero"`
	NextDue          int64            `json:"nextDue,omitzero"`
	FailingSince     int64            `json:"failingSince,omitzero"`
	Created          int64            `json:"created"`
	Updated          int64            `json:"updated"`
}

func sourceBody(src drift.Source) []byte {
	r := sourceRecord{Organisation: src.Organisation, Project: src.Project, Environment: src.Environment, EnvID: src.EnvID,
		Kind: src.Settings.Kind, URI: src.Settings.URI, Policy: src.Settings.Policy, Scope: src.Settings.Scope,
		WorkspacePrefix: src.Settings.WorkspaceKeyPrefix,
		Prune:           src.Settings.Prune, Literal: src.Settings.Literal, Schedule: src.Settings.Schedule, SettingsRevision: src.SettingsRevision,
		AtmosConfig: src.Settings.Atmos.Config, AtmosConfigPath: src.Settings.Atmos.ConfigPath, AtmosProfile: src.Settings.Atmos.Profile,
		Pushed: src.Pushed, Deleting: src.Deleting, NextDue: micros(src.NextDue), FailingSince: micros(src.FailingSince),
		Created: micros(src.CreatedAt), Updated: micros(src.UpdatedAt)}
	if src.Last != nil {
		r.ScanID, r.ScannedAt, r.ScanStatus = src.Last.ScanID, micros(src.Last.At), src.Last.Status
	}
	return small(r)
}

func (s *Store) source(ctx context.Context, item table.Item) (drift.Source, error) {
	var r sourceRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return drift.Source{}, err
	}
	project, err := parseID(strings.TrimPrefix(item.PK, projectPrefix))
	if err != nil {
		return drift.Source{}, err
	}
	id, err := parseID(strings.TrimPrefix(item.SK, sourcePrefix))
	if err != nil {
		return drift.Source{}, err
	}
	src := drift.Source{ID: id, Organisation: r.Organisation, Project: r.Project, ProjectID: project,
		Environment: r.Environment, EnvID: r.EnvID,
		Settings: drift.Settings{Kind: r.Kind, URI: r.URI, Policy: r.Policy, Scope: r.Scope, WorkspaceKeyPrefix: r.WorkspacePrefix, Prune: r.Prune, Literal: r.Literal, Schedule: r.Schedule,
			Atmos: drift.AtmosSettings{Config: r.AtmosConfig, ConfigPath: r.AtmosConfigPath, Profile: r.AtmosProfile}},
		SettingsRevision: r.SettingsRevision, Pushed: r.Pushed, Deleting: r.Deleting, NextDue: fromMicros(r.NextDue), FailingSince: fromMicros(r.FailingSince),
		CreatedAt: fromMicros(r.Created), UpdatedAt: fromMicros(r.Updated), Revision: item.Revision}
	if r.ScanID != uuid.Nil {
		src.Last = &drift.Stamp{ScanID: r.ScanID, At: fromMicros(r.ScannedAt), Status: r.ScanStatus}
	}
	return src, nil
}

// Source returns a source of a project, or [ErrNotFound].
func (s *Store) Source(ctx context.Context, project, id uuid.UUID) (drift.Source, error) {
	item, err := s.get(ctx, sourceKey(project, id))
	if err != nil {
		return drift.Source{}, err
	}
	return s.source(ctx, item)
}

// Sources returns a page of a project's sources, the oldest first.
func (s *Store) Sources(ctx context.Context, project uuid.UUID, cursor string, limit int) ([]drift.Source, string, error) {
	return page(ctx, s, rangeOf(projectPK(project), sourcePrefix, cursor, limit), s.source)
}

// SourceByURI returns the source registered for a uri in an environment, or
// [ErrNotFound].
func (s *Store) SourceByURI(ctx context.Context, project, env uuid.UUID, uri string) (drift.Source, error) {
	item, err := s.get(ctx, uriClaimKey(project, env, uri))
	if err != nil {
		return drift.Source{}, err
	}
	var claim idRecord
	if err := s.decode(ctx, item, &claim); err != nil {
		return drift.Source{}, err
	}
	return s.Source(ctx, project, claim.ID)
}

type idRecord struct {
	ID uuid.UUID `json:"id"`
}

type refRecord struct {
	Organisation string    `json:"org"`
	Project      string    `json:"project"`
	ProjectID    uuid.UUID `json:"projectId"`
	ID           uuid.UUID `json:"id"`
	// Reason (its trigger), Actor and Full are of a wish: see [Wish].
	Reason string `json:"reason,omitzero"`
	Actor  string `json:"actor,omitzero"`
	Full   bool   `json:"full,omitzero"`
	// Scan and Force are of the rest of a scan: see [Rest].
	Scan  uuid.UUID `json:"scan,omitzero"`
	Force uuid.UUID `json:"force,omitzero"`
}

func refRecordOf(ref drift.SourceRef) refRecord {
	return refRecord{Organisation: ref.Organisation, Project: ref.Project, ProjectID: ref.ProjectID, ID: ref.ID}
}

// CreateSource stores a new source with its claim on the uri, the lookup by which S3
// events find it ("bucket/prefix", "" for none) and its first due entry. Where the
// uri is taken the error is [ErrExists]; where the environment moved since it was
// read, [ErrConflict]. The environment is written anew, so that one which is being
// deleted as empty is not.
func (s *Store) CreateSource(ctx context.Context, src drift.Source, env Environment, lookup string) error {
	ref := refOf(src)
	ops := []table.Op{
		table.Put(table.Item{Key: sourceKey(src.ProjectID, src.ID), Revision: s.first(), Body: sourceBody(src)}, table.Absent),
		s.putNew(uriClaimKey(src.ProjectID, src.EnvID, src.Settings.URI), idRecord{ID: src.ID}),
		table.Put(table.Item{Key: environmentKey(src.ProjectID, env.Name), Revision: env.revision + 1,
			Body: small(env.record())}, table.At(env.revision)),
	}
	if lookup != "" {
		ops = append(ops, s.putNew(key(lookupPK(lookup), idText(src.ID)), ref))
	}
	if !src.NextDue.IsZero() {
		ops = append(ops, s.putNew(dueKey(src.NextDue, src.ID, dueSchedule), ref))
	}
	err := s.table.Write(ctx, ops...)
	var conflict *table.ConflictError
	if errors.As(err, &conflict) && slices.Contains(conflict.Failed, ops[1].Item.Key) {
		return fmt.Errorf("source %s: %w", src.Settings.URI, ErrExists)
	}
	if err != nil {
		return fmt.Errorf("create source %s: %w", src.Settings.URI, err)
	}
	return nil
}

func refOf(src drift.Source) refRecord {
	return refRecord{Organisation: src.Organisation, Project: src.Project, ProjectID: src.ProjectID, ID: src.ID}
}

// UpdateSource replaces a source as it was read; where it moved since, the error is
// [ErrConflict]. A changed NextDue moves its due entry.
func (s *Store) UpdateSource(ctx context.Context, before, after drift.Source) error {
	return s.table.Write(ctx, s.updateSource(before, after)...)
}

func (s *Store) updateSource(before, after drift.Source) []table.Op {
	ops := []table.Op{table.Put(table.Item{Key: sourceKey(after.ProjectID, after.ID), Revision: before.Revision + 1,
		Body: sourceBody(after)}, table.At(before.Revision))}
	if before.NextDue.Equal(after.NextDue) {
		return ops
	}
	if !before.NextDue.IsZero() {
		ops = append(ops, table.Delete(dueKey(before.NextDue, before.ID, dueSchedule), table.Any))
	}
	if !after.NextDue.IsZero() {
		ops = append(ops, table.Put(table.Item{Key: dueKey(after.NextDue, after.ID, dueSchedule), Revision: s.first(),
			Body: small(refOf(after))}, table.Any))
	}
	return ops
}

// leaseKept is how long the lease of a deleted source is kept: no holder stalls for longer,
// and could not write if it did.
const leaseKept = 30 * 24 * time.Hour

// DeleteSource removes a source and what finds it, and frees its lease for good. Its
// heads, proposals and scans are removed before, see [Store.Erase].
func (s *Store) DeleteSource(ctx context.Context, held Lease, src drift.Source, lookup string) error {
	free := held
	free.ExpiresAt = time.Time{}
	lease := leaseOp(held, free)
	lease.Item.Expires = s.now().Add(leaseKept).Truncate(time.Second)
	ops := []table.Op{
		lease,
		table.Delete(wantedKey(src.ID), table.Any),
		table.Delete(sourceKey(src.ProjectID, src.ID), table.At(src.Revision)),
		table.Delete(uriClaimKey(src.ProjectID, src.EnvID, src.Settings.URI), table.Any),
	}
	if lookup != "" {
		ops = append(ops, table.Delete(key(lookupPK(lookup), idText(src.ID)), table.Any))
	}
	if !src.NextDue.IsZero() {
		ops = append(ops, table.Delete(dueKey(src.NextDue, src.ID, dueSchedule), table.Any))
	}
	return held.lost(s.table.Write(ctx, ops...))
}

// SourcesAt yields the sources whose uri's literal part is the path
// "bucket/prefix".
func (s *Store) SourcesAt(ctx context.Context, path string) ([]drift.SourceRef, error) {
	var refs []drift.SourceRef
	for item, err := range s.items(ctx, table.Query{PK: lookupPK(path)}) {
		if err != nil {
			return nil, err
		}
		var r refRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return nil, err
		}
		refs = append(refs, r.ref())
	}
	return refs, nil
}

func (r refRecord) ref() drift.SourceRef {
	return drift.SourceRef{Organisation: r.Organisation, Project: r.Project, ProjectID: r.ProjectID, ID: r.ID}
}
