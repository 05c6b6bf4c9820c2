package scan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/report"
)

// outputs is a state of so many outputs.
func outputs(lineage string, n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"o%04d":{"value":"v","type":"string"}`, i))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":1,"lineage":%q,"outputs":{%s},"resources":[],"check_results":null}`,
		lineage, strings.Join(all, ","))
}

// listed pages through a source's entities.
func (s *stack) listed(src drift.Source, f report.DriftFilter, limit int) (names []string, totals report.Totals) {
	s.t.Helper()
	reporter := report.New(report.Config{Store: s.store, Now: s.clock.Now})
	for cursor := ""; ; {
		found, err := reporter.Drift(s.t.Context(), s.reload(src), f, report.Span{Cursor: cursor, Limit: limit})
		if err != nil {
			s.t.Fatal(err)
		}
		for _, e := range found.Entities.Items {
			names = append(names, e.Name+" "+string(e.Status))
		}
		if cursor = found.Entities.Next; cursor == "" {
			return names, found.Totals
		}
	}
}

// The scopes of one another's neighbours and folders interleave by name; a/b is long
// enough to be read by the environment's list of names.
func TestEntitiesOfASourceComeByName(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	for key, n := range map[string]int{"a.tfstate": 3, "a/b.tfstate": 2050, "a/b/c.tfstate": 2, "a/b0.tfstate": 2, "a-b.tfstate": 2, "terraform.tfstate": 2, "z/terraform.tfstate": 1} {
		s.bucket.put("acme/"+key, outputs(key, n))
	}
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	other := s.register(drift.Settings{URI: "tfc://other"})
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	s.mustStatus(s.run(other, push(`[{"kind":"Entity","entityType":"server","name":"a/b/zz"},{"kind":"Entity","entityType":"server","name":"a/b"}]`)), drift.ScanSucceeded)
	for _, limit := range []int{7, 1000} {
		names, totals := s.listed(src, report.DriftFilter{}, limit)
		if want := slices.Sorted(slices.Values(names)); len(names) != totals.Total || totals.Total != 2062+7 || len(slices.Compact(want)) != len(names) {
			t.Fatalf("%d names, totals %+v", len(names), totals)
		}
		byName := func(a, b string) int {
			return strings.Compare(strings.ReplaceAll(a, " ", "\x00"), strings.ReplaceAll(b, " ", "\x00"))
		}
		if !slices.IsSortedFunc(names, byName) {
			t.Errorf("pages of %d are not by name", limit)
		}
	}
	if names, _ := s.listed(other, report.DriftFilter{}, 10); !cmp.Equal(names, []string{"a/b current", "a/b/zz current"}) {
		t.Errorf("a push: %v", names)
	}
}

func TestASourceThatCannotBeListedIsNotCurrent(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/"})
	s.bucket.put("acme/a.tfstate", outputs("l", 2))
	s.run(src)
	s.bucket.fail = func(call, _ string) error {
		if call == "list" {
			return object.ErrDenied
		}
		return nil
	}
	s.mustStatus(s.run(src), drift.ScanFailed)
	names, totals := s.listed(src, report.DriftFilter{Statuses: []drift.Status{drift.Unknown}}, 10)
	if len(names) != 3 || totals.Unknown != 3 || totals.Current != 0 || totals.Documents[drift.ScanFailed] != 1 {
		t.Errorf("%v, totals %+v", names, totals)
	}
	s.bucket.fail = nil
	s.run(src)
	if _, totals := s.listed(src, report.DriftFilter{}, 10); totals.Current != 3 {
		t.Errorf("read again: %+v", totals)
	}
}
