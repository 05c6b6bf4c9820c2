package report_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/report"
	"plumbline/internal/store"
	"plumbline/internal/store/storetest"
	"plumbline/internal/table"
	"plumbline/internal/table/memory"
)

// onlyRows keeps what the comparison reads, rows, lists, documents and what is of a project,
// so that nothing else of an estate takes memory.
type onlyRows struct{ table.Table }

func (o onlyRows) Write(ctx context.Context, ops ...table.Op) error {
	kept := slices.DeleteFunc(slices.Clone(ops), func(op table.Op) bool {
		k := op.Item.Key
		return op.Kind != table.OpPut || !strings.Contains("MPOL", k.PK[:1]) && !strings.HasPrefix(k.SK, "D#")
	})
	if len(kept) == 0 {
		return nil
	}
	return o.Table.Write(ctx, kept...)
}

const benchRows = 100_000 // half of them components, half states

// BenchmarkDeploymentDrift answers one page over an environment of 100,000 rows: of ten
// components nine are deployed, and of these one lies elsewhere.
func BenchmarkDeploymentDrift(b *testing.B) {
	records := store.New(store.Config{Table: onlyRows{memory.New(time.Now)}, Blobs: &storetest.Blobs{}, Now: time.Now})
	env, err := records.CreateEnvironment(b.Context(), "acme", "shop", "default")
	if err != nil {
		b.Fatal(err)
	}
	project, err := records.Project(b.Context(), "acme", "shop")
	if err != nil {
		b.Fatal(err)
	}
	source := func(kind drift.Kind, uri string) drift.Source {
		s := drift.Source{ID: uuid.Must(uuid.NewV7()), ProjectID: project.ID, EnvID: env.ID, Settings: drift.Settings{Kind: kind, URI: uri}}
		env, err := records.Environment(b.Context(), project.ID, "default")
		if err != nil {
			b.Fatal(err)
		}
		if err := records.CreateSource(b.Context(), s, env, "states/"+string(kind)); err != nil {
			b.Fatal(err)
		}
		return s
	}
	manifests, states := source(drift.KindAtmos, "s3://manifests/"), source(drift.KindTFState, "s3://states/")
	for n := range benchRows / 2 {
		component, stack := fmt.Sprintf("component-%03d", n%250), fmt.Sprintf("plat-use1-stage-%03d", n/250)
		name := stack + "/" + component
		leave(b, records, manifests, "estate", env, "atmos.component", name, fmt.Sprintf(`{"component_type":"terraform","enabled":true,
			"workspace":%q,"backend_type":"s3","backend":{"bucket":"states","workspace_key_prefix":%q,"key":"terraform.tfstate"}}`, stack, component))
		at := component
		switch n % 10 {
		case 0:
			name = "other-" + name
			at = "elsewhere/other-" + component // neither by place, by name nor by layout
		case 1:
			at = "elsewhere/" + component
		}
		document := fmt.Sprintf("%032x", n)
		leave(b, records, states, document, env, "terraform.state", name, `{"resourceCount":12}`)
		if _, err := records.SaveDocument(b.Context(), store.Lease{Source: states.ID}, drift.Document{ID: document, Status: drift.ScanSucceeded,
			URI: "s3://states/" + at + "/" + stack + "/terraform.tfstate", Scope: name, Lineage: uuid.NewString(), ScannedAt: time.Now()}); err != nil {
			b.Fatal(err)
		}
	}
	reporter := report.New(report.Config{Store: records, Now: time.Now})
	debug.FreeOSMemory()
	before, peak := inUse(), uint64(0)
	b.ReportAllocs()
	for b.Loop() {
		stop := make(chan struct{})
		done := make(chan uint64)
		go func() { done <- peakUntil(stop) }()
		totals, page, err := reporter.DeploymentDrift(b.Context(), project, env, "", report.Span{Limit: 100})
		close(stop)
		peak = max(peak, <-done)
		if err != nil || len(page.Items) != 100 || totals.Joined != benchRows/2*9/10 || totals.Mismatch != benchRows/20 || totals.NotDeclared != benchRows/20 {
			b.Fatalf("%d findings, %+v, %v", len(page.Items), totals, err)
		}
	}
	b.ReportMetric(float64(peak-min(peak, before))/(1<<20), "peak-MB")
}

// leave records an entity that one source declares.
func leave(b *testing.B, records *store.Store, source drift.Source, document string, env store.Environment, entityType, name, properties string) {
	canonical, err := catalog.Canonical([]byte(properties))
	if err != nil {
		b.Fatal(err)
	}
	r := &catalog.Record{ID: catalog.EntityID(env.ID, entityType, name), EnvID: env.ID,
		Entity: catalog.Entity{Type: entityType, Name: name, Properties: map[string]catalog.Value{}}}
	for key, span := range catalog.Members(canonical) {
		r.Entity.Properties[key] = span.Of(canonical)
	}
	r.Declare(source.ID).Document = document
	head := drift.Head{EntityID: r.ID, EntityType: entityType, Name: name, Status: drift.Current}
	if _, err := records.Apply(b.Context(), nil, []store.Write{{Source: source, Document: document,
		Entry: store.Entry{EntityID: r.ID, HeadDocument: document}, Change: reconcile.Change{Record: r, Head: &head}, At: time.Now()}}); err != nil {
		b.Fatal(err)
	}
}

// inUse is the memory that Go has from the system, less what it gave back.
func inUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() - sample[1].Value.Uint64()
}

func peakUntil(stop <-chan struct{}) (peak uint64) {
	for {
		select {
		case <-stop:
			return max(peak, inUse())
		case <-time.After(2 * time.Millisecond):
			peak = max(peak, inUse())
			runtime.Gosched()
		}
	}
}
