package local_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestANewUserSeesDriftApprovesItAndSeesARescan(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "1"))
	approve := regexp.MustCompile(`curl -X POST -H "Authorization: Bearer \$\(cat (\S+)\)" (\S+/approve)\n`)
	s.wait("the drift is printed", func() bool { return approve.MatchString(s.out.String()) })
	printed := s.out.String()
	for _, line := range []string{
		`network +shop/network/aws_subnet\.public\["eu-west-1c"\] +missing`,
		`platform +shop/prod/platform/module\.database\.aws_db_instance\.this +drifted +instance_class +db\.t4g\.medium +-> db\.r7g\.large`,
		`platform +shop/prod/platform/module\.database\.aws_db_instance\.this +drifted +password +\(sensitive\) +-> \(sensitive\)`,
		`shop-live/bastion +disabled-deployed `, `shop-live/cluster +not-deployed `, `shop-live/orders +mismatch `, `queue/shop-live +not-declared `,
	} {
		if !regexp.MustCompile(line).MatchString(printed) {
			t.Errorf("the table has no line like %s:\n%s", line, printed)
		}
	}

	// Approve, as the line that is printed does.
	found := approve.FindStringSubmatch(printed)
	if token, err := os.ReadFile(found[1]); err != nil || strings.TrimSpace(string(token)) != s.token {
		t.Errorf("the token in %s is not the one printed: %v", found[1], err)
	}
	var decided struct{ EntityID, Status string }
	if status := s.call(http.MethodPost, found[2], nil, &decided); status != http.StatusOK || decided.Status != "approved" {
		t.Fatalf("approve: %d %+v", status, decided)
	}
	database := func() (class string) {
		var entity struct {
			Properties struct {
				InstanceClass string `json:"instance_class"`
			}
		}
		s.call(http.MethodGet, "/acme/shop/envs/prod/entities/"+decided.EntityID, nil, &entity)
		return entity.Properties.InstanceClass
	}
	if got := database(); got != "db.r7g.large" {
		t.Errorf("the database's instance_class after the approval: %q", got)
	}

	// Upload a third version: an upload is enough for a scan.
	text, err := os.ReadFile(filepath.Join("sample", "states", "platform.v2.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	third := strings.NewReplacer(`"serial": 42`, `"serial": 43`, "db.r7g.large", "db.r7g.xlarge").Replace(string(text))
	platform := s.sources()[1]
	s.upload("acme/shop/prod/platform.tfstate", third)
	platform = s.scanned(platform)
	if got := platform.LastScanSummary; platform.LastScanStatus != "succeeded" || got.Trigger != "upload" || got.Counts.Proposed != 1 {
		t.Errorf("the scan of the third version: %s, %+v", platform.LastScanStatus, got)
	}

	// A restart keeps everything and loads nothing anew.
	before, sources := append(s.catalogue("default"), s.catalogue("prod")...), s.sources()[:2]
	if err := s.stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	s = run(t, environ(dir, "1"))
	for _, was := range sources {
		if is := s.scanned(was); is.LastScanStatus != "unchanged" {
			t.Errorf("%s after a restart: %s", is.SourceURI, is.LastScanStatus)
		}
	}
	after := append(s.catalogue("default"), s.catalogue("prod")...)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("catalogue before and after a restart (-before +after):\n%s", diff)
	}
	if got := database(); got != "db.r7g.large" {
		t.Errorf("the database's instance_class after a restart: %q", got)
	}
	if strings.Contains(s.out.String(), "drifted") {
		t.Errorf("a second start shows the sample again:\n%s", s.out)
	}
}

func TestASampleThatWasCutShortIsLoadedToItsEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "1"))
	s.wait("the drift is printed", func() bool { return strings.Contains(s.out.String(), "/reject") })
	before := append(s.catalogue("default"), s.catalogue("prod")...)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "sample")); err != nil { // it died before it was done
		t.Fatal(err)
	}
	s = run(t, environ(dir, "1"))
	s.wait("the drift is printed", func() bool { return strings.Contains(s.out.String(), "/reject") })
	if diff := cmp.Diff(before, append(s.catalogue("default"), s.catalogue("prod")...)); diff != "" {
		t.Errorf("catalogue (-before +after):\n%s", diff)
	}
	if n := len(s.sources()); n != 4 {
		t.Errorf("%d sources, want 4", n)
	}
}

func TestWithoutASampleAStackStartsEmpty(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "0"))
	s.wait("the first start is over", func() bool { _, err := os.Stat(filepath.Join(dir, "sample")); return err == nil })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	s = run(t, environ(dir, "1")) // the first start is over
	if status := s.call(http.MethodGet, "/acme/shop/import-sources", nil, nil); status != http.StatusNotFound {
		t.Errorf("sources of a project that nobody made: %d, want 404", status)
	}
}

func TestNothingPrintedOrStoredTellsASecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "1"))
	s.wait("the drift is printed", func() bool { return strings.Contains(s.out.String(), "/reject") })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	texts := map[string][]byte{"output": []byte(s.out.String())}
	for _, name := range []string{"table.db", "jobs.db"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = text
	}
	for name, text := range texts {
		for _, secret := range []string{"Tq7vLx2m", "Rw9kHd4z", "Jm5cWq8s"} {
			if strings.Contains(string(text), secret) {
				t.Errorf("%s holds the password of the sample's database", name)
			}
		}
	}
}
