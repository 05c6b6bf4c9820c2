package tfstate

// frame has the names met so far of an object that is read member by member. Names that
// stand twice are looked for here and, of values that are read whole, where they are
// brought into their canonical order: the decoder's own search takes a sixth of a
// reading.
type frame struct {
	few  []string
	many map[string]struct{} // once there are more than maxFew
}

const maxFew = 24

func (f *frame) reset() { f.few, f.many = f.few[:0], nil }

// repeats enters a name; it reports whether it was met before.
func (f *frame) repeats(name string) bool {
	if f.many != nil {
		before := len(f.many)
		f.many[name] = struct{}{}
		return len(f.many) == before
	}
	for _, known := range f.few {
		if known == name {
			return true
		}
	}
	if f.few = append(f.few, name); len(f.few) > maxFew {
		f.many = make(map[string]struct{}, 2*maxFew)
		for _, known := range f.few {
			f.many[known] = struct{}{}
		}
	}
	return false
}
