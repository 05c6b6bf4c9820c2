package local_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
)

// walk reads the files below a folder.
func (r *report) walk(root fs.FS, do func(name string, text []byte)) {
	r.t.Helper()
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		do(name, text)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// fact is what has become of a report, by the name that expected.json has for it.
func (r *report) fact(name string) any {
	r.t.Helper()
	facts := map[string]func() any{
		// Scans and their documents.
		"status":           r.status,
		"failed":           func() any { return number(r.last().Counts.Failed) },
		"failed_documents": func() any { return number(r.last().Documents["failed"]) },
		"held":             func() any { return number(r.last().Documents["held"]) },
		"says_not_a_state": func() any {
			return strings.Contains(r.last().Reason, "no state") || strings.Contains(r.last().Reason, "not a state")
		},
		"w_reported":    func() any { return r.reported("aws_vpc.w") },
		"uri_registers": func() any { return r.registered["one"] == http.StatusCreated },

		// Entities.
		"entities":             func() any { return number(len(r.entities("default"))) },
		"instances":            func() any { return number(len(r.managed("default"))) },
		"prefix":               func() any { return number(len(r.managed("default"))) },
		"single_uri_as_listed": func() any { return number(len(r.managed("one"))) },
		"states":               func() any { return number(len(r.ofType("terraform.state"))) },
		"scopes_differ":        func() any { return r.ofType("terraform.state")[0].Name != r.ofType("terraform.state")[1].Name },
		"dot_read":             func() any { return r.readFrom("/./terraform.tfstate") },
		"ok_read":              func() any { return r.readFrom("/ok/terraform.tfstate") },
		"new_read":             func() any { return r.readFrom("/new/net.tfstate") },
		"current":              func() any { return number(len(r.addresses("current"))) },
		"missing":              func() any { return r.missing() },
		"created":              func() any { return r.created() },
		"addresses":            func() any { return texts(r.addresses("")) },
		"has":                  r.has,
		"duplicates":           r.duplicates,

		// Values.
		"visible":        func() any { return number(r.seen("Xk29-hunter-ZZ")) },
		"secret_visible": func() any { return number(r.seen("zk93hfTQpL0x-conn")) },
		"vpc_visible":    func() any { return r.seen("vpc-1") > 0 },
		"map_id":         func() any { return r.property("map_id") },
		"huge":           func() any { return r.property("huge") },
		"vars":           func() any { return r.recorded[0] },
		"tags":           func() any { return r.property("tags") },
		"secret_id":      func() any { return r.property("secret_id") },
		"v":              func() any { return r.property("secret_string_wo_version") },
		"d":              func() any { return r.property("password_wo_version") },
		"patch":          r.patch,

		// Proposals.
		"proposals":            func() any { return number(len(r.pending("source"))) },
		"same_value_proposals": func() any { return number(len(r.opened[1])) },
		"last_digit_proposals": func() any { return number(len(r.opened[2])) },
		"while_rejected":       func() any { return number(len(r.opened[2])) },
		"again":                func() any { return number(len(r.opened[4])) },
		"after":                r.after,
		"before":               r.before,
		"shown":                r.shown,
		"approve":              func() any { return number(r.decided[0]) },
		"approve_again":        func() any { return number(r.decided[1]) },
	}
	fact, ok := facts[name]
	if !ok {
		r.t.Fatalf("no fact is called %q", name)
	}
	return fact()
}

func (r *report) last() reportScan { return r.scans[len(r.scans)-1] }

// status is that of the source's only entity after a decision, else of the last scan.
func (r *report) status() any {
	if len(r.decided) > 0 {
		return r.managed("default")[0].DriftStatus
	}
	return r.last().Status
}

func (r *report) reported(address string) bool {
	for _, f := range r.last().Failed {
		if strings.Contains(f.Name+" "+f.Place+" "+f.Reason, address) {
			return true
		}
	}
	return false
}

func (r *report) ofType(entityType string) []recorded {
	return slices.DeleteFunc(r.entities("default"), func(e recorded) bool { return e.EntityType != entityType })
}

func (r *report) readFrom(key string) bool {
	return slices.ContainsFunc(r.entities("default"), func(e recorded) bool {
		return slices.ContainsFunc(r.detail(e).Sources, func(s struct{ Document string }) bool { return strings.HasSuffix(s.Document, key) })
	})
}

// addresses are those of managed resources with a drift status, "" for any.
func (r *report) addresses(status string) (all []string) {
	for _, e := range r.managed("default") {
		if status == "" || e.DriftStatus == status {
			all = append(all, e.address())
		}
	}
	slices.Sort(all)
	return all
}

// missing are addresses; expected.json may say only how many.
func (r *report) missing() any {
	var want struct{ Facts map[string]any }
	r.load("expected.json", &want)
	if _, counted := want.Facts["missing"].(json.Number); counted {
		return number(len(r.addresses("missing")))
	}
	return texts(r.addresses("missing"))
}

// created are the addresses of entities that the last scan created.
func (r *report) created() any {
	all := r.addresses("current")
	var before struct {
		Resources []struct{ Type, Name, Module string }
	}
	r.load("01.tfstate", &before)
	return texts(slices.DeleteFunc(all, func(address string) bool {
		for _, known := range before.Resources {
			if strings.HasPrefix(address, strings.TrimPrefix(known.Module+".", ".")+known.Type+"."+known.Name) {
				return true
			}
		}
		return false
	}))
}

// has is what expected.json names, as far as it is there; of a secret whether it may be
// read.
func (r *report) has() any {
	var want struct{ Facts map[string]any }
	r.load("expected.json", &want)
	names, several := want.Facts["has"].([]any)
	if !several {
		return r.property("has_secret_string_wo")
	}
	all := r.addresses("")
	return slices.DeleteFunc(slices.Clone(names), func(name any) bool { return !slices.Contains(all, name.(string)) })
}

// duplicates are groups of names; expected.json may say only how many.
func (r *report) duplicates() any {
	var page struct {
		Duplicates []struct{ Claims []struct{ Name string } }
	}
	r.call(http.MethodGet, r.path("/envs/default/entities/duplicates"), nil, &page)
	if len(page.Duplicates) == 0 {
		return number(0)
	}
	groups := []any{}
	for _, d := range page.Duplicates {
		var names []string
		for _, c := range d.Claims {
			names = append(names, strings.TrimPrefix(c.Name, r.project+"/"))
		}
		slices.Sort(names)
		groups = append(groups, texts(names))
	}
	return groups
}

// seen counts how often a text stands in all that is recorded.
func (r *report) seen(text string) (n int) {
	for _, e := range r.entities("default") {
		shown, err := json.Marshal(r.detail(e))
		if err != nil {
			r.t.Fatal(err)
		}
		n += strings.Count(string(shown), text)
	}
	return n
}

// property is the first of that name that is recorded.
func (r *report) property(name string) any {
	for _, e := range r.entities("default") {
		if value, ok := r.detail(e).Properties[name]; ok {
			return value
		}
	}
	return nil
}

// patch is that of the newest change.
func (r *report) patch() any { return r.detail(r.managed("default")[0]).History[0].Patch }

// proposal is the first that is pending after the last scan.
func (r *report) proposal() reportProposal {
	r.t.Helper()
	pending := r.opened[len(r.opened)-1]
	if len(pending) == 0 || len(pending[0].ProposedChanges.Properties) == 0 {
		r.t.Fatal("no proposal is pending")
	}
	return pending[0]
}

func (r *report) after() any {
	return value(r, r.proposal().ProposedChanges.Properties[0].After)
}

// before is what the last proposal that was decided found, by property.
func (r *report) before() any {
	found := map[string]any{}
	var page struct{ Proposals []reportProposal }
	r.call(http.MethodGet, r.sourcePath("source", "/drift-proposals?status=approved"), nil, &page)
	for _, p := range page.Proposals {
		for _, change := range p.ProposedChanges.Properties {
			found[change.Property] = value(r, change.Before)
		}
	}
	return found
}

// shown are the values of a conflict, sorted.
func (r *report) shown() any {
	all := []any{}
	for _, change := range r.proposal().ProposedChanges.Properties {
		all = append(all, value(r, change.After))
		for _, claim := range change.Conflict {
			all = append(all, value(r, claim.Value))
		}
	}
	slices.SortFunc(all, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

func value(r *report, raw json.RawMessage) (v any) {
	decode(r.t, raw, &v)
	return v
}

func texts(all []string) any {
	list := []any{}
	for _, text := range all {
		list = append(list, text)
	}
	return list
}
