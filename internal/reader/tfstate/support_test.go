package tfstate_test

import (
	"context"
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
	"plumbline/internal/reader/tfstate"
)

var environment = uuid.MustParse("6ba7b810-9dad-11d1-80b4-00c04fd430c8")

// testKeys has a writing key k1 and an older one, k0.
func testKeys(t testing.TB) *redact.Keys {
	t.Helper()
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	keys, err := redact.ParseKeys("k1:" + encode("0123456789abcdef") + ",k0:" + encode("fedcba9876543210"))
	if err != nil {
		t.Fatal(err)
	}
	return keys.For("acme")
}

func document(t testing.TB, text string) reader.Document {
	t.Helper()
	return reader.Document{
		URI:         "s3://bucket/prod/vpc.tfstate",
		Scope:       "prod/vpc",
		Environment: environment,
		Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		},
		Keys: testKeys(t),
	}
}

// openEndless gives a text that goes on with so many times one byte.
func openEndless(text string, with byte, times int64) func(context.Context) (io.ReadCloser, error) {
	return func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(text), io.LimitReader(repeated(with), times))), nil
	}
}

type repeated byte

func (r repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

// result is all that a reading yields.
type result struct {
	entries  []reader.Entry
	declared []reader.Declared
	facts    reader.Facts
}

// read indexes a document and asks for every body.
func read(t testing.TB, doc reader.Document) (result, error) {
	t.Helper()
	return readWith(t, &tfstate.Reader{}, doc)
}

func readWith(t testing.TB, r *tfstate.Reader, doc reader.Document) (result, error) {
	t.Helper()
	var got result
	reading, err := r.Index(t.Context(), doc, func(e reader.Entry) error {
		got.entries = append(got.entries, e)
		return nil
	})
	if err != nil {
		return got, err
	}
	got.facts = reading.Facts()
	err = reading.Bodies(t.Context(), func(uuid.UUID) bool { return true }, func(d reader.Declared) error {
		got.declared = append(got.declared, d)
		return nil
	})
	return got, err
}

func mustRead(t testing.TB, doc reader.Document) result {
	t.Helper()
	got, err := read(t, doc)
	if err != nil {
		t.Fatal(err)
	}
	return got
}
