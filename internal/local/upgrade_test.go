package local_test

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// firstVersion unpacks what the first version that landed left of a small estate, without
// its signing key: a function in a state that was read three times, under human-approval
// the last time; two Atmos components that were pushed; an entity type that its reader
// refused.
func firstVersion(t *testing.T) string {
	t.Helper()
	packed, err := os.Open("testdata/first-version.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unzipped, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for files := tar.NewReader(unzipped); ; {
		file, err := files.Next()
		if errors.Is(err, io.EOF) {
			return dir
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(file.Name))
		if file.Typeflag == tar.TypeDir {
			if err := os.MkdirAll(path, 0o700); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := io.ReadAll(files)
		if err == nil {
			err = os.WriteFile(path, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

type upgraded struct {
	*stack
	state, pushed source
}

func openFirstVersion(t *testing.T) upgraded {
	t.Helper()
	u := upgraded{stack: run(t, environ(firstVersion(t), "0"))}
	for _, s := range u.sources() {
		if strings.HasPrefix(s.SourceURI, "s3://") {
			u.state = s
		} else {
			u.pushed = s
		}
	}
	return u
}

// get answers 200 or fails the test.
func (u upgraded) get(path string) (answer map[string]any) {
	u.t.Helper()
	if status := u.call(http.MethodGet, "/acme/shop"+path, nil, &answer); status != http.StatusOK {
		u.t.Fatalf("%s: %d %v", path, status, answer)
	}
	return answer
}

func (u upgraded) proposal() map[string]any {
	u.t.Helper()
	all := u.get("/import-sources/" + u.state.ID + "/drift-proposals")["proposals"].([]any)
	if len(all) != 1 {
		u.t.Fatalf("%d proposals, want 1: %v", len(all), all)
	}
	return all[0].(map[string]any)
}

func TestAFolderOfTheFirstVersionOpens(t *testing.T) {
	t.Parallel()
	u := openFirstVersion(t)
	if types := u.get("/entity-types")["entityTypes"].([]any); len(types) < 4 {
		t.Errorf("entity types %v", types)
	}
	entities := u.get("/envs/default/entities")["entities"].([]any)
	if len(entities) != 5 {
		t.Fatalf("%d entities, want 5: %v", len(entities), entities)
	}
	for _, e := range entities {
		u.get("/envs/default/entities/" + e.(map[string]any)["entityId"].(string))
	}
	for _, s := range u.sources() {
		for _, scan := range u.get("/import-sources/" + s.ID + "/scans")["scans"].([]any) {
			if scan.(map[string]any)["counts"] == nil {
				t.Errorf("scan %v", scan)
			}
		}
		u.get("/import-sources/" + s.ID + "/drift")
	}
	function := u.get("/envs/default/entities/" + u.proposal()["entityId"].(string))
	history := function["history"].([]any)
	if got := len(history); got != 2 {
		t.Errorf("%d events, want 2: %v", got, history)
	}
	variables := function["properties"].(map[string]any)["environment"].([]any)[0].(map[string]any)["variables"].(map[string]any)
	if flag := variables["FLAG"].(map[string]any); flag["sensitive"] != true || flag["changes"] != 1.0 {
		t.Errorf("the secret is told as %v, want one that was counted once", flag)
	}
}

// The first version lost what was empty, so that its proposal was stale for ever.
func TestAProposalOfTheFirstVersionIsApproved(t *testing.T) {
	t.Parallel()
	u := openFirstVersion(t)
	var p map[string]any
	u.wait("an approval", func() bool { // a scan that is due may put another proposal in its place
		p = u.proposal()
		path := "/acme/shop/import-sources/" + u.state.ID + "/drift-proposals/" + p["id"].(string) + "/approve"
		return u.call(http.MethodPost, path, nil, &p) == http.StatusOK
	})
	function := u.get("/envs/default/entities/" + p["entityId"].(string))
	if function["driftStatus"] != "current" || function["properties"].(map[string]any)["description"] != "two" {
		t.Errorf("approved: %v", function)
	}
	u.rescan()
	if all := u.get("/import-sources/" + u.state.ID + "/drift-proposals")["proposals"].([]any); len(all) > 0 {
		t.Errorf("proposals after a scan: %v", all)
	}
}

func (u upgraded) rescan() map[string]any {
	u.t.Helper()
	var done map[string]any
	body := map[string]any{"envName": "default"}
	if status := u.call(http.MethodPost, "/acme/shop/import-sources/"+u.state.ID+"/rescan", body, &done); status != http.StatusOK {
		u.t.Fatalf("rescan: %d %v", status, done)
	}
	scan := done["scan"].(map[string]any)
	if counts := scan["counts"].(map[string]any); scan["status"] == "failed" || counts["missing"] != 0.0 || counts["created"] != 0.0 {
		u.t.Errorf("the rescan: %v", scan)
	}
	return scan
}

func TestAScanOfTheFirstVersionGoesOn(t *testing.T) {
	t.Parallel()
	u := openFirstVersion(t)
	u.rescan()
	if got := u.proposal()["status"]; got != "pending" {
		t.Errorf("the proposal is %v", got)
	}
}

// Readers of today give other digests, which is no change of what is declared.
func TestARescanChangesNothingThatTheFirstVersionRecorded(t *testing.T) {
	t.Parallel()
	u := openFirstVersion(t)
	function := "/envs/default/entities/" + u.proposal()["entityId"].(string)
	before := u.get(function)
	if counts := u.rescan()["counts"].(map[string]any); counts["updated"] != 0.0 || counts["proposed"] != 0.0 {
		t.Errorf("the rescan counts %v", counts)
	}
	after := u.get(function)
	if len(after["history"].([]any)) != len(before["history"].([]any)) {
		t.Errorf("history %v", after["history"])
	}
	if diff := cmp.Diff(before["properties"], after["properties"]); diff != "" {
		t.Error(diff)
	}
}

// What was recorded before there were rows of components and states is compared even so.
func TestComponentsOfTheFirstVersionAreDeployed(t *testing.T) {
	t.Parallel()
	u := openFirstVersion(t)
	for _, when := range []string{"before a scan", "after it"} {
		totals := u.get("/envs/default/deployment-drift")["totals"].(map[string]any)
		if totals["components"] != 2.0 || totals["states"] != 1.0 {
			t.Errorf("%s: totals %v, want 2 components and 1 state", when, totals)
		}
		u.rescan()
	}
}
