package reconcile

import "plumbline/internal/catalog"

// byNulls: in the first scan by another version of the reader, what is declared differs
// from what is recorded by no more than nulls.
func (p property) byNulls() bool {
	switch {
	case !p.reread || catalog.Equal(p.declared, p.recorded):
		return false
	case catalog.IsNull(p.declared) && empty(p.recorded, p.literal):
		return true
	}
	return catalog.Equal(catalog.WithoutNull(p.declared), catalog.WithoutNull(p.recorded))
}

// gainsNull: what the schema of the provider gained is not set.
func (p property) gainsNull() bool {
	return p.gained && p.recorded == nil && catalog.IsNull(p.declared) && !p.literal
}

// own puts a property that is alike into the base; what is recorded stays as it is,
// save that secrets move to the writing key, that what is declared empty is recorded
// where nothing was, and that a null, which is no claim, and an empty value, which is one,
// take each other's place.
func (w *work) own(name string, p property) {
	byNulls := p.byNulls()
	if byNulls && !p.literal || p.gainsNull() {
		w.nulls = append(w.nulls, name)
		if p.owned || catalog.IsNull(p.declared) {
			return // for nulls alone nothing is written
		}
	}
	if catalog.IsNull(p.declared) && !p.owned && w.Head.Digest == w.Declared.Digest {
		return // it gave way since it was declared
	}
	w.share.Own(name)
	if p.recorded == nil || catalog.HasSecret(p.declared) || byNulls || catalog.IsNull(p.declared) != catalog.IsNull(p.recorded) {
		w.next.Entity.Set(name, p.declared)
	}
	if catalog.IsNull(p.recorded) && !catalog.IsNull(p.declared) {
		w.giveWay(name)
	}
}

// giveWay takes a property whose null was replaced out of the base of all others.
func (w *work) giveWay(name string) {
	for _, o := range w.Others {
		w.next.Disown(o.Source, name)
	}
}

// recordNulls records the nulls that are no reason to write the entity.
func (w *work) recordNulls() {
	for _, name := range w.nulls {
		w.share.Own(name)
		w.next.Entity.Set(name, w.flat[name])
	}
}
