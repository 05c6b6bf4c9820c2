package deploy_test

import (
	"context"
	"sync"

	"plumbline/internal/table"
)

// meter adds up capacity units: those that DynamoDB reports, and what its rules make
// of transactions. DynamoDB Local reports a transaction as if it had one item (three
// puts of 5 KB: 10 units, not 30), so of the two sums the greater one counts.
type meter struct {
	table.Table

	mu   sync.Mutex
	sums cost
}

// cost is in capacity units.
type cost struct {
	read, write float64 // as reported, without transactions
	reported    float64 // of transactions
	byRule      float64 // of transactions
}

// writes is all write units.
func (c cost) writes() float64 { return c.write + max(c.reported, c.byRule) }

// observe is told what DynamoDB reports.
func (m *meter) observe(operation string, units float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch operation {
	case "GetItem", "BatchGetItem", "Query":
		m.sums.read += units
	case "TransactWriteItems":
		m.sums.reported += units
	default:
		m.sums.write += units
	}
}

// Write implements [table.Table].
func (m *meter) Write(ctx context.Context, ops ...table.Op) error {
	err := m.Table.Write(ctx, ops...)
	if err == nil && isTransaction(ops) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, op := range ops {
			m.sums.byRule += unitsOf(op)
		}
	}
	return err
}

func isTransaction(ops []table.Op) bool {
	judgedDelete := ops[0].Kind == table.OpDelete && !ops[0].If.IsAny()
	return len(ops) > 1 || ops[0].Kind == table.OpCheck || judgedDelete
}

// unitsOf is two units for each KB that is begun. Of a delete and a check the size of
// what is stored counts, which is taken for below 1 KB.
func unitsOf(op table.Op) float64 {
	if op.Kind != table.OpPut {
		return 2
	}
	return float64(2 * ((table.Size(op.Item) + 1023) / 1024))
}

// take gives the units since the last take.
func (m *meter) take() cost {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.sums
	m.sums = cost{}
	return taken
}
