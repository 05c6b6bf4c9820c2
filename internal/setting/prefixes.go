package setting

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"plumbline/internal/object"
)

// Prefixes say which objects the sources of an organisation may read. The zero value
// allows nothing.
//
//	{"acme": ["s3://estate/states", "s3://other/acme/"], "globex": []}
//
// lets acme read estate/states and what is below it, but not estate/states2, and lets
// globex read nothing. An organisation that is not listed has its own folder of our
// own bucket: s3://<own bucket>/<organisation>/.
type Prefixes struct {
	own    string // our own bucket
	listed map[string][]prefix
}

// prefix is a folder: its key ends in "/", or is "" for the whole bucket.
type prefix struct{ bucket, folder string }

// ParsePrefixes reads the JSON; "" lists nobody. The error tells every mistake.
func ParsePrefixes(text, ownBucket string) (Prefixes, error) {
	parsed := Prefixes{own: ownBucket, listed: map[string][]prefix{}}
	if text == "" {
		return parsed, nil
	}
	var uris map[string][]string
	if err := json.Unmarshal([]byte(text), &uris); err != nil {
		return Prefixes{}, errors.New(`not a JSON object like {"acme": ["s3://bucket/prefix"]}, or one name stands in it twice`)
	}
	var wrong []string
	for _, organisation := range slices.Sorted(maps.Keys(uris)) {
		folders := []prefix{}
		for _, uri := range uris[organisation] {
			folder, err := parsePrefix(uri)
			if err != nil {
				wrong = append(wrong, fmt.Sprintf("of %q: %v", organisation, err))
			}
			folders = append(folders, folder)
		}
		parsed.listed[organisation] = folders
	}
	if len(wrong) > 0 {
		return Prefixes{}, errors.New(strings.Join(wrong, "; "))
	}
	return parsed, nil
}

func parsePrefix(uri string) (prefix, error) {
	if strings.ContainsAny(uri, `*?[{\`) {
		return prefix{}, fmt.Errorf("prefix %q: globs are not allowed", uri)
	}
	pattern, err := object.ParsePattern(strings.TrimRight(uri, "/") + "/")
	return prefix{bucket: pattern.Bucket, folder: pattern.Prefix}, err
}

// of gives the prefixes of an organisation.
func (p Prefixes) of(organisation string) []prefix {
	if listed, ok := p.listed[organisation]; ok {
		return listed
	}
	if p.own == "" || organisation == "" || strings.Contains(organisation, "/") {
		return nil
	}
	return []prefix{{bucket: p.own, folder: organisation + "/"}}
}

// Allows reports whether the organisation's sources may read the object, or list the
// folder if the key ends in "/" ("" for the whole bucket). Prefixes match at "/".
func (p Prefixes) Allows(organisation, bucket, key string) bool {
	_, ok := p.Base(organisation, bucket, key)
	return ok
}

// Base gives that part of the key which the organisation's longest matching prefix
// covers, "states/" of "states/prod/vpc.tfstate", "" for a whole bucket; what follows
// is the organisation's own naming. For an object that is itself a prefix it is the
// folder that the object lies in. ok is false where no prefix matches.
func (p Prefixes) Base(organisation, bucket, key string) (base string, ok bool) {
	for _, allowed := range p.of(organisation) {
		if allowed.bucket != bucket {
			continue
		}
		covered := allowed.folder
		if key != "" && key+"/" == allowed.folder {
			covered = key[:strings.LastIndex(key, "/")+1]
		} else if !strings.HasPrefix(key, allowed.folder) {
			continue
		}
		if !ok || len(covered) > len(base) {
			base, ok = covered, true
		}
	}
	return base, ok
}
