package scan_test

import (
	"fmt"
	"testing"

	"plumbline/internal/drift"
)

// TestWhatTurnsSecretBesideASecretIsOverwritten: a value that has a secret already may
// have plaintext beside it, which goes as well once it is marked.
func TestWhatTurnsSecretBesideASecretIsOverwritten(t *testing.T) {
	t.Parallel()
	const first = `[{"type":"get_attr","value":"env"},{"type":"get_attr","value":"A"}]`
	const second = `[{"type":"get_attr","value":"env"},{"type":"get_attr","value":"B"}]`
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
		for i, attributes := range []string{`{"id":"f"}`, `{"id":"f","env":{"A":"PLAIN-one-text","B":"PLAIN-two-text"}}`, `{"id":"f","env":["x"]}`,
			`{"id":"f","env":{"A":"PLAIN-one-text","B":"PLAIN-six-text"}}`} {
			s.bucket.put(vpcKey, marked(i+1, attributes, first))
			s.run(src)
			for n, p := range s.pending(src) {
				s.mustDecide(src, p, []drift.ProposalStatus{drift.Approved, drift.Rejected}[n%2])
			}
		}
		s.bucket.put(vpcKey, marked(9, `{"id":"f","env":{"A":"PLAIN-one-text","B":"PLAIN-six-text"}}`, first+","+second))
		done := s.run(src)
		s.leaks([]string{fmt.Sprintf("%+v %+v", done, s.pending(src))}, "PLAIN-one", "PLAIN-two", "PLAIN-six")
		s.consistent()
	}
}
