package report

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/deployment"
	"plumbline/internal/drift"
	"plumbline/internal/parallel"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// DeploymentFinding is a finding of the comparison of components and states, with the sources
// that declare the two. Where there is no component, or no state, its source is zero;
// one that is being removed has an id alone.
type DeploymentFinding struct {
	deployment.Finding
	ComponentSource, StateSource drift.Source
}

// cursorBreak stands between the parts of a finding's cursor.
const cursorBreak = "\n"

// Cursor is the cursor behind the finding.
func (f *DeploymentFinding) Cursor() string { return f.Name() + cursorBreak + string(f.Kind) }

// DeploymentDrift compares the components of an environment with its states: totals
// over all of it, and a page of the findings by name, then kind. A kind that is not ""
// narrows the page. Every page reads all of them anew.
func (r *Reporter) DeploymentDrift(ctx context.Context, project store.Project, env store.Environment, kind deployment.Kind, span Span) (deployment.Totals, Page[DeploymentFinding], error) {
	components, states, err := r.Store.Deployment(ctx, env.ID)
	if err != nil {
		return deployment.Totals{}, Page[DeploymentFinding]{}, err
	}
	sources, err := r.sources(ctx, project.ID)
	if err != nil {
		return deployment.Totals{}, Page[DeploymentFinding]{}, err
	}
	if err := r.locate(ctx, states, sources); err != nil {
		return deployment.Totals{}, Page[DeploymentFinding]{}, err
	}
	findings, totals := deployment.Compare(components, states)
	page, err := cut(findings, kind, span)
	for i := range page.Items {
		f := &page.Items[i]
		if f.Component != nil {
			f.ComponentSource = sourceOf(sources, f.Component.Source)
		}
		if f.State != nil {
			f.StateSource = sourceOf(sources, f.State.Source)
		}
	}
	return totals, page, err
}

// cut takes a page out of sorted findings.
func cut(findings []deployment.Finding, kind deployment.Kind, span Span) (page Page[DeploymentFinding], err error) {
	name, last, found := strings.Cut(span.Cursor, cursorBreak)
	if span.Cursor != "" && !found {
		return page, store.ErrBadCursor
	}
	for i := range findings {
		f := &findings[i]
		if kind != "" && f.Kind != kind || found && (f.Name() < name || f.Name() == name && string(f.Kind) <= last) {
			continue
		}
		if len(page.Items) == span.Limit {
			page.Next = page.Items[len(page.Items)-1].Cursor()
			break
		}
		page.Items = append(page.Items, DeploymentFinding{Finding: *f})
	}
	return page, nil
}

// sources are those of a project by id, those that are being deleted included.
func (r *Reporter) sources(ctx context.Context, project uuid.UUID) (map[uuid.UUID]drift.Source, error) {
	all := map[uuid.UUID]drift.Source{}
	for cursor := ""; ; {
		page, next, err := r.Store.Sources(ctx, project, cursor, 1000)
		if err != nil {
			return nil, err
		}
		for _, source := range page {
			all[source.ID] = source
		}
		if cursor = next; cursor == "" {
			return all, nil
		}
	}
}

func sourceOf(sources map[uuid.UUID]drift.Source, id uuid.UUID) drift.Source {
	if source, ok := sources[id]; ok {
		return source
	}
	return drift.Source{ID: id}
}

// locate sets where the states lie: for a source of one object that object, also where
// its state was pushed; else the uri of the document, which one that was pushed to a
// prefix does not have.
func (r *Reporter) locate(ctx context.Context, states []deployment.State, sources map[uuid.UUID]drift.Source) error {
	single, spread := map[uuid.UUID]string{}, map[uuid.UUID][]*deployment.State{}
	for id, source := range sources {
		pattern, err := place.ParsePattern(source.Settings.URI)
		if err != nil {
			continue // only ever pushed to
		}
		if at, ok := pattern.Single(); ok {
			single[id] = at.URI()
		} else {
			spread[id] = nil
		}
	}
	for i := range states {
		s := &states[i]
		s.URI = single[s.Source]
		if list, ok := spread[s.Source]; ok {
			spread[s.Source] = append(list, s)
		}
	}
	return r.locateSpread(ctx, spread)
}

// readAtOnce is how many sources' documents are read at the same time.
const readAtOnce = 8

func (r *Reporter) locateSpread(ctx context.Context, spread map[uuid.UUID][]*deployment.State) error {
	group := parallel.Group{Limit: readAtOnce}
	for source, states := range spread {
		if len(states) > 0 {
			group.Start(func() error { return r.locateIn(ctx, source, states) })
		}
	}
	return group.Wait()
}

// locateIn reads the documents of one source, and tells its states apart by theirs.
func (r *Reporter) locateIn(ctx context.Context, source uuid.UUID, states []*deployment.State) error {
	byDocument := func(s *deployment.State, id string) int { return strings.Compare(s.Document, id) }
	slices.SortFunc(states, func(a, b *deployment.State) int { return byDocument(a, b.Document) })
	for document, err := range r.Store.Documents(ctx, source) {
		if err != nil {
			return err
		}
		i, _ := slices.BinarySearchFunc(states, document.ID, byDocument)
		for ; i < len(states) && states[i].Document == document.ID; i++ {
			states[i].URI = document.URI
		}
	}
	return nil
}
