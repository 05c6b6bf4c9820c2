package scan_test

import (
	"strings"
	"testing"

	"plumbline/internal/drift"
)

func TestASourceOfAKindWithoutAReaderIsUnsupportedAndCanBePushedTo(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{Kind: drift.KindAtmos, URI: "s3://estate/acme/stacks/"})
	s.bucket.put("acme/stacks/prod.yaml", "vars: {}")
	pulled := s.run(src)
	if pulled.Status != drift.ScanUnsupported || !strings.Contains(pulled.Summary.Reason, "atmos-manifests") {
		t.Errorf("pull: %s, %q", pulled.Status, pulled.Summary.Reason)
	}
	pushed := s.run(src, push(`[{"kind":"Entity","entityType":"atmos.component","name":"prod/vpc"}]`))
	if pushed.Status != drift.ScanSucceeded || pushed.Summary.Counts.Created != 1 {
		t.Errorf("push: %s, %+v", pushed.Status, pushed.Summary.Counts)
	}
}
