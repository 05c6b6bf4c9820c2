package auth_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/auth"
)

func newSigner(t *testing.T, dir string) *auth.Signer {
	t.Helper()
	signer, err := auth.NewSigner(dir, issuerName, audience)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func TestATokenOfASignerVerifiesByTheSetItServes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := httptest.NewServer(newSigner(t, dir))
	t.Cleanup(server.Close)
	verifier := newVerifier(t, auth.Config{Keys: auth.FromURL(server.URL, nil), Now: time.Now})

	again := newSigner(t, dir) // after a restart
	token, err := again.Issue("acme", "ann", auth.Permissions(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	got, err := verifier.Verify(t.Context(), "Bearer "+token)
	want := auth.Principal{Subject: "ann", Organisation: "acme", Permissions: auth.Permissions()}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTheKeyIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newSigner(t, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("folder: %v, %v", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
}

func TestTwoSignersAtOneTimeShareTheKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var group sync.WaitGroup
	sets := make([]string, 8)
	for i := range sets {
		group.Go(func() {
			signer, err := auth.NewSigner(dir, issuerName, audience)
			if err != nil {
				t.Error(err)
				return
			}
			set, _ := signer.Keys(t.Context())
			sets[i] = string(set)
		})
	}
	group.Wait()
	for _, set := range sets {
		if set != sets[0] || strings.Contains(set, `"d"`) {
			t.Errorf("set %s, want %s", set, sets[0])
		}
	}
}

func TestABrokenKeyFileIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "signing-key.pem")
	if err := os.WriteFile(path, []byte("secret bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := auth.NewSigner(dir, issuerName, audience)
	if err == nil || !strings.HasSuffix(err.Error(), "signing-key.pem: not PEM") {
		t.Errorf("signer: %v", err)
	}
	if _, err := auth.NewSigner(filepath.Join(dir, "nowhere"), issuerName, audience); err == nil {
		t.Error("a signer without its folder")
	}
}
