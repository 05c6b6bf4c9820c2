package place

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
)

// Prefixes says which objects the sources of an organisation may read. The zero value
// allows nothing.
//
//	{"acme": ["s3://estate/states", "s3://other/acme/"], "globex": []}
//
// lets acme read estate/states/ and other/acme/, but not estate/states2, and lets
// globex read nothing. An organisation that is not listed has its own folder of our
// own bucket, s3://<Own>/<organisation>/.
type Prefixes struct {
	// Own is our own bucket; "" gives nothing to those that are not listed.
	Own string
	// By lists the prefixes of an organisation as bucket and key, where the key has no
	// "/" at its end and is "" for the whole bucket. A name with an empty list is
	// listed.
	By map[string][]Location
}

// ParsePrefixes reads the JSON; "" lists nobody. The error tells every mistake.
func ParsePrefixes(text, own string) (Prefixes, error) {
	p := Prefixes{Own: own, By: map[string][]Location{}}
	if text == "" {
		return p, nil
	}
	var uris map[string][]string
	if err := json.Unmarshal([]byte(text), &uris); err != nil {
		return Prefixes{}, errors.New(`not a JSON object like {"acme": ["s3://bucket/prefix"]}, or one name stands in it twice`)
	}
	var wrong []string
	for _, organisation := range slices.Sorted(maps.Keys(uris)) {
		listed := []Location{}
		for _, uri := range uris[organisation] {
			at, err := parsePrefix(uri)
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("of %q: %v", organisation, err))
			}
			listed = append(listed, at)
		}
		p.By[organisation] = listed
	}
	if len(wrong) > 0 {
		return Prefixes{}, errors.New(strings.Join(wrong, "; "))
	}
	return p, nil
}

// parsePrefix reads s3://bucket, s3://bucket/prefix or s3://bucket/prefix/.
func parsePrefix(uri string) (Location, error) {
	bucket, key, err := split(strings.TrimRight(uri, "/") + "/")
	if err == nil && strings.ContainsAny(key, globCharacters) {
		err = refuse(uri, "a prefix may not hold globs")
	}
	return Location{Bucket: bucket, Key: strings.TrimSuffix(key, "/")}, err
}

// of gives the prefixes of an organisation.
func (p Prefixes) of(organisation string) []Location {
	if listed, ok := p.By[organisation]; ok {
		return listed
	}
	if p.Own == "" || organisation == "" || strings.Contains(organisation, "/") {
		return nil
	}
	return []Location{{Bucket: p.Own, Key: organisation}}
}

// Allows reports whether the organisation's sources may read the object, or list the
// folder if the key ends in "/" ("" for the whole bucket).
func (p Prefixes) Allows(organisation, bucket, key string) bool {
	_, ok := p.Base(organisation, bucket, key)
	return ok
}

// Base gives the longest prefix of the organisation that the key lies below, matched
// at "/": "states" for "states/prod/vpc.tfstate", "" for a whole bucket; what follows
// is the organisation's own naming. For an object that is itself a prefix it is the
// folder that the object lies in. ok is false where the organisation may not read the
// key.
func (p Prefixes) Base(organisation, bucket, key string) (base string, ok bool) {
	for _, at := range p.of(organisation) {
		if at.Bucket != bucket {
			continue
		}
		folder, covers := at.covers(key)
		if covers && (!ok || len(folder) > len(base)) {
			base, ok = folder, true
		}
	}
	return base, ok
}

// covers reports whether a prefix allows a key, and the folder that it stands for.
func (l Location) covers(key string) (folder string, ok bool) {
	switch {
	case l.Key == "" || strings.HasPrefix(key, l.Key+"/"):
		return l.Key, true
	case key == l.Key:
		return strings.TrimPrefix(path.Dir(key), "."), true
	}
	return "", false
}
