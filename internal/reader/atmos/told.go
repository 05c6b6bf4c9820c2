package atmos

import (
	"fmt"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
	"plumbline/internal/reader/redact"
)

// told are the estate's problems as the document's: of components, with the entity
// that each concerns; of a file, once, with the number of manifests that were lost; and
// each of those, with the place of what is wrong.
func (r *reading) told() (failed, warnings []reader.Problem) {
	lost := map[Problem][]Problem{}
	for _, p := range r.resolved.Problems {
		switch {
		case p.Finding:
			warnings = append(warnings, r.tellOf(p))
		case p.Component != "":
			failed = append(failed, r.tellOf(p))
		default:
			file := Problem{File: p.File, Line: p.Line, Reason: p.Reason}
			if _, known := lost[file]; !known {
				lost[file] = nil
			}
			if p.Manifest != r.resolved.run.manifestID(p.File) {
				lost[file] = append(lost[file], p)
			}
		}
	}
	for p, manifests := range lost {
		for _, with := range manifests {
			reason := fmt.Sprintf("manifest %s is lost with %s: %s", with.Manifest, place(p.File, p.Line), p.Reason)
			failed = append(failed, r.tellOf(Problem{File: orText(with.Top, p.File), Reason: reason}))
		}
		switch len(manifests) {
		case 0:
		case 1:
			p.Reason += "; 1 manifest is lost with it"
		default:
			p.Reason += fmt.Sprintf("; %d manifests are lost with it", len(manifests))
		}
		failed = append(failed, r.tellOf(p))
	}
	return failed, append(warnings, r.common()...)
}

// common tells of secrets that are common knowledge, where a component or stack declares
// them.
func (r *reading) common() (warnings []reader.Problem) {
	redactor := r.workers[0].redactor
	for _, it := range r.items() {
		id := r.idOf(it)
		for _, pointer := range redactor.Common(id) {
			warnings = append(warnings, reader.Problem{ID: id, Name: r.nameOf(it), Offset: -1, Reason: redact.CommonReason(pointer)})
		}
	}
	return warnings
}

// tellOf leaves out what holds a secret that was learnt.
func (r *reading) tellOf(p Problem) reader.Problem {
	redactor := r.workers[0].redactor
	out := reader.Problem{Path: place(p.File, p.Line), Offset: -1, Reason: p.Reason}
	if p.Component != "" {
		out.Reason = p.Component + ": " + p.Reason
	}
	if p.Stack != "" && !p.Finding {
		r.concern(&out, p)
	}
	if redactor.Tells(out.Reason) {
		out.Reason = "cannot be read, for a reason that holds a secret"
	}
	if redactor.Tells(out.Path) {
		out.Path = ""
	}
	return out
}

// concern names the entity of a component that has a fault.
func (r *reading) concern(out *reader.Problem, p Problem) {
	name := r.named(r.scoped(r.resolved.nameFor(p.Stack, p.Component)))
	if catalog.CheckEntityName(name) != nil {
		return
	}
	out.ID = catalog.EntityID(r.doc.Environment, TypeComponent, name)
	out.Name = name
}
