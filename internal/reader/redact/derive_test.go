package redact_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader/redact"
)

func TestKeysAreDerivedForEachPurpose(t *testing.T) {
	t.Parallel()
	const first, second = "MDEyMzQ1Njc4OWFiY2RlZg==", "ZmVkY2JhOTg3NjU0MzIxMA=="
	parse := func(text string) *redact.Keys {
		keys, err := redact.ParseKeys(text)
		if err != nil {
			t.Fatal(err)
		}
		return keys
	}
	both := parse("a:" + first + ",b:" + second)
	got := both.Derive("x")
	if len(got) != 2 || len(got[0]) != 32 || bytes.Equal(got[0], got[1]) {
		t.Fatalf("derived %d keys of %d bytes", len(got), len(got[0]))
	}
	if diff := cmp.Diff(got, both.For("acme").Derive("x")); diff != "" {
		t.Errorf("the same keys, bound to an organisation (-want +got):\n%s", diff)
	}
	// What one process derives, another one does, whatever the keys are called.
	if diff := cmp.Diff([][]byte{got[1], got[0]}, parse("k2:"+second+",k1:"+first).Derive("x")); diff != "" {
		t.Errorf("the same keys after a rotation (-want +got):\n%s", diff)
	}
	if other := both.Derive("y"); bytes.Equal(got[0], other[0]) {
		t.Error("another purpose has the same key")
	}
}
