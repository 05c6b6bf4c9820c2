package httpapi

import (
	"net/url"
	"slices"
	"strings"
)

// lists are the query parameters that may have several values, by commas or given more
// than once.
var lists = []string{"status", "driftStatus", "component", "componentType"}

// joinLists writes each list that is given more than once with commas, which is how it is
// read.
func joinLists(u *url.URL) {
	query, repeated := u.Query(), false
	for name, values := range query {
		if len(values) > 1 && slices.Contains(lists, name) {
			query[name], repeated = []string{strings.Join(values, ",")}, true
		}
	}
	if repeated {
		u.RawQuery = query.Encode()
	}
}

// named are the values of a list as what they name.
func named[T ~string](values []string) []T {
	all := make([]T, len(values))
	for i, value := range values {
		all[i] = T(value)
	}
	return all
}
