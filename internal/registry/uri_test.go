package registry_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/registry"
)

func TestAURIHoldsNoUser(t *testing.T) {
	t.Parallel()
	r, _, _ := newRegistry(t)
	for _, uri := range []string{
		"https://user:hunter2@example.com/x", "https://hunter2@example.com", "git::https://user:hunter2@example.com/x?ref=v1",
		"s3://user:hunter2@estate/acme/vpc.tfstate", "ssh://git:hunter2@example.com:22/x#y",
	} {
		_, _, err := r.Register(t.Context(), registration(uri))
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{"https://example.com/@scope/x", "https://example.com/x?by=a@b", "s3://estate/acme/dev@prod.tfstate", "./a@b"} {
		if _, _, err := r.Register(t.Context(), registration(uri)); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
