package scan_test

import (
	"encoding/json"
	"strings"
	"time"

	"plumbline/internal/drift"
	"plumbline/internal/scan"
)

// scene is a use case with what it starts from.
type scene struct {
	name  string
	setUp func(*stack) drift.Source
	run   func(*stack, drift.Source) error
}

func scanned(change ...func(*scan.Request)) func(*stack, drift.Source) error {
	return func(s *stack, src drift.Source) error {
		_, err := s.tryRun(src, change...)
		return err
	}
}

var scenes = []scene{
	{"a first import", func(s *stack) drift.Source {
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		return s.register(drift.Settings{URI: vpcURI})
	}, scanned()},
	{"an update with drift", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		s.bucket.put(vpcKey, state(1, sizes(20, "small")...))
		s.run(src)
		s.bucket.put(vpcKey, state(2, append(sizes(10, "large"), append(sizes(20, "small")[12:], "new=small")...)...))
		return src
	}, scanned()},
	{"an update of two sources", func(s *stack) drift.Source {
		s.shared()
		src := s.register(drift.Settings{URI: "./b", Policy: drift.AutoUpdate})
		s.run(src, push(servers("x=1", "y=1", "z=1")))
		return src
	}, scanned(push(servers("x=2", "y=2")))},
	{"a prune", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: "s3://estate/acme/states/", Prune: true})
		s.bucket.put("acme/states/a.tfstate", state(1, sizes(20, "small")...))
		s.bucket.put("acme/states/b.tfstate", state(1, "web=small"))
		s.run(src)
		s.bucket.put("acme/states/a.tfstate", state(2, sizes(14, "small")...))
		return src
	}, scanned()},
	{"an approval", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		s.bucket.put(vpcKey, state(1, "web=small"))
		s.run(src)
		s.bucket.put(vpcKey, state(2, "web=large"))
		s.run(src)
		return src
	}, func(s *stack, src drift.Source) error {
		list, _, err := s.store.Proposals(s.t.Context(), src.ID, drift.Pending, "", 10)
		if err != nil || len(list) == 0 {
			return err
		}
		return s.decide(src, list[0], drift.Approved)
	}},
	{"a delete", func(s *stack) drift.Source {
		s.shared()
		src := s.register(drift.Settings{URI: "./b", Policy: drift.HumanApproval})
		s.run(src, push(servers("x=1", "y=1", "z=1")))
		s.run(src, push(servers("x=2", "y=1")))
		return s.deleting(src)
	}, func(s *stack, src drift.Source) error {
		return s.scanner.Work(s.t.Context(), scan.Job{Source: src.Ref(), Trigger: drift.TriggerAPI}, time.Time{})
	}},
	{"a push over what was pulled", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI})
		s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
		s.run(src)
		return src
	}, scanned(push(pushed("web=large", "new=small")))},
	{"a pull over what was pushed", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI})
		s.bucket.put(vpcKey, state(1, "web=small", "db=small"))
		s.run(src)
		s.run(src, push(pushed("web=large", "new=small")))
		return src
	}, scanned()},
	{"a push of all seven kinds over another", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: "./a", Policy: drift.HumanApproval})
		s.run(src, push(everyKind))
		return src
	}, scanned(push(strings.Replace(strings.Replace(everyKind, "5432", "5433", 1), `"cpus":2`, `"cpus":3`, 1)), deletions(`[{"kind":"Action","name":"gone"}]`))},
	{"components of two sources, some gone, some disabled", func(s *stack) drift.Source {
		s.run(s.register(drift.Settings{URI: "./a"}), push(manifests(map[string]string{"prod/vpc": enabled, "prod/db": enabled})))
		src := s.register(drift.Settings{URI: "./b"})
		s.run(src, push(manifests(map[string]string{"prod/vpc": enabled, "prod/web": enabled, "prod/dns": enabled})))
		return src
	}, scanned(push(manifests(map[string]string{"prod/vpc": enabled, "prod/dns": off, "prod/new": enabled})))},
	{"a property that turns secret", func(s *stack) drift.Source {
		src := s.register(drift.Settings{URI: vpcURI, Policy: drift.HumanApproval})
		for i, value := range []string{"PLAIN-one-text", "PLAIN-two-text"} {
			s.bucket.put(vpcKey, withUserData(i+1, value, "", ""))
			s.run(src)
		}
		s.bucket.put(vpcKey, withUserData(3, "PLAIN-two-text", "", `[{"type":"get_attr","value":"user_data"}]`))
		return src
	}, scanned()},
}

// shared is another source that declares x and y.
func (s *stack) shared() drift.Source {
	other := s.register(drift.Settings{URI: "./a"})
	s.run(other, push(servers("x=1", "y=1")))
	return other
}

// deleting marks a source as the registry does when it is deleted.
func (s *stack) deleting(src drift.Source) drift.Source {
	s.t.Helper()
	before := s.reload(src)
	after := before
	after.Deleting = true
	if err := s.store.UpdateSource(s.t.Context(), before, after); err != nil {
		s.t.Fatal(err)
	}
	return s.reload(src)
}

// servers renders a push: "x=2" is the server x with two cpus.
func servers(list ...string) string {
	var items []string
	for _, text := range list {
		name, cpus, _ := strings.Cut(text, "=")
		body, _ := json.Marshal(map[string]any{"kind": "Entity", "entityType": "server", "name": name,
			"properties": map[string]any{"cpus": cpus}, "labels": map[string]string{"team": "t"}})
		items = append(items, string(body))
	}
	return "[" + strings.Join(items, ",") + "]"
}
