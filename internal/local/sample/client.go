package sample

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
)

// source, drift and the rest are what is read of the API's answers.
type source struct {
	ID                   string
	SourceURI            string
	EnvName              string
	ReconciliationPolicy string
	LastScannedAt        string
	LastScanStatus       string
	LastScanSummary      struct{ Reason string }
}

type driftReport struct {
	Entities         []entity
	PendingProposals []proposal
}

// deployments are where an estate and the states that deploy it differ.
type deployments struct {
	Findings []struct{ Kind, Name, Reason string }
}

type entity struct{ Name, DriftStatus, ProposalID string }

type proposal struct {
	ID, ImportSourceID, EntityName string
	ProposedChanges                struct{ Properties []change }
}

type change struct {
	Property      string
	Before, After json.RawMessage
}

func (e Estate) createEnvironment(ctx context.Context, name string) error {
	status, err := e.call(ctx, http.MethodPost, "/environments", map[string]string{"name": name}, nil)
	if status == http.StatusConflict {
		return nil // it is there
	}
	return err
}

// registration is what a source is registered with; the key may end in "/" or hold
// globs.
type registration struct{ environment, kind, key, policy string }

func (e Estate) register(ctx context.Context, r registration) (s source, err error) {
	_, err = e.call(ctx, http.MethodPost, "/import-sources", map[string]string{"envName": r.environment, "sourceKind": r.kind,
		"sourceUri": "s3://" + e.Bucket + "/" + r.key, "reconciliationPolicy": r.policy}, &s)
	return s, err
}

// rescan reads a source now, rather than when its prefix has been quiet.
func (e Estate) rescan(ctx context.Context, s source, environment string) (source, error) {
	_, err := e.call(ctx, http.MethodPost, "/import-sources/"+s.ID+"/rescan", map[string]string{"envName": environment}, nil)
	if err != nil {
		return s, err
	}
	return e.source(ctx, s.ID)
}

func (e Estate) deploymentDrift(ctx context.Context, environment string) (d deployments, err error) {
	_, err = e.call(ctx, http.MethodGet, "/envs/"+environment+"/deployment-drift", nil, &d)
	return d, err
}

func (e Estate) sources(ctx context.Context) (list []source, err error) {
	_, err = e.call(ctx, http.MethodGet, "/import-sources", nil, &list)
	return list, err
}

func (e Estate) source(ctx context.Context, id string) (s source, err error) {
	_, err = e.call(ctx, http.MethodGet, "/import-sources/"+id, nil, &s)
	return s, err
}

func (e Estate) drift(ctx context.Context, id string) (d driftReport, err error) {
	_, err = e.call(ctx, http.MethodGet, "/import-sources/"+id+"/drift?limit=1000", nil, &d)
	return d, err
}

// call asks the API; a status of 400 or more is an error with what the answer says.
func (e Estate) call(ctx context.Context, method, path string, in, out any) (status int, err error) {
	body, err := json.Marshal(in)
	if err != nil {
		return 0, err
	}
	if in == nil {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, e.url(path), bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+e.Token)
	req.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		var refused struct{ Error, Code string }
		_ = json.NewDecoder(answer.Body).Decode(&refused) // the status says enough
		return answer.StatusCode, fmt.Errorf("%s %s: %s: %s %s", method, path, answer.Status, refused.Code, refused.Error)
	}
	if out == nil {
		return answer.StatusCode, nil
	}
	return answer.StatusCode, json.NewDecoder(answer.Body).Decode(out)
}

func (e Estate) url(path string) string {
	return e.API + "/" + Organisation + "/" + Project + path
}
