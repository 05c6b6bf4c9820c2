package dynamo_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/table"
)

// someOf answers a batch with its first n keys as items, or puts, and leaves the rest
// unprocessed.
func someOf(n int) step {
	return step{status: 200, body: func(c call) string {
		if c.operation == "BatchWriteItem" {
			rest := c.body["RequestItems"].(map[string]any)["plumbline"].([]any)
			return jsonOf(map[string]any{"UnprocessedItems": unprocessed(rest, n, func(all []any) any { return all })})
		}
		keys := c.body["RequestItems"].(map[string]any)["plumbline"].(map[string]any)["Keys"].([]any)
		items := []any{}
		for _, key := range keys[:min(n, len(keys))] {
			key := key.(map[string]any)
			items = append(items, map[string]any{"pk": key["pk"], "sk": key["sk"], "r": map[string]any{"N": "2"}, "b": map[string]any{"B": "Ym9keQ=="}})
		}
		return jsonOf(map[string]any{
			"Responses":       map[string]any{"plumbline": items},
			"UnprocessedKeys": unprocessed(keys, n, func(all []any) any { return map[string]any{"Keys": all} }),
		})
	}}
}

func unprocessed(all []any, n int, as func([]any) any) map[string]any {
	if n >= len(all) {
		return map[string]any{}
	}
	return map[string]any{"plumbline": as(all[n:])}
}

func jsonOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func numbered(n int) ([]table.Key, []table.Item) {
	var keys []table.Key
	var items []table.Item
	for i := range n {
		items = append(items, item(fmt.Sprint("i", i)))
		keys = append(keys, items[i].Key)
	}
	return keys, items
}

func TestBatchesGoOnWithWhatIsUnprocessed(t *testing.T) {
	t.Parallel()
	keys, items := numbered(120)
	tbl, s := scripted(nil, someOf(60), someOf(0), someOf(100))
	got, err := tbl.BatchGet(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(items, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if len(s.calls) != 4 { // 60 and then 0 and 40 of the first 100, and the last 20
		t.Errorf("calls: %v, want 4", s.operations())
	}
	tbl, s = scripted(nil, someOf(20), someOf(0), someOf(25))
	if err := tbl.BulkPut(t.Context(), items[:30]); err != nil {
		t.Fatal(err)
	}
	if len(s.calls) != 4 {
		t.Errorf("calls: %v, want 4", s.operations())
	}
}

func TestBatchesThatNeverMoveAreBusy(t *testing.T) {
	t.Parallel()
	keys, items := numbered(3)
	tbl, _ := scripted(nil, someOf(0))
	_, err := tbl.BatchGet(t.Context(), keys)
	wants(t, err, table.ErrBusy)
	wants(t, tbl.BulkPut(t.Context(), items), table.ErrBusy)
}

func TestRanges(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query            table.Query
		condition, start string // of the sort key; "" for none
	}{
		{table.Query{}, "pk = :pk", ""},
		{table.Query{From: "b"}, "pk = :pk AND sk >= :from", ""},
		{table.Query{To: "d"}, "pk = :pk AND sk < :to", ""},
		{table.Query{From: "b", To: "d"}, "pk = :pk AND sk BETWEEN :from AND :to", ""},
		{table.Query{From: "b", To: "d", After: "a"}, "pk = :pk AND sk BETWEEN :from AND :to", ""},
		{table.Query{From: "b", To: "d", After: "b"}, "pk = :pk AND sk < :to", "b"},
		{table.Query{From: "b", After: "c"}, "pk = :pk", "c"},
		{table.Query{From: "b", To: "d", Backward: true}, "pk = :pk AND sk >= :from", "d"},
		{table.Query{From: "b", To: "d", After: "c", Backward: true}, "pk = :pk AND sk >= :from", "c"},
		{table.Query{From: "b", To: "d", After: "x", Backward: true}, "pk = :pk AND sk >= :from", "d"},
		{table.Query{After: "c", Backward: true}, "pk = :pk", "c"},
	} {
		t.Run(fmt.Sprintf("%+v", test.query), func(t *testing.T) {
			t.Parallel()
			tbl, s := scripted(nil, answer(`{"Items":[]}`))
			test.query.PK = "p"
			if _, err := tbl.Query(t.Context(), test.query); err != nil {
				t.Fatal(err)
			}
			sent := s.calls[0].body
			if got := sent["KeyConditionExpression"]; got != test.condition {
				t.Errorf("condition %q, want %q", got, test.condition)
			}
			var want any
			if test.start != "" {
				encoded := jsonOf([]byte(test.start))
				want = map[string]any{"pk": map[string]any{"B": "cA=="}, "sk": map[string]any{"B": encoded[1 : len(encoded)-1]}}
			}
			if diff := cmp.Diff(want, sent["ExclusiveStartKey"]); diff != "" {
				t.Errorf("start (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEmptyRangeIsNotAskedFor(t *testing.T) {
	t.Parallel()
	tbl, s := scripted(nil, answer(`{}`))
	for _, query := range []table.Query{
		{PK: "p", From: "b", To: "b"}, {PK: "p", From: "b", To: "a"}, {PK: "p", To: "b", After: "b"},
		{PK: "p", From: "b", After: "b", Backward: true}, {PK: "p", From: "b", After: "a", Backward: true},
	} {
		page, err := tbl.Query(t.Context(), query)
		if err != nil || page.Items != nil || page.Next != "" {
			t.Errorf("%+v: %+v, %v", query, page, err)
		}
	}
	if len(s.calls) != 0 {
		t.Errorf("calls: %v, want none", s.operations())
	}
}

func TestAPageEndsBelowAnInclusiveBound(t *testing.T) {
	t.Parallel()
	tbl, _ := scripted(nil, answer(`{"Items":[{"pk":{"B":"cA=="},"sk":{"B":"YQ=="},"r":{"N":"1"}},{"pk":{"B":"cA=="},"sk":{"B":"Yg=="},"r":{"N":"1"}}],
		"LastEvaluatedKey":{"pk":{"B":"cA=="},"sk":{"B":"Yg=="}}}`))
	page, err := tbl.Query(t.Context(), table.Query{PK: "p", From: "a", To: "b", Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := table.Page{Items: []table.Item{{Key: table.Key{PK: "p", SK: "a"}, Revision: 1}}}
	if diff := cmp.Diff(want, page); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCapacityIsObservedWhereAskedFor(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	spent := map[string]float64{}
	tbl, s := scripted(func(operation string, units float64) {
		mu.Lock()
		defer mu.Unlock()
		spent[operation] += units
	}, answer(`{"ConsumedCapacity":{"CapacityUnits":2.5,"TableName":"plumbline"}}`))
	for range 2 {
		if err := tbl.Write(t.Context(), table.Put(item("a"), table.Any)); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(map[string]float64{"PutItem": 5}, spent); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := s.calls[0].body["ReturnConsumedCapacity"]; got != "TOTAL" {
		t.Errorf("asked for capacity %v, want TOTAL", got)
	}
	tbl, s = scripted(nil, answer(`{}`))
	if err := tbl.Write(t.Context(), table.Put(item("a"), table.Any)); err != nil {
		t.Fatal(err)
	}
	if got := s.calls[0].body["ReturnConsumedCapacity"]; got != "NONE" {
		t.Errorf("asked for capacity %v, want NONE", got)
	}
}
