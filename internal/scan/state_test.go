package scan_test

import (
	"fmt"
	"strings"
)

// state renders a small tf-state: "name=size" gives aws_instance.name with that
// instance_type.
func state(serial int, instances ...string) string {
	return stateOf("l-1", serial, instances...)
}

func stateOf(lineage string, serial int, instances ...string) string {
	var resources []string
	for _, text := range instances {
		name, size, _ := strings.Cut(text, "=")
		resources = append(resources, fmt.Sprintf(`{"mode":"managed","type":"aws_instance","name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/aws\"]",
 "instances":[{"schema_version":1,"attributes":{"id":"i-%s","instance_type":%q,"tags":{"Name":%q}},"sensitive_attributes":[]}]}`, name, name, size, name))
	}
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":%q,"outputs":{},"resources":[%s],"check_results":null}`,
		serial, lineage, strings.Join(resources, ","))
}

// withUserData is a state of one instance, whose user_data ends in filling; sensitive
// is a path of sensitive_attributes.
func withUserData(serial int, value, filling, sensitive string) string {
	return fmt.Sprintf(`{"version":4,"terraform_version":"1.9.5","serial":%d,"lineage":"l-1","outputs":{},"resources":[
 {"mode":"managed","type":"aws_instance","name":"web","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[
  {"schema_version":1,"attributes":{"id":"i-1","big":%q,"user_data":%q},"sensitive_attributes":[%s]}]}]}`,
		serial, filling, value+filling, sensitive)
}
