package s3

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// disk is where a server keeps what it has:
//
//	<root>/tmp/                                   what is not yet an object, parts of uploads too
//	<root>/buckets/<bucket>/bucket.json           when it was made
//	<root>/buckets/<bucket>/<folder>/<id>.json    the record of a version
//	<root>/buckets/<bucket>/<folder>/<id>.body    its content; none for a delete marker
type disk struct{ root string }

func (d disk) tmp() string                   { return filepath.Join(d.root, "tmp") }
func (d disk) buckets() string               { return filepath.Join(d.root, "buckets") }
func (d disk) bucket(name string) string     { return filepath.Join(d.buckets(), name) }
func (d disk) bucketFile(name string) string { return filepath.Join(d.bucket(name), "bucket.json") }

func (d disk) folder(bucket, key string) string {
	return filepath.Join(d.bucket(bucket), folderName(key))
}

func (d disk) record(bucket string, v *version) string {
	return filepath.Join(d.folder(bucket, v.Key), v.id()+recordSuffix)
}

func (d disk) body(bucket string, v *version) string {
	return filepath.Join(d.folder(bucket, v.Key), v.id()+bodySuffix)
}

const (
	recordSuffix = ".json"
	bodySuffix   = ".body"
)

// folderName is a key as the name of one folder: its readable characters, then a
// digest that tells it from every other key. Keys may hold `..`, end in `/`, be
// longer than a file's name or differ in case alone; the names of folders may not.
func folderName(key string) string {
	readable := strings.Map(func(r rune) rune {
		if r < 0x80 && strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789._", r) {
			return r
		}
		return '-'
	}, strings.ToLower(key))
	sum := sha256.Sum256([]byte(key))
	return readable[max(0, len(readable)-80):] + "~" + hex.EncodeToString(sum[:16])
}

// writeJSON stores a value under a name at once: afterwards it is there whole, also
// after a loss of power, or it is not.
func (d disk) writeJSON(name string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(d.tmp(), "record-*")
	if err != nil {
		return err
	}
	_, err = file.Write(append(text, '\n'))
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return d.rename(file.Name(), name)
}

// rename gives a finished file its name, for good once it returns.
func (d disk) rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(to))
}

func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

func readJSON(name string, into any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
