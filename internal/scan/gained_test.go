package scan_test

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/drift"
)

// buckets renders a state of n buckets; more is what their attributes have beside an id
// and null tags, "%d" in it is the bucket's number.
func buckets(serial, n int, tags, more string) string {
	var resources []string
	for i := range n {
		extra := more
		if strings.Contains(more, "%d") {
			extra = fmt.Sprintf(more, i)
		}
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":"aws_s3_bucket","name":"b%d","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
 "instances":[{"schema_version":0,"attributes":{"id":"b%d","tags":%s%s}}]}`, i, i, tags, extra))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1","outputs":{},"resources":[%s]}`, serial, strings.Join(resources, ","))
}

func TestAttributesThatAProviderGainedAreOneFinding(t *testing.T) {
	t.Parallel()
	const region, tagged = `,"region":"eu-west-1","arn":"arn:aws:s3:::b%d"`, `{"team":"a"}`
	for name, c := range map[string]struct {
		n             int
		before, after string
		literal       bool
		proposals     int
		finding       string
	}{
		"every resource gains two attributes": {5, buckets(1, 5, "null", ""), buckets(2, 5, "null", region), false, 0,
			"the schema of the provider aws gained attributes, which were recorded as they are declared, without a proposal: arn (of 5 entities), region (of 5 entities)"},
		"what was null and gets a value is no gain":      {5, buckets(1, 5, "null", ""), buckets(2, 5, tagged, ""), false, 5, ""},
		"a change beside a gain is proposed":             {5, buckets(1, 5, "null", ""), buckets(2, 5, tagged, region), false, 5, "arn (of 5 entities), region (of 5 entities)"},
		"what only some have is no gain":                 {5, buckets(1, 5, "null", ""), strings.Replace(buckets(2, 5, "null", ""), `"id":"b1"`, `"id":"b1","region":"x"`, 1), false, 1, ""},
		"of one or two resources it is none":             {2, buckets(1, 2, "null", ""), buckets(2, 2, "null", region), false, 2, ""},
		"a source that compares literally sees them all": {5, buckets(1, 5, "null", ""), buckets(2, 5, "null", region), true, 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval, Literal: c.literal})
			s.bucket.put(vpcKey, c.before)
			s.run(src)
			s.bucket.put(vpcKey, c.after)
			done := s.run(src)
			if got := len(s.pending(src)); got != c.proposals {
				t.Errorf("%d proposals, want %d", got, c.proposals)
			}
			told := ""
			for _, note := range done.Summary.Warnings {
				if strings.Contains(note.Reason, "gained") {
					told += note.Reason
				}
			}
			if (told == "") != (c.finding == "") || !strings.HasSuffix(told, c.finding) {
				t.Errorf("found %q, want %q", told, c.finding)
			}
			for _, p := range s.pending(src) {
				for _, change := range p.Changes {
					if c.finding != "" && change.Property != "/properties/tags" {
						t.Errorf("proposed %+v", change)
					}
				}
			}
			if s.bucket.put(vpcKey, strings.Replace(c.after, `"serial":2`, `"serial":3`, 1)); len(s.run(src).Summary.Proposals) > 0 {
				t.Error("the next scan proposes more")
			}
		})
	}
}
