package atmos_test

import (
	"fmt"
	"testing"
	"time"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
)

// BenchmarkReader indexes the generated estate, snapshot included: from cold, and again
// after one catalogue file changed; with a secret in the vars of each component too.
func BenchmarkReader(b *testing.B) {
	for _, c := range []struct{ name, secret string }{{"without secrets", ""}, {"with secrets", "\n        db_password: hunter2hunter2"}} {
		b.Run(c.name, func(b *testing.B) {
			tree := generated(195, 47)
			for i := range 47 {
				generator{tree}.catalogue(i, c.secret)
			}
			for b.Loop() {
				r := new(atmos.Reader)
				peak := watchHeap()
				cold := indexed(b, r, document(b, tree))
				heap := peak()
				generator{tree}.catalogue(7, "-changed"+c.secret)
				warm := indexed(b, r, document(b, tree))
				fmt.Printf("reader, %s: cold %.2f s, after one change %.2f s, peak heap %d MiB\n", c.name, cold.Seconds(), warm.Seconds(), heap>>20)
			}
		})
	}
}

func indexed(b *testing.B, r *atmos.Reader, doc reader.Document) time.Duration {
	start := time.Now()
	reading, err := r.Index(b.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		b.Fatal(err)
	}
	if n := reading.Facts().Entities; n != 18330+195 {
		b.Fatalf("%d entries", n)
	}
	return time.Since(start)
}
