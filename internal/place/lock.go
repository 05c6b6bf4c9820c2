package place

import "strings"

// lockSuffix names the lock object of a state in S3.
// Source: Terraform's S3 backend with use_lockfile.
const lockSuffix = ".tflock"

// Lock is where the lock of a state at that place lies.
func (l Location) Lock() Location { return Location{Bucket: l.Bucket, Key: l.Key + lockSuffix} }

// Locked gives the key of the state that the object of a key locks; ok is false where
// the object is no lock.
func Locked(key string) (state string, ok bool) { return strings.CutSuffix(key, lockSuffix) }
