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
		"//user:hunter2@example.com/x", "https://example.com/x?api_key=hunter2hunter2", "https://example.com/x?a=b&token=hunter2hunter2#y",
		"https://example.com/ghp_hunter2hunter2hunter2hunter2hunter2abc1",
	} {
		_, _, err := r.Register(t.Context(), registration(uri))
		var invalid *registry.InvalidError
		if !errors.As(err, &invalid) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", uri, err)
		}
	}
	for _, uri := range []string{"https://example.com/@scope/x", "https://example.com/x?by=a@b", "s3://estate/acme/dev@prod.tfstate", "./a@b",
		"https://example.com/secrets?name=token", "https://example.com/x?key=prod&ref=v1.2", "tfc://org/token-service", "k8s://cluster/kube-system/secret/tls"} {
		if _, _, err := r.Register(t.Context(), registration(uri)); err != nil {
			t.Errorf("%s: %v", uri, err)
		}
	}
}
