package deploy_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/drift"
	"plumbline/internal/local/s3"
	"plumbline/internal/object"
	"plumbline/internal/place"
	"plumbline/internal/store"
)

// The parts of answers that the tests look at.
type (
	source struct {
		ID             string
		LastScanStatus string
	}
	driftReport struct {
		Totals struct {
			Total, Current, Drifted, PendingProposals int
		}
		PendingProposals []struct{ ID string }
	}
)

const collection = "/{o}/{p}/import-sources"

func project(more ...string) map[string]string {
	variables := map[string]string{"o": "acme", "p": "shop"}
	for i := 0; i+1 < len(more); i += 2 {
		variables[more[i]] = more[i+1]
	}
	return variables
}

// prepare makes the environment and registers a source under human-approval.
func (a *account) prepare(uri string) source {
	a.t.Helper()
	call[any](a, "environments", 201, a.request("POST", "/{o}/{p}/environments", project(), "", `{"name":"prod"}`))
	return call[source](a, "import-sources", 201, a.request("POST", collection, project(), "",
		`{"envName":"prod","sourceKind":"tf-state","sourceUri":"`+uri+`","reconciliationPolicy":"human-approval"}`))
}

func (a *account) put(key, body string) {
	a.t.Helper()
	at := place.Location{Bucket: bucket, Key: key}
	if _, err := a.objects.Put(a.t.Context(), at, bytes.NewReader([]byte(body)), object.PutOptions{}); err != nil {
		a.t.Fatal(err)
	}
}

func (a *account) drift(s source) driftReport {
	a.t.Helper()
	return call[driftReport](a, "import-sources", 200, a.request("GET", collection+"/{id}/drift", project("id", s.ID), "", ""))
}

// deliver sends the waiting notifications to an instance, in the given shape.
func (a *account) deliver(as func(s3.Event) any) {
	a.t.Helper()
	for _, c := range a.takeChanges() {
		if _, err := a.function("rescan-upload").invoke(as(c)); err != nil {
			a.t.Fatal(err)
		}
	}
}

func TestTheFunctionsFromRegistrationToApproval(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	if got := a.fetched.Load(); got != 0 {
		t.Errorf("the issuer's keys were fetched %d times before the first token", got)
	}
	s := a.prepare("s3://estate/acme/prod/vpc.tfstate")
	a.put("acme/prod/vpc.tfstate", stateOf(1, 40, 0))
	a.deliver(notification)
	if got := a.drift(s).Totals; got.Total < 40 || got.Drifted != 0 {
		t.Fatalf("after the first upload: %+v", got)
	}
	a.put("acme/prod/vpc.tfstate", stateOf(2, 40, 3))
	a.deliver(bridged)
	drifted := a.drift(s)
	if drifted.Totals.Drifted != 3 || len(drifted.PendingProposals) != 3 {
		t.Fatalf("after the second upload: %+v", drifted)
	}
	for _, p := range drifted.PendingProposals {
		call[any](a, "drift-proposals", 200, a.request("POST", collection+"/{id}/drift-proposals/{proposalId}/approve", project("id", s.ID, "proposalId", p.ID), "", ""))
	}
	if got := a.drift(s).Totals; got.Drifted != 0 || got.PendingProposals != 0 || got.Current != got.Total {
		t.Errorf("after the approvals: %+v", got)
	}
	call[any](a, "rescan", 200, a.request("POST", collection+"/{id}/rescan", project("id", s.ID), "", ""))
	if messages := a.takeMessages(); len(messages) != 0 {
		t.Errorf("a source of one object went to the queue: %v", messages)
	}
	for _, group := range []struct{ function, resource string }{
		{"entities", "/{o}/{p}/envs/{env}/entities"}, {"entity-types", "/{o}/{p}/entity-types"}, {"docs", "/openapi.json"},
	} {
		call[any](a, group.function, 200, a.request("GET", group.resource, project("env", "prod"), "", ""))
	}
}

func TestTwoDeliveriesOfOneEventAtOnce(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	s := a.prepare("s3://estate/acme/prod/vpc.tfstate")
	a.put("acme/prod/vpc.tfstate", stateOf(1, 40, 0))
	a.deliver(notification)
	a.put("acme/prod/vpc.tfstate", stateOf(2, 40, 5))
	change := a.takeChanges()[0]
	instances := []*instance{a.function("rescan-upload"), a.start("rescan-upload")}
	var both sync.WaitGroup
	for _, i := range instances {
		both.Go(func() {
			if _, err := i.invoke(notification(change)); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	if got := a.drift(s); got.Totals.Drifted != 5 || got.Totals.PendingProposals != 5 || len(got.PendingProposals) != 5 {
		t.Errorf("drift after two deliveries: %+v", got)
	}
}

func TestThePoisonedJobEndsAmongTheDeadAndItsNeighboursPass(t *testing.T) {
	t.Parallel()
	const most = 6 // receives, as in the template
	a := newAccount(t)
	s := a.prepare("s3://estate/acme/prod/vpc.tfstate")
	a.put("acme/prod/vpc.tfstate", stateOf(1, 10, 0))
	job := a.jobOfSchedule(s)
	waiting := map[string]string{"first": job, "poison": `{"version":1,"source":"nonsense"}`, "last": job}
	received, dead := map[string]int{}, []string(nil)
	for rounds := 0; len(waiting) > 0 && rounds < 2*most; rounds++ {
		for id := range waiting {
			if received[id]++; received[id] > most {
				dead = append(dead, id)
				delete(waiting, id)
			}
		}
		text, err := a.function("rescan-queue").invoke(batch(waiting))
		if err != nil {
			t.Fatal(err)
		}
		var answer events.SQSEventResponse
		if err := json.Unmarshal(text, &answer); err != nil {
			t.Fatal(err)
		}
		kept := map[string]string{}
		for _, failure := range answer.BatchItemFailures {
			kept[failure.ItemIdentifier] = waiting[failure.ItemIdentifier]
		}
		waiting = kept
	}
	if diff := cmp.Diff([]string{"poison"}, dead); diff != "" || len(waiting) > 0 {
		t.Errorf("waiting %v, dead (-want +got):\n%s", slices.Sorted(maps.Keys(waiting)), diff)
	}
	if got := a.drift(s).Totals.Total; got < 10 {
		t.Errorf("the jobs beside the poisoned one found %d entities", got)
	}
	if diff := cmp.Diff(map[string]int{"first": 1, "poison": most + 1, "last": 1}, received); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
}

// jobOfSchedule makes the source due, has the schedule find it, and gives the job that
// it queues.
func (a *account) jobOfSchedule(s source) string {
	a.t.Helper()
	records := store.New(store.Config{Table: a.table, Now: time.Now})
	project, err := records.Project(a.t.Context(), "acme", "shop")
	if err != nil {
		a.t.Fatal(err)
	}
	ref := drift.SourceRef{Organisation: "acme", Project: "shop", ProjectID: project.ID, ID: uuid.MustParse(s.ID)}
	if err := records.Retry(a.t.Context(), ref, time.Now(), store.Wish{Trigger: drift.TriggerSchedule, Full: true}); err != nil {
		a.t.Fatal(err)
	}
	for range 2 { // the second finds nothing more
		if _, err := a.function("rescan-schedule").invoke(map[string]string{"scheduledTime": "2026-11-21T10:15:00Z"}); err != nil {
			a.t.Fatal(err)
		}
	}
	messages := a.takeMessages()
	if len(messages) != 1 {
		a.t.Fatalf("the schedule queued %v, want one job", messages)
	}
	return messages[0]
}

func TestADeleteGoesOnInTheQueue(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	s := a.prepare("s3://estate/acme/prod/vpc.tfstate")
	a.put("acme/prod/vpc.tfstate", stateOf(1, 10, 0))
	a.deliver(notification)
	entities := func() int {
		event := a.request("GET", "/{o}/{p}/envs/{env}/entities", project("env", "prod"), "", "")
		return len(call[struct{ Entities []any }](a, "entities", 200, event).Entities)
	}
	if entities() < 10 {
		t.Fatalf("%d entities before the delete", entities())
	}
	call[any](a, "import-sources", 202, a.request("DELETE", collection+"/{id}", project("id", s.ID), "", ""))
	for _, job := range a.takeMessages() {
		if _, err := a.function("rescan-queue").invoke(batch(map[string]string{"1": job})); err != nil {
			t.Fatal(err)
		}
	}
	if left := entities(); left != 0 {
		t.Errorf("%d entities are left of the deleted source", left)
	}
}

func TestAFunctionWithoutItsSecretDoesNotStart(t *testing.T) {
	t.Parallel()
	folder := binaries(t)
	for name, uses := range does {
		if !slices.Contains(uses, "digests") {
			continue
		}
		i := start(t, folder+"/"+name, []string{"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=local", "AWS_SECRET_ACCESS_KEY=local",
			"AWS_ENDPOINT_URL_SECRETS_MANAGER=" + startSecrets(t), "PLUMBLINE_DIGEST_KEY_SECRET=another"})
		<-i.ended
		if line := oneLine(t, i.log.String()); !strings.Contains(line, "PLUMBLINE_DIGEST_KEY_SECRET") || !strings.Contains(line, "no such secret") {
			t.Errorf("%s: %s", name, line)
		}
	}
}

func TestBadSettingsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	folder := binaries(t)
	for name := range loadTemplate(t).functions() {
		uses := does[name]
		mistakes := []string{"PLUMBLINE_TABLE", "PLUMBLINE_BUCKET", "PLUMBLINE_SOURCE_PREFIXES", "PLUMBLINE_QUEUE_URL"}
		switch {
		case slices.Contains(uses, "digests"):
			mistakes = append(mistakes, "PLUMBLINE_DIGEST_KEY")
		case name == "authorizer":
			mistakes = []string{"PLUMBLINE_JWKS_URL"}
		case name == "token-claims": // it has no settings
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			i := start(t, folder+"/"+name, []string{"AWS_REGION=eu-west-1", "PLUMBLINE_BUCKET=No Bucket", "PLUMBLINE_DIGEST_KEY=k1:hush-hush",
				"PLUMBLINE_SOURCE_PREFIXES=[", "PLUMBLINE_ISSUER=https://issuer.example/", "PLUMBLINE_JWKS_URL=no url"})
			<-i.ended
			line := oneLine(t, i.log.String())
			for _, mistake := range mistakes {
				if !strings.Contains(line, mistake) {
					t.Errorf("%s is not told: %s", mistake, line)
				}
			}
			if strings.Contains(line, "hush") {
				t.Errorf("a secret is told: %s", line)
			}
		})
	}
}
