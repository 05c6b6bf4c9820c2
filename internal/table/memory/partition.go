package memory

import (
	"iter"
	"slices"
	"strings"

	"plumbline/internal/table"
)

// partition is the items of one partition key in the order of their sort keys.
// A nil partition is an empty one.
type partition struct{ items []*table.Item }

// search gives the place of the sort key, or where it would stand.
func (p *partition) search(sk string) (place int, found bool) {
	if p == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(p.items, sk, func(item *table.Item, sk string) int {
		return strings.Compare(item.SK, sk)
	})
}

func (p *partition) find(sk string) (table.Item, bool) {
	place, found := p.search(sk)
	if !found {
		return table.Item{}, false
	}
	return *p.items[place], true
}

func (p *partition) put(item table.Item) {
	place, found := p.search(item.SK)
	if found {
		p.items[place] = &item
		return
	}
	p.items = slices.Insert(p.items, place, &item)
}

func (p *partition) delete(sk string) {
	if place, found := p.search(sk); found {
		p.items = slices.Delete(p.items, place, place+1)
	}
}

// between yields the items with from <= SK < to, to == "" being unbounded.
func (p *partition) between(from, to string, backward bool) iter.Seq[table.Item] {
	first, _ := p.search(from)
	end, _ := p.search(to)
	if to == "" && p != nil {
		end = len(p.items)
	}
	return func(yield func(table.Item) bool) {
		for n := range end - first {
			place := first + n
			if backward {
				place = end - 1 - n
			}
			if !yield(*p.items[place]) {
				return
			}
		}
	}
}
