package items

import (
	"bytes"
	"errors"

	"github.com/google/uuid"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
)

// maxDepth is how deep a pushed value may nest.
const maxDepth = 200

// redactItems replaces what is secret in every valid item. It goes through the push
// twice: a secret that the last item gives away is not told by the first. It returns
// what reports whether a text holds one of the secrets, and the warnings.
func redactItems(items []*item, keys *redact.Keys) (told func(string) bool, warnings []reader.Problem) {
	s := &secrets{redact.NewRedactor(keys, maxDepth), keys}
	for _, it := range items {
		s.learn(it)
	}
	s.Freeze()
	for _, it := range items {
		if s.Tells(it.name) {
			it.name = ""
		}
		if it.valid() {
			s.redact(it)
			warnings = append(warnings, s.common(it)...)
		}
	}
	return s.Tells, warnings
}

// common tells of an item's secrets that are common knowledge.
func (s *secrets) common(it *item) (warnings []reader.Problem) {
	for _, pointer := range s.Common(it.id) {
		warnings = append(warnings, reader.Problem{ID: it.id, Name: it.name, Path: it.path(), Offset: -1, Reason: redact.CommonReason(pointer)})
	}
	return warnings
}

type secrets struct {
	*redact.Redactor
	keys *redact.Keys
}

// learn lets the redactor see the whole item, valid or not, and an entity's
// properties once more under the rules of its type. What it cannot go through is told
// when the item is redacted.
func (s *secrets) learn(it *item) {
	if it.flat == nil {
		return
	}
	_, _, _ = s.Append(nil, redact.Object{Entity: it.id, Raw: it.flat, Secret: secretSpans(it.kind, it.flat), Unnamed: true})
	entity := it.declared.Entity
	for _, text := range []string{entity.Type, entity.Name, entity.State, it.relationship.Type, it.relationship.From, it.relationship.To} {
		s.Words(text)
	}
	_, _, _ = s.Append(nil, redact.Object{Entity: it.id, Type: entity.Type, Raw: catalog.Object(entity.Properties)})
}

func (s *secrets) redact(it *item) {
	switch it.kind {
	case catalog.KindEntity:
		s.redactEntity(it)
	case catalog.KindRelationship:
		s.redactRelationship(it)
	default:
		s.redactSchema(it)
	}
}

func (s *secrets) redactEntity(it *item) {
	e := &it.declared.Entity
	s.refuseSecret(it, "entityType", e.Type)
	s.refuseSecret(it, "name", e.Name)
	s.refuseSecret(it, "state", e.State)
	plain := content{it.id, e.Type, e.Properties, e.Labels}
	written := s.redactContent(it, plain, s.Append)
	if !it.valid() {
		return
	}
	e.Properties, e.Labels = written.properties, written.labels
	it.declared.Digest = reader.Digest(e, catalog.Object(e.Properties))
	it.alternate = it.declared.Digest
	if !s.keys.HasAlternate() {
		return
	}
	second := s.redactContent(it, plain, s.AppendAlternate)
	it.declared.Alternate = secretsOf(second.properties)
	other := *e
	other.Labels = second.labels
	it.alternate = reader.Digest(&other, catalog.Object(second.properties))
}

func (s *secrets) redactRelationship(it *item) {
	r := &it.relationship
	s.refuseSecret(it, "relationshipType", r.Type)
	s.refuseSecret(it, "from", r.From)
	s.refuseSecret(it, "to", r.To)
	s.refuseSecret(it, "state", r.State)
	written := s.redactContent(it, content{it.id, r.Type, r.Properties, r.Labels}, s.Append)
	r.Properties, r.Labels = written.properties, written.labels
}

// redactSchema reads the redacted body again: where a field holds a secret that must
// be plain, such as a description, the declaration is refused.
func (s *secrets) redactSchema(it *item) {
	body, redacted, err := s.Append(nil, redact.Object{
		Entity: it.id, Raw: it.schema.Body, Secret: secretSpans(it.kind, it.schema.Body),
	})
	if err != nil {
		it.note("", reasonOf(err))
		return
	}
	if !redacted {
		return
	}
	schema, problems := catalog.DecodeSchema(it.kind, body)
	it.schema = schema
	it.add(problems)
}

// refuseSecret notes a text that holds a known secret where it cannot be replaced.
func (s *secrets) refuseSecret(it *item, field, text string) {
	if s.Tells(text) {
		it.note(it.field(field), "must not hold a secret")
	}
}

// content is what entities and relationships hold alike.
type content struct {
	id         uuid.UUID
	ofType     string
	properties map[string]catalog.Value
	labels     map[string]string
}

type appender func([]byte, redact.Object) ([]byte, bool, error)

// redactContent gives the redacted content; what cannot be redacted is noted. Labels
// are redacted as one member "labels", so that the digest of a label is not that of a
// property of its name.
func (s *secrets) redactContent(it *item, plain content, redacted appender) content {
	out, _, err := redacted(nil, redact.Object{Entity: plain.id, Type: plain.ofType, Raw: catalog.Object(plain.properties)})
	if err != nil {
		it.note(it.field("properties"), reasonOf(err))
		return content{}
	}
	plain.properties = membersOf(out)
	if plain.labels == nil {
		return plain
	}
	out, _, err = redacted(nil, redact.Object{Entity: plain.id, Raw: labelsObject(plain.labels)})
	labels := membersOf(out)["labels"]
	if err != nil || catalog.IsSecret(labels) {
		it.note(it.field("labels"), reasonOf(redact.ErrSecretName))
		return content{}
	}
	plain.labels = map[string]string{}
	for name, value := range membersOf(labels) {
		text, isText := catalog.Text(value)
		if !isText {
			text = string(value) // as catalog keeps a redacted label
		}
		plain.labels[name] = text
	}
	return plain
}

func labelsObject(labels map[string]string) catalog.Value {
	values := make(map[string]catalog.Value, len(labels))
	for name, text := range labels {
		values[name] = catalog.String(text)
	}
	return catalog.Object(map[string]catalog.Value{"labels": catalog.Object(values)})
}

// secretsOf gives the properties that have a secret inside, nil where none has.
func secretsOf(properties map[string]catalog.Value) map[string]catalog.Value {
	var secret map[string]catalog.Value
	for name, value := range properties {
		if catalog.HasSecret(value) {
			if secret == nil {
				secret = map[string]catalog.Value{}
			}
			secret[name] = bytes.Clone(value)
		}
	}
	return secret
}

func reasonOf(err error) string {
	if errors.Is(err, redact.ErrSecretName) {
		return "must not have a secret in the name of a member"
	}
	return "must not nest deeper than 200 levels"
}
