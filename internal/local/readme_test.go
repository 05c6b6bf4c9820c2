package local_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheReadmesWalkThroughWorksAsPasted runs the README's marked blocks, one after the
// other in one shell, as its reader does; only the addresses and the data folder are
// those of the test. Like its reader it needs a shell and curl.
func TestTheReadmesWalkThroughWorksAsPasted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := run(t, environ(dir, "1"))
	s.wait("the drift is printed", func() bool { return strings.Contains(s.out.String(), "/reject") })
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)<!-- walk -->\n```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) == 0 {
		t.Fatal("README.md has no block marked <!-- walk -->")
	}
	script := "set -eu\n"
	for _, block := range blocks {
		script += block[1] + "echo\n"
	}
	script = strings.NewReplacer("http://127.0.0.1:3000", s.api, "http://127.0.0.1:3900", s.s3, ".plumbline/", dir+"/").Replace(script)
	shell := exec.CommandContext(t.Context(), "sh", "-c", script)
	shell.Dir = root
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		`"after":"db.r7g.large"`,                        // drift is seen
		`"after":{"sensitive":true,`,                    // and no secret
		`"status":"approved"`,                           // approved
		`"entities":[],"pendingProposals":[]`,           // nothing is left
		`"trigger":"upload"`, `"after":"db.r7g.xlarge"`, // an upload is scanned
		`"kind":"disabled-deployed"`, `"kind":"mismatch"`, // declared against deployed
		`"/properties/vars/flow_logs"`,                     // what an upload affected
		`"flow_logs": false`,                               // in the shape of atmos describe stacks
		`"sourceUri":"s3://plumbline-local/acme/mine/**/*`, // one's own
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the walk-through does not show %s:\n%s", want, out)
		}
	}
}
