package httpapi

import (
	"plumbline/internal/drift"
	"plumbline/internal/report"
	"plumbline/internal/store"
)

// ImportSource is a registered source.
type ImportSource struct {
	ID                   string              `json:"id" format:"uuid"`
	ProjectID            *string             `json:"projectId"`
	EnvID                string              `json:"envId" format:"uuid"`
	SourceKind           string              `json:"sourceKind" enum:"tf-state,atmos-manifests"`
	SourceURI            string              `json:"sourceUri"`
	ReconciliationPolicy string              `json:"reconciliationPolicy" enum:"auto-update,human-approval"`
	LastScannedAt        *string             `json:"lastScannedAt" format:"date-time" doc:"When the last scan ended, null before the first"`
	LastScanStatus       *string             `json:"lastScanStatus" doc:"Status of the last scan, running while one is, null before the first"`
	LastScanSummary      orNull[ScanOutline] `json:"lastScanSummary" required:"false" doc:"The last scan without its lists, which /scans has; null before the first"`
	CreatedAt            string              `json:"createdAt" format:"date-time"`
	UpdatedAt            string              `json:"updatedAt" format:"date-time"`

	EnvName    string              `json:"envName"`
	Scope      string              `json:"scope" doc:"\"\" for the default"`
	Workspaces string              `json:"workspaceKeyPrefix" doc:"\"\" for Terraform's default, env:"`
	Prune      bool                `json:"prune"`
	Literally  bool                `json:"compareLiterally" doc:"Whether values count as they stand"`
	Schedule   string              `json:"schedule"`
	Atmos      rawObject           `json:"atmos" doc:"What lies over the estate's atmos.yaml"`
	ConfigPath string              `json:"configPath"`
	Profile    string              `json:"profile"`
	NextScanAt *string             `json:"nextScanAt" format:"date-time" doc:"When the schedule scans next; null for a source that is only pushed to"`
	Pushed     bool                `json:"pushed" doc:"The last rescan brought items: uploads and the schedule leave the source alone"`
	Running    orNull[RunningScan] `json:"running"`
}

// RunningScan is a scan that is under way.
type RunningScan struct {
	ID        string `json:"id" format:"uuid"`
	Trigger   string `json:"trigger"`
	StartedAt string `json:"startedAt" format:"date-time"`
	Progress  int    `json:"progress" doc:"Entities handled so far"`
}

// ImportSourceList is a page of sources, the oldest first.
type ImportSourceList []ImportSource

func (d dialect) source(s report.Source) ImportSource {
	w := ImportSource{
		ID: s.ID.String(), ProjectID: idOrNull(s.ProjectID), EnvID: s.EnvID.String(), EnvName: s.Environment,
		SourceKind: string(s.Settings.Kind), SourceURI: s.Settings.URI, ReconciliationPolicy: string(s.Settings.Policy),
		Scope: s.Settings.Scope, Workspaces: s.Settings.WorkspaceKeyPrefix, Prune: s.Settings.Prune, Literally: s.Settings.Literal, Schedule: s.Settings.Schedule, NextScanAt: d.when(s.NextDue), Pushed: s.Pushed,
		LastScanStatus: textOrNull(string(s.Status())), CreatedAt: d.time(s.CreatedAt), UpdatedAt: d.time(s.UpdatedAt),
	}
	w.ConfigPath, w.Profile = s.Settings.Atmos.ConfigPath, s.Settings.Atmos.Profile
	w.Atmos.raw = []byte(s.Settings.Atmos.Config)
	if s.Last != nil {
		w.LastScannedAt = d.when(s.Last.At)
	}
	if s.Scan != nil {
		summary := d.outline(*s.Scan)
		w.LastScanSummary.value = &summary
	}
	if s.Running != nil {
		running := d.running(*s.Running)
		w.Running.value = &running
	}
	return w
}

func (d dialect) running(l store.Lease) RunningScan {
	return RunningScan{ID: l.ScanID.String(), Trigger: string(l.Trigger), StartedAt: d.time(l.StartedAt), Progress: l.Progress}
}

// ImportSourceRescanResult is a scan as it ended, or as far as it came: a pull that is
// not done after 20 seconds goes on.
type ImportSourceRescanResult struct {
	Scan           ScanSummary `json:"scan"`
	LastScannedAt  string      `json:"lastScannedAt" format:"date-time" doc:"When the scan ended; while it runs, when it started"`
	LastScanStatus string      `json:"lastScanStatus"`
}

func (d dialect) rescan(s drift.Scan) ImportSourceRescanResult {
	at := s.EndedAt
	if at.IsZero() {
		at = s.StartedAt
	}
	return ImportSourceRescanResult{Scan: d.scan(s), LastScannedAt: d.time(at), LastScanStatus: string(s.Status)}
}
