package items_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/items"
)

func TestAPushThatTakesMoreThanItsBudgetSaysWhere(t *testing.T) {
	t.Parallel()
	doc := document(t, `[`+strings.Repeat(`{"kind":"Entity","entityType":"a","name":"b"},`, 9)+`{"kind":"Entity","entityType":"a","name":"c"}]`)
	doc.Budget = budget.New(budget.Limits{Nodes: 12})
	_, err := items.Reader{}.Index(t.Context(), doc, func(reader.Entry) error { return nil })
	var exceeded *budget.ExceededError
	if !errors.As(err, &exceeded) || exceeded.Place != "/items/6" {
		t.Errorf("%v, %+v", err, exceeded)
	}
}
