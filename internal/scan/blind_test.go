package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// TestTheDryRunOfAPushIsNoOracle: what it answers is the same whether a pushed value is
// the secret that is recorded or not.
func TestTheDryRunOfAPushIsNoOracle(t *testing.T) {
	t.Parallel()
	dry := func(r *scan.Request) { r.DryRun = true }
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		for _, pushedBefore := range []string{"", "PLAIN-value-one", "PLAIN-value-two"} {
			t.Run(fmt.Sprintf("%s, after %q", policy, pushedBefore), func(t *testing.T) {
				t.Parallel()
				s := newStack(t)
				state := s.register(drift.Settings{URI: vpcURI})
				s.bucket.put(vpcKey, marked(1, `{"id":"f","acl":"PLAIN-value-one","password":"PLAIN-value-one","environment":[{"variables":{"FLAG":"PLAIN-value-one","A":"1"}}],
 "args":[{"name":"a","v":"1"},{"name":"b","v":"PLAIN-value-one"}]}`, mark+","+envMark+","+listed))
				s.run(state)
				pusher := s.register(drift.Settings{URI: "./guess", Policy: policy})
				items := func(guess string) string {
					return strings.ReplaceAll(`[{"kind":"Entity","entityType":"aws_lambda_function","name":"prod/vpc/aws_lambda_function.f","state":"active","properties":{"acl":"GUESS",
 "password":"GUESS","environment":[{"variables":{"FLAG":"GUESS","A":"1"}}],"args":[{"name":"b","v":"GUESS"}],"note":"x"}}]`, "GUESS", guess)
				}
				if pushedBefore != "" {
					s.run(pusher, push(items(pushedBefore)))
				}
				var answers []drift.Scan
				for _, guess := range []string{"PLAIN-value-one", "PLAIN-value-two", "PLAIN-value-six"} {
					answers = append(answers, s.run(pusher, push(items(guess)), dry))
				}
				ignore := cmpopts.IgnoreFields(drift.Scan{}, "ID", "StartedAt", "EndedAt")
				for _, other := range answers[1:] {
					if diff := cmp.Diff(answers[0], other, ignore); diff != "" {
						t.Errorf("the answers differ:\n%s", diff)
					}
				}
				for _, answer := range answers {
					kept, err := s.store.Scan(t.Context(), pusher.ID, answer.ID)
					if err != nil || !kept.Summary.DryRun || kept.Actor != answer.Actor {
						t.Errorf("in the history: %+v, %v", kept, err)
					}
				}
			})
		}
	}
}
