package memory_test

import (
	"testing"
	"time"

	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	tabletest.Run(t, func(_ *testing.T, now func() time.Time) table.Table { return memory.New(now) })
}
