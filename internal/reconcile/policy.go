package reconcile

import (
	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// verdict is what becomes of one property.
type verdict int

const (
	leave  verdict = iota
	own            // equal: the property enters the base
	apply          // the declared value, or its removal, is recorded
	disown         // only the ownership goes
	hold           // a difference for a person
	refuse         // a difference that a person turned down
	// conceal: declared in plain what another source keeps secret. Drift, but nothing
	// of it may be kept.
	conceal
)

// property is all that decides about one property.
type property struct {
	name                string
	declared, alternate catalog.Value // nil: not declared
	recorded            catalog.Value // nil: not recorded
	owned               bool          // in the source's base
	shared              bool          // another source declares it
	conflicts           []claim       // other sources that declare it otherwise
	rejected            bool          // a person turned this very difference down
	differed            bool          // the last scan may have left a difference here
	fact                bool
	gained              bool // the provider's schema gained the attribute
	literal             bool // compare literally
	reread              bool // the first scan by another version of the reader
	// secrets are those of declared and recorded.
	secrets map[string]drift.Secret
}

// judge is the table of the package comment.
func (p property) judge(policy drift.Policy) verdict {
	applies := p.fact || policy == drift.AutoUpdate || p.gained && p.recorded == nil
	switch {
	case p.declared == nil:
		return p.judgeRemoval(applies)
	case p.same():
		return own
	case exposes(p.recorded, p.declared):
		return apply
	case p.concealed():
		return conceal
	case len(p.conflicts) == 0 && applies:
		return apply
	case p.rejected:
		return refuse
	}
	return hold
}

func (p property) judgeRemoval(applies bool) verdict {
	switch {
	case !p.owned:
		return leave
	case p.shared || empty(p.recorded, p.literal):
		return disown
	case applies:
		return apply
	case p.rejected:
		return refuse
	}
	return hold
}

// same: what is declared is alike to what is recorded, and no secret in it changed. A
// secret is compared under the key that it was recorded with. Where that key is no
// longer known, what the source owns and is not known to differ counts as the same.
func (p property) same() bool {
	if p.alike(p.declared, p.recorded) || p.byNulls() || p.alternate != nil && p.alike(p.alternate, p.recorded) {
		return true
	}
	return catalog.HasSecret(p.declared) && !anyChanged(p.secrets) &&
		p.alike(catalog.MaskSecrets(p.declared), catalog.MaskSecrets(p.recorded))
}

func (p property) alike(a, b catalog.Value) bool {
	return alike(a, b, p.literal) || !p.literal && p.name == providerLabel && catalog.Equal(anyNamespace(a), anyNamespace(b))
}

// turnsSecret: what is recorded, or claimed by another source, in plain is declared
// secret now. The plaintext must go at once, whoever else declares it.
func (p property) turnsSecret() bool {
	if exposes(p.recorded, p.declared) {
		return true
	}
	for _, theirs := range p.conflicts {
		if exposes(theirs.value, p.declared) {
			return true
		}
	}
	return false
}

// concealed: another source keeps secret what this one declares in plain.
func (p property) concealed() bool {
	for _, theirs := range p.conflicts {
		if exposes(p.declared, p.recorded) || exposes(p.declared, theirs.value) ||
			theirs.value == nil && theirs.secret() && !catalog.HasSecret(p.declared) {
			return true
		}
	}
	return false
}
