package store

import (
	"github.com/go-json-experiment/json"

	"plumbline/internal/catalog"
)

// upgrade reads an entity of the first shape, whose counts stood by property: each
// secret in a property takes over its count.
func (r *entityRecord) upgrade(format byte, raw []byte) error {
	if format != formatFirst {
		return errFormat
	}
	type first entityRecord
	if err := json.Unmarshal(raw, (*first)(r)); err != nil {
		return err
	}
	entity := catalog.Entity{Properties: r.Properties, Labels: r.Labels, State: r.State}
	byPointer := map[string]int{}
	for property, count := range r.SecretChanges {
		value := entity.At(property)
		if !catalog.HasSecret(value) {
			byPointer[property] = count
		}
		for pointer := range catalog.Secrets(value) {
			byPointer[property+pointer] = count
		}
	}
	r.SecretChanges = byPointer
	return nil
}

// firstProposal is a proposal of the first shape, as far as it differs.
type firstProposal struct {
	Changes []struct {
		Count int `json:"n"`
	} `json:"changes"`
}

// upgrade reads a proposal of the first shape, which had one count for all secrets of a
// change: a secret that stands unchanged on both sides did not change.
func (r *proposalRecord) upgrade(format byte, raw []byte) error {
	if format != formatFirst {
		return errFormat
	}
	type first proposalRecord
	var counts firstProposal
	if err := json.Unmarshal(raw, (*first)(r)); err != nil {
		return err
	}
	if err := json.Unmarshal(raw, &counts); err != nil {
		return err
	}
	for i := range r.Changes {
		c := &r.Changes[i]
		after := map[string]catalog.Value{}
		for pointer, span := range catalog.Secrets(c.After) {
			after[pointer] = span.Of(c.After)
			c.note(c.Property+pointer, secretRecord{Changes: counts.Changes[i].Count})
		}
		for pointer, span := range catalog.Secrets(c.Before) {
			c.note(c.Property+pointer, secretRecord{Changes: counts.Changes[i].Count,
				Changed: !catalog.Equal(span.Of(c.Before), after[pointer])})
		}
	}
	return nil
}

func (c *changeRecord) note(pointer string, secret secretRecord) {
	if c.Secrets == nil {
		c.Secrets = map[string]secretRecord{}
	}
	c.Secrets[pointer] = secret
}
