package tfstate

import (
	"plumbline/internal/catalog"
)

// The property that holds the full address of an entity whose name is cut short. The
// second one is for a type that has an attribute of the first name.
const (
	addressProperty       = "address"
	addressPropertyBeside = "terraform.address"
)

// addressed gives the properties of the current declaration, with the full address where
// its name does not hold it.
func (d *declarer) addressed(raw []byte) []byte {
	if d.current.local == "" || len(d.current.entity.Name) == len(d.fullName(d.current.local)) {
		return raw
	}
	name, empty := addressProperty, true
	for member := range catalog.Members(raw) {
		empty = false
		if member == addressProperty {
			name = addressPropertyBeside
		}
	}
	out := appendText([]byte("{"), name, d.current.local)
	if !empty {
		out = append(out, ',')
	}
	return append(out, raw[1:]...)
}
