// Package tabletest holds the contract of the table port as a test suite, and
// wrappers around a table for the tests of those who use one.
//
// Its one invariant: the suite asks for nothing that DynamoDB cannot do, so an
// adapter that fails it is wrong.
//
// Start at [Run] for an adapter; at [Faulty], [Counter] and [Clock] for a user.
package tabletest

import (
	"testing"
	"time"

	"plumbline/internal/table"
)

// Open makes an empty table whose expiry follows the clock now, and closes it
// through t.Cleanup. It is called once a subtest, of which many run at a time.
type Open func(t *testing.T, now func() time.Time) table.Table

// Run holds an adapter against the whole contract of [table.Table].
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, group := range []struct {
		name  string
		cases []contract
	}{
		{"keys", keyContracts},
		{"get", getContracts},
		{"batch get", batchGetContracts},
		{"query", queryContracts},
		{"page", pageContracts},
		{"write", writeContracts},
		{"condition", conditionContracts},
		{"limit", limitContracts},
		{"race", raceContracts},
		{"expiry", expiryContracts},
		{"memory", memoryContracts},
		{"bulk put", bulkPutContracts},
		{"context", contextContracts},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.cases {
				t.Run(c.sentence, func(t *testing.T) {
					t.Parallel()
					clock := NewClock(time.Now())
					c.check(t, &fixture{Table: open(t, clock.Now), clock: clock})
				})
			}
		})
	}
}

// contract is one sentence of the port and what shows that it holds.
type contract struct {
	sentence string
	check    func(t *testing.T, f *fixture)
}

// fixture is the fresh table of one subtest.
type fixture struct {
	table.Table
	clock *Clock
}
