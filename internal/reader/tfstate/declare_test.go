package tfstate_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
)

// entity finds what was declared under that name.
func entity(t *testing.T, r result, name string) reader.Declared {
	t.Helper()
	for _, d := range r.declared {
		if d.Entity.Name == name {
			return d
		}
	}
	t.Fatalf("%s is not declared", name)
	return reader.Declared{}
}

func TestIdentityInTheCloud(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind, instance, want string
	}{
		"Terraform's identity before the ARN": {"aws_instance", `{"attributes":{"arn":"arn:aws:x"},"identity":{"region":"eu","id":"i-1"}}`, `aws aws_instance {"id":"i-1","region":"eu"}`},
		"an empty identity is none":           {"aws_instance", `{"attributes":{"arn":"arn:aws:x"},"identity":{}}`, "arn:aws:x"},
		"the ARN before the id":               {"aws_instance", `{"attributes":{"arn":"arn:aws:x","id":"i-1"}}`, "arn:aws:x"},
		"the id with account and region":      {"aws_eip", `{"attributes":{"id":"e","owner_id":"12","region":"eu"}}`, `aws aws_eip {"account":"12","id":"e","region":"eu"}`},
		"another object's ARN is none":        {"aws_secretsmanager_secret_version", `{"attributes":{"arn":"arn:aws:x","id":"v"}}`, `aws aws_secretsmanager_secret_version {"id":"v"}`},
		"the ARN of what it points at":        {"aws_cloudwatch_event_target", `{"attributes":{"arn":"arn:aws:lambda:eu:1:function:f","id":"rule-t"}}`, ""},
		"a name that others have, too":        {"aws_lambda_permission", `{"attributes":{"id":"AllowAPI"}}`, ""},
		"such a name in its account":          {"aws_iam_role_policy", `{"attributes":{"id":"r:p"},"identity":{"account_id":"1","name":"p"}}`, `aws aws_iam_role_policy {"account_id":"1","name":"p"}`},
		"a file on a disk":                    {"local_file", `{"attributes":{"id":"da39a3ee"}}`, ""},
		"a name in some cluster":              {"helm_release", `{"provider":"provider.helm","attributes":{"id":"nginx"},"identity":{"name":"nginx"}}`, ""},
		"an object of a cluster":              {"kubernetes_namespace", `{"provider":"provider.kubernetes","attributes":{"id":"a","metadata":[{"name":"a","uid":"0-1-2-3-4"}]}}`, `kubernetes kubernetes_namespace {"id":"0-1-2-3-4"}`},
		"an object of a cluster's manifest":   {"kubernetes_manifest", `{"provider":"provider.kubernetes","attributes":{"object":{"metadata":{"uid":"0-1-2-3-4"}}}}`, `kubernetes kubernetes_manifest {"id":"0-1-2-3-4"}`},
		"an id that is a number":              {"x_y", `{"attributes":{"id":55}}`, `aws x_y {"id":"55"}`},
		"a type that is in no cloud":          {"random_id", `{"attributes":{"id":"x"}}`, ""},
		"a deposed object":                    {"aws_eip", `{"deposed":"0a1b2c3d","attributes":{"id":"x"}}`, ""},
		"a secret id":                         {"aws_eip", `{"attributes":{"id":"x"},"sensitive_attributes":[[{"type":"get_attr","value":"id"}]]}`, ""},
		"an identity with a secret gives way": {"aws_eip", `{"attributes":{"id":"x","password":"very secret text"},"identity":{"p":"very secret text"}}`, `aws aws_eip {"id":"x"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, document(t, `{"version":4,"resources":[{"mode":"managed","type":"`+c.kind+`","name":"a","provider":"provider.aws","instances":[`+c.instance+`]}]}`))
			if diff := cmp.Diff(c.want, got.declared[0].Entity.Identity.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSensitivePathsReachTheirValue(t *testing.T) {
	t.Parallel()
	attr := `{"type":"get_attr","value":"a"}`
	for name, c := range map[string]struct {
		attributes, path string
		want             string // the attribute with every secret as "S"
	}{
		"the whole attribute":                         {`{"a":{"b":1}}`, attr, `"S"`},
		"a member":                                    {`{"a":{"b":1,"c":2}}`, attr + `,{"type":"get_attr","value":"b"}`, `{"b":"S","c":2}`},
		"a key of a map":                              {`{"a":{"b":1,"c":2}}`, attr + `,{"type":"index","value":{"value":"c","type":"string"}}`, `{"b":1,"c":"S"}`},
		"an element of a list":                        {`{"a":[1,2]}`, attr + `,{"type":"index","value":{"value":1,"type":"number"}}`, `[1,"S"]`},
		"through the level of a dynamic value":        {`{"a":{"value":{"b":1,"c":2},"type":"dynamic"}}`, attr + `,{"type":"get_attr","value":"b"}`, `{"type":"dynamic","value":{"b":"S","c":2}}`},
		"a member that could be of either level":      {`{"a":{"value":{"value":1},"type":"x"}}`, attr + `,{"type":"get_attr","value":"value"}`, `"S"`},
		"an index that is not there":                  {`{"a":[1]}`, attr + `,{"type":"index","value":{"value":1,"type":"number"}}`, `"S"`},
		"an element of a set, by its value":           {`{"a":[{"b":1}]}`, attr + `,{"type":"index","value":{"value":{"b":1},"type":["object",{"b":"number"}]}}`, `"S"`},
		"an unknown step":                             {`{"a":{"b":1}}`, attr + `,{"type":"splat"}`, `"S"`},
		"a first step that is none":                   {`{"a":{"b":1}}`, `{"type":"index","value":{"value":"a","type":"number"}}`, `"S"`},
		"no step at all":                              {`{"a":1}`, ``, `"S"`},
		"a step into a text":                          {`{"a":"b"}`, attr + `,{"type":"get_attr","value":"b"}`, `"S"`},
		"an attribute that is not there marks no one": {`{"a":1}`, `{"type":"get_attr","value":"z"}`, `1`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, document(t, state(`{"attributes":`+c.attributes+`,"sensitive_attributes":[[`+c.path+`]]}`)))
			shown := mask(t, got.declared[0].Entity.Properties["a"])
			if diff := cmp.Diff(c.want, shown); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// mask replaces each secret in a value by "S".
func mask(t *testing.T, v catalog.Value) string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(v, &tree); err != nil {
		t.Fatal(err)
	}
	masked, _ := json.Marshal(maskTree(tree))
	return string(masked)
}

func maskTree(tree any) any {
	switch tree := tree.(type) {
	case map[string]any:
		if _, secret := tree[catalog.SecretMember]; secret {
			return "S"
		}
		for name := range tree {
			tree[name] = maskTree(tree[name])
		}
	case []any:
		for i := range tree {
			tree[i] = maskTree(tree[i])
		}
	}
	return tree
}

func TestWhatIsInvalidIsReportedAndLosesNothingElse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		instance, wantName, wantReason string
	}{
		"a status":                   {`{"index_key":1,"status":"odd"}`, "prod/vpc/aws_instance.a[1]", "a status that is not tainted"},
		"a status before the key":    {`{"status":"odd","index_key":"k","deposed":"0a1b2c3d"}`, `prod/vpc/aws_instance.a["k"] (deposed 0a1b2c3d)`, "a status that is not tainted"},
		"attributes":                 {`{"attributes":[]}`, "prod/vpc/aws_instance.a", "attributes of a wrong kind"},
		"a provider that is none":    {`{"index_key":2,"provider":"provider["}`, "prod/vpc/aws_instance.a[2]", "parse provider at byte 9: expected an index"},
		"a provider of a wrong kind": {`{"index_key":"x.y","provider":7}`, `prod/vpc/aws_instance.a["x.y"]`, "a provider that is not a string"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := mustRead(t, document(t, state(c.instance, `{"index_key":0,"attributes":{"id":"i-0"}}`)))
			if !declares(got, "prod/vpc/aws_instance.a[0]") || len(got.facts.Failed) != 1 {
				t.Fatalf("declared %d, failed %v", len(got.declared), got.facts.Failed)
			}
			p := got.facts.Failed[0]
			if p.Name != c.wantName || p.Reason != c.wantReason || p.Path != "/resources/0/instances/0" || p.Offset <= 0 {
				t.Errorf("got %+v", p)
			}
			if p.ID != catalog.EntityID(environment, "aws_instance", p.Name) {
				t.Errorf("the id is not the name's: %+v", p)
			}
		})
	}
}

func TestBodiesAreThoseWanted(t *testing.T) {
	t.Parallel()
	doc := document(t, state(`{"index_key":0,"attributes":{"id":"a"}}`, `{"index_key":1,"attributes":{"id":"b"}}`))
	all := mustRead(t, doc)
	if want := len(all.entries); want != 4 || all.facts.Entities != want || len(all.declared) != want {
		t.Fatalf("entries %d, facts %d, bodies %d", want, all.facts.Entities, len(all.declared))
	}
	if entity(t, all, "prod/vpc/aws_instance.a[1]").Entity.State != "active" {
		t.Error("not active")
	}
}

func TestRotationGivesBothDigests(t *testing.T) {
	t.Parallel()
	doc := document(t, state(`{"index_key":0,"attributes":{"id":"a","password":"correct horse"}}`, `{"index_key":1,"attributes":{"id":"b"}}`))
	under1 := mustRead(t, doc)
	doc.Keys = doc.Keys.ForDocument("k0")
	both := mustRead(t, doc)
	if both.entries[0].Digest == both.entries[0].Alternate || both.entries[0].Digest != under1.entries[0].Digest {
		t.Error("the entity with a secret needs two digests, the first under the writing key")
	}
	if both.entries[1].Digest != both.entries[1].Alternate {
		t.Error("an entity without secrets has one digest")
	}
	secret := entity(t, both, "prod/vpc/aws_instance.a[0]")
	if len(secret.Alternate) != 1 || catalog.Equal(secret.Alternate["password"], secret.Entity.Properties["password"]) {
		t.Errorf("alternate properties: %v", secret.Alternate)
	}
}

func TestAnErrorOfYieldEndsTheReadingAsItIs(t *testing.T) {
	t.Parallel()
	doc := document(t, state(`{"attributes":{"id":"a"}}`))
	stop := errors.New("stop")
	if _, err := new(tfstate.Reader).Index(t.Context(), doc, func(reader.Entry) error { return stop }); err != stop {
		t.Errorf("index: %v", err)
	}
	reading, err := new(tfstate.Reader).Index(t.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := reading.Bodies(t.Context(), func(uuid.UUID) bool { return true }, func(reader.Declared) error { return stop }); err != stop {
		t.Errorf("bodies: %v", err)
	}
}

func TestAnErrorOfReadingIsNotTheDocuments(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	doc := document(t, "")
	doc.Open = func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(`{"version":4,"resources":[`), iotest.ErrReader(cut))), nil
	}
	if _, err := read(t, doc); !errors.Is(err, cut) || errors.Is(err, reader.ErrUnusable) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := new(tfstate.Reader).Index(ctx, document(t, state()), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheFormsOfAnIdentityAreTakenFromTerraformsOwn(t *testing.T) {
	t.Parallel()
	got := mustRead(t, document(t, `{"version":4,"resources":[{"mode":"managed","type":"aws_lb","name":"a","provider":"provider.aws","instances":[
		{"attributes":{"name":"l"},"identity":{"arn":"arn:aws:elb:eu:1:l","id":"l-1"}}]}]}`)).declared[0].Entity.Identity
	want := catalog.Identity{
		Kind: "aws aws_lb", Resource: `{"arn":"arn:aws:elb:eu:1:l","id":"l-1"}`, ARN: "arn:aws:elb:eu:1:l", ID: "l-1", Account: "1", Region: "eu",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
