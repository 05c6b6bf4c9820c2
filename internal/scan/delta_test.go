package scan_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
	"plumbline/internal/store"
)

// told are the deltas of a scan as texts, sorted, without those of the state itself.
func (s *stack) told(done drift.Scan) (texts []string) {
	s.t.Helper()
	for _, d := range s.deltas(done.SourceID, done.ID) {
		if d.EntityType != "terraform.state" && d.EntityType != "terraform.provider" {
			texts = append(texts, deltaText(d))
		}
	}
	slices.Sort(texts)
	return texts
}

func (s *stack) mustTell(done drift.Scan, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.told(done)); diff != "" {
		s.t.Errorf("deltas (-want +got):\n%s", diff)
	}
}

func TestAScanTellsWhatAnUploadChanged(t *testing.T) {
	t.Parallel()
	const web, db, replaced = "prod/vpc/aws_instance.web", "prod/vpc/aws_instance.db", "; replace /properties/instance_type "
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI, Policy: policy, Prune: true})
			upload := func(serial int, instances ...string) drift.Scan {
				s.bucket.put(vpcKey, state(serial, instances...))
				return s.run(src)
			}
			s.mustTell(upload(1, "web=small", "db=small"), "added "+db, "added "+web)
			s.mustTell(upload(2, "web=large", "db=small"), "changed "+web+replaced+`"large"`)
			third := upload(3, "web=large", "db=huge")
			s.mustTell(third, "changed "+db+replaced+`"huge"`)
			if got, want := third.Summary.Deltas.Counts, (drift.DeltaCounts{Changed: 2}); got != want { // and the state
				t.Errorf("counts %+v, want %+v", got, want)
			}
			s.mustTell(upload(4, "web=small", "db=huge"), "changed "+web+replaced+`"small"`)
			s.mustTell(upload(5, "db=huge"), "removed "+web)
			s.mustTell(upload(6, "db=huge", "web=small"), "added "+web)
			s.mustTell(s.run(src))
		})
	}
}

func TestWhatIsLookedAtAgainIsNoDelta(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	for serial, size := range []string{"small", "large"} {
		s.bucket.put(vpcKey, state(serial+1, "web="+size))
		s.run(src)
	}
	before := s.reload(src)
	after := before
	after.Settings.Policy = drift.AutoUpdate
	after.SettingsRevision++
	if err := s.store.UpdateSource(t.Context(), before, after); err != nil {
		t.Fatal(err)
	}
	done := s.run(src)
	if done.Summary.Counts.Updated != 1 || done.Summary.Deltas.Counts != (drift.DeltaCounts{}) {
		t.Errorf("counts %+v, deltas %+v", done.Summary.Counts, done.Summary.Deltas)
	}
	if _, err := s.store.DeltaCounts(t.Context(), src.ID, done.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a tally of nothing: %v", err)
	}
}

func TestADryRunTellsDeltasAndWritesNone(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, "web=small"))
	done := s.run(src, func(r *scan.Request) { r.DryRun = true })
	if got := done.Summary.Deltas; got.Counts.Added != len(got.Added) || got.Counts.Added == 0 {
		t.Errorf("deltas %+v", got)
	}
	if texts := s.deltaTexts(); len(texts) > 0 {
		t.Errorf("written: %v", texts)
	}
}

func TestTheDeltasOfAScanInPartsAreThoseOfOne(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI})
	s.bucket.put(vpcKey, state(1, sizes(100, "small")...))
	done, parts := s.inParts(src)
	counts, err := s.store.DeltaCounts(t.Context(), src.ID, done.ID)
	if err != nil || parts < 2 || counts != done.Summary.Deltas.Counts || counts.Added != len(s.deltas(src.ID, done.ID)) || counts.Added < 100 {
		t.Errorf("%d parts, counts %+v, %v; summary %+v", parts, counts, err, done.Summary.Deltas.Counts)
	}
}

func TestDeltasGoWithTime(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	for serial, size := range []string{"small", "large", "huge"} {
		s.bucket.put(vpcKey, state(serial+1, "web="+size))
		s.run(src)
	}
	if len(s.deltaTexts()) == 0 {
		t.Fatal("no deltas")
	}
	s.clock.Advance(400*24*time.Hour + time.Second)
	for _, it := range s.read() {
		if it.isDelta() {
			t.Errorf("still there: %s", it.Key)
		}
	}
}

func TestAPropertyThatTurnsSecretIsScrubbedFromDeltas(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
		for i, value := range []string{"PLAIN-first", "PLAIN-second", "PLAIN-third"} {
			s.bucket.put(vpcKey, withUserData(i+1, value, "", ""))
			s.run(src)
		}
		if texts := strings.Join(s.deltaTexts(), "\n"); !strings.Contains(texts, `; replace /properties/user_data "PLAIN-third"`) {
			t.Fatalf("deltas: %s", texts)
		}
		s.bucket.put(vpcKey, withUserData(4, "PLAIN-fourth", "", `[{"type":"get_attr","value":"user_data"}]`))
		done := s.run(src)
		if texts := strings.Join(s.told(done), "\n"); !strings.Contains(texts, `/properties/user_data {"$sensitive":`) {
			t.Errorf("deltas: %s", texts)
		}
		s.leaks(s.deltaTexts(), "PLAIN-")
	}
}

func TestAPatchThatIsTooLongShowsItsLength(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	var done drift.Scan
	for i, letter := range []string{"a", "b", "c"} {
		s.bucket.put(vpcKey, withUserData(i+1, "x", strings.Repeat(letter, 100_000), ""))
		done = s.run(src)
	}
	for _, d := range s.deltas(src.ID, done.ID) {
		if d.EntityType == "aws_instance" && (d.PatchBytes < 100_000 || d.Patch != nil || d.Kind != drift.Changed) {
			t.Errorf("delta %+v", d)
		}
	}
}

func TestPushedRelationshipsAreNoDeltas(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a"})
	done := s.run(src, push(everyKind))
	for _, d := range s.deltas(src.ID, done.ID) {
		if store.IsLinkType(d.EntityType) {
			t.Errorf("delta %+v", d)
		}
	}
	if done.Summary.Deltas.Counts.Added == 0 {
		t.Error("no deltas")
	}
}

func TestADeletedSourceTakesItsDeltasAlong(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	for serial, size := range []string{"small", "large", "huge"} {
		s.bucket.put(vpcKey, state(serial+1, sizes(50, size)...))
		s.run(src)
	}
	s.forget(src)
	for _, it := range s.read() {
		if it.isDelta() {
			t.Errorf("left: %s", it.Key)
		}
	}
}
