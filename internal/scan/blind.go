package scan

import (
	"context"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
	"plumbline/internal/reconcile"
	"plumbline/internal/store"
)

// blind reports whether the scan is the dry run of a push. Its answer must not tell
// whether a value that somebody pushes is a secret that is recorded: who guesses leaves
// no other trace. So what is pushed at the place of a secret is taken for that secret.
func (s *set) blind() bool { return s.req.DryRun && s.Kind.IsPushed() }

// blinded is a declaration that tells the same of every value at the place of a secret.
func blinded(e store.Entry, d *reconcile.Declared) {
	d.Entity, d.Alternate, d.Digest = d.Entity.Clone(), nil, [32]byte{}
	recorded := func(pointer string) catalog.Value {
		if e.Record == nil {
			return nil
		}
		return e.Record.Entity.At(pointer)
	}
	for name, value := range d.Entity.Properties {
		d.Entity.Properties[name] = blindedValue(recorded(catalog.PropertyPointer(name)), value)
	}
	for name := range d.Entity.Labels {
		pointer := catalog.LabelPointer(name)
		d.Entity.Set(pointer, blindedValue(recorded(pointer), d.Entity.At(pointer)))
	}
}

// guessed stands for a pushed secret where none is recorded: it equals no other.
var guessed = catalog.Secret("push", "push")

func blindedValue(recorded, declared catalog.Value) catalog.Value {
	switch {
	case declared == nil || declared.Kind() == 'n':
		return declared
	case catalog.IsSecret(recorded):
		return recorded
	case catalog.IsSecret(declared):
		return guessed
	case declared.Kind() == '{':
		return blindedObject(recorded, declared)
	case declared.Kind() == '[':
		return blindedList(recorded, declared)
	}
	return declared
}

func blindedObject(recorded, declared catalog.Value) catalog.Value {
	was, is := map[string]catalog.Value{}, map[string]catalog.Value{}
	for name, span := range catalog.Members(recorded) {
		was[name] = span.Of(recorded)
	}
	for name, span := range catalog.Members(declared) {
		is[name] = blindedValue(was[name], span.Of(declared))
	}
	return catalog.Object(is)
}

// blindedList pairs the elements as [secretPlaces] does.
func blindedList(recorded, declared catalog.Value) catalog.Value {
	was, is := elements(recorded), elements(declared)
	out := catalog.Value("[")
	for i, element := range is {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, blindedValue(counterpart(was, is, i), element)...)
	}
	return append(out, ']')
}

// counterpart is the recorded element that a declared one is compared with, nil for none.
func counterpart(recorded, declared []catalog.Value, index int) catalog.Value {
	name := nameIn(declared[index])
	for i, element := range recorded {
		if name != "" && name == nameIn(element) || name == "" && i == index && len(recorded) == len(declared) {
			return element
		}
	}
	return nil
}

// note keeps the dry run of a push in the history.
func (r *run) note(ctx context.Context) (drift.Scan, error) {
	ended := r.ended()
	if r.req.Push == nil {
		return ended, nil
	}
	return ended, r.Store.SaveScan(ctx, ended)
}
