package tfstate_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"plumbline/internal/reader"
	"plumbline/internal/reader/budget"
	"plumbline/internal/reader/readertest"
	"plumbline/internal/reader/tfstate"
)

const soundResource = `{"mode":"managed","type":"aws_vpc","name":"good","provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[{"schema_version":0,"attributes":{"id":"vpc-1"}}]}`

func stateOf(resources ...string) string {
	return `{"version":4,"terraform_version":"1.9.5","serial":1,"lineage":"l","outputs":{},"resources":[` + strings.Join(append(resources, soundResource), ",") + `]}`
}

func inModule(path, name string) string {
	return fmt.Sprintf(`{"module":%q,"mode":"managed","type":"null_resource","name":%q,"provider":"provider[\"registry.terraform.io/hashicorp/null\"]","instances":[{"attributes":{"id":"1"}}]}`, path, name)
}

// deep is a module path of so many steps, which begins with a name of its own.
func deep(steps, n int) string {
	return fmt.Sprintf("module.m%d", n) + strings.Repeat(".module.a", steps-1)
}

func TestAStateThatMakesMuchOfLittleEndsWithinItsBudget(t *testing.T) {
	for name, state := range map[string]func() string{
		"a module path of 20,000 steps": func() string { return stateOf(inModule(deep(20_000, 0), "x")) },
		"a thousand module paths of 20,000 steps": func() string {
			var list []string
			for i := range 1000 {
				list = append(list, inModule(deep(20_000, i), "x"))
			}
			return stateOf(list...)
		},
		"modules of modules": func() string {
			var list []string
			for i := range 2000 {
				list = append(list, inModule(deep(99, i), "x"))
			}
			return stateOf(list...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			readertest.Limited(t, func(t *testing.T) {
				doc := document(t, state())
				doc.Budget = budget.New(budget.Limits{})
				if good, err := readGood(t, doc); err != nil || !good {
					t.Errorf("the sound resource was read: %t, %v", good, err)
				}
			})
		})
	}
}

func TestAStateThatTakesMoreThanItsBudgetSaysWhere(t *testing.T) {
	t.Parallel()
	for limit, l := range map[string]budget.Limits{"values": {Nodes: 3}, "bytes built": {BuiltBytes: 300}, "bytes held": {HeldBytes: 200}} {
		doc := document(t, stateOf(inModule("module.a", "x"), inModule("module.b", "y")))
		doc.Budget = budget.New(l)
		_, err := readGood(t, doc)
		var exceeded *budget.ExceededError
		if !errors.As(err, &exceeded) || !strings.Contains(exceeded.Limit, limit) || !strings.HasPrefix(exceeded.Place, "prod/vpc/") {
			t.Errorf("%s: %v, %+v", limit, err, exceeded)
		}
	}
}

func readGood(t *testing.T, doc reader.Document) (good bool, err error) {
	reading, err := new(tfstate.Reader).Index(t.Context(), doc, func(reader.Entry) error { return nil })
	if err != nil {
		return false, err
	}
	err = reading.Bodies(t.Context(), func(uuid.UUID) bool { return true }, func(d reader.Declared) error {
		good = good || strings.HasSuffix(d.Entity.Name, "aws_vpc.good")
		return nil
	})
	return good, err
}
