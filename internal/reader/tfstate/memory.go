package tfstate

import (
	"slices"

	"plumbline/internal/catalog"
)

// memory keeps what many instances of a document have in common, so that it is made
// once. Its size is bounded; what it gives is shared and must not be changed.
type memory struct {
	relationships map[string][]catalog.Relationship
	labels        map[[2]string]map[string]string
	providers     map[string]namedProvider
	types         map[string]string // as they are told
}

type namedProvider struct {
	Provider
	name string
}

func newMemory() memory {
	return memory{
		relationships: map[string][]catalog.Relationship{},
		labels:        map[[2]string]map[string]string{},
		providers:     map[string]namedProvider{},
		types:         map[string]string{},
	}
}

const maxRemembered = 1024

func remember[K comparable, V any](m map[K]V, key K, value V) V {
	if len(m) < maxRemembered {
		m[key] = value
	}
	return value
}

// namedType is [declarer.named] of a type, of which a document has few.
func (d *declarer) namedType(entityType string) string {
	told, known := d.memory.types[entityType]
	if !known {
		told = d.named(entityType)
		remember(d.memory.types, entityType, told)
	}
	return told
}

// labelled gives the labels of an instance.
func (d *declarer) labelled(module, provider string) map[string]string {
	key := [2]string{module, provider}
	if known, ok := d.memory.labels[key]; ok {
		return known
	}
	labels := map[string]string{}
	if module != "" {
		labels["module"] = d.named(module)
	}
	if provider != "" {
		labels["provider"] = d.named(provider)
	}
	return remember(d.memory.labels, key, labels)
}

// provider parses an instance's provider and gives its name.
func (d *declarer) provider(in *instance) (Provider, string, error) {
	if in.provider == "" {
		implied := impliedProvider(in.address.Type)
		return implied, implied.String(), nil
	}
	if known, ok := d.memory.providers[in.provider]; ok {
		return known.Provider, known.name, nil
	}
	parsed, err := ParseProvider(in.provider)
	if err != nil {
		return Provider{}, "", err
	}
	remember(d.memory.providers, in.provider, namedProvider{parsed, parsed.String()})
	return parsed, parsed.String(), nil
}

// relationships of an instance, sorted.
func (d *declarer) relationships(in *instance) []catalog.Relationship {
	if len(in.dependsOn) == 0 {
		if known, ok := d.memory.relationships[string(in.dependencies)]; ok {
			return known
		}
	}
	ends, skipped := dependencies(in)
	if skipped > 0 {
		d.warn(in.place.problem("dependencies that name no resource are left out"))
	}
	list := []catalog.Relationship{d.deployedBy()}
	for _, end := range ends {
		entityType, local := end.end()
		to := catalog.Ref{Type: d.named(entityType), Name: d.scoped(d.named(local))}
		list = append(list, catalog.Relationship{Type: dependsOn, To: to})
	}
	slices.SortFunc(list, catalog.Relationship.Compare)
	list = slices.Compact(list)
	if len(in.dependsOn) == 0 && skipped == 0 {
		remember(d.memory.relationships, string(in.dependencies), list)
	}
	return list
}
