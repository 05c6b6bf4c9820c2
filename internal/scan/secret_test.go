package scan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// leaks fails the test wherever a plaintext stands in what was stored, logged or
// answered.
func (s *stack) leaks(answers []string, plaintexts ...string) {
	s.t.Helper()
	places := map[string]string{"the log": s.log.String(), "an answer": strings.Join(answers, "\n")}
	for _, item := range s.mirror.dump(s.t) {
		places["item "+item.Key.String()] = item.Key.String() + string(item.Body)
	}
	for key, body := range s.blobs.Held() {
		places["blob "+key] = key + string(body)
	}
	for place, text := range places {
		for _, plain := range plaintexts {
			if strings.Contains(text, plain) {
				s.t.Errorf("%q stands in %s: %.400s", plain, place, text)
			}
		}
	}
}

// secretState is a state with a secret in every place that a state can hold one.
func secretState(serial int, plain func(string) string) string {
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1",
"outputs":{"token":{"value":%q,"type":"string","sensitive":true},"url":{"value":%q,"type":"string"}},
"resources":[
 {"mode":"managed","type":"aws_db_instance","name":"db","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
  {"schema_version":1,"attributes":{"id":"db-1","settings":%q,"nested":{"deep":[%q]},"password":%q,"tags":{"copy":%q}},
   "sensitive_attributes":[[{"type":"get_attr","value":"settings"}],[{"type":"get_attr","value":"nested"},{"type":"get_attr","value":"deep"}]],
   "private":%q}]},
 {"mode":"managed","type":"null_resource","name":"script","provider":"provider[\"registry.terraform.io/hashicorp/null\"]","instances":[
  {"schema_version":0,"attributes":{"id":"1","triggers":{"command":"run --with %s now"}},"sensitive_attributes":[]}]}],
"check_results":[{"object_kind":"resource","config_addr":"null_resource.script","status":"fail",
 "objects":[{"object_addr":"null_resource.script","status":"fail","failure_messages":["the token was %s"]}]}]}`,
		serial, plain("output"), "https://x/?t="+plain("output"), plain("sensitive"), plain("nested"), plain("byname"), plain("sensitive"),
		plain("private"), plain("sensitive"), plain("output"))
}

func TestNoSecretIsStoredLoggedOrAnswered(t *testing.T) {
	t.Parallel()
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		s := newStack(t)
		src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
		var answers, plaintexts []string
		note := func(answer any, err error) { answers = append(answers, fmt.Sprintf("%+v %v", answer, err)) }
		plain := func(version string) func(string) string {
			return func(place string) string {
				secret := "PLAIN-" + place + "-" + version + "-text"
				plaintexts = append(plaintexts, secret)
				return secret
			}
		}
		for i, version := range []string{"one", "two", "three"} {
			s.bucket.put(vpcKey, secretState(i+1, plain(version)))
			note(s.tryRun(src, func(r *scan.Request) { r.DryRun = true }))
			done := s.run(src)
			note(done, nil)
			if done.Status != drift.ScanSucceeded {
				t.Fatalf("%s: %s", done.Status, done.Summary.Reason)
			}
			for _, p := range s.pending(src) {
				note(p, s.decide(src, p, []drift.ProposalStatus{drift.Approved, drift.Rejected}[i%2]))
			}
		}
		if policy == drift.HumanApproval && !strings.Contains(strings.Join(answers, ""), "/properties/settings") {
			t.Error("no proposal shows that a secret changed")
		}
		truncated := secretState(9, plain("broken"))
		s.bucket.put(vpcKey, truncated[:len(truncated)-40])
		note(s.tryRun(src))
		s.leaks(answers, plaintexts...)
	}
}

func TestNoPushedSecretIsStoredLoggedOrAnswered(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	var answers []string
	item := func(version, more string) string {
		return strings.ReplaceAll(`[{"kind":"EntityType","name":"server","states":["up"],"initialState":"up","properties":[{"name":"size","type":"string","enum":["s"]}]},
{"kind":"RelationshipType","name":"uses","from":"server","to":"server","states":["on"]},
{"kind":"Entity","entityType":"server","name":"web","state":"up","properties":{"password":"PLAIN-byname-V","copy":"in PLAIN-byname-V here","api_key":"PLAIN-key-V"},"labels":{"note":"PLAIN-byname-V"}},
{"kind":"Entity","entityType":"server","name":"bad","state":"up","properties":{"size":"PLAIN-byname-V"}},
{"kind":"Relationship","relationshipType":"uses","from":"web","to":"web","properties":{"secret_token":"PLAIN-link-V"}}`+more+`]`, "V", version)
	}
	for _, version := range []string{"one", "two"} {
		for _, more := range []string{"", `,{"kind":"Entity","entityType":"server","name":"PLAIN-byname-V","state":1}`, `,{"kind":"Nonsense","password":"PLAIN-other-V"}`} {
			done, err := s.tryRun(src, push(item(version, more)))
			answers = append(answers, fmt.Sprintf("%+v %v", done, err))
			for _, p := range s.pending(src) {
				answers = append(answers, fmt.Sprintf("%+v %v", p, s.decide(src, p, drift.Approved)))
			}
		}
		_, err := s.tryRun(src, push(`[{"password":"PLAIN-syntax",`))
		var invalid *scan.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("error %v", err)
		}
		answers = append(answers, fmt.Sprintf("%+v %v", invalid, err))
	}
	s.leaks(answers, "PLAIN-")
}

func TestAPropertyThatTurnsSecretIsOverwrittenEverywhere(t *testing.T) {
	t.Parallel()
	for _, big := range []string{"", strings.Repeat("x", 500_000)} {
		for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
			s := newStack(t)
			src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
			for i, value := range []string{"PLAIN-first-value", "PLAIN-second-value", "PLAIN-third-value"} {
				s.bucket.put(vpcKey, withUserData(i+1, value, big, ""))
				s.run(src)
				for _, p := range s.pending(src) {
					s.mustDecide(src, p, []drift.ProposalStatus{drift.Approved, drift.Approved, drift.Rejected}[i])
				}
			}
			s.bucket.put(vpcKey, withUserData(4, "PLAIN-fourth-value", big, ""))
			s.run(src) // under human-approval it stays pending
			s.bucket.put(vpcKey, withUserData(5, "PLAIN-fourth-value", big, `[{"type":"get_attr","value":"user_data"}]`))
			s.run(src)
			record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "aws_instance", "prod/vpc/aws_instance.web"))
			if err != nil || !catalog.HasSecret(record.Entity.Properties["user_data"]) {
				t.Errorf("the property is not recorded as a secret: %v", err)
			}
			events, _, err := s.store.Events(t.Context(), record.ID, "", 100)
			if err != nil || len(events) < 3 {
				t.Errorf("events: %d, %v", len(events), err)
			}
			s.leaks([]string{fmt.Sprint(s.pending(src), events)}, "PLAIN-")
			// In plain again: what is recorded as secret stays one.
			s.bucket.put(vpcKey, withUserData(6, "PLAIN-fifth-value", big, ""))
			s.run(src)
			s.leaks([]string{fmt.Sprint(s.pending(src))}, "PLAIN-")
			s.consistent()
		}
	}
}

func TestRotatingTheDigestKeyIsNoDrift(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
	same := func(string) string { return "PLAIN-secret-text" }
	s.bucket.put(vpcKey, secretState(1, same))
	s.run(src)
	want := s.totals(src)
	second := "k2:" + strings.Repeat("QUJD", 11) + "="
	for _, keys := range []string{second + "," + testKey, second, "k3:" + strings.Repeat("REVG", 11) + "="} {
		s.wire(s.counter, s.bucket, keys)
		for range 2 {
			if c := s.run(src).Summary.Counts; c.Proposed+c.Updated+c.Drifted+c.Created != 0 {
				t.Errorf("under %.3s: %+v", keys, c)
			}
		}
		if got := s.totals(src); got != want {
			t.Errorf("under %.3s: %+v, want %+v", keys, got, want)
		}
	}
	s.leaks(nil, "PLAIN-")
}

func TestABodyAbove400KBIsKeptBesideTheTable(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
	body := func(letter string, n int) string {
		return fmt.Sprintf(`[{"kind":"Entity","entityType":"server","name":"x","properties":{"big":%q}}]`, strings.Repeat(letter, n))
	}
	for i, big := range []string{body("a", 600_000), body("b", 700_000), body("c", 10), body("d", 800_000)} {
		s.run(src, push(big))
		for _, p := range s.pending(src) {
			s.mustDecide(src, p, drift.Approved)
		}
		record, err := s.store.Entity(t.Context(), catalog.EntityID(s.env.ID, "server", "x"))
		if err != nil || !strings.Contains(big, string(record.Entity.Properties["big"])) {
			t.Fatalf("body %d did not come back: %v", i, err)
		}
		s.consistent()
	}
	s.forget(src)
	for blob := range s.blobs.Held() {
		if !strings.Contains(blob, "/event-") {
			t.Errorf("blob %s is left", blob)
		}
	}
}
