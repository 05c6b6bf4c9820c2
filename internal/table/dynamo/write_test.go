package dynamo_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/table"
)

// putBack is the item of a put that came, as a failed condition gives it back.
func putBack(c call) string {
	stored, err := json.Marshal(c.body["Item"])
	if err != nil {
		panic(err)
	}
	return `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no","Item":` + string(stored) + `}`
}

func TestAPutKnowsItsOwnWrite(t *testing.T) {
	t.Parallel()
	const foreign = `,"Item":{"pk":{"B":"cA=="},"sk":{"B":"YQ=="},"r":{"N":"2"},"w":{"B":"AAAAAAAAAAAAAAAAAAAAAA=="}}`
	for _, test := range []struct {
		sentence string
		steps    []step
		conflict bool
	}{
		{"the answer was lost and the repeated put finds its own item", []step{lost, {status: 400, body: putBack}}, false},
		{"the condition does not hold of another's item", []step{refusal("ConditionalCheckFailedException", foreign)}, true},
		{"the answer was lost and another's item is there", []step{lost, refusal("ConditionalCheckFailedException", foreign)}, true},
		{"the condition does not hold of an item that is not there", []step{refusal("ConditionalCheckFailedException", "")}, true},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			tbl, _ := scripted(nil, test.steps...)
			err := tbl.Write(t.Context(), table.Put(item("a"), table.At(1)))
			var conflict *table.ConflictError
			switch {
			case !test.conflict && err != nil:
				t.Error(err)
			case test.conflict && !errors.As(err, &conflict):
				t.Errorf("error %v, want a conflict", err)
			case test.conflict:
				if diff := cmp.Diff([]table.Key{{PK: "p", SK: "a"}}, conflict.Failed); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			}
		})
	}
}

func TestARepeatedTransactionCarriesItsToken(t *testing.T) {
	t.Parallel()
	conflict := refusal("TransactionCanceledException", `,"CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]`)
	tbl, s := scripted(nil, lost, conflict, answer(`{}`))
	if err := tbl.Write(t.Context(), table.Put(item("a"), table.At(1)), table.Check(item("b").Key, table.Absent)); err != nil {
		t.Fatal(err)
	}
	if len(s.calls) != 3 {
		t.Fatalf("calls: %v, want 3", s.operations())
	}
	first := s.calls[0].body["ClientRequestToken"]
	for _, c := range s.calls {
		if c.operation != "TransactWriteItems" || first == nil || c.body["ClientRequestToken"] != first {
			t.Errorf("%s with token %v, want %v", c.operation, c.body["ClientRequestToken"], first)
		}
	}
}

func TestWhatAWriteCosts(t *testing.T) {
	t.Parallel()
	key := item("a").Key
	for _, test := range []struct {
		sentence string
		ops      []table.Op
		want     string
	}{
		{"a lone put", []table.Op{table.Put(item("a"), table.At(1))}, "PutItem"},
		{"a lone delete of whatever is there", []table.Op{table.Delete(key, table.Any)}, "DeleteItem"},
		{"a lone delete that is judged", []table.Op{table.Delete(key, table.At(1))}, "TransactWriteItems"},
		{"a lone check", []table.Op{table.Check(key, table.At(1))}, "TransactWriteItems"},
		{"two ops", []table.Op{table.Put(item("a"), table.Any), table.Delete(item("b").Key, table.Any)}, "TransactWriteItems"},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			tbl, s := scripted(nil, answer(`{}`))
			if err := tbl.Write(t.Context(), test.ops...); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{test.want}, s.operations()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRefusedWrites(t *testing.T) {
	t.Parallel()
	one := []table.Op{table.Put(item("a"), table.At(1))}
	two := append(one, table.Check(item("b").Key, table.Absent))
	canceled := func(first, second string) step {
		return refusal("TransactionCanceledException", `,"CancellationReasons":[{"Code":"`+first+`"},{"Code":"`+second+`"}]`)
	}
	for _, test := range []struct {
		sentence string
		ops      []table.Op
		step     step
		want     error
		failed   int // keys of a conflict
	}{
		{"a put is throttled to the end", one, refusal("ProvisionedThroughputExceededException", ""), table.ErrBusy, 0},
		{"a transaction is throttled to the end", two, refusal("ThrottlingException", ""), table.ErrBusy, 0},
		{"one item of a transaction is throttled", two, canceled("None", "ThrottlingError"), table.ErrBusy, 0},
		{"a transaction is disturbed to the end", two, canceled("TransactionConflict", "None"), table.ErrConflict, 0},
		{"a put is disturbed to the end", one, refusal("TransactionConflictException", ""), table.ErrConflict, 0},
		{"a condition outweighs what would pass", two, canceled("TransactionConflict", "ConditionalCheckFailed"), table.ErrConflict, 1},
		{"both conditions fail", two, canceled("ConditionalCheckFailed", "ConditionalCheckFailed"), table.ErrConflict, 2},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			tbl, _ := scripted(nil, test.step)
			err := tbl.Write(t.Context(), test.ops...)
			wants(t, err, test.want)
			var conflict *table.ConflictError
			if errors.As(err, &conflict) && len(conflict.Failed) != test.failed {
				t.Errorf("failed keys: %v, want %d", conflict.Failed, test.failed)
			}
		})
	}
}

func TestAnUnknownRefusalIsNoneOfThePorts(t *testing.T) {
	t.Parallel()
	tbl, s := scripted(nil, refusal("ResourceNotFoundException", ""))
	err := tbl.Write(t.Context(), table.Put(item("a"), table.Any))
	for _, kind := range []error{table.ErrBusy, table.ErrConflict, table.ErrNotFound, table.ErrInvalid} {
		if err == nil || errors.Is(err, kind) {
			t.Errorf("error %v is %v", err, kind)
		}
	}
	if len(s.calls) != 1 {
		t.Errorf("calls: %v, want one", s.operations())
	}
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	tbl, s := scripted(nil, answer(`{}`))
	put := item("a")
	put.Expires = time.Unix(1_900_000_000, 5)
	if err := tbl.Write(t.Context(), table.Put(put, table.Absent)); err != nil {
		t.Fatal(err)
	}
	sent := s.calls[0].body
	stored := sent["Item"].(map[string]any)
	delete(stored, "w") // random
	want := map[string]any{
		"pk": map[string]any{"B": "cA=="}, "sk": map[string]any{"B": "YQ=="}, "r": map[string]any{"N": "2"},
		"x": map[string]any{"N": "1900000000"}, "b": map[string]any{"B": "Ym9keQ=="},
	}
	if diff := cmp.Diff(want, stored); diff != "" {
		t.Errorf("item (-want +got):\n%s", diff)
	}
	if got, want := sent["ConditionExpression"], "attribute_not_exists(pk)OR x<=:n"; got != want {
		t.Errorf("condition %q, want %q", got, want)
	}
	if got, want := sent["ReturnValuesOnConditionCheckFailure"], "ALL_OLD"; got != want {
		t.Errorf("returned on failure: %q, want %q", got, want)
	}
}
