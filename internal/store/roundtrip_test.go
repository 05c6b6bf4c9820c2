package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// filled sets every exported field of a struct to a value of its own, however deep.
func filled[T any]() (v T) {
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.UnixMicro(int64(*n)).UTC()))
		return
	case jsontext.Value:
		v.SetBytes([]byte(fmt.Sprintf(`{"n":[%d,"",{},null]}`, *n)))
		return
	case uuid.UUID:
		v.Set(reflect.ValueOf(uuid.NewSHA1(uuid.Nil, fmt.Append(nil, *n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint64:
		v.SetUint(uint64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(value, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i), n)
			}
		}
	default:
		panic("a kind that no record has: " + v.Type().String())
	}
}

// readBack fails where a domain struct comes back otherwise: a field that was added to
// the domain and to no record.
func readBack[T any](t *testing.T, change func(*T), write func(T) (table.Op, error), read func(table.Item) (T, error)) {
	t.Helper()
	want := filled[T]()
	change(&want)
	op, err := write(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(op.Item)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stored and read (-want +got):\n%s", diff)
	}
}

func TestEveryFieldIsReadBack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := New(Config{Now: time.Now})
	unstored := func(revision *int64) { *revision = 1 } // a new item's revision is made by the clock
	source := uuid.NewSHA1(uuid.Nil, []byte("source"))
	readBack(t, func(p *drift.Proposal) { unstored(&p.Revision) },
		func(p drift.Proposal) (table.Op, error) { p.Revision = 0; return s.proposalOp(ctx, p) },
		func(i table.Item) (drift.Proposal, error) { i.Revision = 1; return s.proposal(ctx, i) })
	readBack(t, func(d *drift.Document) { unstored(&d.Revision) },
		func(d drift.Document) (table.Op, error) { d.Revision = 0; return documentOp(source, d, 1), nil },
		func(i table.Item) (drift.Document, error) { return s.document(ctx, i) })
	readBack(t, func(h *drift.Head) { unstored(&h.Revision) },
		func(h drift.Head) (table.Op, error) { h.Revision = 0; return headOp(source, "d", h, 1), nil },
		func(i table.Item) (drift.Head, error) { return s.head(ctx, i) })
	readBack(t, func(src *drift.Source) { unstored(&src.Revision) },
		func(src drift.Source) (table.Op, error) {
			return table.Put(table.Item{Key: sourceKey(src.ProjectID, src.ID), Revision: 1, Body: sourceBody(src)}, table.Absent), nil
		},
		func(i table.Item) (drift.Source, error) { return s.source(ctx, i) })
	readBack(t, func(scan *drift.Scan) {},
		func(scan drift.Scan) (table.Op, error) { return s.scanOp(ctx, scan, 0) },
		func(i table.Item) (drift.Scan, error) { return s.scan(ctx, i) })
	readBack(t, func(e *Event) {},
		func(e Event) (table.Op, error) { return s.eventOp(ctx, e, 1) },
		func(i table.Item) (Event, error) { return s.event(ctx, i) })
	readBack(t, func(r *catalog.Record) {
		unstored(&r.Revision)
		r.Entity.Relationships, r.Entity.Identity, r.Entity.Fact = nil, catalog.Identity{}, false // those of the declarers
	},
		func(r catalog.Record) (table.Op, error) { r.Revision = 0; return s.entityOp(ctx, &r) },
		func(i table.Item) (catalog.Record, error) { i.Revision = 1; r, err := s.entity(ctx, i); return *r, err })
}
