package reconcile

import (
	"plumbline/internal/catalog"
	"plumbline/internal/drift"
)

// claim is what another source says of a property.
type claim struct {
	declares bool
	value    catalog.Value // nil where only the digest is known
	digest   string
}

// claimOf reads another source's declaration of a property off what it left behind:
// a pending proposal holds the value that it declares, a rejection that value's
// digest, and what it owns it declares as recorded. A source that misses the entity
// declares nothing of it.
func (o Other) claimOf(name string, record *catalog.Record) claim {
	if o.Head.Status == drift.Missing {
		return claim{}
	}
	if o.Pending != nil {
		for _, change := range o.Pending.Changes {
			if change.Property == name {
				return claim{declares: change.After != nil, value: change.After, digest: valueDigest(change.After)}
			}
		}
	}
	if digest, found := o.Head.Rejected[name]; found {
		return claim{declares: digest != absentDigest, digest: digest}
	}
	share, value := record.Declarer(o.Source), record.Entity.At(name)
	if share == nil || !share.DoesOwn(name) || value == nil {
		return claim{}
	}
	return claim{declares: true, value: value, digest: valueDigest(value)}
}

// conflicting lists the other sources that declare the property with another value,
// sorted by source id.
func conflicting(c Case, name string, declared, alternate catalog.Value) []drift.Claim {
	var claims []drift.Claim
	for _, o := range c.Others {
		theirs := o.claimOf(name, c.Record)
		if !theirs.declares || theirs.digest == valueDigest(declared) ||
			alternate != nil && theirs.digest == valueDigest(alternate) {
			continue
		}
		claims = append(claims, drift.Claim{Source: o.Source, Value: theirs.value})
	}
	return claims
}

// sharedWith reports whether another source declares the property.
func sharedWith(c Case, name string) bool {
	for _, o := range c.Others {
		if o.claimOf(name, c.Record).declares {
			return true
		}
	}
	return false
}
