package place

// Lookup is the path by which uploads find the source of a uri: the bucket and the
// literal part of its key, cut at `/`; "" for a uri that is not read.
func Lookup(uri string) string {
	pattern, err := ParsePattern(uri)
	if err != nil {
		return ""
	}
	return pattern.Bucket + "/" + pattern.lookup
}

// Lookups are the paths of the sources that an upload of the object may concern: each
// folder above it, from the bucket on, and the object itself.
func (l Location) Lookups() []string {
	paths := []string{l.Bucket + "/"}
	for i := range len(l.Key) {
		if l.Key[i] == '/' {
			paths = append(paths, l.Bucket+"/"+l.Key[:i+1])
		}
	}
	if whole := l.Bucket + "/" + l.Key; paths[len(paths)-1] != whole {
		paths = append(paths, whole)
	}
	return paths
}
