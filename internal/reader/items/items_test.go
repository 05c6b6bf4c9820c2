package items_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/items"
)

func document(t *testing.T, raw string) reader.Document {
	return reader.Document{
		URI: "push", Environment: environment, Keys: keys(t).ForDocument("old"),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(raw)), nil },
	}
}

func TestReaderYieldsEntities(t *testing.T) {
	t.Parallel()
	doc := document(t, `[
	  {"kind":"Cell","name":"eu"},
	  {"kind":"Entity","entityType":"a","name":"x","properties":{"password":"`+planted+`"}},
	  {"kind":"Entity","entityType":"a","name":"bad","state":1},
	  {"kind":"Entity","entityType":"a","name":"y"},
	  {"kind":"Entity","entityType":"a","name":"x"}]`)
	var entries []reader.Entry
	reading, err := items.Reader{}.Index(t.Context(), doc, func(e reader.Entry) error {
		entries = append(entries, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	x, y := catalog.EntityID(environment, "a", "x"), catalog.EntityID(environment, "a", "y")
	var ids []uuid.UUID
	for _, e := range entries {
		ids = append(ids, e.ID)
	}
	if diff := cmp.Diff([]uuid.UUID{x, y, x}, ids); diff != "" {
		t.Errorf("one declared twice is yielded twice (-want +got):\n%s", diff)
	}
	if entries[0].Digest == entries[0].Alternate || entries[1].Digest != entries[1].Alternate {
		t.Error("the alternate digest differs exactly where there is a secret")
	}
	wantFacts := reader.Facts{Format: reader.FormatItems, Entities: 3, Failed: []reader.Problem{{
		ID: catalog.EntityID(environment, "a", "bad"), Name: "bad", Path: "items[2].state", Offset: -1, Reason: "must be a string",
	}}}
	if diff := cmp.Diff(wantFacts, reading.Facts()); diff != "" {
		t.Errorf("facts (-want +got):\n%s", diff)
	}
	var bodies []reader.Declared
	err = reading.Bodies(t.Context(), func(id uuid.UUID) bool { return id == y }, func(d reader.Declared) error {
		bodies = append(bodies, d)
		return nil
	})
	if err != nil || len(bodies) != 1 || bodies[0].Entity.Name != "y" || bodies[0].Digest != entries[1].Digest {
		t.Errorf("bodies: %v, %v", bodies, err)
	}
}

func TestAPushWithoutEntitiesIsEmpty(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		`[]`:                             true,
		`[{"kind":"Cell","name":"eu"}]`:  true,
		`[{"kind":"Entity"}]`:            false,
		`[{"kind":"Entitee","name":""}]`: false,
	} {
		reading, err := items.Reader{}.Index(t.Context(), document(t, raw), func(reader.Entry) error { return nil })
		if err != nil || reading.Facts().Empty != want {
			t.Errorf("%s: empty %v, want %v; %v", raw, !want, want, err)
		}
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	doc := document(t, `[{"kind":"Entity","entityType":"a","name":"x"}]`)
	if _, err := (items.Reader{}).Index(t.Context(), doc, func(reader.Entry) error { return stop }); err != stop {
		t.Errorf("of yield: %v", err)
	}
	reading, err := items.Reader{}.Index(t.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	all := func(uuid.UUID) bool { return true }
	if err := reading.Bodies(t.Context(), all, func(reader.Declared) error { return stop }); err != stop {
		t.Errorf("of yield: %v", err)
	}
	doc.Open = func(context.Context) (io.ReadCloser, error) { return nil, stop }
	if _, err := (items.Reader{}).Index(t.Context(), doc, nil); !errors.Is(err, stop) {
		t.Errorf("of open: %v", err)
	}
	if _, err := (items.Reader{}).Index(t.Context(), document(t, strings.Repeat(" ", items.MaxBytes+1)), nil); !errors.Is(err, reader.ErrUnusable) {
		t.Errorf("of a push too long: %v", err)
	}
}
