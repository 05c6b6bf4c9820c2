package tfstate_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
)

// holding is a state of outputs and resources.
func holding(outputs, resources string) string {
	return `{"version":4,"terraform_version":"1.9.5","serial":1,"lineage":"l","outputs":{` + outputs + `},"resources":[` + resources + `]}`
}

func resourceOf(mode, kind, name, instances string) string {
	return fmt.Sprintf(`{"mode":%q,"type":%q,"name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[%s]}`, mode, kind, name, instances)
}

// everything a reading yields, as text.
func everything(got result) string {
	told, _ := json.Marshal(got.declared)
	facts, _ := json.Marshal([]any{got.facts.Failed, got.facts.Warnings, got.facts.Lineage, got.facts.WriterVersion})
	return string(told) + string(facts)
}

// TestASecretThatIsACommonWordDropsNothing: whatever a sensitive output has for a value,
// every entity is declared under its own name.
func TestASecretThatIsACommonWordDropsNothing(t *testing.T) {
	t.Parallel()
	instance := `{"index_key":"eu-west-1","attributes":{"id":"vpc-0a1b2c3d4e5f67890","arn":"arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b2c3d4e5f67890","tags":{"env":"production"}}}`
	resources := `{"module":"module.production[\"network-hub\"]",` + resourceOf("managed", "aws_vpc", "main_network", instance)[1:] + "," +
		resourceOf("managed", "aws_route", "r", `{"index_key":"https://shop.example.com/login","attributes":{"id":"r-1"}},{"index_key":"10.20.0.0/16","attributes":{"id":"r-2"}}`) + "," +
		resourceOf("managed", "aws_subnet", "a", `{"attributes":{"id":"subnet-1","vpc_id":"vpc-0a1b2c3d4e5f67890","region":"eu-west-1"},"dependencies":["module.production.aws_vpc.main_network"]}`)
	plain := mustRead(t, document(t, holding("", resources)))
	for _, secret := range []string{"production", "eu-west-1", "network-hub", "main_network", "aws_subnet", "vpc-0a1b2c3d4e5f67890", "123456789012",
		"https://shop.example.com/login", "10.20.0.0/16",
		"arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0a1b2c3d4e5f67890"} {
		value, _ := json.Marshal(secret)
		got := mustRead(t, document(t, holding(`"out":{"value":`+string(value)+`,"type":"string","sensitive":true}`, resources)))
		names := map[string]catalog.Entity{}
		for _, d := range got.declared {
			names[d.Entity.Name] = d.Entity
		}
		for _, d := range plain.declared {
			entity, kept := names[d.Entity.Name]
			if !kept || entity.Identity != d.Entity.Identity || len(entity.Relationships) != len(d.Entity.Relationships) || entity.Type != d.Entity.Type {
				t.Errorf("%q: %s became %+v", secret, d.Entity.Name, entity)
			}
		}
		if len(got.declared) != len(plain.declared)+1 || len(got.facts.Failed) != 0 {
			t.Errorf("%q: %d entities, failed %v", secret, len(got.declared), got.facts.Failed)
		}
		if out := names["prod/vpc/output.out"].Properties["value"]; !catalog.IsSecret(out) {
			t.Errorf("%q: the output shows %s", secret, out)
		}
		if len(got.facts.Warnings) != 1 || got.facts.Warnings[0].Name != "prod/vpc/output.out" || strings.Contains(got.facts.Warnings[0].String(), secret) {
			t.Errorf("%q: warnings %v", secret, got.facts.Warnings)
		}
	}
}

func TestASecretInsideANameIsMasked(t *testing.T) {
	t.Parallel()
	instances := `{"index_key":"x-hunter2hunter2","attributes":{"id":"a"}},{"index_key":"y-hunter2hunter2","attributes":{"id":"b"}}`
	got := mustRead(t, document(t, holding(`"o":{"value":"hunter2hunter2","sensitive":true}`, resourceOf("managed", "aws_instance", "i", instances)+","+
		resourceOf("managed", "aws_eip", "e", `{"attributes":{"id":"c"},"dependencies":["module.of-hunter2hunter2.aws_instance.i"]}`))))
	text := everything(got)
	if len(got.declared) != 6 || len(got.facts.Failed) != 0 || strings.Contains(text, "hunter2") || strings.Count(text, `aws_instance.i[\"secret-`) != 2 {
		t.Errorf("%d entities:\n%s", len(got.declared), text)
	}
}

func TestLineageAndVersionShowNeitherASecretNorADigest(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(`"l"`, `"of-hunter2hunter2"`, "1.9.5", "of-hunter2hunter2").Replace(holding(`"o":{"value":"hunter2hunter2","sensitive":true}`, ""))
	facts := mustRead(t, document(t, text)).facts
	for _, shown := range []string{facts.Lineage, facts.WriterVersion} {
		if strings.Contains(shown, "hunter2") || strings.Contains(shown, catalog.SecretMember) || shown == "" {
			t.Errorf("shows %q", shown)
		}
	}
}

func TestAnUnusableStateShowsNoSecretInItsLineageAndVersion(t *testing.T) {
	t.Parallel()
	token := "ghp_" + strings.Repeat("aB3dE6gH9k", 4)[:36]
	text := `{"version":4,"terraform_version":"https://bob:hunter2@git","lineage":"of-hunter2hunter2","serial":1,"outputs":{"o":{"value":"hunter2hunter2","sensitive":true},"a":{`
	shaped := strings.ReplaceAll(text, "of-hunter2hunter2", token)
	for name, broken := range map[string]string{
		"known": text + `]`, "by its shape": shaped, "a serial that is none": strings.Replace(shaped, `"serial":1`, `"serial":"x"`, 1),
	} {
		_, err := read(t, document(t, broken))
		var unusable *reader.UnusableError
		if !errors.As(err, &unusable) {
			t.Fatalf("%s: %v", name, err)
		}
		shown := unusable.Facts.Lineage + unusable.Facts.WriterVersion + err.Error()
		if strings.Contains(shown, "hunter2") || strings.Contains(shown, token) || !strings.Contains(shown, redact.Hidden) {
			t.Errorf("%s: shows %q", name, shown)
		}
	}
}

func TestOutputsOfAnotherStateAreTakenForSecrets(t *testing.T) {
	t.Parallel()
	outputs := `{"conn":"zk93hfTQpL0x-conn","nested":{"url":"https://h/?key=zk93hfTQpL0x"},"vpc_id":"vpc-0a1b2c3d4e5f67890","role":"arn:aws:iam::123456789012:role/app-role-12","zone":"db.internal.example.com"}`
	elsewhere := resourceOf("managed", "aws_ssm_document", "d", `{"attributes":{"id":"d","content":"x zk93hfTQpL0x-conn","vpc":"vpc-0a1b2c3d4e5f67890","policy":"for arn:aws:iam::123456789012:role/app-role-12","host":"db.internal.example.com"}}`)
	for name, attributes := range map[string]string{
		"terraform_remote_state":              `{"backend":"s3","outputs":{"value":` + outputs + `,"type":["object",{"conn":"string"}]},"workspace":"default"}`,
		"terraform_remote_state, no type":     `{"backend":"s3","outputs":` + outputs + `}`,
		"terraform_remote_state, version 0.9": `{"backend":"s3","environment":"default",` + outputs[1:],
		"tfe_outputs":                         `{"organization":"acme","values":{"value":` + outputs + `,"type":["object",{}]}}`,
	} {
		kind, _, _ := strings.Cut(name, ",")
		doc := document(t, holding("", resourceOf("data", kind, "up", `{"attributes":`+attributes+`}`)+","+elsewhere))
		got := mustRead(t, doc)
		text := everything(got)
		if strings.Contains(text, "zk93hfTQpL0x") {
			t.Errorf("%s: told:\n%s", name, text)
		}
		for _, plain := range []string{`"vpc":"vpc-0a1b2c3d4e5f67890"`, `"host":"db.internal.example.com"`, `"policy":"for arn`} {
			if !strings.Contains(text, plain) {
				t.Errorf("%s: %s is hidden elsewhere:\n%s", name, plain, text)
			}
		}
		if strings.Contains(text, `"vpc_id":"vpc-0a`) || len(got.facts.Warnings) != 0 {
			t.Errorf("%s: an output is shown, warnings %v:\n%s", name, got.facts.Warnings, text)
		}
		doc.OpenOutputs = reader.OpenOutputs{"vpc_*", "zone"}
		if text := everything(mustRead(t, doc)); strings.Contains(text, "zk93hfTQpL0x") || !strings.Contains(text, `"vpc_id":"vpc-0a1b2c3d4e5f67890"`) {
			t.Errorf("%s, opened:\n%s", name, text)
		}
	}
}

// TestManyMarks: as many marks as attributes, and as many below one attribute.
func TestManyMarks(t *testing.T) {
	t.Parallel()
	const many = 20_000
	var attributes, paths, list, indices []string
	for i := range many {
		attributes = append(attributes, fmt.Sprintf(`"a%d":"secret value %d"`, i, i))
		paths = append(paths, fmt.Sprintf(`[{"type":"get_attr","value":"a%d"}]`, i))
		list = append(list, fmt.Sprintf(`"secret text %d"`, i))
		indices = append(indices, fmt.Sprintf(`[{"type":"get_attr","value":"list"},{"type":"index","value":{"type":"number","value":%d}}]`, i))
	}
	state := holding("", resourceOf("managed", "t_t", "a", `{"attributes":{"list":[`+strings.Join(list, ",")+`],`+strings.Join(attributes, ",")+`},"sensitive_attributes":[`+
		strings.Join(append(paths, indices...), ",")+`]}`))
	start := time.Now()
	got := mustRead(t, document(t, state))
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("took %s", took)
	}
	hidden := strings.Count(everything(got), catalog.SecretMember)
	if hidden < 2*many || strings.Contains(everything(got), "secret t") {
		t.Errorf("%d values hidden", hidden)
	}
}
