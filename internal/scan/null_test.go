package scan_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/scan"
)

// nullless reads as an earlier version did, which left nulls out.
type nullless struct{ reader.Reader }

func (nullless) Version() int { return 3 }

func (n nullless) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	reading, err := n.Reader.Index(ctx, doc, func(e reader.Entry) error {
		e.Digest[0] ^= 1
		e.Alternate[0] ^= 1
		return yield(e)
	})
	return nulllessReading{reading}, err
}

type nulllessReading struct{ reader.Reading }

func (n nulllessReading) Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	return n.Reading.Bodies(ctx, want, func(d reader.Declared) error {
		d.Digest[0] ^= 1
		for name, value := range d.Entity.Properties {
			if value = catalog.WithoutNull(value); value == nil {
				delete(d.Entity.Properties, name)
				continue
			}
			d.Entity.Properties[name] = value
		}
		return yield(d)
	})
}

func TestACatalogueWithoutNullsIsNotWrittenForThem(t *testing.T) {
	t.Parallel()
	const more = `,"versioning":[{"mfa":null,"on":true}],"policy":null,"env":{"TOKEN":null,"PASSWORD":"hunter2-Xy","x":{"y":null}},"account_password":{"a":null,"b":"Zq9-wV"}`
	for _, settings := range []drift.Settings{{Policy: drift.AutoUpdate}, {Policy: drift.HumanApproval}, {Policy: drift.HumanApproval, Literal: true}} {
		s := newStack(t)
		config := s.scanner.Config
		config.Readers = map[drift.Kind]reader.Reader{drift.KindTFState: nullless{&tfstate.Reader{}}}
		s.scanner = scan.New(config)
		settings.URI = vpcURI
		src := s.register(settings)
		s.bucket.put(vpcKey, buckets(1, 3, "null", more))
		s.run(src)
		bucket := catalog.EntityID(s.env.ID, "aws_s3_bucket", "prod/vpc/aws_s3_bucket.b1")
		before, err := s.store.Entity(t.Context(), bucket)
		if err != nil || before.Entity.Properties["tags"] != nil || string(before.Entity.Properties["versioning"]) != `[{"on":true}]` {
			t.Fatalf("recorded by the earlier version: %+v, %v", before, err)
		}
		s.wire(s.counter, s.bucket, testKey)
		done := s.run(src)
		if c := done.Summary.Counts; c.Updated > 0 || c.Proposed > 0 || c.Unchanged != c.Declared || done.Summary.Deltas.Counts.Changed > 0 {
			t.Errorf("%+v: counts %+v, %+v", settings, c, done.Summary.Deltas.Counts)
		}
		events, _, err := s.store.Events(t.Context(), bucket, "", 10)
		if err != nil || len(events) != 1 || s.totals(src).Drifted > 0 {
			t.Errorf("%+v: %d events, totals %+v, %v", settings, len(events), s.totals(src), err)
		}
		after, err := s.store.Entity(t.Context(), bucket)
		if err != nil || !settings.Literal && after.Revision != before.Revision {
			t.Errorf("%+v: revision %d follows %d, %v", settings, after.Revision, before.Revision, err)
		}
		if diff := cmp.Diff(before.SecretChanges, after.SecretChanges); diff != "" {
			t.Error(diff)
		}
		if got := s.run(src); got.Summary.Counts.Updated+got.Summary.Counts.Proposed+got.Summary.Counts.Created > 0 {
			t.Errorf("%+v: once more: %+v", settings, got.Summary.Counts)
		}
	}
}
