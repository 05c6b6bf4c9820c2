package tfstate

import (
	"slices"
	"strings"

	"plumbline/internal/catalog"
)

// dependencies gives the ends of an instance's depends_on relationships, sorted: each
// names a block of the configuration, without instance keys. skipped counts those
// that name neither a resource nor a module, such as a variable.
func dependencies(in *instance) (ends []Address, skipped int) {
	add := func(list []byte, module []ModuleStep) {
		for _, span := range catalog.Elements(list) {
			text, _ := catalog.Text(span.Of(list))
			address, ok := parseDependency(text)
			if !ok {
				skipped++
				continue
			}
			address.Module = append(slices.Clone(module), address.Module...)
			ends = append(ends, address.Config())
		}
	}
	add(in.dependencies, nil)
	add(in.dependsOn, in.address.Module)
	return ends, skipped
}

// parseDependency reads the address of a resource, or of a module, which has no type.
// States before 0.12 add ".*" or an index to it.
func parseDependency(text string) (Address, bool) {
	if path, err := ParseModule(text); err == nil && len(path) > 0 {
		return Address{Module: path}, true
	}
	if dot := strings.LastIndexByte(text, '.'); dot > 0 {
		if last := text[dot+1:]; last == "*" || isDigits(last) {
			text = text[:dot]
		}
	}
	address, err := ParseAddress(text)
	return address, err == nil && !isReference(address.Type)
}

// isReference tells the things of a configuration that are no resources.
func isReference(kind string) bool {
	return kind == "var" || kind == "local" || kind == "each" || kind == "count" || kind == "path" || kind == "self" || kind == "terraform"
}

// end is the type and the local name of the entity that a dependency ends at.
func (a Address) end() (entityType, local string) {
	if a.Type == "" {
		return typeModule, ModuleString(a.Module)
	}
	return a.EntityType(), a.String()
}
