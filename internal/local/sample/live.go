package sample

import (
	"context"
	"io/fs"
	"path"
	"strings"
)

// live is the environment of the Atmos estate and of the states that deploy it.
const live = "live"

const (
	estateKey = Organisation + "/estate/"
	// stack is the one stack of the estate: the workspace of its components.
	stack = "shop-live"
)

// loadLive uploads the estate and the states, which lie where the estate's backend puts
// them, and scans both.
func (e Estate) loadLive(ctx context.Context) error {
	err := fs.WalkDir(files, "estate", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		return e.put(ctx, name, estateKey+strings.TrimPrefix(name, "estate/"))
	})
	if err != nil {
		return err
	}
	states, err := fs.Glob(files, "states/deployed/*.tfstate")
	if err != nil {
		return err
	}
	var components []string
	for _, name := range states {
		component := strings.TrimSuffix(path.Base(name), ".tfstate")
		components = append(components, component)
		if err := e.put(ctx, name, path.Join(Organisation, component, stack, "terraform.tfstate")); err != nil {
			return err
		}
	}
	for _, r := range []registration{
		{live, "atmos-manifests", estateKey, "auto-update"},
		{live, "tf-state", Organisation + "/{" + strings.Join(components, ",") + "}/*/terraform.tfstate", "auto-update"},
	} {
		source, err := e.register(ctx, r)
		if err != nil {
			return err
		}
		if source, err = e.rescan(ctx, source, live); err != nil {
			return err
		}
		if err := source.scanError(); err != nil {
			return err
		}
	}
	return nil
}
