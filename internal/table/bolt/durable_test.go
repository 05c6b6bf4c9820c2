package bolt_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/table"
	"plumbline/internal/table/bolt"
)

// victimOf names, in the environment of a process of its own, the file that it
// writes to until it is killed.
const victimOf = "PLUMBLINE_TEST_VICTIM_OF"

func TestMain(m *testing.M) {
	if path := os.Getenv(victimOf); path != "" {
		writeUntilKilled(path)
	}
	os.Exit(m.Run())
}

// A transaction of the victim is parts items in the partition of its writer, with
// sort keys <number>/<part>, and a counter that each replaces.
const (
	writers = 8
	parts   = 5
)

// writeUntilKilled prints "<writer> <number>" for each write that was answered.
func writeUntilKilled(path string) {
	victim, err := bolt.Open(path, bolt.Config{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for writer := range writers {
		go func() {
			for number := int64(1); ; number++ {
				if err := victim.Write(context.Background(), transaction(writer, number)...); err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Printf("%d %d\n", writer, number)
			}
		}()
	}
	select {}
}

func transaction(writer int, number int64) []table.Op {
	pk := fmt.Sprint(writer)
	counter := table.Item{Key: table.Key{PK: "counters", SK: pk}, Revision: number}
	ops := []table.Op{table.Put(counter, table.At(number-1))}
	if number == 1 {
		ops[0].If = table.Absent
	}
	for part := range parts {
		key := table.Key{PK: pk, SK: fmt.Sprintf("%08d/%d", number, part)}
		ops = append(ops, table.Put(table.Item{Key: key, Revision: 1, Body: make([]byte, 1000)}, table.Absent))
	}
	return ops
}

func TestEveryAnsweredWriteOutlivesAKill(t *testing.T) {
	t.Parallel()
	for _, answers := range []int{1, 50, 400} {
		path := filepath.Join(t.TempDir(), "table.db")
		checkSurvivor(t, path, kill(t, path, answers))
	}
}

// kill runs a victim, kills it after so many answers, and tells the last number
// that each writer was answered.
func kill(t *testing.T, path string, answers int) map[string]int64 {
	t.Helper()
	victim := exec.CommandContext(t.Context(), os.Args[0])
	victim.Env = append(os.Environ(), victimOf+"="+path)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	answered := make(map[string]int64)
	lines := bufio.NewReader(out)
	for n := 0; ; n++ {
		line, err := lines.ReadString('\n')
		if err == io.EOF { // a line cut short was not answered
			break
		}
		var writer string
		var number int64
		if _, err := fmt.Sscanf(line, "%s %d", &writer, &number); err != nil {
			t.Fatalf("victim: %s", line)
		}
		answered[writer] = number
		if n+1 == answers {
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := victim.Wait(); err == nil || !strings.Contains(err.Error(), "killed") {
		t.Fatalf("victim ended by %v", err)
	}
	return answered
}

// checkSurvivor checks that each writer's transactions are there from 1 up to its
// counter, whole, and that the counter is not behind what was answered.
func checkSurvivor(t *testing.T, path string, answered map[string]int64) {
	t.Helper()
	survivor := open(t, path, nil)
	if len(answered) == 0 {
		t.Fatal("no write was answered")
	}
	for writer := range writers {
		pk := fmt.Sprint(writer)
		stored := 0
		for query := (table.Query{PK: pk}); ; {
			page, err := survivor.Query(t.Context(), query)
			if err != nil {
				t.Fatal(err)
			}
			stored += len(page.Items)
			if query.After = page.Next; page.Next == "" {
				break
			}
		}
		counters, err := survivor.BatchGet(t.Context(), []table.Key{{PK: "counters", SK: pk}})
		if err != nil {
			t.Fatal(err)
		}
		counted := int64(0)
		for _, counter := range counters {
			counted = counter.Revision
		}
		if counted < answered[pk] || int64(stored) != counted*parts {
			t.Errorf("writer %s: answered %d, counted %d, %d items of %d each",
				pk, answered[pk], counted, stored, parts)
		}
	}
}
