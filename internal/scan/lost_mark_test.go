package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// marked is a state of one function; its attributes are JSON, sensitive its marks.
func marked(serial int, attributes, sensitive string) string {
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1","outputs":{},"resources":[
 {"mode":"managed","type":"aws_lambda_function","name":"f","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
  {"schema_version":0,"attributes":%s,"sensitive_attributes":[%s]}]}]}`, serial, attributes, sensitive)
}

const (
	mark    = `[{"type":"get_attr","value":"acl"}]`
	envMark = `[{"type":"get_attr","value":"environment"},{"type":"index","value":{"value":0,"type":"number"}},{"type":"get_attr","value":"variables"},{"type":"index","value":{"value":"FLAG","type":"string"}}]`
	listed  = `[{"type":"get_attr","value":"args"},{"type":"index","value":{"value":1,"type":"number"}},{"type":"get_attr","value":"v"}]`
)

func TestASecretThatLosesItsMarkIsTheSame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ marked, lost, mark string }{
		"a whole attribute":      {`{"id":"f","acl":"PLAIN-value-one"}`, `{"id":"f","acl":"PLAIN-value-one"}`, mark},
		"a list as a whole":      {`{"id":"f","acl":["PLAIN-value-one",1]}`, `{"id":"f","acl":["PLAIN-value-one",1]}`, mark},
		"a member deep inside":   {`{"id":"f","environment":[{"variables":{"FLAG":"PLAIN-value-one","A":"1"}}]}`, `{"id":"f","environment":[{"variables":{"FLAG":"PLAIN-value-one","A":"1"}}]}`, envMark},
		"an element by its name": {`{"id":"f","args":[{"name":"a","v":"1"},{"name":"b","v":"PLAIN-value-one"}]}`, `{"id":"f","args":[{"name":"a","v":"1"},{"name":"b","v":"PLAIN-value-one"}]}`, listed},
		"a name that is escaped": {`{"id":"f","acl":"PLAIN-value-one","a/b~c":"x"}`, `{"id":"f","acl":"PLAIN-value-one","a/b~c":"x"}`, mark + `,[{"type":"get_attr","value":"a/b~c"}]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
				s := newStack(t)
				src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
				s.bucket.put(vpcKey, marked(1, c.marked, c.mark))
				s.run(src)
				s.bucket.put(vpcKey, marked(2, c.lost, ""))
				done := s.run(src)
				if got := s.pending(src); len(got) > 0 || done.Summary.Counts.Drifted > 0 {
					t.Errorf("%s: proposals %+v, counts %+v", policy, got, done.Summary.Counts)
				}
				record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "aws_lambda_function", "prod/vpc/aws_lambda_function.f"))
				if err != nil || len(record.SecretChanges) > 0 {
					t.Errorf("%s: counts %v, %v", policy, record.SecretChanges, err)
				}
				s.leaks([]string{fmt.Sprintf("%+v", done)}, "PLAIN-value")
				// And it is still known when it changes, as the serial of the state does.
				s.bucket.put(vpcKey, marked(3, strings.ReplaceAll(c.lost, "one", "two"), ""))
				if done := s.run(src); done.Summary.Counts.Updated+done.Summary.Counts.Proposed != 2 {
					t.Errorf("%s: a change of it: %+v", policy, done.Summary.Counts)
				}
				s.leaks(nil, "PLAIN-value")
			}
		})
	}
}

func TestWhatTakesTheCompanyOfASecretIsNone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, marked(1, `{"id":"f","args":[{"name":"a","v":"1"},{"name":"b","v":"PLAIN-value-one"}]}`, listed))
	s.run(src)
	s.bucket.put(vpcKey, marked(2, `{"id":"f","args":[{"name":"a","v":"1"},{"name":"c","v":"shown"}]}`, ""))
	s.run(src)
	record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "aws_lambda_function", "prod/vpc/aws_lambda_function.f"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(record.Entity.Properties["args"]), `[{"name":"a","v":"1"},{"name":"c","v":"shown"}]`; got != want {
		t.Errorf("recorded %s, want %s", got, want)
	}
}

func TestASecretThatLosesItsMarkIsTheSameWhileKeysRotate(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, marked(1, `{"id":"f","acl":"PLAIN-value-one"}`, mark))
	s.run(src)
	s.wire(s.counter, s.bucket, "k2:"+strings.TrimPrefix(strings.Replace(testKey, "MDE", "OTk", 1), "k1:")+","+testKey)
	s.bucket.put(vpcKey, marked(2, `{"id":"f","acl":"PLAIN-value-one"}`, ""))
	s.run(src)
	if got := s.pending(src); len(got) > 0 {
		t.Errorf("proposals %+v", got)
	}
}
