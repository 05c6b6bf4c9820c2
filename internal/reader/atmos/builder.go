package atmos

import (
	"fmt"

	"plumbline/internal/reader/atmos/merge"
	"plumbline/internal/reader/atmos/value"
)

// builder puts one component together.
type builder struct {
	*assembler
	kind      *kind
	name      string
	own       value.Map // as the manifest has it
	overrides value.Map
	bases     bases
	// lists is the component's effective strategy, baseLists that under which its
	// bases are folded, before their own.
	lists, baseLists merge.Lists
	c                *Component
	out              value.Map
}

// build fills out with the sections of the component, before its stack is known.
// Rule: Components, in rules.go.
func (b *builder) build(table value.Map) (err error) {
	if b.bases, err = b.assembler.bases(b.name, b.own, table); err != nil {
		return err
	}
	if b.overrides, err = section(b.own, "overrides"); err != nil {
		return err
	}
	if err := b.strategy(); err != nil {
		return err
	}
	for _, part := range []func() error{b.mergedSections, b.typedSections, b.metadata, b.optionalSections, b.scalars, b.dependencies, b.verbatim} {
		if err := part(); err != nil {
			return err
		}
	}
	b.out["overrides"] = orEmpty(b.overrides)
	b.out["inheritance"] = b.bases.inheritance()
	b.c.bases, b.c.missing = b.bases.inheritance(), b.bases.missing
	b.settings()
	if b.kind == terraform {
		return b.terraform()
	}
	return nil
}

func orEmpty(m value.Map) value.Map {
	if m == nil {
		return value.Map{}
	}
	return m
}

// strategy finds how the component's lists merge. Rule: Merging.
func (b *builder) strategy() error {
	own := value.Text(b.own, "settings", "list_merge_strategy")
	over := value.Text(b.overrides, "settings", "list_merge_strategy")
	fromBases := ""
	for _, layer := range b.bases.layers {
		fromBases = orText(string(layer.lists), fromBases)
		if layer.lists != "" && layer.lists.Validate() != nil {
			return layer.lists.Validate()
		}
	}
	global := value.Text(b.layer(b.kind.name, "settings"), "list_merge_strategy")
	configured := string(b.run.config.lists)
	b.lists = merge.Lists(orText(over, orText(own, orText(fromBases, orText(global, configured)))))
	b.baseLists = merge.Lists(orText(over, orText(own, configured)))
	if err := b.lists.Validate(); err != nil {
		return err
	}
	return b.baseLists.Validate()
}

// functional are the sections in which Atmos defers functions. Rule: Deferral.
var functional = map[string]bool{
	"vars": true, "settings": true, "env": true, "auth": true, "providers": true,
	"required_providers": true, "hooks": true, "generate": true, "test": true,
}

func (b *builder) rulesOf(key string, lists merge.Lists) merge.Rules {
	return merge.Rules{Lists: lists, Appends: b.rules.Appends, Budget: b.rules.Budget, Deferred: functional[key]}
}

// inherited folds a section of the bases, each under its own list strategy.
func (b *builder) inherited(key string, strip ...string) (value.Map, error) {
	layers := make([]value.Map, 0, len(b.bases.layers))
	same := true
	for _, layer := range b.bases.layers {
		m, err := b.sectionOf(layer.raw, key)
		if err != nil {
			return nil, fmt.Errorf("inherits from %s: %w", layer.name, err)
		}
		layers = append(layers, value.Without(m, strip...))
		same = same && (layer.lists == "" || layer.lists == b.baseLists)
	}
	if same {
		return b.rulesOf(key, b.baseLists).Maps(layers...), nil
	}
	var folded value.Map
	for i, layer := range b.bases.layers {
		lists := merge.Lists(orText(string(layer.lists), string(b.baseLists)))
		folded = b.rulesOf(key, lists).Maps(folded, layers[i])
	}
	return folded, nil
}

func (b *builder) sectionOf(raw value.Map, key string) (value.Map, error) {
	if key == "source" {
		if m := sourceMap(key, raw[key]); m != nil {
			return m, nil
		}
	}
	return section(raw, key)
}

// merge merges a section of bases and component onto a layer below, and the overrides
// over them.
func (b *builder) merge(key string, below, above value.Map) (value.Map, error) {
	fromBases, err := b.inherited(key)
	if err != nil {
		return nil, err
	}
	own, err := b.sectionOf(b.own, key)
	if err != nil {
		return nil, err
	}
	b.collide(key, below, fromBases, own, above)
	return b.rulesOf(key, b.lists).Maps(below, fromBases, own, above), nil
}

// collide notes where functions of a section and other layers meet.
func (b *builder) collide(key string, layers ...value.Map) {
	if !functional[key] || !b.run.functions.Load() {
		return
	}
	for _, c := range merge.Collisions(layers...) {
		c.Path = append([]string{key}, c.Path...)
		b.c.collisions = append(b.c.collisions, c)
	}
	b.c.lists = b.lists
}
