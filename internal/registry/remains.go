package registry

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

// deleteLeft deletes what is left in an environment whose sources are gone: entities that
// nobody declares, and all that is left of sources whose own records are gone. Those are
// put back as being deleted, so that they go the way of every other.
func (r *Registry) deleteLeft(ctx context.Context, project store.Project, env store.Environment, actor string) error {
	deleted := map[uuid.UUID]bool{}
	for {
		left, err := r.deleteEntities(ctx, env, deleted, actor)
		if err != nil {
			return err
		}
		claimants, err := r.Store.ScopeClaimants(ctx, env.ID)
		if err != nil {
			return err
		}
		again := false
		for _, source := range append(left, claimants...) {
			if deleted[source] {
				continue
			}
			if err := r.putBack(ctx, store.Remains{Source: source, Project: project, Env: env}, actor); err != nil {
				return err
			}
			deleted[source], again = true, true
		}
		if !again {
			return nil
		}
		if err := r.waitForSources(ctx, project, env); err != nil {
			return err
		}
	}
}

// deleteEntities deletes the entities of an environment that no source declares, those
// aside that are deleted already. It returns the other sources that declare one.
func (r *Registry) deleteEntities(ctx context.Context, env store.Environment, deleted map[uuid.UUID]bool, actor string) (left []uuid.UUID, err error) {
	for cursor, more := "", true; more; more = cursor != "" {
		listed, next, err := r.Store.EntitiesByType(ctx, env.ID, "", "", cursor, 100)
		if err != nil {
			return nil, err
		}
		ids := make([]uuid.UUID, len(listed))
		for i, l := range listed {
			ids[i] = l.ID
		}
		records, err := r.Store.Entities(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			declarers := without(record.Declarers, deleted)
			if left = append(left, declarers...); len(declarers) > 0 {
				continue
			}
			if err := r.erase(ctx, record.ID, deleted, actor); err != nil && !isAbsent(err) {
				return nil, err
			}
		}
		cursor = next
	}
	return left, nil
}

func without(declarers []catalog.Declarer, deleted map[uuid.UUID]bool) (rest []uuid.UUID) {
	for _, d := range declarers {
		if !deleted[d.Source] {
			rest = append(rest, d.Source)
		}
	}
	return rest
}

// putBack hands what is left of a source to the worker that deletes sources.
func (r *Registry) putBack(ctx context.Context, remains store.Remains, actor string) error {
	source, err := r.Store.PutBack(ctx, remains, r.Now().Add(sweepAfter))
	if err != nil {
		return err
	}
	return r.Queue.Send(ctx, scan.Job{Source: source.Ref(), Trigger: drift.TriggerAPI, Actor: actor})
}

// deleteOrphan deletes an entity that only sources declare which are gone, with all else
// that is left of them. [ErrDeclared] where one of them is there, [ErrDeleting] where the
// delete takes its time.
func (r *Registry) deleteOrphan(ctx context.Context, project store.Project, env store.Environment, record *catalog.Record, actor string) error {
	for _, d := range record.Declarers {
		switch source, err := r.Store.Source(ctx, project.ID, d.Source); {
		case err == nil && !source.Deleting:
			return ErrDeclared
		case err != nil && !isAbsent(err):
			return err
		}
	}
	deleted := map[uuid.UUID]bool{}
	for _, d := range record.Declarers {
		// Due at once: who deletes entities sends no jobs.
		_, err := r.Store.PutBack(ctx, store.Remains{Source: d.Source, Project: project, Env: env}, r.Now())
		if err != nil && !errors.Is(err, store.ErrConflict) { // it is going already
			return err
		}
		deleted[d.Source] = true
	}
	for waited := time.Duration(0); ; waited += lookAgain {
		going := false
		for _, d := range record.Declarers {
			_, err := r.Store.Source(ctx, project.ID, d.Source)
			if going = going || err == nil; err != nil && !isAbsent(err) {
				return err
			}
		}
		switch {
		case !going:
			return or(retry(ctx, func() error { return r.erase(ctx, record.ID, deleted, actor) }), nil)
		case waited >= r.Wait:
			return ErrDeleting
		}
		if err := sleep(ctx, lookAgain); err != nil {
			return err
		}
	}
}
