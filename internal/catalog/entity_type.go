package catalog

import (
	"time"
)

// EntityType describes the entities of one type. One that a caller registers is
// validated against; one that a scan came across is discovered, and open.
type EntityType struct {
	// Name is unique in a project; see [CheckTypeName].
	Name string
	// DisplayName is for people; "" stands for Name.
	DisplayName string
	// States that an entity may be in, beside [StateActive] and [StateFailed].
	States []string
	// InitialState is that of an entity which declares none: one of States or an
	// implicit one.
	InitialState string
	Properties   []Property
	// Metrics and Constraints are arrays that are kept as they came, nil where there
	// are none: Plumbline does not evaluate them.
	Metrics, Constraints Value
	// SyncTracked says that entities of the type have a drift status. [NewEntityType]
	// sets it: the default is true.
	SyncTracked bool
	// SyncFreshness is how long an entity stays current without a scan; zero stands
	// for the 24 hours that hold for all.
	SyncFreshness time.Duration
	// Applier names the action that applies entities of the type, "" for none.
	Applier string
	// Discovered: no caller registered the type. States and properties are open.
	Discovered bool
}

// NewEntityType is a registered type with the defaults of the API.
func NewEntityType(name string, states []string, initial string) EntityType {
	return EntityType{Name: name, States: states, InitialState: initial, SyncTracked: true}
}

// Discover is the type that a scan registers when it comes across a name that nobody
// registered.
func Discover(name string) EntityType {
	t := NewEntityType(name, nil, StateActive)
	t.Discovered = true
	return t
}

// Validate reports everything that is wrong with the type.
func (t EntityType) Validate() Problems {
	var problems Problems
	problems.check("name", CheckTypeName(t.Name))
	problems.check("displayName", checkDisplay(t.DisplayName))
	problems = append(problems, validateStates(t.States)...)
	if t.InitialState == "" || len(checkState(t.InitialState, t.States, StateActive, StateFailed)) > 0 {
		problems.add("initialState", "must be one of the states")
	}
	problems = append(problems, validateProperties(t.Properties)...)
	if t.SyncFreshness < 0 {
		problems.add("syncFreshness", "must be longer than zero")
	}
	if t.Applier != "" {
		problems.check("applier", CheckTypeName(t.Applier))
	}
	return problems
}

// Check reports where an entity of the type breaks its rules: a state that is not
// declared, a required property that is absent, a value of the wrong type or outside
// the enum. Properties that the type does not describe are allowed. A discovered type
// allows everything.
//
// Source of the rule: the catalogue reference, Entity: "validated: required, enum".
func (t EntityType) Check(e Entity) Problems {
	if t.Discovered {
		return nil
	}
	return append(
		checkState(e.State, t.States, StateActive, StateFailed),
		checkProperties(t.Properties, e.Properties)...)
}

// StateOf is the state of an entity of the type: its own, else the initial one.
func (t EntityType) StateOf(e Entity) string {
	if e.State != "" {
		return e.State
	}
	return t.InitialState
}

// maxDisplayBytes is the limit on a name for people.
const maxDisplayBytes = 500

func checkDisplay(name string) error {
	if name == "" {
		return nil
	}
	return checkText(name, maxDisplayBytes)
}
