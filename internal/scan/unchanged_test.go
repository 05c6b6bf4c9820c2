package scan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/object"
	"plumbline/internal/scan"
	"plumbline/internal/store"
	"plumbline/internal/table/tabletest"
)

const (
	vpcURI = "s3://estate/acme/prod/vpc.tfstate"
	vpcKey = "acme/prod/vpc.tfstate"
)

func sizes(n int, size string) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("i%04d=%s", i, size)
	}
	return names
}

func full(r *scan.Request) { r.Full = true }

func (s *stack) mustStatus(got drift.Scan, want drift.ScanStatus) {
	s.t.Helper()
	if got.Status != want {
		s.t.Fatalf("status %s (%s), want %s", got.Status, got.Summary.Reason, want)
	}
}

func TestAnUnchangedETagReadsNoHeadAndWritesFiveItems(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(300, "small")...))
	s.run(src)
	s.counter.Reset()
	s.bucket.fail = func(call, _ string) error {
		if call == "open" {
			return errors.New("opened though unchanged")
		}
		return nil
	}
	s.mustStatus(s.run(src), drift.ScanUnchanged)
	if got := s.counter.Total(); got.ItemsWritten > 5 || got.ItemsRead > 20 {
		t.Errorf("written %d, want at most 5; read %d, want at most 20", got.ItemsWritten, got.ItemsRead)
	}
}

func TestUnchangedContentUnderANewETagReadsHeadsOnlyAndWritesFiveItems(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(300, "small")...))
	s.run(src)
	s.bucket.salt = "another"
	s.counter.Reset()
	got := s.run(src)
	s.mustStatus(got, drift.ScanSucceeded)
	if got.Summary.Counts.Unchanged != 302 {
		t.Errorf("counts: %+v", got.Summary.Counts)
	}
	if got := s.counter.Total().ItemsWritten; got > 5 {
		t.Errorf("items written: %d, want at most 5", got)
	}
	if got := s.counter.Of(tabletest.BatchGet).ItemsRead; got > 0 {
		t.Errorf("items read besides heads: %d", got)
	}
}

func TestAPlainUpdateWritesFiveItemsAnEntity(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	all := sizes(1000, "small")
	s.bucket.put(vpcKey, state(1, all...))
	s.run(src)
	for i := range 10 {
		all[i*100] = fmt.Sprintf("i%04d=large", i*100)
	}
	s.bucket.put(vpcKey, state(2, all...))
	s.counter.Reset()
	done := s.run(src)
	if got := done.Summary.Counts.Updated; got != 11 { // and the state itself
		t.Fatalf("updated: %d", got)
	}
	if got := s.counter.Total().ItemsWritten; got > 5*11 {
		t.Errorf("items written: %d, want at most 55", got)
	}
	if got, want := done.Summary.ItemsWritten, s.counter.Total().ItemsWritten; got != want {
		t.Errorf("the summary tells of %d items written, it was %d", got, want)
	}
}

func TestAnETagEndsAScanOnlyUnderTheSameSettingsAndKey(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	s.run(src)
	s.mustStatus(s.run(src), drift.ScanUnchanged)
	changed := s.reload(src)
	after := changed
	after.Settings.Prune, after.SettingsRevision = true, after.SettingsRevision+1
	if err := s.store.UpdateSource(t.Context(), changed, after); err != nil {
		t.Fatal(err)
	}
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	s.mustStatus(s.run(src), drift.ScanUnchanged)
	s.wire(s.counter, s.bucket, "k2:"+strings.Repeat("QUJD", 11)+"=,"+testKey)
	s.mustStatus(s.run(src), drift.ScanSucceeded)
	s.mustStatus(s.run(src), drift.ScanUnchanged)
	s.mustStatus(s.run(src, full), drift.ScanSucceeded)
}

func TestAnObjectThatComesBackIsReadThoughItsBytesAreTheSame(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	body := state(1, "web=small")
	for _, c := range []struct {
		name        string
		spoil, mend func()
		want        drift.ScanStatus
	}{
		{"missing", func() { s.bucket.remove(vpcKey) }, func() { s.bucket.put(vpcKey, body) }, drift.ScanHeld},
		{"denied", func() { s.bucket.fail = func(string, string) error { return object.ErrDenied } }, func() { s.bucket.fail = nil }, drift.ScanFailed},
		{"too big", func() { s.bucket.put(vpcKey, body+strings.Repeat(" ", 1<<20)) }, func() { s.bucket.put(vpcKey, body) }, drift.ScanFailed},
	} {
		s.bucket.put(vpcKey, body)
		s.run(src)
		before := s.totals(src)
		c.spoil()
		s.scanner.MaxDocument = 1 << 19
		got := s.run(src)
		s.mustStatus(got, c.want)
		if got.Summary.Reason == "" || s.totals(src) != before {
			t.Errorf("%s: reason %q, totals %+v, before %+v", c.name, got.Summary.Reason, s.totals(src), before)
		}
		c.mend()
		s.mustStatus(s.run(src), drift.ScanSucceeded)
	}
}

func TestUnusableBytesAreRememberedAndTheCatalogueStays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       drift.ScanStatus
	}{
		{"encrypted", `{"serial":1,"lineage":"","meta":{"key_provider.pbkdf2.x":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}`, drift.ScanEncrypted},
		{"newer", `{"version":5,"terraform_version":"9.0.0","serial":1,"lineage":"l-1"}`, drift.ScanUnsupported},
		{"not a state", `{"hello":"world"}`, drift.ScanFailed},
		{"truncated", state(2, "web=small")[:200], drift.ScanFailed},
		{"plan", `{"format_version":"1.2","terraform_version":"1.9.5","planned_values":{},"resource_changes":[]}`, drift.ScanFailed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI})
			s.bucket.put(vpcKey, state(1, "web=small"))
			s.run(src)
			before := s.totals(src)
			s.bucket.put(vpcKey, c.body)
			first := s.run(src)
			if first.Status != c.want && !(c.name == "plan" && first.Status == drift.ScanUnsupported) {
				t.Fatalf("status %s (%s), want %s", first.Status, first.Summary.Reason, c.want)
			}
			s.counter.Reset()
			again := s.run(src)
			if again.Status != first.Status || again.Summary.Reason != first.Summary.Reason {
				t.Errorf("again: %s %q, first %s %q", again.Status, again.Summary.Reason, first.Status, first.Summary.Reason)
			}
			if got := s.counter.Total().ItemsWritten; got > 5 {
				t.Errorf("items written: %d", got)
			}
			if s.totals(src) != before {
				t.Errorf("totals %+v, before %+v", s.totals(src), before)
			}
			// The lineage of what was applied is not lost.
			s.bucket.put(vpcKey, stateOf("l-2", 1, "web=small"))
			s.mustStatus(s.run(src), drift.ScanHeld)
		})
	}
}

func TestAnInvalidDeclarationKeepsItsStatusAndIsToldEveryTime(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "tfc://acme/shop"})
	s.run(src, push(`[{"kind":"Entity","entityType":"a","name":"x"},{"kind":"Entity","entityType":"a","name":"y"}]`))
	for range 2 {
		got := s.run(src, push(`[{"kind":"Entity","entityType":"a","name":"x","state":1},{"kind":"Entity","entityType":"a","name":"y"},
			{"kind":"Entity","entityType":"a","name":"y"}]`))
		if c := got.Summary.Counts; c.Failed != 2 || c.Missing != 0 || len(got.Summary.Failed) != 2 {
			t.Fatalf("counts %+v, failed %+v", c, got.Summary.Failed)
		}
	}
	if got, want := s.totals(src), (store.Totals{Current: 2}); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
}

func TestADryRunWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	dry := func(r *scan.Request) { r.DryRun = true }
	check := func(want drift.Counts, change ...func(*scan.Request)) {
		t.Helper()
		before := fmt.Sprint(s.mirror.dump(t))
		s.counter.Reset()
		got := s.run(src, append(change, dry)...)
		c := got.Summary.Counts
		if c.Created != want.Created || c.Proposed != want.Proposed || c.Missing != want.Missing || !got.Summary.DryRun {
			t.Errorf("counts %+v, want %+v", c, want)
		}
		if len(change) > 0 { // a push, which is in the history, and nowhere else
			if _, err := s.store.Scan(t.Context(), src.ID, got.ID); err != nil || s.counter.Of(tabletest.Write).Calls != 1 {
				t.Errorf("the dry run of a push: %v, %d calls", err, s.counter.Of(tabletest.Write).Calls)
			}
			return
		}
		if n := s.counter.Of(tabletest.Write).Calls; n != 0 || fmt.Sprint(s.mirror.dump(t)) != before {
			t.Errorf("a dry run wrote: %d calls", n)
		}
	}
	s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
	check(drift.Counts{Created: 4})
	s.run(src)
	s.bucket.put(vpcKey, state(2, "web=large"))
	check(drift.Counts{Proposed: 1, Missing: 1})
	check(drift.Counts{Created: 1, Missing: 4}, push(`[{"kind":"EntityType","name":"a","states":["up"],"initialState":"up"},
		{"kind":"Entity","entityType":"a","name":"x","state":"up"}]`))
	s.clock.Advance(time.Hour)
	s.bucket.put(vpcKey+".tflock", `{"Who":"bob@host","Operation":"OperationTypeApply"}`)
	check(drift.Counts{})
}

func TestAnUnchangedScanCountsWhatDriftsStill(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
	s.run(src)
	s.bucket.put(vpcKey, state(2, "web=large", "db=small"))
	changed := s.run(src).Summary.Counts
	unchanged := s.run(src).Summary.Counts
	if changed.Drifted != 1 || unchanged.Drifted != 1 || unchanged.Declared != changed.Declared || unchanged.Unchanged != 4 {
		t.Errorf("changed %+v, unchanged %+v", changed, unchanged)
	}
}
