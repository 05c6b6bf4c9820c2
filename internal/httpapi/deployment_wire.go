package httpapi

import (
	"plumbline/internal/deployment"
	"plumbline/internal/drift"
	"plumbline/internal/report"
)

// DeploymentDrift is how far the states of an environment are from what its components
// declare.
type DeploymentDrift struct {
	Totals     DeploymentTotals    `json:"totals" doc:"Exact, over all components and states of the environment"`
	Findings   []DeploymentFinding `json:"findings" nullable:"false"`
	NextCursor *string             `json:"nextCursor"`
}

// DeploymentTotals count components, states, pairs of them, and the findings by kind.
type DeploymentTotals struct {
	Components       int `json:"components" doc:"Of type terraform, disabled and abstract ones included"`
	States           int `json:"states"`
	Joined           int `json:"joined" doc:"Pairs of a component and its state"`
	NotDeployed      int `json:"notDeployed"`
	NotDeclared      int `json:"notDeclared"`
	DisabledDeployed int `json:"disabledDeployed"`
	Mismatch         int `json:"mismatch"`
}

// DeploymentFinding is one thing that is wrong between a component and a state.
type DeploymentFinding struct {
	Kind        string                    `json:"kind" enum:"disabled-deployed,mismatch,not-declared,not-deployed"`
	Name        string                    `json:"name" doc:"Of the component, or of the state that has none"`
	Component   orNull[DeployedComponent] `json:"component"`
	State       orNull[DeployedState]     `json:"state"`
	Differences []DeploymentDifference    `json:"differences" nullable:"false" doc:"In what the state lies elsewhere; empty but for a mismatch"`
	Reason      string                    `json:"reason" doc:"The finding in a sentence, for people"`
}

// DeployedComponent is a component as a source declares it: the first one, by id, of
// those that still do.
type DeployedComponent struct {
	EntityID    string  `json:"entityId" format:"uuid"`
	Name        string  `json:"name"`
	SourceID    string  `json:"sourceId" format:"uuid"`
	SourceKind  string  `json:"sourceKind"`
	SourceURI   string  `json:"sourceUri"`
	Enabled     bool    `json:"enabled"`
	Abstract    bool    `json:"abstract"`
	Workspace   *string `json:"workspace" doc:"null where it is not known"`
	BackendType *string `json:"backendType" doc:"null where none is declared"`
	ExpectedURI *string `json:"expectedUri" doc:"Where its s3 backend keeps the state; null for another one, or where a part is not known"`
}

// DeployedState is a state as a source declares it.
type DeployedState struct {
	EntityID      string  `json:"entityId" format:"uuid"`
	Name          string  `json:"name"`
	SourceID      string  `json:"sourceId" format:"uuid"`
	SourceKind    string  `json:"sourceKind"`
	SourceURI     string  `json:"sourceUri"`
	DocumentURI   *string `json:"documentUri" doc:"Where it lies; null for one that was pushed to a source of no single object"`
	ResourceCount *int    `json:"resourceCount" doc:"null where it does not tell"`
}

// DeploymentDifference is one part in which a state lies elsewhere than it should.
type DeploymentDifference struct {
	Part     string `json:"part" enum:"backendType,bucket,workspaceKeyPrefix,workspace,key"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

func deploymentFinding(f report.DeploymentFinding) DeploymentFinding {
	w := DeploymentFinding{Kind: string(f.Kind), Name: f.Name(), Reason: f.Reason(),
		Differences: convert(f.Differences, func(d deployment.Difference) DeploymentDifference {
			return DeploymentDifference{Part: string(d.Part), Expected: d.Expected, Found: d.Found}
		})}
	if f.Component != nil {
		w.Component.value = deployedComponent(f.Component, f.ComponentSource)
	}
	if f.State != nil {
		w.State.value = deployedState(f.State, f.StateSource)
	}
	return w
}

func deployedComponent(c *deployment.Component, source drift.Source) *DeployedComponent {
	return &DeployedComponent{EntityID: c.Entity.String(), Name: c.Name, SourceID: source.ID.String(), SourceKind: string(source.Settings.Kind),
		SourceURI: source.Settings.URI, Enabled: c.Enabled, Abstract: c.Abstract, Workspace: textOrNull(c.Workspace.Text),
		BackendType: textOrNull(c.BackendType), ExpectedURI: textOrNull(c.ExpectedURI())}
}

func deployedState(s *deployment.State, source drift.Source) *DeployedState {
	w := &DeployedState{EntityID: s.Entity.String(), Name: s.Name, SourceID: source.ID.String(), SourceKind: string(source.Settings.Kind),
		SourceURI: source.Settings.URI, DocumentURI: textOrNull(s.URI)}
	if s.Resources != deployment.Uncounted {
		w.ResourceCount = &s.Resources
	}
	return w
}
