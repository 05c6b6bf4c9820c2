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
	known     map[string]struct{}
	finder    *Finder
	frozen    bool
	nature    nature
	text      *text
	types     map[string]func(string) bool

	references references

	object  Object
	ofType  func(attribute string) bool
	make    func(uuid.UUID, string, catalog.Value) catalog.Value
	next    int // the first span of object.Secret not yet passed
	why     reason
	hit     bool
	badName bool
	unused  []byte
}

// Object is the properties of one declaration before they are redacted.
type Object struct {
	Entity uuid.UUID
	// Type is the entity type, for what is secret in a type's attributes.
	Type string
	// Raw is valid JSON, an object.
	Raw []byte
	// Secret are the values in Raw that are known to be sensitive, sorted by start.
	Secret []catalog.Span
}

// NewRedactor is for one document, whose values nest at most maxDepth deep.
func NewRedactor(keys *Keys, maxDepth int) *Redactor {
	r := &Redactor{
		keys:   keys,
		known:  map[string]struct{}{},
		nature: newNature(),
		types:  map[string]func(string) bool{},
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

// Freeze ends the learning: from now on each string and name is searched for the
// secrets that were learnt.
func (r *Redactor) Freeze() {
	secrets := make([]string, 0, len(r.known))
	for secret := range r.known {
		secrets = append(secrets, secret)
	}
	r.finder, r.frozen = NewFinder(secrets), true
}

// Tells reports whether a text that is not a property (a name, a label) holds a known
// secret.
func (r *Redactor) Tells(text string) bool { return r.finder.In([]byte(text)) }

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

func (r *Redactor) append(dst []byte, o Object, secret func(uuid.UUID, string, catalog.Value) catalog.Value) ([]byte, bool, error) {
	r.object, r.make, r.ofType = o, secret, r.rulesOf(o.Type)
	r.next, r.hit, r.badName = 0, false, false
	r.nature.begin(o.Raw)
	out, err := r.canonical.Append(dst, o.Raw)
	r.object = Object{}
	switch {
	case err != nil:
		return dst, false, err
	case r.badName:
		return dst, false, ErrSecretName
	}
	return out, r.hit, nil
}

// Text gives what stands for a text that is not a property, such as a label, at a
// path: the text itself, or the canonical form of its secret.
func (r *Redactor) Text(entity uuid.UUID, path, text string) string {
	if !r.Tells(text) {
		return text
	}
	return string(r.keys.Secret(entity, path, catalog.String(text)))
}

func (r *Redactor) rulesOf(entityType string) func(string) bool {
	rules, known := r.types[entityType]
	if !known {
		rules = secretAttributes(entityType)
		r.types[strings.Clone(entityType)] = rules
	}
	return rules
}
