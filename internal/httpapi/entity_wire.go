package httpapi

import (
	"encoding/json"
	"maps"
	"slices"

	"plumbline/internal/catalog"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// EntityPage is a page of entities.
type EntityPage struct {
	Entities   []ListedEntity `json:"entities" nullable:"false"`
	NextCursor *string        `json:"nextCursor"`
}

// ListedEntity is an entity in a list: its status over all sources.
type ListedEntity struct {
	EntityID     string  `json:"entityId" format:"uuid"`
	EntityType   string  `json:"entityType"`
	Name         string  `json:"name"`
	DriftStatus  string  `json:"driftStatus" enum:"current,drifted,stale,unknown,missing"`
	LastSyncedAt *string `json:"lastSyncedAt" format:"date-time" doc:"When a scan last saw it; null where no source declares it any more"`
}

func (d dialect) listed(e report.Listed) ListedEntity {
	return ListedEntity{EntityID: e.ID.String(), EntityType: e.EntityType, Name: e.Name, DriftStatus: string(e.Status), LastSyncedAt: d.when(e.SyncedAt)}
}

// EntityDetail is an entity with all that is known of it.
type EntityDetail struct {
	ListedEntity
	State         json.RawMessage            `json:"state" doc:"null where it is its type's initial one"`
	Properties    map[string]json.RawMessage `json:"properties"`
	Labels        map[string]json.RawMessage `json:"labels"`
	Provenance    map[string][]string        `json:"provenance" doc:"By property (JSON Pointer): the ids of the sources that declared the recorded value"`
	Sources       []EntitySource             `json:"sources" nullable:"false" doc:"The sources that declare it"`
	Relationships []Relationship             `json:"relationships" nullable:"false"`
	History       []EntityEvent              `json:"history" nullable:"false"`
	NextCursor    *string                    `json:"nextCursor" doc:"The next page of the history, null for the last"`
	CreatedAt     string                     `json:"createdAt" format:"date-time"`
	UpdatedAt     string                     `json:"updatedAt" format:"date-time"`
}

// EntitySource is what one source says of an entity.
type EntitySource struct {
	SourceID     string  `json:"sourceId" format:"uuid"`
	SourceURI    string  `json:"sourceUri"`
	Document     string  `json:"document"`
	DriftStatus  string  `json:"driftStatus" enum:"current,drifted,stale,unknown,missing"`
	Reason       string  `json:"reason" doc:"Why the status is unknown, \"\" for any other"`
	LastSyncedAt *string `json:"lastSyncedAt" format:"date-time"`
	ProposalID   *string `json:"proposalId" format:"uuid"`
	Identity     *string `json:"identity" doc:"The cloud object behind it, as far as the source knows"`
}

// Relationship is an edge at an entity.
type Relationship struct {
	Type  string          `json:"type"`
	From  RelationshipEnd `json:"from"`
	To    RelationshipEnd `json:"to"`
	State *string         `json:"state" doc:"Of one that was declared for itself"`
}

// RelationshipEnd is one end. What is not recorded has no id, and a type only where
// the declaration names one. Derived relationships beyond the first 100 show no id.
type RelationshipEnd struct {
	EntityID   *string `json:"entityId" format:"uuid"`
	EntityType string  `json:"entityType"`
	Name       string  `json:"name"`
}

// EntityEvent is one applied change.
type EntityEvent struct {
	ID           string           `json:"id" format:"uuid"`
	At           string           `json:"at" format:"date-time"`
	Action       string           `json:"action" enum:"created,updated,removed,deleted"`
	Actor        string           `json:"actor" doc:"A token's subject, or what triggered the scan"`
	SourceID     *string          `json:"sourceId" format:"uuid"`
	ScanID       *string          `json:"scanId" format:"uuid"`
	ProposalID   *string          `json:"proposalId" format:"uuid"`
	FromRevision int64            `json:"fromRevision" doc:"0 for a creation"`
	Patch        []PatchOperation `json:"patch" nullable:"false"`
}

func (d dialect) entity(e report.Entity, history []EntityEvent, next *string) EntityDetail {
	shown := newValues()
	w := EntityDetail{
		ListedEntity: d.listed(report.Listed{ID: e.ID, EntityType: e.Record.Entity.Type, Name: e.Record.Entity.Name, Status: e.Status, SyncedAt: e.SyncedAt}),
		State:        shown.at(e, catalog.StateProperty), Properties: map[string]json.RawMessage{}, Labels: map[string]json.RawMessage{},
		Provenance: map[string][]string{}, Sources: convert(e.Shares, d.share), Relationships: relationships(e), History: history, NextCursor: next,
		CreatedAt: d.time(e.CreatedAt), UpdatedAt: d.time(e.UpdatedAt),
	}
	for _, pointer := range slices.Sorted(maps.Keys(e.Record.Entity.Pointers())) {
		w.Provenance[pointer] = texts(e.Owners(pointer))
		if key, ok := catalog.PropertyKey(pointer); ok {
			w.Properties[key] = shown.at(e, pointer)
		} else if key, ok := catalog.LabelKey(pointer); ok {
			w.Labels[key] = shown.at(e, pointer)
		}
	}
	return w
}

// at renders the recorded value of a property.
func (v *values) at(e report.Entity, pointer string) json.RawMessage {
	return v.render(pointer, e.Record.Entity.At(pointer), countsOf(e.SecretChanges))
}

func (d dialect) share(s report.Share) EntitySource {
	return EntitySource{SourceID: s.Source.String(), SourceURI: s.SourceURI, Document: s.Document, DriftStatus: string(s.Status), Reason: s.Reason,
		LastSyncedAt: d.when(s.SyncedAt), ProposalID: idOrNull(s.Proposal), Identity: textOrNull(s.Identity)}
}

// maxRelationships bounds those that sources derive, as [report.MaxLinks] does the
// others.
const maxRelationships = 1000

func relationships(e report.Entity) []Relationship {
	id := e.ID.String()
	self := RelationshipEnd{EntityID: &id, EntityType: e.Record.Entity.Type, Name: e.Record.Entity.Name}
	derived := e.Record.Relationships()
	all := convert(derived[:min(len(derived), maxRelationships)], func(r catalog.Relationship) Relationship {
		to := RelationshipEnd{EntityID: idOrNull(e.Ends[r.To]), EntityType: r.To.Type, Name: r.To.Name}
		return Relationship{Type: r.Type, From: self, To: to}
	})
	return append(all, convert(e.Links, func(l report.Link) Relationship {
		return Relationship{Type: l.Type, State: textOrNull(l.State),
			From: RelationshipEnd{EntityID: idOrNull(l.FromID), EntityType: l.From.Type, Name: l.From.Name},
			To:   RelationshipEnd{EntityID: idOrNull(l.ToID), EntityType: l.To.Type, Name: l.To.Name}}
	})...)
}

// event renders the changes of an entity.
func (d dialect) event(e report.Entity) func(store.Event) EntityEvent {
	return func(event store.Event) EntityEvent {
		return EntityEvent{ID: event.ID.String(), At: d.time(event.At), Action: event.Action, Actor: event.Actor, SourceID: idOrNull(event.Source),
			ScanID: idOrNull(event.ScanID), ProposalID: idOrNull(event.Proposal), FromRevision: event.FromRevision,
			Patch: newValues().patch(event.Patch, countsOf(e.SecretChanges))}
	}
}

// countsOf are counts by pointer.
func countsOf(byPointer map[string]int) counts {
	return func(pointer string) int { return byPointer[pointer] }
}

// DuplicatePage is a page of duplicates.
type DuplicatePage struct {
	Duplicates []Duplicate `json:"duplicates" nullable:"false"`
	NextCursor *string     `json:"nextCursor"`
}

// Duplicate is a cloud object that more than one entity stands for.
type Duplicate struct {
	Identity string           `json:"identity"`
	Claims   []DuplicateClaim `json:"claims" nullable:"false"`
}

// DuplicateClaim is one entity that stands for it, as one source declares it.
type DuplicateClaim struct {
	EntityName
	SourceID string `json:"sourceId" format:"uuid"`
}

func duplicate(d store.Duplicate) Duplicate {
	return Duplicate{Identity: d.Identity, Claims: convert(d.Claims, func(c store.Claim) DuplicateClaim {
		return DuplicateClaim{EntityName: EntityName{EntityID: c.Entity.String(), EntityType: c.EntityType, Name: c.Name}, SourceID: c.Source.String()}
	})}
}
