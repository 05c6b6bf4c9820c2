package reconcile

import (
	"strings"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// claim is what another source says of a property.
type claim struct {
	source   uuid.UUID
	declares bool
	value    catalog.Value // nil where only the digest is known, or may be told
	digest   string
}

// secret reports whether the value that is claimed has a secret inside.
func (c claim) secret() bool { return strings.HasPrefix(c.digest, secretDigest) }

// claimOf reads another source's declaration of a property off what it left behind:
// a pending proposal holds the value that it declares, a rejection that value's
// digest, and what it owns it declares as recorded. A source that misses the entity
// declares nothing of it.
func (c Case) claimOf(o Other, name string) claim {
	if o.Head.Status == drift.Missing {
		return claim{}
	}
	if change, found := o.pending(name); found {
		return c.claimed(o.Source, change.After)
	}
	if digest, found := o.Head.Rejected[name]; found {
		return claim{source: o.Source, declares: digest != absentDigest, digest: digest}
	}
	if share := c.Record.Declarer(o.Source); share == nil || !share.DoesOwn(name) {
		return claim{}
	}
	return c.claimed(o.Source, c.Record.Entity.At(name))
}

func (c Case) claimed(source uuid.UUID, value catalog.Value) claim {
	return claim{source: source, declares: value != nil && !catalog.IsNull(value), value: value, digest: likenessDigest(value)}
}

// pending is the change of a property in the source's pending proposal.
func (o Other) pending(name string) (drift.Change, bool) { return pendingChange(o.Pending, name) }

// pendingChange is the change of a property in a proposal, which may be nil.
func pendingChange(p *drift.Proposal, name string) (drift.Change, bool) {
	if p != nil {
		for _, change := range p.Changes {
			if change.Property == name {
				return change, true
			}
		}
	}
	return drift.Change{}, false
}

// conflicting lists the other sources that declare the property with another value,
// sorted by source id.
func conflicting(c Case, name string, declared, alternate catalog.Value) []claim {
	var claims []claim
	for _, o := range c.Others {
		theirs := c.claimOf(o, name)
		if !theirs.declares || isDigestOf(theirs.digest, declared) || alternate != nil && isDigestOf(theirs.digest, alternate) {
			continue
		}
		claims = append(claims, theirs)
	}
	return claims
}

// shown are the claims as a proposal shows them, given what the proposal declares: a
// value that shows in plain what is secret in the other is left out.
func shown(claims []claim, declared catalog.Value) []drift.Claim {
	var result []drift.Claim
	for _, theirs := range claims {
		if exposes(theirs.value, declared) {
			theirs.value = nil
		}
		result = append(result, drift.Claim{Source: theirs.source, Value: theirs.value})
	}
	return result
}

// sharedWith reports whether another source declares the property.
func sharedWith(c Case, name string) bool {
	for _, o := range c.Others {
		if c.claimOf(o, name).declares {
			return true
		}
	}
	return false
}
