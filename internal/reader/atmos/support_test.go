package atmos_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"plumbline/internal/reader/atmos"
)

func resolve(t testing.TB, estate atmos.Estate) *atmos.Resolved {
	t.Helper()
	got, err := atmos.NewEngine(0).Resolve(t.Context(), estate)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func decodeJSON(t testing.TB, text []byte) any {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
