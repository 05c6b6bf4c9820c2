package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/report"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/table/memory"
)

var components = []described.Component{
	{Stack: "dev", Type: "helmfile", Name: "app", Section: jsontext.Value(`{"n":1}`)},
	{Stack: "dev", Type: "terraform", Name: "app", Section: jsontext.Value(`{"n":2}`), Unprocessed: jsontext.Value(`{"n":"!env N"}`)},
	{Stack: "dev", Type: "terraform", Name: "net/vpc", Section: jsontext.Value(`{"n":3}`)},
	{Stack: "prod", Type: "terraform", Name: "app", Section: jsontext.Value(`{"n":4}`)},
}

// fixture is a reporter over a source, and hooks into its blobs.
type fixture struct {
	reporter *report.Reporter
	store    *store.Store
	source   drift.Source
	blobs    *moving
}

func newFixture() *fixture {
	f := &fixture{blobs: &moving{}, source: drift.Source{ID: uuid.New(), Settings: drift.Settings{Kind: drift.KindAtmos}}}
	f.store = store.New(store.Config{Table: memory.New(time.Now), Blobs: f.blobs, Now: time.Now})
	f.reporter = report.New(report.Config{Store: f.store, Now: time.Now})
	return f
}

// moving are blobs that do something before one is read, and may deny what is not there.
type moving struct {
	storetest.Blobs
	before func()
	denies bool
}

func (m *moving) GetBlob(ctx context.Context, key string) ([]byte, error) {
	if m.before != nil {
		m.before()
	}
	body, err := m.Blobs.GetBlob(ctx, key)
	if m.denies && errors.Is(err, object.ErrNotFound) {
		err = object.ErrDenied
	}
	return body, err
}

// estate gives the text through a filter, and its digest.
func (f *fixture) estate(t *testing.T, filter report.EstateFilter) (text, digest string) {
	t.Helper()
	e, err := f.reporter.Estate(t.Context(), f.source, filter)
	if err != nil {
		t.Fatal(err)
	}
	var first, second bytes.Buffer
	if err := errors.Join(e.Load(t.Context()), e.Write(&first), e.Write(&second)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("written twice, it differs")
	}
	return first.String(), e.Digest
}

// shown lists "stack/type/name=n" of a text.
func shown(t *testing.T, text string) (all []string) {
	t.Helper()
	var stacks map[string]map[string]map[string]map[string]map[string]any
	if err := json.Unmarshal([]byte(text), &stacks); err != nil {
		t.Fatal(err)
	}
	for stack, of := range stacks {
		for typ, of := range of["components"] {
			for name, section := range of {
				all = append(all, fmt.Sprintf("%s/%s/%s=%v", stack, typ, name, section["n"]))
			}
		}
	}
	slices.Sort(all)
	return all
}

func TestFiltersOfAnEstate(t *testing.T) {
	t.Parallel()
	f := newFixture()
	storetest.LeaveEstate(t, f.store, f.source.ID, components...)
	digests := map[string]string{}
	for name, c := range map[string]struct {
		filter report.EstateFilter
		want   string
	}{
		"none":                    {report.EstateFilter{}, "dev/helmfile/app=1 dev/terraform/app=2 dev/terraform/net/vpc=3 prod/terraform/app=4"},
		"a stack":                 {report.EstateFilter{Stack: "prod"}, "prod/terraform/app=4"},
		"two components":          {report.EstateFilter{Components: []string{"net/vpc", "app"}, Stack: "dev"}, "dev/helmfile/app=1 dev/terraform/app=2 dev/terraform/net/vpc=3"},
		"a type":                  {report.EstateFilter{Types: []string{"helmfile", "packer"}}, "dev/helmfile/app=1"},
		"functions unprocessed":   {report.EstateFilter{Stack: "dev", Types: []string{"terraform"}, Unprocessed: true}, "dev/terraform/app=!env N dev/terraform/net/vpc=3"},
		"part of a name":          {report.EstateFilter{Components: []string{"ap"}}, ""},
		"a comma with no name":    {report.EstateFilter{Components: []string{"net/vpc", ""}}, "dev/terraform/net/vpc=3"},
		"a type that there is no": {report.EstateFilter{Types: []string{"packer"}}, ""},
	} {
		text, digest := f.estate(t, c.filter)
		if got := strings.Join(shown(t, text), " "); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		digests[digest] = name
	}
	if len(digests) != 8 {
		t.Errorf("filters share a digest: %v", slices.Collect(maps.Values(digests)))
	}
}

func TestTheSameEstateHasTheSameDigest(t *testing.T) {
	t.Parallel()
	f := newFixture()
	storetest.LeaveEstate(t, f.store, f.source.ID, components...)
	_, first := f.estate(t, report.EstateFilter{Components: []string{"a", "b"}})
	storetest.LeaveEstate(t, f.store, f.source.ID, components...)
	if _, again := f.estate(t, report.EstateFilter{Components: []string{"b", "a", "a"}}); again != first {
		t.Error("the same estate and filter have another digest")
	}
	storetest.LeaveEstate(t, f.store, f.source.ID, components[1:]...)
	if _, other := f.estate(t, report.EstateFilter{Components: []string{"a", "b"}}); other == first {
		t.Error("another estate has the same digest")
	}
}

func TestASourceWithoutAnEstate(t *testing.T) {
	t.Parallel()
	for kind, want := range map[drift.Kind]error{drift.KindAtmos: report.ErrNoEstate, drift.KindTFState: report.ErrNotEstate} {
		f := newFixture()
		f.source.Settings.Kind = kind
		if _, err := f.reporter.Estate(t.Context(), f.source, report.EstateFilter{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", kind, err, want)
		}
	}
}

func TestAnEstateThatAScanReplacesMeanwhile(t *testing.T) {
	t.Parallel()
	for name, denies := range map[string]bool{"storage says that it is gone": false, "storage denies what is gone": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture()
			f.blobs.denies = denies
			storetest.LeaveEstate(t, f.store, f.source.ID, components...)
			f.blobs.before = func() {
				f.blobs.before = nil
				storetest.LeaveEstate(t, f.store, f.source.ID, components[3:]...)
			}
			text, digest := f.estate(t, report.EstateFilter{})
			if diff := cmp.Diff([]string{"prod/terraform/app=4"}, shown(t, text)); diff != "" {
				t.Errorf("(-new +shown):\n%s", diff)
			}
			if _, want := f.estate(t, report.EstateFilter{}); digest != want {
				t.Error("the digest is that of the estate before")
			}
		})
	}
}

func TestAnEstateThatCannotBeLoaded(t *testing.T) {
	t.Parallel()
	f := newFixture()
	key := storetest.LeaveEstate(t, f.store, f.source.ID, components...)
	e, err := f.reporter.Estate(t.Context(), f.source, report.EstateFilter{})
	if err != nil {
		t.Fatal(err)
	}
	_ = f.blobs.DeleteBlob(t.Context(), key)
	if err := e.Load(t.Context()); err == nil || errors.Is(err, store.ErrNotFound) {
		t.Errorf("a record that names no snapshot: %v, want an error of our own", err)
	}
	n := 0
	f.blobs.before = func() {
		n++
		keep := f.blobs.before
		f.blobs.before = nil
		storetest.LeaveEstate(t, f.store, f.source.ID, components[n%4:]...)
		f.blobs.before = keep
	}
	if err := e.Load(t.Context()); err == nil || n > 3 {
		t.Errorf("an estate that is replaced again and again: %v after %d readings", err, n)
	}
}
