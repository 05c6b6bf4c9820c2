package scan_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/table"
)

// raw is what the checks read of a stored record, whatever its kind.
type raw struct {
	Status   string `json:"status"`
	S        string `json:"s"`
	P        any    `json:"p"`
	Env      string `json:"env"`
	Entity   string `json:"entity"`
	Source   string `json:"source"`
	Type     string `json:"type"`
	Name     string `json:"name"`
	By       json.RawMessage
	C, M     int
	D        any
	ID       string
	Identity string
	Snapshot string
	Claims   []struct{ E, S, R, N, I, A, G string }
	Deleting bool
	// Of deltas and their tallies.
	Deltas                  []struct{ Entity, Kind, Event, Proposal, Patch string }
	Added, Changed, Removed int
}

type share struct {
	Source, Document, Identity string
	Cloud                      struct{ K, R, N, I, A, G string }
}

// identity is that of the share.
func (s share) identity() catalog.Identity {
	c := s.Cloud
	return catalog.Identity{Kind: c.K, Resource: c.R, ARN: c.N, ID: c.I, Account: c.A, Region: c.G, Given: s.Identity}
}

// shares are those of a record's declarers.
func (r raw) shares() (all []share) {
	_ = json.Unmarshal(r.By, &all) // a proposal's is who decided it
	return all
}

// headStatus is a stored head's: "" stands for current.
func (r raw) headStatus() string {
	if r.S == "" {
		return string(drift.Current)
	}
	return r.S
}

// stored is one item taken apart: the parts of its key and its record.
type stored struct {
	table.Item
	pk   []string
	blob string
	raw
}

// read takes the whole table apart.
func (s *stack) read() []stored {
	var all []stored
	for _, item := range s.mirror.dump(s.t) {
		one := stored{Item: item, pk: strings.Split(item.PK, "#")}
		body := item.Body
		if body[0] == '@' {
			one.blob = string(body[1:])
			body = s.blobs.Held()[one.blob]
			if body == nil {
				s.t.Errorf("item %s: its blob is not there", item.Key)
				continue
			}
		}
		// Totals have a number under "p", heads a proposal: both are fine with any.
		if !strings.HasPrefix(item.SK, "K#") && !strings.HasPrefix(item.SK, "R#") && !strings.HasPrefix(item.SK, "V#") {
			if err := json.Unmarshal(body[1:], &one.raw); err != nil && one.pk[0] != "Q" {
				s.t.Errorf("item %s: %v: %s", item.Key, err, body)
			}
		}
		all = append(all, one)
	}
	return all
}

// facts are a set of texts that two views of the table have to agree about.
type facts map[string]int

func (f facts) add(format string, args ...any) { f[fmt.Sprintf(format, args...)]++ }

// consistent checks what must hold of the whole table after every use case: whatever
// is kept twice agrees.
func (s *stack) consistent() {
	s.t.Helper()
	all := s.read()
	wanted, got := facts{}, facts{}
	heads := map[string]map[string]raw{} // entity: source/document: head
	for _, it := range all {
		if it.pk[0] == "S" && len(it.pk) == 5 && it.pk[2] == "H" {
			if heads[it.SK] == nil {
				heads[it.SK] = map[string]raw{}
			}
			heads[it.SK][it.pk[1]+"/"+it.pk[3]] = it.raw
		}
	}
	checkHeads(all, heads, wanted, got)
	checkEntities(all, heads, wanted, got)
	checkProposals(all, heads, wanted, got)
	s.checkDeployment(all, heads, wanted, got)
	checkDeltas(all, wanted, got)
	s.checkBlobs(all, wanted, got)
	for fact, n := range wanted {
		if got[fact] != n {
			s.t.Errorf("invariant: %s: %d times, want %d", fact, got[fact], n)
		}
	}
	for fact, n := range got {
		if wanted[fact] == 0 {
			s.t.Errorf("invariant: %s: %d times, want none", fact, n)
		}
	}
}

// checkHeads holds totals and sparse status entries against a recount of the heads.
func checkHeads(all []stored, heads map[string]map[string]raw, wanted, got facts) {
	for entity, by := range heads {
		for at, head := range by {
			source, document, _ := strings.Cut(at, "/")
			wanted.add("total of %s/%s: %s", source, document, head.headStatus())
			if head.P != nil {
				wanted.add("total of %s/%s: pending", source, document)
			}
			if head.S != "" {
				wanted.add("status entry of %s: %s %s", source, head.S, entity)
			}
		}
	}
	for _, it := range all {
		switch {
		case it.pk[0] == "S" && strings.HasPrefix(it.SK, "T#"):
			at := it.pk[1] + "/" + it.SK[2:strings.LastIndexByte(it.SK, '#')]
			pending, _ := it.P.(float64)
			drifted, _ := it.D.(float64)
			for status, n := range map[string]int{"current": it.C, "drifted": int(drifted), "missing": it.M, "pending": int(pending)} {
				if n != 0 {
					got[fmt.Sprintf("total of %s: %s", at, status)] += n
				}
			}
		case it.pk[0] == "S" && len(it.pk) == 5 && it.pk[2] == "D":
			got.add("status entry of %s: %s %s", it.pk[1], it.pk[3], it.SK)
		}
	}
}

// checkEntities holds heads, lists, statuses and identities against the records.
func checkEntities(all []stored, heads map[string]map[string]raw, wanted, got facts) {
	for _, it := range all {
		switch {
		case it.pk[0] == "X" && it.SK == "B":
			checkRecord(it, heads[it.pk[1]], wanted, got)
			for _, d := range it.shares() {
				at := idOf(d.Source) + "/" + d.Document
				if heads[it.pk[1]][at].headStatus() == string(drift.Missing) {
					continue
				}
				for _, form := range d.identity().Forms() {
					wanted.add("identity %s %s: %s by %s", it.Env, form.Text, it.pk[1], d.Source)
				}
			}
		case it.pk[0] == "L":
			got.add("list by type: %s", it.SK)
		case it.pk[0] == "N":
			name, entityType, _ := strings.Cut(it.SK, "\x00")
			got.add("list by name: %s", entityType+"\x00"+name)
		case it.pk[0] == "T":
			got.add("environment's status %s: %s", it.pk[2], it.SK)
		case it.pk[0] == "I" && it.SK == "C":
			for i, c := range it.Claims {
				got.add("identity %s %s: %s by %s", envOf(all, c.E), it.Identity, idOf(c.E), c.S)
				for _, other := range it.Claims[:i] {
					if c.E != other.E && catalog.Same(catalog.Identity{Resource: c.R, ARN: c.N, Account: c.A, Region: c.G},
						catalog.Identity{Resource: other.R, ARN: other.N, Account: other.A, Region: other.G}) {
						wanted["duplicate "+it.pk[2]] = 1
					}
				}
			}
		case it.pk[0] == "I":
			got.add("duplicate %s", it.SK)
		}
	}
	for entity, by := range heads {
		for at := range by {
			wanted.add("declarer of %s: %s", entity, at)
		}
	}
}

func checkRecord(it stored, heads map[string]raw, wanted, got facts) {
	var statuses []drift.Status
	for _, d := range it.shares() {
		at := idOf(d.Source) + "/" + d.Document
		got.add("declarer of %s: %s", it.pk[1], at)
		statuses = append(statuses, drift.Status(heads[at].headStatus()))
	}
	if strings.HasPrefix(it.Type, "relationship:") {
		return
	}
	name := it.Type + "\x00" + it.Name
	wanted.add("list by type: %s", name)
	wanted.add("list by name: %s", name)
	if worst := drift.Worst(statuses...); worst != drift.Current {
		wanted.add("environment's status %s: %s", worst, name)
	}
}

// checkProposals: each stands in the list of its status and with its entity, and the
// pending ones are those that the heads name, one a source and entity.
func checkProposals(all []stored, heads map[string]map[string]raw, wanted, got facts) {
	for entity, by := range heads {
		for at, head := range by {
			if id, ok := head.P.(string); ok {
				source, _, _ := strings.Cut(at, "/")
				wanted.add("pending %s of %s: %s", idOf(id), source, entity)
			}
		}
	}
	for _, it := range all {
		if it.pk[0] != "S" || len(it.pk) < 3 {
			continue
		}
		switch it.pk[2] {
		case "P":
			wanted.add("proposal %s in the list %s", it.SK, it.Status)
			if it.Status == string(drift.Pending) {
				got.add("pending %s of %s: %s", it.SK, it.pk[1], idOf(it.Entity))
			}
		case "Q":
			got.add("proposal %s in the list %s", it.SK[len(it.SK)-26:], it.pk[3])
		}
	}
}

// checkBlobs: each is referred to, by whatever refers to it. Of snapshots one more may
// be there for each source, that of the document before it was read last.
func (s *stack) checkBlobs(all []stored, wanted, got facts) {
	if s.orphans {
		return
	}
	for _, it := range all {
		for _, blob := range []string{it.blob, it.Snapshot} {
			if blob != "" {
				got.add("blob %s", blob)
			}
		}
	}
	spare := map[string]bool{}
	for blob := range s.blobs.Held() {
		source, isSnapshot := strings.CutPrefix(blob, "snapshots/")
		source, _, _ = strings.Cut(source, "/")
		if got["blob "+blob] == 0 && isSnapshot && !spare[source] {
			spare[source] = true
			continue
		}
		wanted.add("blob %s", blob)
	}
}

func envOf(all []stored, entity string) string {
	i := slices.IndexFunc(all, func(it stored) bool { return it.PK == "X#"+idOf(entity) && it.SK == "B" })
	if i < 0 {
		return "nowhere"
	}
	return all[i].Env
}
