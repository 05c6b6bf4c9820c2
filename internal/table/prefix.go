package table

// PrefixEnd is the smallest string greater than every string with that prefix:
// a query From prefix To PrefixEnd(prefix) reads exactly those sort keys. It is
// "", which a [Query] takes as unbounded, where there is no such string: for ""
// and for a prefix of 0xff bytes alone.
func PrefixEnd(prefix string) string {
	for last := len(prefix) - 1; last >= 0; last-- {
		if prefix[last] != 0xff {
			return prefix[:last] + string([]byte{prefix[last] + 1})
		}
	}
	return ""
}
