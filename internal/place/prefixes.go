package place

import (
	"errors"
	"fmt"
	"maps"
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
// own bucket, s3://<Own>/<organisation>/. Each prefix stands for the workspaces of its
// keys too: acme may read estate/env:/<any one>/states/.
type Prefixes struct {
	// Own is our own bucket; "" gives nothing to those that are not listed.
	Own string
	// By lists the prefixes of an organisation as bucket and key, where the key has no
	// "/" at its end and is "" for the whole bucket. A name with an empty list is
	// listed.
	By map[string][]Location
}

// ParsePrefixes reads the JSON, or the same as a list that needs no quotes in a shell,
// "acme=s3://estate/states,acme=s3://other/acme/,globex="; "" lists nobody. The error
// tells every mistake.
func ParsePrefixes(text, own string) (Prefixes, error) {
	p := Prefixes{Own: own, By: map[string][]Location{}}
	if text == "" {
		return p, nil
	}
	uris, err := prefixURIs(text)
	if err != nil {
		return Prefixes{}, err
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

// prefixURIs are the uris by organisation, as they are written.
func prefixURIs(text string) (map[string][]string, error) {
	uris := map[string][]string{}
	if strings.HasPrefix(strings.TrimSpace(text), "{") {
		if err := json.Unmarshal([]byte(text), &uris); err != nil {
			return nil, errors.New(`not a JSON object like {"acme": ["s3://bucket/prefix"]}, or one name stands in it twice`)
		}
		return uris, nil
	}
	for one := range strings.SplitSeq(text, ",") {
		organisation, uri, ok := strings.Cut(strings.TrimSpace(one), "=")
		if !ok || organisation == "" {
			return nil, errors.New(`neither a list like acme=s3://bucket/prefix,globex=s3://other/ nor a JSON object like {"acme": ["s3://bucket/prefix"]}`)
		}
		uris[organisation] = slices.Clip(uris[organisation])
		if uri != "" {
			uris[organisation] = append(uris[organisation], uri)
		}
	}
	return uris, nil
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

// URIs are the prefixes of an organisation as they are listed, each with "/" at its end,
// in that order; none where it may read nothing.
func (p Prefixes) URIs(organisation string) []string {
	var uris []string
	for _, at := range p.of(organisation) {
		uris = append(uris, strings.TrimSuffix(at.URI(), "/")+"/")
	}
	return uris
}

// Allows reports whether the organisation's sources may read the object, or list the
// folder if the key ends in "/" ("" for the whole bucket).
func (p Prefixes) Allows(organisation, bucket, key string) bool {
	_, ok := p.Base(organisation, bucket, key)
	return ok
}

// AllowsAll reports whether the organisation may read whatever the pattern matches. Of
// s3://bucket/env:/*/acme/ only the workspaces are open, so that it is allowed where
// s3://bucket/acme/ is.
func (p Prefixes) AllowsAll(organisation string, pattern Pattern) bool {
	if at, single := pattern.Single(); single {
		return p.Allows(organisation, at.Bucket, at.Key)
	}
	if p.Allows(organisation, pattern.Bucket, pattern.Prefix) {
		return true
	}
	rest, ok := strings.CutPrefix(pattern.glob, DefaultWorkspaces+"/")
	workspace, rest, cut := strings.Cut(rest, "/")
	if !ok || !cut || strings.Contains(workspace, "**") || strings.ContainsAny(workspace, `[{\`) {
		return false
	}
	literal, glob := unescape(rest)
	if glob != "" {
		literal = folder(literal)
	}
	return p.Allows(organisation, pattern.Bucket, literal)
}

// Base gives the longest prefix of the organisation that the key lies below, matched
// at "/": "states" for "states/prod/vpc.tfstate", "" for a whole bucket; what follows
// is the organisation's own naming. For an object that is itself a prefix it is the
// folder that the object lies in. Of a key below env:/<workspace>/ it is the base of
// what follows, unless a prefix holds that key as it stands. ok is false where the
// organisation may not read the key.
func (p Prefixes) Base(organisation, bucket, key string) (base string, ok bool) {
	if base, ok = p.base(organisation, bucket, key); ok {
		return base, true
	}
	if rest, found := strings.CutPrefix(key, DefaultWorkspaces+"/"); found {
		if workspace, rest, found := strings.Cut(rest, "/"); found && isWorkspace(workspace) {
			return p.base(organisation, bucket, rest)
		}
	}
	return "", false
}

func (p Prefixes) base(organisation, bucket, key string) (base string, ok bool) {
	for _, at := range p.of(organisation) {
		if at.Bucket != bucket {
			continue
		}
		under, covers := at.covers(key)
		if covers && (!ok || len(under) > len(base)) {
			base, ok = under, true
		}
	}
	return base, ok
}

// covers reports whether a prefix allows a key, and the folder that it stands for.
func (l Location) covers(key string) (base string, ok bool) {
	switch {
	case l.Key == "" || strings.HasPrefix(key, l.Key+"/"):
		return l.Key, true
	case key == l.Key:
		return strings.TrimSuffix(folder(key), "/"), true
	}
	return "", false
}
