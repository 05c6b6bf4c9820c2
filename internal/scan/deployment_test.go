package scan_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/deployment"
	"plumbline/internal/drift"
	"plumbline/internal/store"
)

// checkDeployment holds the rows that are compared against what the records and heads
// say: each entity by the first source that still declares it.
func (s *stack) checkDeployment(all []stored, heads map[string]map[string]raw, wanted, got facts) {
	s.t.Helper()
	ctx := context.WithoutCancel(s.t.Context())
	records := store.New(store.Config{Table: s.mirror, Blobs: s.blobs, Now: s.clock.Now})
	environments := map[uuid.UUID]bool{s.env.ID: true}
	for _, it := range all {
		if it.pk[0] != "X" || it.SK != "B" || it.Type != deployment.TypeComponent && it.Type != deployment.TypeState {
			continue
		}
		environments[uuid.MustParse(it.Env)] = true
		record, err := records.Entity(ctx, catalog.EntityID(uuid.MustParse(it.Env), it.Type, it.Name))
		if err != nil {
			s.t.Errorf("entity %s: %v", it.Name, err)
			continue
		}
		for _, by := range record.Declarers {
			if heads[it.pk[1]][idOf(by.Source.String())+"/"+by.Document].headStatus() == string(drift.Missing) {
				continue
			}
			if c, ok := deployment.ComponentOf(record, by); ok {
				wanted.add("component %+v", c)
			}
			if state, ok := deployment.StateOf(record, by); ok {
				wanted.add("state %+v", state)
			}
			break
		}
	}
	rows := 0
	for _, it := range all {
		if it.pk[0] == "M" {
			rows++
		}
	}
	compared := 0
	for env := range environments {
		components, states, err := records.Deployment(ctx, env)
		compared += len(components) + len(states)
		if err != nil {
			s.t.Error(err)
		}
		for _, c := range components {
			got.add("component %+v", c)
		}
		for _, state := range states {
			got.add("state %+v", state)
		}
	}
	if rows != compared {
		s.t.Errorf("%d rows for the %d components and states that are compared", rows, compared)
	}
}

// manifests renders a push of components: their properties by name.
func manifests(properties map[string]string) string {
	items := "["
	for name, text := range properties {
		if len(items) > 1 {
			items += ","
		}
		items += `{"kind":"Entity","entityType":"atmos.component","name":"` + name + `","properties":` + text + `}`
	}
	return items + "]"
}

const (
	enabled = `{"component_type":"terraform","enabled":true,"workspace":"prod","backend_type":"s3","backend":{"bucket":"states"},"vars":{"n":1}}`
	other   = `{"component_type":"terraform","enabled":true,"workspace":"prod","backend_type":"s3","backend":{"bucket":"states"},"vars":{"n":2}}`
	off     = `{"component_type":"terraform","enabled":false,"workspace":"prod","backend_type":"s3","backend":{"bucket":"states"},"vars":{"n":1}}`
)

// rows are the components of the environment, by name: the source, "off" where it is
// disabled.
func (s *stack) rows() map[string]string {
	s.t.Helper()
	components, _, err := s.store.Deployment(s.t.Context(), s.env.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	rows := map[string]string{}
	for _, c := range components {
		rows[c.Name] = c.Source.String()
		if !c.Enabled {
			rows[c.Name] += " off"
		}
	}
	return rows
}

func TestARowIsOfTheFirstSourceThatStillDeclaresIt(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	first, second := s.register(drift.Settings{URI: "./a"}), s.register(drift.Settings{URI: "./b", Prune: true})
	s.run(first, push(manifests(map[string]string{"prod/vpc": enabled, "prod/db": enabled})))
	s.run(second, push(manifests(map[string]string{"prod/vpc": enabled, "prod/web": enabled})))
	check := func(want map[string]string) {
		t.Helper()
		if diff := cmp.Diff(want, s.rows(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("rows (-want +got):\n%s", diff)
		}
	}
	check(map[string]string{"prod/vpc": first.ID.String(), "prod/db": first.ID.String(), "prod/web": second.ID.String()})
	s.run(first, push(manifests(map[string]string{"prod/db": off})))
	check(map[string]string{"prod/vpc": second.ID.String(), "prod/db": first.ID.String() + " off", "prod/web": second.ID.String()})
	s.run(second, push(manifests(map[string]string{"prod/web": enabled})))
	check(map[string]string{"prod/db": first.ID.String() + " off", "prod/web": second.ID.String()})
	s.run(first, push(manifests(map[string]string{"prod/vpc": enabled, "prod/db": enabled})))
	check(map[string]string{"prod/vpc": first.ID.String(), "prod/db": first.ID.String(), "prod/web": second.ID.String()})
}

func TestAChangeThatNoRowHoldsWritesNone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a"})
	written := func(properties string) int {
		return s.run(src, push(manifests(map[string]string{"prod/vpc": properties}))).Summary.ItemsWritten
	}
	written(enabled)
	if without, with := written(other), written(off); with-without != 1 {
		t.Errorf("items: %d for other vars, %d for disabled, want one more", without, with)
	}
}
