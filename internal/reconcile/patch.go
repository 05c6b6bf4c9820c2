package reconcile

import (
	"slices"
	"strconv"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// PatchOp is one operation of a JSON Patch (RFC 6902) on an entity: add, remove or
// replace. Value is nil for a remove and for nothing else: a null is `null`.
type PatchOp struct {
	Op    string
	Path  string
	Value catalog.Value
}

// Patch is the patch of one property's change. It goes as deep as both sides are
// objects or lists; a secret is one value, replaced only where it changed:
//
//	{"a":1,"b":{"c":2}} -> {"a":1,"b":{"c":3}}    replace /properties/x/b/c 3
//	[1,2,3]             -> [1,9]                  remove /properties/x/2, replace /properties/x/1 9
//	[1]                 -> [1,2]                  add /properties/x/1 2
//	{"a":1}             -> [1]                    replace /properties/x [1]
//
// Members come by name; what a list loses at its end comes before what changed in it.
func Patch(c drift.Change) []PatchOp {
	d := differ{change: c}
	d.value(c.Property, c.Before, c.After)
	return d.ops
}

// differ collects the operations that lead from one canonical value to another.
type differ struct {
	change drift.Change
	depth  int
	ops    []PatchOp
}

func (d *differ) value(path string, before, after catalog.Value) {
	switch {
	case after == nil:
		d.ops = append(d.ops, PatchOp{Op: "remove", Path: path})
	case before == nil:
		d.ops = append(d.ops, PatchOp{Op: "add", Path: path, Value: after})
	case catalog.Equal(before, after):
	case catalog.IsSecret(before) || catalog.IsSecret(after):
		if !d.change.SameSecret(path, before, after) {
			d.ops = append(d.ops, PatchOp{Op: "replace", Path: path, Value: after})
		}
	case d.depth < likenessDepth && before.Kind() == '{' && after.Kind() == '{':
		d.depth++
		d.object(path, before, after)
		d.depth--
	case d.depth < likenessDepth && before.Kind() == '[' && after.Kind() == '[':
		d.depth++
		d.list(path, before, after)
		d.depth--
	default:
		d.ops = append(d.ops, PatchOp{Op: "replace", Path: path, Value: after})
	}
}

// object walks the members of both sides, which are sorted alike.
func (d *differ) object(path string, before, after catalog.Value) {
	was, names := membersOf(before)
	is, more := membersOf(after)
	names = append(names, more...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		d.value(path+"/"+catalog.EscapeStep(name), was[name], is[name])
	}
}

func (d *differ) list(path string, before, after catalog.Value) {
	was, is := elementsOf(before), elementsOf(after)
	both := min(len(was), len(is))
	at := func(i int) string { return path + "/" + strconv.Itoa(i) }
	for i := len(was) - 1; i >= both; i-- {
		d.value(at(i), was[i], nil)
	}
	for i := range is {
		if i < both {
			d.value(at(i), was[i], is[i])
		} else {
			d.value(at(i), nil, is[i])
		}
	}
}

func membersOf(object catalog.Value) (values map[string]catalog.Value, names []string) {
	values = map[string]catalog.Value{}
	for name, span := range catalog.Members(object) {
		values[name] = span.Of(object)
		names = append(names, name)
	}
	return values, names
}

func elementsOf(list catalog.Value) []catalog.Value {
	var values []catalog.Value
	for _, span := range catalog.Elements(list) {
		values = append(values, span.Of(list))
	}
	return values
}
