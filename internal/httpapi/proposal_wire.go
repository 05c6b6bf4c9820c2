package httpapi

import (
	"encoding/json"

	"plumbline/internal/drift"
)

// DriftProposal is one held change of one entity.
type DriftProposal struct {
	ID              string          `json:"id" format:"uuid"`
	ImportSourceID  string          `json:"importSourceId" format:"uuid"`
	ProjectID       *string         `json:"projectId"`
	EnvID           string          `json:"envId" format:"uuid"`
	EntityID        string          `json:"entityId" format:"uuid"`
	ProposedChanges ProposedChanges `json:"proposedChanges" required:"false"`
	Status          string          `json:"status" enum:"pending,approved,rejected,superseded"`
	DecidedAt       *string         `json:"decidedAt" format:"date-time" doc:"null while pending"`
	DecidedBy       *string         `json:"decidedBy" doc:"null while pending, and when a scan superseded it"`

	EntityType   string  `json:"entityType"`
	EntityName   string  `json:"entityName"`
	Action       string  `json:"action" enum:"update,delete"`
	Conflict     bool    `json:"conflict" doc:"Another source declares one of the properties otherwise"`
	ScanID       string  `json:"scanId" format:"uuid"`
	CreatedAt    string  `json:"createdAt" format:"date-time"`
	SupersededBy *string `json:"supersededBy" format:"uuid"`
}

// ProposedChanges are what an approval would do.
type ProposedChanges struct {
	Action     string             `json:"action" enum:"update,delete"`
	Properties []ProposedProperty `json:"properties" nullable:"false"`
}

// ProposedProperty is what an approval would do to one property.
type ProposedProperty struct {
	Property string           `json:"property" doc:"Its name: a property's key, \"labels.<key>\" or \"state\""`
	Path     string           `json:"path" doc:"JSON Pointer into the entity"`
	Before   json.RawMessage  `json:"before" doc:"Recorded; null when it is null or there is none, which the patch tells apart"`
	After    json.RawMessage  `json:"after" doc:"Declared; null when it is null or for a removal, which the patch tells apart"`
	Patch    []PatchOperation `json:"patch" nullable:"false" doc:"RFC 6902; shows the inner path"`
	Conflict []ConflictClaim  `json:"conflict,omitzero" doc:"The other sources that declare it otherwise"`
}

// ConflictClaim is what another source declares.
type ConflictClaim struct {
	SourceID string          `json:"sourceId" format:"uuid"`
	Value    json.RawMessage `json:"value" doc:"null where only its digest is known"`
}

// DriftProposalPage is a page of proposals, the oldest first.
type DriftProposalPage struct {
	Proposals  []DriftProposal `json:"proposals" nullable:"false"`
	NextCursor *string         `json:"nextCursor"`
}

func (d dialect) proposal(p drift.Proposal) DriftProposal {
	shown := newValues()
	return DriftProposal{
		ID: p.ID.String(), ImportSourceID: p.SourceID.String(), ProjectID: idOrNull(p.ProjectID), EnvID: p.EnvID.String(),
		EntityID: p.EntityID.String(), Status: string(p.Status), DecidedAt: d.when(p.DecidedAt), DecidedBy: textOrNull(p.DecidedBy),
		ProposedChanges: ProposedChanges{Action: string(p.Action), Properties: convert(p.Changes, shown.change)},
		EntityType:      p.EntityType, EntityName: p.EntityName, Action: string(p.Action), Conflict: p.Conflict(),
		ScanID: p.ScanID.String(), CreatedAt: d.time(p.CreatedAt), SupersededBy: idOrNull(p.SupersededBy),
	}
}

func (v *values) change(c drift.Change) ProposedProperty {
	w := ProposedProperty{
		Property: propertyName(c.Property), Path: c.Property,
		Before: v.render(c.Property, c.Before, changesBefore(c)), After: v.render(c.Property, c.After, changesAfter(c)), Patch: v.changePatch(c),
	}
	for _, claim := range c.Conflict { // none leaves the member out
		w.Conflict = append(w.Conflict, ConflictClaim{SourceID: claim.Source.String(), Value: v.render(c.Property, claim.Value, changesBefore(c))})
	}
	return w
}

// changesBefore is how often the secrets of a change had changed when it was found.
func changesBefore(c drift.Change) counts {
	return func(pointer string) int { return c.Secrets[pointer].Changes }
}

// changesAfter is how often they will have changed once the change is applied.
func changesAfter(c drift.Change) counts {
	return func(pointer string) int {
		secret := c.Secrets[pointer]
		if secret.Changed {
			return secret.Changes + 1
		}
		return secret.Changes
	}
}
