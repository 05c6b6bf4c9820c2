package object

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Prefixes says below which prefixes each organisation may read. The zero value
// allows nothing but, where Own is set, each organisation's part of our own bucket.
type Prefixes struct {
	// Own is our own bucket: an organisation that By does not name may read
	// s3://<Own>/<organisation>/.
	Own string
	// By lists, by organisation, prefixes as bucket and key prefix; a key prefix is
	// "" for the whole bucket and has no `/` at its end.
	By map[string][]Location
}

// ParsePrefixes reads PLUMBLINE_SOURCE_PREFIXES: a JSON object, organisation ->
// list of s3://bucket/prefix. All mistakes are told at once. "" is none.
func ParsePrefixes(text, own string) (Prefixes, error) {
	p := Prefixes{Own: own}
	if text == "" {
		return p, nil
	}
	var raw map[string][]string
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return p, fmt.Errorf("want a JSON object, organisation -> list of s3://bucket/prefix: %w", err)
	}
	p.By = make(map[string][]Location, len(raw))
	var mistakes []error
	for _, org := range slices.Sorted(maps.Keys(raw)) {
		for i, uri := range raw[org] {
			at, err := parsePrefix(uri)
			if err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s[%d]: %w", org, i, err))
				continue
			}
			p.By[org] = append(p.By[org], at)
		}
	}
	return p, errors.Join(mistakes...)
}

func parsePrefix(uri string) (Location, error) {
	rest, ok := strings.CutPrefix(uri, "s3://")
	if !ok {
		return Location{}, fmt.Errorf("%q: want s3://bucket/prefix", uri)
	}
	bucket, prefix, _ := strings.Cut(rest, "/")
	prefix = strings.TrimRight(prefix, "/")
	if prefix == "" {
		_, err := ParseURI("s3://" + bucket + "/x")
		return Location{Bucket: bucket}, err
	}
	at, err := ParseURI("s3://" + bucket + "/" + prefix)
	return at, err
}

// Base returns the longest prefix of the organisation below which the key lies,
// matched at `/`: "states" is a base of "states/x", not of "states2/x". ok is false
// where the organisation may not read the key.
func (p Prefixes) Base(org, bucket, key string) (base string, ok bool) {
	allowed := p.By[org]
	if _, named := p.By[org]; !named && p.Own != "" {
		allowed = []Location{{Bucket: p.Own, Key: org}}
	}
	for _, at := range allowed {
		if at.Bucket == bucket && below(key, at.Key) && (!ok || len(at.Key) > len(base)) {
			base, ok = at.Key, true
		}
	}
	return base, ok
}

func below(key, prefix string) bool {
	return prefix == "" || key == prefix || strings.HasPrefix(key, prefix+"/")
}
