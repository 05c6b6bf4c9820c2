package scan_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
	"plumbline/internal/scan"
	"plumbline/internal/table"
	"plumbline/internal/table/memory"
	"plumbline/internal/table/tabletest"
)

// cloud renders a state of instances, each "address: instance" with the type and name,
// and a key perhaps, in the address.
func cloud(lineage string, serial int, instances ...string) string {
	var resources []string
	for _, text := range instances {
		address, instance, _ := strings.Cut(text, ": ")
		kind, name, _ := strings.Cut(address, ".")
		name, key, counted := strings.Cut(name, "[")
		if counted {
			instance = `{"index_key":` + strings.TrimSuffix(key, "]") + "," + instance[1:]
		}
		provider, _, _ := strings.Cut(kind, "_")
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":%q,"name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/%s\"]","instances":[%s]}`,
			kind, name, provider, instance))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.12.2","serial":%d,"lineage":%q,"outputs":{},"resources":[%s]}`,
		serial, lineage, strings.Join(resources, ","))
}

// duplicates are the groups of an environment, each the names of its entities and what
// they share; read by pages of one.
func (s *stack) duplicates() []string {
	s.t.Helper()
	var groups []string
	for cursor, pages := "", 0; ; pages++ {
		list, next, err := s.store.Duplicates(s.t.Context(), s.env.ID, cursor, 1)
		if err != nil || pages > 1000 {
			s.t.Fatal(pages, err)
		}
		for _, d := range list {
			var names []string
			for _, c := range d.Claims {
				names = append(names, c.Name)
			}
			slices.Sort(names)
			groups = append(groups, strings.Join(names, " ")+" = "+d.Identity)
		}
		if cursor = next; cursor == "" {
			slices.Sort(groups)
			return groups
		}
	}
}

func TestOneObjectIsADuplicateByAnyOfItsForms(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:s3:::same"
	const resource = `"identity":{"account_id":"1","bucket":"same","region":"eu-west-1"}`
	for name, c := range map[string]struct {
		kind, a, b string
		want       string // what they share, "" where they are two objects
	}{
		"an ARN before and an identity after": {"aws_s3_bucket", `{"attributes":{"id":"same","arn":"` + arn + `","region":"eu-west-1"}}`,
			`{"attributes":{"id":"same","arn":"` + arn + `","region":"eu-west-1"},` + resource + `}`, arn},
		"both with all of it": {"aws_s3_bucket", `{"attributes":{"id":"same","arn":"` + arn + `"},` + resource + `}`,
			`{"attributes":{"id":"same","arn":"` + arn + `"},` + resource + `}`, `aws aws_s3_bucket {"account_id":"1","bucket":"same","region":"eu-west-1"}`},
		"an ARN alone": {"aws_s3_bucket", `{"attributes":{"arn":"` + arn + `"}}`, `{"attributes":{"id":"same","arn":"` + arn + `"},` + resource + `}`, arn},
		"an id alone": {"aws_s3_bucket", `{"attributes":{"id":"same"}}`, `{"attributes":{"id":"same","arn":"` + arn + `"},` + resource + `}`,
			`aws aws_s3_bucket {"id":"same"}`},
		"a region that an older provider did not write": {"aws_eip", `{"attributes":{"id":"e-1"}}`, `{"attributes":{"id":"e-1","region":"eu-west-1"}}`,
			`aws aws_eip {"id":"e-1"}`},
		"one id in two regions":         {"aws_eip", `{"attributes":{"id":"e-1","region":"us-east-1"}}`, `{"attributes":{"id":"e-1","region":"eu-west-1"}}`, ""},
		"one id in two accounts":        {"aws_eip", `{"attributes":{"id":"e-1","owner_id":"1"}}`, `{"attributes":{"id":"e-1","owner_id":"2"}}`, ""},
		"one name in two accounts":      {"aws_iam_role", `{"attributes":{"id":"admin","arn":"arn:aws:iam::1:role/admin"}}`, `{"attributes":{"id":"admin","arn":"arn:aws:iam::2:role/admin"}}`, ""},
		"one name of two identities":    {"aws_iam_role", `{"attributes":{"id":"admin"},"identity":{"account_id":"1","name":"admin"}}`, `{"attributes":{"id":"admin"},"identity":{"account_id":"2","name":"admin"}}`, ""},
		"ids of Azure by another case":  {"azurerm_subnet", `{"attributes":{"id":"/subscriptions/S-1/resourceGroups/RG/providers/Microsoft.Network/virtualNetworks/V/subnets/a","location":"West Europe"}}`, `{"attributes":{"id":"/subscriptions/s-1/resourcegroups/rg/providers/microsoft.network/virtualNetworks/v/subnets/A","location":"westeurope"}}`, `azurerm azurerm_subnet {"id":"/subscriptions/s-1/resourcegroups/rg/providers/microsoft.network/virtualnetworks/v/subnets/a"}`},
		"identities of Azure likewise":  {"azurerm_subnet", `{"attributes":{},"identity":{"name":"A","resource_group_name":"RG"}}`, `{"attributes":{},"identity":{"name":"a","resource_group_name":"rg"}}`, `azurerm azurerm_subnet {"name":"a","resource_group_name":"rg"}`},
		"ids elsewhere keep their case": {"aws_eip", `{"attributes":{"id":"E-1"}}`, `{"attributes":{"id":"e-1"}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStack(t)
			s.bucket.put("acme/a.tfstate", cloud("l-a", 1, c.kind+".x: "+c.a))
			s.bucket.put("acme/b.tfstate", cloud("l-b", 1, c.kind+".y: "+c.b))
			s.run(s.register(drift.Settings{URI: "s3://estate/acme/a.tfstate"}))
			s.run(s.register(drift.Settings{URI: "s3://estate/acme/b.tfstate"}))
			var want []string
			if c.want != "" {
				want = []string{"a/" + c.kind + ".x b/" + c.kind + ".y = " + c.want}
			}
			if diff := cmp.Diff(want, s.duplicates()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestThreeThatAreLinkedByTwoFormsAreOneDuplicate(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/"})
	s.bucket.put("acme/states/a.tfstate", cloud("l", 1, `aws_eip.x: {"attributes":{"id":"e-1","arn":"arn:aws:ec2:eu:1:eip/e-1"}}`))
	s.bucket.put("acme/states/b.tfstate", cloud("l", 1, `aws_eip.x: {"attributes":{"arn":"arn:aws:ec2:eu:1:eip/e-1"}}`))
	s.bucket.put("acme/states/c.tfstate", cloud("l", 1, `aws_eip.x: {"attributes":{"id":"e-1"}}`, `aws_eip.other: {"attributes":{"id":"e-2"}}`))
	s.run(src)
	want := []string{"states/a/aws_eip.x states/b/aws_eip.x states/c/aws_eip.x = arn:aws:ec2:eu:1:eip/e-1"}
	if diff := cmp.Diff(want, s.duplicates()); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsMissingStandsForNoObject(t *testing.T) {
	t.Parallel()
	const instance = `{"attributes":{"id":"m1","arn":"arn:aws:s3:::m1","region":"eu-west-1"}}`
	for _, policy := range []drift.Policy{drift.AutoUpdate, drift.HumanApproval} {
		for name, addresses := range map[string][2]string{
			"moved":           {"aws_s3_bucket.old", "aws_s3_bucket.new"},
			"count to single": {"aws_s3_bucket.m[0]", "aws_s3_bucket.m"},
			"single to keyed": {"aws_s3_bucket.m", `aws_s3_bucket.m["a"]`},
		} {
			t.Run(name+" under "+string(policy), func(t *testing.T) {
				t.Parallel()
				s := newStack(t)
				src := s.register(drift.Settings{URI: vpcURI, Policy: policy})
				put := func(serial int, list ...string) {
					for i := range list {
						list[i] += ": " + instance
					}
					s.bucket.put(vpcKey, cloud("l", serial, list...))
					s.run(src)
				}
				put(1, addresses[0])
				put(2, addresses[1])
				if got := s.duplicates(); len(got) > 0 || s.totals(src).Missing != 1 {
					t.Errorf("duplicates %q, totals %+v", got, s.totals(src))
				}
				put(3, addresses[0], addresses[1]) // the first one is back
				if got := s.duplicates(); len(got) != 1 {
					t.Errorf("with both of them: %q", got)
				}
				put(4, addresses[0])
				if got := s.duplicates(); len(got) > 0 {
					t.Errorf("moved back: %q", got)
				}
			})
		}
	}
}

// older reads as an earlier version did: of an identity it knew the strongest form.
type older struct{ reader.Reader }

func (older) Version() int { return 2 }

func (o older) Index(ctx context.Context, doc reader.Document, yield func(reader.Entry) error) (reader.Reading, error) {
	reading, err := o.Reader.Index(ctx, doc, func(e reader.Entry) error {
		e.Digest[0] ^= 1
		e.Alternate[0] ^= 1
		return yield(e)
	})
	return olderReading{reading}, err
}

type olderReading struct{ reader.Reading }

func (o olderReading) Bodies(ctx context.Context, want func(uuid.UUID) bool, yield func(reader.Declared) error) error {
	return o.Reading.Bodies(ctx, want, func(d reader.Declared) error {
		d.Digest[0] ^= 1
		d.Entity.Identity = catalog.Identity{Given: d.Entity.Identity.String()}
		return yield(d)
	})
}

// unwatched is a table whose contents are not held against the invariants.
type unwatched struct{ table.Table }

func TestACatalogueOfAnEarlierVersionGetsItsDuplicates(t *testing.T) {
	t.Parallel()
	clock := tabletest.NewClock(time.Now().UTC())
	kept := &mirror{Table: memory.New(clock.Now), keys: map[table.Key]bool{}}
	s := newStackOn(t, clock, unwatched{kept}, testKey)
	const arn = `{"attributes":{"id":"same","arn":"arn:aws:s3:::same"}}`
	const both = `{"attributes":{"id":"same","arn":"arn:aws:s3:::same"},"identity":{"bucket":"same"}}`
	s.scanner = s.olderScanner()
	src := s.register(drift.Settings{URI: "s3://estate/acme/states/"})
	s.bucket.put("acme/states/a.tfstate", cloud("l", 1, "aws_s3_bucket.x: "+arn))
	s.bucket.put("acme/states/b.tfstate", cloud("l", 1, "aws_s3_bucket.x: "+both))
	s.bucket.put("acme/states/c.tfstate", cloud("l", 1, "aws_s3_bucket.x: "+strings.ReplaceAll(arn, "same", "moved")))
	s.run(src)
	claims := slices.DeleteFunc(kept.dump(t), func(i table.Item) bool { return !strings.HasPrefix(i.PK, "I#") })
	s.bucket.put("acme/states/c.tfstate", cloud("l", 2, "aws_s3_bucket.y: "+strings.ReplaceAll(arn, "same", "moved")))
	s.run(src)
	s.restore(kept, claims) // an earlier version left the claims of what is missing
	if got := s.duplicates(); len(got) > 0 {
		t.Errorf("before the first scan: %q", got)
	}
	s.wire(s.counter, s.bucket, testKey)
	s.run(src)
	want := []string{"states/a/aws_s3_bucket.x states/b/aws_s3_bucket.x = arn:aws:s3:::same"}
	if diff := cmp.Diff(want, s.duplicates()); diff != "" {
		t.Error(diff)
	}
}

// restore puts claims back beside those that are there.
func (s *stack) restore(kept *mirror, claims []table.Item) {
	s.t.Helper()
	for _, was := range claims {
		is, err := kept.Get(s.t.Context(), was.Key)
		if err == nil {
			var both []string
			for _, body := range []string{string(was.Body), string(is.Body)} {
				_, list, _ := strings.Cut(body, `"claims":[`)
				both = append(both, strings.TrimSuffix(list, "]}"))
			}
			head, _, _ := strings.Cut(string(was.Body), `"claims":[`)
			was.Body, was.Revision = []byte(head+`"claims":[`+strings.Join(both, ",")+"]}"), is.Revision+1
		}
		digest := strings.Split(was.PK, "#")[2]
		shard := fmt.Sprintf("%x", int(digest[0])%16)
		mark := table.Item{Key: table.Key{PK: strings.Split(was.PK, "#")[0] + "#" + strings.Split(was.PK, "#")[1] + "#D#" + shard, SK: digest}, Revision: 1, Body: []byte("\x01{}")}
		ops := []table.Op{table.Put(was, table.Any)}
		if strings.Count(string(was.Body), `"e":`) > 1 {
			ops = append(ops, table.Put(mark, table.Any))
		}
		if err := kept.Write(s.t.Context(), ops...); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stack) olderScanner() *scan.Scanner {
	config := s.scanner.Config
	config.Readers = map[drift.Kind]reader.Reader{drift.KindTFState: older{&tfstate.Reader{}}}
	return scan.New(config)
}
