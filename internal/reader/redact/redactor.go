package redact

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
)

// ErrSecretName is the error for properties of which one is named after a known
// secret, or like the mark of one: they cannot be told without it.
var ErrSecretName = errors.New("a property's name holds a secret")

// Redactor makes the canonical, redacted properties of one document's declarations.
// Until [Redactor.Freeze] it also learns the secrets that it replaces; from then on
// it learns no more and replaces whatever holds one of them, so a document that has
// any ([Redactor.Learned]) is read once more. Not for concurrent use.
type Redactor struct {
	keys      *Keys
	canonical catalog.Canonicalizer
	frozen    bool
	// What is learnt: the secrets, those of the object at hand, where it stands, and
	// what names things in the document.
	known    map[string]origin
	here     map[string]struct{}
	at       origin
	segments segments
	// What is known once that has ended.
	finder *Finder
	whole  wholes
	common map[uuid.UUID][]string

	nature nature
	text   *text
	texts  map[uint64]bool // long texts that were looked through, by their hash
	types  map[string]ofType

	references references

	object Object
	ofType ofType
	has    rare  // of the object's text
	ids    []int // where the values stand that name things
	isID   bool  // the value at hand is called an id
	make   secretMaker
	// The first spans of object.Secret and object.Presumed not yet passed.
	next, nextPresumed int
	why                reason
	hit                bool
	badName            bool
	unused             []byte

	unquoted, name []byte
}

// Object is the properties of one declaration before they are redacted.
type Object struct {
	Entity uuid.UUID
	// Type is the entity type, for what is secret in a type's attributes.
	Type string
	// Raw is valid JSON, an object.
	Raw []byte
	// Secret are the values in Raw that are known to be sensitive, sorted by start;
	// Presumed those of which nothing is known but that they may be, likewise.
	Secret, Presumed []catalog.Span
	// Unnamed: what is called an id or a name in it names nothing.
	Unnamed bool
	// Rename masks the names of properties that hold a known secret or are the mark of
	// one. They are an error without it.
	Rename bool
}

// NewRedactor is for one document, whose values nest at most maxDepth deep.
func NewRedactor(keys *Keys, maxDepth int) *Redactor {
	r := &Redactor{
		keys:   keys,
		known:  map[string]origin{},
		here:   map[string]struct{}{},
		nature: newNature(),
		types:  map[string]ofType{},
		texts:  map[uint64]bool{},
	}
	r.text = newText(r, 0)
	r.canonical.MaxDepth = maxDepth
	r.canonical.Hook = (*hook)(r)
	return r
}

// Refers names further texts that tell nothing even under a secret name, because they
// only say where a secret is kept. It is called before anything is learnt.
func (r *Redactor) Refers(also func(text string) bool) { r.references.also = also }

// Frozen reports whether the learning has ended.
func (r *Redactor) Frozen() bool { return r.frozen }

// Learned counts the known secrets that are long enough to be looked for.
func (r *Redactor) Learned() int { return len(r.known) }

// Learn takes the secrets of an object whose redacted form nobody asks for. What is
// wrong with the object is told when somebody does.
func (r *Redactor) Learn(o Object) {
	r.canonical.Unsorted = true
	r.unused, _, _ = r.append(r.unused[:0], o, r.keys.Secret)
	r.canonical.Unsorted = false
}

// Append appends the canonical properties with what is secret replaced under the
// writing key; redacted says that something was. Its errors are [ErrSecretName] and
// [catalog.ErrTooDeep].
func (r *Redactor) Append(dst []byte, o Object) (out []byte, redacted bool, err error) {
	return r.append(dst, o, r.keys.Secret)
}

// Member gives a property of the object that was appended last, nil where there is
// none of that name.
func (r *Redactor) Member(name string) catalog.Value { return r.canonical.Member(name) }

// AppendAlternate is [Redactor.Append] under the alternate key.
func (r *Redactor) AppendAlternate(dst []byte, o Object) (out []byte, redacted bool, err error) {
	return r.append(dst, o, r.keys.Alternate)
}

func (r *Redactor) append(dst []byte, o Object, secret secretMaker) ([]byte, bool, error) {
	out, err := r.canonicalise(dst, o, secret)
	if r.badName && err == nil && o.Rename {
		r.badName = false
		out, err = r.canonicalise(dst, r.renamed(o), secret)
		r.hit = true
	}
	switch {
	case err != nil:
		return dst, false, err
	case r.badName:
		return dst, false, ErrSecretName
	}
	return out, r.hit, nil
}

type secretMaker func(uuid.UUID, string, catalog.Value) catalog.Value

func (r *Redactor) canonicalise(dst []byte, o Object, secret secretMaker) ([]byte, error) {
	r.object, r.make, r.ofType = o, secret, r.rulesOf(o.Type)
	r.next, r.nextPresumed, r.hit, r.badName = 0, 0, false, false
	r.has, r.at = rareIn(o.Raw), origin{entity: o.Entity}
	r.nature.begin(o.Raw)
	out, err := r.canonical.Append(dst, o.Raw)
	r.nameThings()
	r.object = Object{}
	return out, err
}

func (r *Redactor) rulesOf(entityType string) ofType {
	rules, known := r.types[entityType]
	if !known {
		rules = rulesOfType(entityType)
		r.types[strings.Clone(entityType)] = rules
	}
	return rules
}
