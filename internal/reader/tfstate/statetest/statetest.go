// Package statetest writes large Terraform states for tests and benchmarks of any
// package: 10,000 instances are about 24 MB of indented JSON.
//
// Its one invariant: the same [Options] write the same bytes.
package statetest

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
)

// Options say what to write.
type Options struct {
	Instances int
	// SensitiveEvery puts a sensitive attribute, with a secret of its own, into every
	// n-th instance; 0 for none.
	SensitiveEvery int
	// ChangedEvery gives every n-th instance another tag than it has with 0: the next
	// version of the same estate.
	ChangedEvery int
	Seed, Serial uint64
	// Lineage is "00000000-0000-0000-0000-000000000001" where empty.
	Lineage string
}

type resourceType struct {
	name       string
	attributes int
}

var resourceTypes = []resourceType{
	{"aws_instance", 40}, {"aws_security_group", 18}, {"aws_iam_role", 14}, {"aws_s3_bucket", 30},
	{"aws_subnet", 20}, {"aws_route53_record", 10}, {"aws_lambda_function", 35}, {"aws_db_instance", 60},
}

// Write writes a state of version 4. Instance i is `module.m<i%50>.<type>.r<i>`.
func Write(w io.Writer, o Options) error {
	if o.Lineage == "" {
		o.Lineage = "00000000-0000-0000-0000-000000000001"
	}
	s := &writer{Writer: bufio.NewWriterSize(w, 1<<20), Options: o, random: rand.New(rand.NewPCG(o.Seed, 7))}
	fmt.Fprintf(s, "{\n  \"version\": 4,\n  \"terraform_version\": \"1.9.5\",\n  \"serial\": %d,\n  \"lineage\": %q,\n  \"outputs\": {},\n  \"resources\": [", o.Serial, o.Lineage)
	for i := range o.Instances {
		if i > 0 {
			s.WriteByte(',')
		}
		s.resource(i)
	}
	fmt.Fprint(s, "\n  ],\n  \"check_results\": null\n}\n")
	return s.Flush() // holds the first error of all writes
}

// Secret is the secret of instance i where it has one.
func Secret(seed uint64, i int) string { return fmt.Sprintf("s3cr3t-%d-%d-value", seed, i) }

type writer struct {
	*bufio.Writer
	Options
	random *rand.Rand
}

func (w *writer) resource(i int) {
	kind := resourceTypes[w.random.IntN(len(resourceTypes))]
	fmt.Fprintf(w, `
    {
      "module": "module.m%d",
      "mode": "managed",
      "type": %q,
      "name": "r%d",
      "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
      "instances": [
        {
          "schema_version": 1,
          "attributes": {
            "id": "%s-%016x%016x",
            "arn": "arn:aws:svc:eu-west-1:123456789012:%s/%d",
            "tags": {
              "Name": "n%d",
              "env": "%s",
              "team": "t%d"
            }`, i%50, kind.name, i, kind.name[4:8], w.random.Uint64(), w.random.Uint64(), kind.name, i, i, w.env(i), i%20)
	for k := range kind.attributes {
		fmt.Fprintf(w, ",\n            \"attr_%02d\": ", k)
		w.value(i)
	}
	w.sensitive(i)
	w.WriteString(`
          "private": "bnVsbA==",
          "dependencies": [
            "aws_vpc.main",
            "module.m1.aws_subnet.a"
          ]
        }
      ]
    }`)
}

func (w *writer) env(i int) string {
	if w.ChangedEvery > 0 && i%w.ChangedEvery == 0 {
		return "staging"
	}
	return "prod"
}

func (w *writer) sensitive(i int) {
	if w.SensitiveEvery == 0 || i%w.SensitiveEvery != 0 {
		w.WriteString("\n          },\n          \"sensitive_attributes\": [],")
		return
	}
	fmt.Fprintf(w, `,
            "settings": %q
          },
          "sensitive_attributes": [
            [
              {
                "type": "get_attr",
                "value": "settings"
              }
            ]
          ],`, Secret(w.Seed, i))
}

func (w *writer) value(i int) {
	switch r := w.random.Float64(); {
	case r < .2:
		w.WriteString("null")
	case r < .35:
		fmt.Fprint(w, w.random.IntN(2) == 0)
	case r < .5:
		fmt.Fprint(w, w.random.IntN(65536))
	case r < .6:
		fmt.Fprintf(w, "[\n              \"a\",\n              \"b\",\n              \"%d\"\n            ]", i)
	case r < .7:
		w.WriteString("[\n              {\n                \"cidr\": \"10.0.0.0/16\",\n                \"port\": 443,\n                \"desc\": \"xxxxxxxxxxxxxxxxxxxx\"\n              }\n            ]")
	default:
		fmt.Fprintf(w, "%q", strings.Repeat("v", 5+w.random.IntN(36)))
	}
}
