package catalog

// DecodeEntity reads an entity in its flat shape (a canonical object, the member
// "kind" left out) and checks it by itself. The problems are in the order of the
// fields; type and name are in the result as far as they are known.
func DecodeEntity(flat Value) (Entity, Problems) {
	var problems Problems
	o := readObject(flat, "", &problems)
	o.require("entityType", "name")
	e := Entity{
		Type:       o.text("entityType"),
		Name:       o.text("name"),
		State:      o.text("state"),
		Properties: o.values("properties"),
		Labels:     o.labels("labels"),
	}
	o.done()
	if len(problems) == 0 {
		problems = e.Validate()
	}
	return e, problems
}

// DecodeRelationship reads a relationship as [DecodeEntity] reads an entity.
func DecodeRelationship(flat Value) (RelationshipRecord, Problems) {
	var problems Problems
	o := readObject(flat, "", &problems)
	o.require("relationshipType", "from", "to")
	r := RelationshipRecord{
		Type:       o.text("relationshipType"),
		From:       o.text("from"),
		To:         o.text("to"),
		State:      o.text("state"),
		Properties: o.values("properties"),
		Labels:     o.labels("labels"),
	}
	o.done()
	if len(problems) == 0 {
		problems = r.Validate()
	}
	return r, problems
}
