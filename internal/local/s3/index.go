package s3

import (
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// bucket is one bucket in memory: the records of all its versions, no content.
type bucket struct {
	name    string
	created time.Time
	// notification is its configuration of notifications, "" for none.
	notification string
	keys         []string // of objects, sorted by bytes
	objects      map[string]*history
}

// history is every version of one key that is kept, oldest first; never empty.
type history struct{ versions []*version }

// version is the record of one version, as it is stored. It never changes.
type version struct {
	Format   int               `json:"format"` // 1
	Key      string            `json:"key"`
	Sequence uint64            `json:"sequence"` // orders versions; their id and file name
	Event    EventName         `json:"event"`    // the change that made it
	Modified time.Time         `json:"modified"`
	Size     int64             `json:"size,omitempty"`
	MD5      string            `json:"md5,omitempty"` // lower case hexadecimal, the ETag
	Header   map[string]string `json:"header,omitempty"`
}

// recordFormat is the one format of a record so far.
const recordFormat = 1

func (v *version) id() string    { return fmt.Sprintf("%016x", v.Sequence) }
func (v *version) removed() bool { return v.Event == DeleteMarker }

// hash is the MD5 as bytes, which gofakes3 turns into the ETag.
func (v *version) hash() []byte {
	sum, _ := hex.DecodeString(v.MD5) // we wrote it
	return sum
}

func (h *history) latest() *version { return h.versions[len(h.versions)-1] }

// find gives the version with that id, the latest for "", nil if there is none.
func (h *history) find(id string) *version {
	if id == "" {
		return h.latest()
	}
	for _, v := range h.versions {
		if v.id() == id {
			return v
		}
	}
	return nil
}

func newBucket(name string, created time.Time) *bucket {
	return &bucket{name: name, created: created, objects: map[string]*history{}}
}

// add records a version as the latest of its key.
func (b *bucket) add(v *version) {
	if h := b.objects[v.Key]; h != nil {
		h.versions = append(h.versions, v)
		return
	}
	b.objects[v.Key] = &history{versions: []*version{v}}
	at, _ := slices.BinarySearch(b.keys, v.Key)
	b.keys = slices.Insert(b.keys, at, v.Key)
}

// drop forgets a version, and its key with the last one.
func (b *bucket) drop(v *version) {
	h := b.objects[v.Key]
	h.versions = slices.DeleteFunc(h.versions, func(other *version) bool { return other == v })
	if len(h.versions) > 0 {
		return
	}
	delete(b.objects, v.Key)
	at, _ := slices.BinarySearch(b.keys, v.Key)
	b.keys = slices.Delete(b.keys, at, at+1)
}

// find gives a version of a key, the latest for "", nil if there is none.
func (b *bucket) find(key, id string) *version {
	h := b.objects[key]
	if h == nil {
		return nil
	}
	return h.find(id)
}
