// Package sample loads a small estate into a fresh local stack, so that a new user
// sees drift at once: project shop of organisation acme with two states, `network` in
// environment default under auto-update and `platform` in prod under human-approval,
// each of them uploaded, scanned and uploaded anew; and in live an estate of Atmos
// manifests beside the states that deploy it, with one of each kind of deployment drift.
//
// Its one invariant: it is a user like any other. What it does, it does by the HTTP API
// and by S3, and loading it again changes nothing.
//
// Start at [Estate.Load]; [Estate.Print] shows the drift.
package sample

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"time"

	"plumbline/internal/object"
	"plumbline/internal/place"
)

// Organisation and Project hold the sample.
const (
	Organisation = "acme"
	Project      = "shop"
)

// Estate is the sample in a stack.
type Estate struct {
	// API is the stack's url without "/" at its end, Token one for the organisation.
	API, Token string
	// TokenFile is where a user finds the token.
	TokenFile string
	Objects   *object.Store
	Bucket    string
	// Patience bounds the wait for one scan; 0 means 30 s.
	Patience time.Duration
}

//go:embed states estate
var files embed.FS

// part is one state of the sample.
type part struct{ name, environment, key, policy string }

var parts = []part{
	{"network", "default", Organisation + "/" + Project + "/network.tfstate", "auto-update"},
	{"platform", "prod", Organisation + "/" + Project + "/prod/platform.tfstate", "human-approval"},
}

// Load registers the sources and uploads both versions of each state, the second one
// when the first was scanned.
func (e Estate) Load(ctx context.Context) error {
	for _, environment := range []string{"prod", live} {
		if err := e.createEnvironment(ctx, environment); err != nil {
			return fmt.Errorf("load the sample: %w", err)
		}
	}
	for _, p := range parts {
		if err := e.load(ctx, p); err != nil {
			return fmt.Errorf("load the sample, %s: %w", p.name, err)
		}
	}
	if err := e.loadLive(ctx); err != nil {
		return fmt.Errorf("load the sample, %s: %w", live, err)
	}
	return nil
}

func (e Estate) load(ctx context.Context, p part) error {
	source, err := e.register(ctx, registration{p.environment, "tf-state", p.key, p.policy})
	if err != nil {
		return err
	}
	for _, version := range []string{"v1", "v2"} {
		if version == "v1" && source.LastScannedAt != "" {
			continue // loaded before: a serial that goes back would be held
		}
		if err := e.upload(ctx, p, version); err != nil {
			return err
		}
		if source, err = e.scanned(ctx, source); err != nil {
			return err
		}
	}
	return nil
}

func (e Estate) upload(ctx context.Context, p part, version string) error {
	return e.put(ctx, "states/"+p.name+"."+version+".tfstate", p.key)
}

// put uploads a file of the sample.
func (e Estate) put(ctx context.Context, file, key string) error {
	body, err := files.ReadFile(file)
	if err != nil {
		return err
	}
	_, err = e.Objects.Put(ctx, place.Location{Bucket: e.Bucket, Key: key}, bytes.NewReader(body), object.PutOptions{})
	return err
}

// scanned waits until the source was scanned once more than it was.
func (e Estate) scanned(ctx context.Context, was source) (source, error) {
	patience := e.Patience
	if patience == 0 {
		patience = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		is, err := e.source(ctx, was.ID)
		if err != nil {
			return is, err
		}
		if is.LastScannedAt != was.LastScannedAt && is.LastScanStatus != "running" {
			return is, is.scanError()
		}
		select {
		case <-ctx.Done():
			return is, fmt.Errorf("wait for the scan of %s: %w", is.SourceURI, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (s source) scanError() error {
	switch s.LastScanStatus {
	case "succeeded", "partial", "unchanged":
		return nil
	}
	return fmt.Errorf("the scan of %s ended %s: %s", s.SourceURI, s.LastScanStatus, s.LastScanSummary.Reason)
}
