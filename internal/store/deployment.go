package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/deployment"
	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/table"
)

// Deployment returns the components and the states of an environment, each in no
// particular order: those that a source declares still. The URI of a state is left out.
// One that has no row, as it was recorded before there were rows, is found by the list of
// entities.
func (s *Store) Deployment(ctx context.Context, env uuid.UUID) ([]deployment.Component, []deployment.State, error) {
	var all [shards]deploymentRows
	err := parallel.Each(ctx, shards, shards, func(n int) error {
		if err := all[n].read(ctx, s, env, shardText(n)); err != nil {
			return err
		}
		return all[n].complete(ctx, s, env, shardText(n))
	})
	if err != nil {
		return nil, nil, fmt.Errorf("deployment of environment %s: %w", env, err)
	}
	var components [shards][]deployment.Component
	var states [shards][]deployment.State
	for n, rows := range all {
		components[n], states[n] = rows.components, rows.states
	}
	return slices.Concat(components[:]...), slices.Concat(states[:]...), nil
}

// deploymentRows are those of one shard.
type deploymentRows struct {
	components []deployment.Component
	states     []deployment.State
	// texts holds one copy of what stands in many rows.
	texts map[string]string
}

func (rows *deploymentRows) read(ctx context.Context, s *Store, env uuid.UUID, shard string) error {
	rows.texts = map[string]string{}
	for item, err := range s.items(ctx, table.Query{PK: deploymentPK(env, shard)}) {
		if err != nil {
			return err
		}
		if err := rows.add(ctx, s, env, item); err != nil {
			return err
		}
	}
	return nil
}

func (rows *deploymentRows) add(ctx context.Context, s *Store, env uuid.UUID, item table.Item) error {
	kind, name, _ := strings.Cut(item.SK, "\x00")
	if kind == stateRow {
		var r stateRecord
		if err := s.decode(ctx, item, &r); err != nil {
			return err
		}
		rows.states = append(rows.states, deployment.State{Entity: catalog.EntityID(env, deployment.TypeState, name), Name: name,
			Source: r.Source, Document: r.Document, Resources: r.Resources})
		return nil
	}
	var r componentRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return err
	}
	rows.components = append(rows.components, deployment.Component{Entity: catalog.EntityID(env, deployment.TypeComponent, name), Name: name,
		Source: r.Source, Document: rows.once(r.Document), Enabled: !r.Disabled, Abstract: r.Abstract, BackendType: rows.once(r.Backend),
		Workspace: rows.part(r.Workspace), Bucket: rows.part(r.Bucket), KeyPrefix: rows.part(r.KeyPrefix), Key: rows.part(r.Key)})
	return nil
}

// once gives the one copy of a text.
func (rows *deploymentRows) once(text string) string {
	if known, ok := rows.texts[text]; ok {
		return known
	}
	rows.texts[text] = text
	return text
}

func (rows *deploymentRows) part(text *string) deployment.Part {
	if text == nil {
		return deployment.Part{}
	}
	return deployment.Part{Text: rows.once(*text), Known: true}
}

// The kinds of rows, with which their sort keys begin.
const (
	componentRow = "component"
	stateRow     = "state"
)

type componentRecord struct {
	Source    uuid.UUID `json:"s"`
	Document  string    `json:"d"`
	Disabled  bool      `json:"off,omitzero"`
	Abstract  bool      `json:"abs,omitzero"`
	Backend   string    `json:"t,omitzero"`
	Workspace *string   `json:"w,omitzero"`
	Bucket    *string   `json:"b,omitzero"`
	KeyPrefix *string   `json:"p,omitzero"`
	Key       *string   `json:"k,omitzero"`
}

type stateRecord struct {
	Source    uuid.UUID `json:"s"`
	Document  string    `json:"d"`
	Resources int       `json:"n"`
}

// deploymentItem is the row of a component or a state, by the first source that still
// declares it; ok is false for what has none.
func deploymentItem(r *catalog.Record, statuses map[uuid.UUID]drift.Status) (row table.Item, ok bool) {
	if !isCompared(r) {
		return table.Item{}, false
	}
	for _, by := range r.Declarers {
		if status, known := statuses[by.Source]; !known || status == drift.Missing {
			continue
		}
		if s, is := deployment.StateOf(r, by); is {
			return table.Item{Key: deploymentKey(r.EnvID, r.ID, stateRow, s.Name),
				Body: small(stateRecord{Source: s.Source, Document: s.Document, Resources: s.Resources})}, true
		}
		c, is := deployment.ComponentOf(r, by)
		return table.Item{Key: deploymentKey(r.EnvID, r.ID, componentRow, c.Name), Body: small(componentRecord{
			Source: c.Source, Document: c.Document, Disabled: !c.Enabled, Abstract: c.Abstract, Backend: c.BackendType,
			Workspace: textOf(c.Workspace), Bucket: textOf(c.Bucket), KeyPrefix: textOf(c.KeyPrefix), Key: textOf(c.Key)})}, is
	}
	return table.Item{}, false
}

// rowKey is where the row of a record is, if it has one.
func rowKey(r *catalog.Record) table.Key {
	kind := componentRow
	if r.Entity.Type == deployment.TypeState {
		kind = stateRow
	}
	return deploymentKey(r.EnvID, r.ID, kind, r.Entity.Name)
}

// isCompared reports whether a record may have a row.
func isCompared(r *catalog.Record) bool {
	return r != nil && (r.Entity.Type == deployment.TypeComponent || r.Entity.Type == deployment.TypeState)
}

// textOf is the text of a part, nil where it is not known.
func textOf(p deployment.Part) *string {
	if !p.Known {
		return nil
	}
	return &p.Text
}
