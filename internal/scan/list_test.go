package scan_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// stingy gives pages of at most two items, and an empty one before each, as a database
// may.
type stingy struct {
	table.Table
}

func (s stingy) Query(ctx context.Context, q table.Query) (table.Page, error) {
	if after, ok := strings.CutSuffix(q.After, "\x00empty"); ok {
		q.After = after
	} else {
		return table.Page{Next: q.After + "\x00empty"}, nil
	}
	if q.Limit == 0 || q.Limit > 2 {
		q.Limit = 2
	}
	return s.Table.Query(ctx, q)
}

// paged reads a list to its end.
func paged[T any](t *testing.T, limit int, read func(cursor string, limit int) ([]T, string, error)) []T {
	t.Helper()
	var all []T
	cursor := ""
	for range 10_000 {
		list, next, err := read(cursor, limit)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > limit {
			t.Fatalf("a page of %d, the limit is %d", len(list), limit)
		}
		all = append(all, list...)
		if next == "" {
			return all
		}
		cursor = next
	}
	t.Fatal("no end of pages")
	return nil
}

func TestListsGiveEverythingOnceAndInOrder(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	var items, changed, byType, byName []string
	for i := range 120 {
		entityType := []string{"a", "a.b", "b"}[i%3]
		name := fmt.Sprintf("n%02d/%d", i%7, i)
		item := fmt.Sprintf(`{"kind":"Entity","entityType":%q,"name":%q,"properties":{"v":VALUE}}`, entityType, name)
		items = append(items, strings.Replace(item, "VALUE", "1", 1))
		changed = append(changed, strings.Replace(item, "VALUE", "2", 1))
		byType = append(byType, entityType+"\x00"+name)
		byName = append(byName, name+"\x00"+entityType)
	}
	slices.Sort(byType)
	slices.Sort(byName)
	s.run(src, push("["+strings.Join(items, ",")+"]"))
	s.run(src, push("["+strings.Join(changed[:80], ",")+"]"))
	s.wire(stingy{s.counter}, s.bucket, testKey)
	ctx := t.Context()
	for _, limit := range []int{1, 7, 100, 1000} {
		type listed struct{ first, second string }
		var gotType, gotName []string
		for _, e := range paged(t, limit, func(c string, n int) ([]listed, string, error) {
			list, next, err := s.store.EntitiesByType(ctx, s.env.ID, "", "", c, n)
			var out []listed
			for _, e := range list {
				out = append(out, listed{e.EntityType, e.Name})
			}
			return out, next, err
		}) {
			gotType = append(gotType, e.first+"\x00"+e.second)
		}
		if diff := cmp.Diff(byType, gotType); diff != "" {
			t.Errorf("by type, %d a page (-want +got):\n%s", limit, diff)
		}
		for _, e := range paged(t, limit, func(c string, n int) ([]listed, string, error) {
			list, next, err := s.store.EntitiesByName(ctx, s.env.ID, "n0", c, n)
			var out []listed
			for _, e := range list {
				out = append(out, listed{e.Name, e.EntityType})
			}
			return out, next, err
		}) {
			gotName = append(gotName, e.first+"\x00"+e.second)
		}
		if diff := cmp.Diff(byName, gotName); diff != "" {
			t.Errorf("by name, %d a page (-want +got):\n%s", limit, diff)
		}
		missing := paged(t, limit, func(c string, n int) ([]string, string, error) {
			list, next, err := s.store.SourceEntities(ctx, src.ID, drift.Missing, c, n)
			var out []string
			for _, e := range list {
				out = append(out, e.Name)
			}
			return out, next, err
		})
		heads := paged(t, limit, func(c string, n int) ([]drift.Head, string, error) {
			return s.store.HeadsPage(ctx, src.ID, drift.PushDocument, c, n)
		})
		proposals := paged(t, limit, func(c string, n int) ([]drift.Proposal, string, error) {
			return s.store.Proposals(ctx, src.ID, drift.Pending, c, n)
		})
		if len(missing) != 40 || len(heads) != 120 || len(proposals) != 80 {
			t.Errorf("%d a page: %d missing, %d heads, %d proposals; want 40, 120, 80", limit, len(missing), len(heads), len(proposals))
		}
	}
}

func TestOneCloudObjectFromTwoSourcesIsReported(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.bucket.put("acme/a.tfstate", withARN("arn:aws:ec2:eu-west-1:1:instance/i-1"))
	s.bucket.put("acme/b.tfstate", withARN("arn:aws:ec2:eu-west-1:1:instance/i-1"))
	a := s.register(drift.Settings{URI: "s3://estate/acme/a.tfstate"})
	b := s.register(drift.Settings{URI: "s3://estate/acme/b.tfstate"})
	s.run(a)
	s.run(b)
	list, _, err := s.store.Duplicates(t.Context(), s.env.ID, "", 10)
	if err != nil || len(list) != 1 || len(list[0].Claims) != 2 {
		t.Fatalf("duplicates: %+v, %v", list, err)
	}
	s.forget(b)
	if list, _, err = s.store.Duplicates(t.Context(), s.env.ID, "", 10); err != nil || len(list) != 0 {
		t.Errorf("after the delete of one source: %+v, %v", list, err)
	}
}

func withARN(arn string) string {
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":1,"lineage":"l-1","outputs":{},"resources":[
 {"mode":"managed","type":"aws_instance","name":"web","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
  {"schema_version":1,"attributes":{"id":"i-1","arn":%q},"sensitive_attributes":[]}]}]}`, arn)
}
