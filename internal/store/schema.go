package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/table"
)

// Schema is a schema kind as the catalogue of a project records it.
type Schema struct {
	catalog.Schema
	revision int64
}

type schemaRecord struct {
	Body catalog.Value `json:"body"`
}

// Schema returns a schema kind by name, or [ErrNotFound].
func (s *Store) Schema(ctx context.Context, project uuid.UUID, kind catalog.Kind, name string) (Schema, error) {
	item, err := s.get(ctx, schemaKey(project, string(kind), name))
	if err != nil {
		return Schema{}, err
	}
	return s.schema(ctx, item)
}

// Schemas returns a page of a project's schema kinds of one kind, by name.
func (s *Store) Schemas(ctx context.Context, project uuid.UUID, kind catalog.Kind, cursor string, limit int) ([]Schema, string, error) {
	return page(ctx, s, rangeOf(projectPK(project), schemaPrefix+string(kind)+"#", cursor, limit), s.schema)
}

// CreateSchema records a schema kind, [ErrExists] where there is one of the name.
func (s *Store) CreateSchema(ctx context.Context, project uuid.UUID, schema catalog.Schema) error {
	op, err := s.schemaOp(ctx, project, Schema{Schema: schema})
	if err != nil {
		return err
	}
	if err := s.table.Write(ctx, op); errors.Is(err, ErrConflict) {
		return fmt.Errorf("%s %q: %w", schema.Kind, schema.Name, ErrExists)
	} else if err != nil {
		return err
	}
	return nil
}

// ReplaceSchema records a schema kind over the one that was read; [ErrConflict] when
// that moved.
func (s *Store) ReplaceSchema(ctx context.Context, project uuid.UUID, read Schema, body catalog.Value) error {
	read.Body = body
	op, err := s.schemaOp(ctx, project, read)
	if err != nil {
		return err
	}
	return s.table.Write(ctx, op)
}

// DeleteSchema removes a schema kind as it was read.
func (s *Store) DeleteSchema(ctx context.Context, project uuid.UUID, read Schema) error {
	return s.table.Write(ctx, table.Delete(schemaKey(project, string(read.Kind), read.Name), table.At(read.revision)))
}

func (s *Store) schemaOp(ctx context.Context, project uuid.UUID, schema Schema) (table.Op, error) {
	body, err := s.encode(ctx, "schemas/"+idText(project)+"/"+digestText(string(schema.Kind), schema.Name), schemaRecord{Body: schema.Body})
	if err != nil {
		return table.Op{}, err
	}
	item := table.Item{Key: schemaKey(project, string(schema.Kind), schema.Name), Revision: schema.revision + 1, Body: body}
	if schema.revision == 0 {
		item.Revision = s.first()
		return table.Put(item, table.Absent), nil
	}
	return table.Put(item, table.At(schema.revision)), nil
}

func (s *Store) schema(ctx context.Context, item table.Item) (Schema, error) {
	var r schemaRecord
	if err := s.decode(ctx, item, &r); err != nil {
		return Schema{}, err
	}
	kind, name, _ := strings.Cut(strings.TrimPrefix(item.SK, schemaPrefix), "#")
	return Schema{Schema: catalog.Schema{Kind: catalog.Kind(kind), Name: name, Body: r.Body}, revision: item.Revision}, nil
}
