package s3

import (
	"cmp"
	"slices"
	"strings"

	"github.com/johannesboyne/gofakes3"
)

// selection is which keys a listing asks for, and how it folds them.
type selection struct{ prefix, delimiter string }

func selectionOf(prefix *gofakes3.Prefix) selection {
	if prefix == nil {
		return selection{}
	}
	return selection{prefix: prefix.Prefix, delimiter: prefix.Delimiter}
}

// fold gives the common prefix that stands for the key, "" if it is listed itself.
func (sel selection) fold(key string) string {
	if sel.delimiter == "" {
		return ""
	}
	at := strings.Index(key[len(sel.prefix):], sel.delimiter)
	if at < 0 {
		return ""
	}
	return key[:len(sel.prefix)+at+len(sel.delimiter)]
}

// keysFrom gives the keys with the prefix that are not before from, in order.
func (b *bucket) keysFrom(sel selection, from string) []string {
	start, _ := slices.BinarySearch(b.keys, max(sel.prefix, from))
	length := 0
	for start+length < len(b.keys) && strings.HasPrefix(b.keys[start+length], sel.prefix) {
		length++
	}
	return b.keys[start : start+length]
}

// ListBucket lists the objects that are there, in the order of their keys. The
// marker of the next page is the last key or common prefix of this one.
func (s *backend) ListBucket(
	name string, prefix *gofakes3.Prefix, page gofakes3.ListBucketPage,
) (*gofakes3.ObjectList, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.bucket(name)
	if err != nil {
		return nil, err
	}
	list, sel := gofakes3.NewObjectList(), selectionOf(prefix)
	last, count := page.Marker, int64(0)
	for _, key := range b.keysFrom(sel, page.Marker) {
		v, common := b.find(key, ""), sel.fold(key)
		item := cmp.Or(common, key)
		if v.removed() || key == page.Marker || item == last || s.hides(name, key) {
			continue
		}
		if page.MaxKeys > 0 && count == page.MaxKeys {
			list.IsTruncated, list.NextMarker = true, last
			break
		}
		if common != "" {
			list.AddPrefix(common)
		} else {
			list.Add(content(v))
		}
		last, count = item, count+1
	}
	return list, nil
}

func content(v *version) *gofakes3.Content {
	return &gofakes3.Content{
		Key: v.Key, LastModified: gofakes3.NewContentTime(v.Modified),
		ETag: gofakes3.FormatETag(v.hash()), Size: v.Size,
	}
}

// ListBucketVersions lists every version, by key and then newest first.
func (s *backend) ListBucketVersions(
	name string, prefix *gofakes3.Prefix, page *gofakes3.ListBucketVersionsPage,
) (*gofakes3.ListBucketVersionsResult, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.bucket(name)
	if err != nil {
		return nil, err
	}
	if page == nil {
		page = &gofakes3.ListBucketVersionsPage{}
	}
	result, sel := gofakes3.NewListBucketVersionsResult(name, prefix, page), selectionOf(prefix)
	for _, key := range b.keysFrom(sel, page.KeyMarker) {
		if s.hides(name, key) {
			continue
		}
		if common := sel.fold(key); common != "" {
			if common != page.KeyMarker {
				result.AddPrefix(common)
			}
			continue
		}
		for _, v := range b.objects[key].behind(page) {
			if page.MaxKeys > 0 && int64(len(result.Versions)) == page.MaxKeys {
				result.IsTruncated = true
				return result, nil
			}
			result.Versions = append(result.Versions, b.item(v))
			result.NextKeyMarker, result.NextVersionIDMarker = key, gofakes3.VersionID(v.id())
		}
	}
	result.NextKeyMarker, result.NextVersionIDMarker = "", ""
	return result, nil
}

// behind gives the versions that come after the page's markers, newest first.
func (h *history) behind(page *gofakes3.ListBucketVersionsPage) []*version {
	newest := slices.Clone(h.versions)
	slices.Reverse(newest)
	if h.latest().Key != page.KeyMarker {
		return newest
	}
	return slices.DeleteFunc(newest, func(v *version) bool { return v.id() >= string(page.VersionIDMarker) })
}

func (b *bucket) item(v *version) gofakes3.VersionItem {
	id, modified := gofakes3.VersionID(v.id()), gofakes3.NewContentTime(v.Modified)
	latest := b.find(v.Key, "") == v
	if v.removed() {
		return &gofakes3.DeleteMarker{Key: v.Key, VersionID: id, IsLatest: latest, LastModified: modified}
	}
	return &gofakes3.Version{
		Key: v.Key, VersionID: id, IsLatest: latest, LastModified: modified,
		Size: v.Size, ETag: gofakes3.FormatETag(v.hash()),
	}
}
