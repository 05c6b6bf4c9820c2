package report

import (
	"slices"
	"strings"
)

// mergePages is one page of several lists that are sorted by one key, behind a cursor
// that is a key: the page of each is read, and the least are taken. What has one key in
// several lists is taken once.
func mergePages[S comparable, T any](lists []S, limit int, read func(S) ([]T, string, error), key func(T) string) ([]T, string, error) {
	var all []T
	end, isCut := "", false // behind end, a list may have more than was read
	for i, list := range lists {
		if slices.Contains(lists[:i], list) {
			continue
		}
		items, next, err := read(list)
		if err != nil {
			return nil, "", err
		}
		all = append(all, items...)
		if next != "" && (!isCut || next < end) {
			end, isCut = next, true
		}
	}
	slices.SortStableFunc(all, func(a, b T) int { return strings.Compare(key(a), key(b)) })
	all = slices.CompactFunc(all, func(a, b T) bool { return key(a) == key(b) })
	if isCut {
		all = slices.DeleteFunc(all, func(t T) bool { return key(t) > end })
	}
	switch {
	case len(all) > limit:
		return all[:limit], key(all[limit-1]), nil
	case isCut:
		return all, end, nil
	}
	return all, "", nil
}
