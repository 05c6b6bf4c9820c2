package redact

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// Keys make the digests that stand for secrets. They are immutable: [Keys.For] and
// [Keys.ForDocument] give copies. Safe for concurrent use.
type Keys struct {
	list         []key
	organisation string
	alternate    int // index into list; 0 is the writing key itself
}

type key struct {
	id     string
	secret []byte
}

// MinKeyBytes is the least length of a key.
const MinKeyBytes = 16

var keyID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,16}$`)

// ParseKeys reads the form of PLUMBLINE_DIGEST_KEY: "id:base64key[,id2:base64key2]".
// A key without an id, as a secret store generates it, has one made of its digest.
// The first key writes, the others are compared under while a rotation lasts. Keys
// are standard base64, padded or not. All mistakes are told at once; none of them
// quotes the text, which may be key material in the wrong place.
func ParseKeys(text string) (*Keys, error) {
	keys, seen := &Keys{}, map[string]bool{}
	var mistakes []error
	for n, part := range strings.Split(text, ",") {
		k, err := parseKey(strings.TrimSpace(part))
		if err == nil && seen[k.id] {
			err = errors.New("its id stands twice")
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("digest key %d: %w", n+1, err))
			continue
		}
		seen[k.id] = true
		keys.list = append(keys.list, k)
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	return keys, nil
}

func parseKey(part string) (key, error) {
	id, encoded, found := strings.Cut(part, ":")
	if !found {
		id, encoded = digestID(part), part
	}
	if !keyID.MatchString(id) {
		return key{}, errors.New("its id is not 1 to 16 of A-Z a-z 0-9 _ -")
	}
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	if err != nil {
		return key{}, errors.New("the key is not base64")
	}
	if len(secret) < MinKeyBytes {
		return key{}, fmt.Errorf("the key has less than %d bytes", MinKeyBytes)
	}
	return key{id: id, secret: secret}, nil
}

// digestID names a key that has no name: four bytes of its SHA-256, which say nothing of
// the key.
func digestID(encoded string) string {
	sum := sha256.Sum256([]byte(encoded))
	return hex.EncodeToString(sum[:4])
}

// For binds the keys to an organisation, so that no digest of one equals that of
// another.
func (k *Keys) For(organisation string) *Keys {
	bound := *k
	bound.organisation = organisation
	return &bound
}

// ForDocument selects the alternate key: the one whose id a document's last scan
// recorded. Where that is the writing key, "" or a key that is no longer there,
// there is none.
func (k *Keys) ForDocument(recordedKeyID string) *Keys {
	selected := *k
	selected.alternate = 0
	for n, candidate := range k.list {
		if candidate.id == recordedKeyID {
			selected.alternate = n
		}
	}
	return &selected
}

// WritingID is the id of the key that digests are written under.
func (k *Keys) WritingID() string { return k.list[0].id }

// Has reports whether there is a key of that id: without it, digests that were
// recorded under it cannot be compared.
func (k *Keys) Has(id string) bool {
	for _, candidate := range k.list {
		if candidate.id == id {
			return true
		}
	}
	return false
}

// HasAlternate reports whether digests are asked for under a second key.
func (k *Keys) HasAlternate() bool { return k.alternate != 0 }

// Secret is what stands for a canonical value at a path (a JSON Pointer into the
// entity's properties) of an entity, under the writing key.
func (k *Keys) Secret(entity uuid.UUID, path string, value catalog.Value) catalog.Value {
	return k.list[0].secretFor(k.organisation, entity, path, value)
}

// Alternate is [Keys.Secret] under the alternate key, or under the writing key where
// there is none.
func (k *Keys) Alternate(entity uuid.UUID, path string, value catalog.Value) catalog.Value {
	return k.list[k.alternate].secretFor(k.organisation, entity, path, value)
}

// SecretUnder is [Keys.Secret] under the key of that id, or under the writing key where
// there is none of it.
func (k *Keys) SecretUnder(id string, entity uuid.UUID, path string, value catalog.Value) catalog.Value {
	for _, candidate := range k.list {
		if candidate.id == id {
			return candidate.secretFor(k.organisation, entity, path, value)
		}
	}
	return k.Secret(entity, path, value)
}

// Mask is what stands for a secret part of a name, the same wherever that part stands
// in one document: letters, digits, "-" and "_".
func (k *Keys) Mask(document uuid.UUID, part string) string {
	masked := k.Secret(document, "name", catalog.String(part))
	_, digest, _ := strings.Cut(string(masked), k.WritingID()+":")
	return "secret-" + digest[:12]
}

// secretFor digests the four parts, each after its length, so that no two different
// quadruples are one text.
func (k key) secretFor(organisation string, entity uuid.UUID, path string, value catalog.Value) catalog.Value {
	mac := hmac.New(sha256.New, k.secret)
	for _, part := range [][]byte{[]byte(organisation), entity[:], []byte(path), value} {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(part)))
		mac.Write(length[:])
		mac.Write(part)
	}
	return catalog.Secret(k.id, base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
}
