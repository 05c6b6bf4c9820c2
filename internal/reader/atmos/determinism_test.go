package atmos_test

import (
	"encoding/base64"
	"maps"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
	"plumbline/internal/reader/redact"
)

var ignoreFuncs = cmpopts.IgnoreFields(reader.Facts{}, "Uncertain")

// mixedEstate has secrets, imports, inheritance, functions, and a broken manifest.
func mixedEstate() map[string][]byte {
	texts := map[string][]byte{}
	for name, file := range generated(6, 5) {
		texts[name] = file.Data
	}
	texts["stacks/catalog/c1.yaml"] = append(texts["stacks/catalog/c1.yaml"],
		"    keeper:\n      vars: {db_password: hunter2hunter2, note: has hunter2hunter2 inside, home: !env HOME, list: [{token: abcdefghijkl}]}\n"...)
	texts["stacks/orgs/bad.yaml"] = []byte("vars: [\n")
	return texts
}

// TestTheSameObjectsGiveTheSame: in any order of listing, on one processor and on
// four, by a reader that has read before and by one that has not.
func TestTheSameObjectsGiveTheSame(t *testing.T) { // not parallel: it sets GOMAXPROCS
	texts := mixedEstate()
	paths := slices.Sorted(maps.Keys(texts))
	read := func(r *atmos.Reader, order []string) whole {
		doc := document(t, nil)
		doc.Files = objects(texts, order)
		got, err := readWhole(t, r, doc)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	want := read(new(atmos.Reader), paths)
	if len(want.Entries) < 30 || len(want.Facts.Failed) == 0 {
		t.Fatalf("%d entries, facts %+v", len(want.Entries), want.Facts)
	}
	backward := slices.Clone(paths)
	slices.Reverse(backward)
	halves := slices.Concat(paths[len(paths)/2:], paths[:len(paths)/2])
	warm := new(atmos.Reader)
	for _, processors := range []int{1, 4} {
		before := runtime.GOMAXPROCS(processors)
		for _, order := range [][]string{paths, backward, halves} {
			for name, r := range map[string]*atmos.Reader{"cold": new(atmos.Reader), "warm": warm} {
				if diff := cmp.Diff(want, read(r, order), ignoreFuncs); diff != "" {
					t.Errorf("%s, %d processors (-want +got):\n%.3000s", name, processors, diff)
				}
			}
		}
		runtime.GOMAXPROCS(before)
	}
}

func TestBodiesGiveThoseThatAreWantedInOrder(t *testing.T) {
	t.Parallel()
	doc := document(t, nil)
	texts := mixedEstate()
	doc.Files = objects(texts, slices.Sorted(maps.Keys(texts)))
	all, err := readWhole(t, new(atmos.Reader), doc)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := new(atmos.Reader).Index(t.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for step := 1; step <= len(all.Declared)+1; step++ {
		wanted := map[uuid.UUID]bool{}
		var want []reader.Declared
		for i := step - 1; i < len(all.Declared); i += step {
			wanted[all.Declared[i].ID] = true
			want = append(want, all.Declared[i])
		}
		got := bodies(t, reading, func(id uuid.UUID) bool { return wanted[id] })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("each of %d (-want +got):\n%.2000s", step, diff)
		}
	}
}

// TestAlternateDigestsAreThoseOfTheSecondKey: what is digested under the key that a
// document was recorded with is what a reader with that key alone gives.
func TestAlternateDigestsAreThoseOfTheSecondKey(t *testing.T) {
	t.Parallel()
	first := "id1:" + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef"))
	second := "id2:" + base64.StdEncoding.EncodeToString([]byte("fedcba9876543210"))
	read := func(text string) whole {
		keys, err := redact.ParseKeys(text)
		if err != nil {
			t.Fatal(err)
		}
		texts := mixedEstate()
		doc := document(t, nil)
		doc.Keys, doc.Files = keys.For("acme").ForDocument("id2"), objects(texts, slices.Sorted(maps.Keys(texts)))
		got, err := readWhole(t, new(atmos.Reader), doc)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	both, alone := read(first+","+second), read(second)
	changed := 0
	for i, e := range both.Entries {
		if e.ID != alone.Entries[i].ID || e.Alternate != alone.Entries[i].Digest {
			t.Errorf("%s: another digest under the second key", both.Declared[i].Entity.Name)
		}
		if e.Digest != e.Alternate {
			changed++
		}
		for name, v := range both.Declared[i].Alternate {
			if diff := cmp.Diff(alone.Declared[i].Entity.Properties[name], v); diff != "" {
				t.Errorf("%s, %s (-alone +alternate):\n%s", both.Declared[i].Entity.Name, name, diff)
			}
		}
	}
	if changed == 0 || changed == len(both.Entries) {
		t.Errorf("%d of %d entries hold a secret", changed, len(both.Entries))
	}
}
