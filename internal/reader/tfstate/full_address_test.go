package tfstate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"plumbline/internal/catalog"
)

// manifests are keys of 1.6 kB that begin alike.
func manifests() []string {
	const head = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"a\"\ndata:\n  é: |\n"
	body := strings.Repeat("    # a line of a comment, ${not} a template\n", 36)
	return []string{head + body + "    one\n", head + body + "    two\n", "short"}
}

func TestALongNameIsCutAndItsAddressIsAProperty(t *testing.T) {
	t.Parallel()
	var instances, want []string
	for _, key := range manifests() {
		quoted, _ := json.Marshal(key)
		instances = append(instances, `{"index_key":`+string(quoted)+`,"attributes":{"id":"x","yaml_body":`+string(quoted)+`}}`)
		want = append(want, "aws_instance.a"+tfstateKey(key))
	}
	got := mustRead(t, document(t, state(instances...)))
	if len(got.facts.Failed) > 0 {
		t.Fatal(got.facts.Failed)
	}
	names := map[string]bool{}
	for i, d := range got.declared[:3] {
		names[d.Entity.Name] = true
		if err := catalog.CheckEntityName(d.Entity.Name); err != nil {
			t.Errorf("%q: %v", d.Entity.Name, err)
		}
		address, _ := catalog.Text(d.Entity.Properties["address"])
		if i < 2 && (address != want[i] || !strings.HasPrefix(d.Entity.Name, "prod/vpc/"+want[i][:700])) {
			t.Errorf("name %q, address %q, want %q", d.Entity.Name, address, want[i])
		}
		if i == 2 && (address != "" || d.Entity.Name != "prod/vpc/"+want[i]) {
			t.Errorf("a short one: name %q, address %q", d.Entity.Name, address)
		}
	}
	if len(names) != 3 {
		t.Errorf("%d names of three", len(names))
	}
}

// tfstateKey renders a key as Terraform does.
func tfstateKey(key string) string {
	quoted, _ := json.Marshal(key)
	return "[" + strings.ReplaceAll(string(quoted), "${", "$${") + "]"
}

func TestWhatIsInALongModuleMeetsItUnderItsName(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 900)
	got := mustRead(t, document(t, `{"version":4,"lineage":"l","resources":[
 {"module":"module.a[\"`+key+`\"].module.b","mode":"managed","type":"aws_db_instance","name":"d","provider":"provider.aws","instances":[
  {"attributes":{"address":"db.example.com"},"dependencies":["module.`+key+`.aws_vpc.v"]}]}]}`))
	if len(got.facts.Failed) > 0 {
		t.Fatal(got.facts.Failed)
	}
	declared := map[catalog.Ref]bool{}
	for _, d := range got.declared {
		declared[catalog.Ref{Type: d.Entity.Type, Name: d.Entity.Name}] = true
	}
	for _, d := range got.declared {
		for _, r := range d.Entity.Relationships {
			if len(r.To.Name) > catalog.MaxNameBytes || r.Type == "contains" && !declared[r.To] {
				t.Errorf("%s %s %s %q", d.Entity.Type, r.Type, r.To.Type, r.To.Name)
			}
		}
	}
	db := got.declared[0].Entity.Properties
	own, _ := catalog.Text(db["address"])
	full, _ := catalog.Text(db["terraform.address"])
	if own != "db.example.com" || full != `module.a["`+key+`"].module.b.aws_db_instance.d` {
		t.Errorf("address %q, of the instance %q", own, full)
	}
}

func TestASecretBehindTheCutIsNotTold(t *testing.T) {
	t.Parallel()
	const secret = "correct horse 7"
	got := mustRead(t, document(t, state(`{"index_key":"`+strings.Repeat("k", 900)+secret+`","attributes":{"password":"`+secret+`"}}`)))
	for _, d := range got.declared {
		for name, v := range d.Entity.Properties {
			if strings.Contains(string(v), secret) {
				t.Errorf("%s of %s holds it", name, d.Entity.Name)
			}
		}
	}
}
