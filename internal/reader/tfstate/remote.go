package tfstate

import "plumbline/internal/catalog"

// remoteOutputs are the attributes that hold what another state's outputs say, by the
// type of the data source. What was sensitive there is not marked as such.
// Source: Terraform's data source terraform_remote_state; the provider hashicorp/tfe.
var remoteOutputs = map[string]string{"terraform_remote_state": "outputs", "tfe_outputs": "values"}

// ofRemoteState are the attributes of a terraform_remote_state that are no outputs: it
// had those beside them before Terraform 0.12.
var ofRemoteState = nameSet("backend config defaults environment id outputs workspace")

// presumed gives the outputs of another state that may be secret: all that are not
// opened by name. Sorted by start.
func (d *declarer) presumed(in *instance, raw []byte) []catalog.Span {
	attribute, remote := remoteOutputs[in.address.Type]
	if !remote {
		return nil
	}
	var spans []catalog.Span
	for name, span := range catalog.Members(raw) {
		switch {
		case name == attribute:
			spans = d.outputsIn(spans, raw, span)
		case attribute == "outputs" && !ofRemoteState[name] && !d.doc.OpenOutputs.Opens(name):
			spans = append(spans, span)
		}
	}
	return spans
}

func (d *declarer) outputsIn(spans []catalog.Span, raw []byte, at catalog.Span) []catalog.Span {
	if inner, dynamic := dynamicValue(raw, at); dynamic {
		at = inner
	}
	members := false
	for name, span := range catalog.Members(at.Of(raw)) {
		members = true
		if !d.doc.OpenOutputs.Opens(name) {
			spans = append(spans, shift(span, at.Start))
		}
	}
	if text := at.Of(raw); !members && len(text) > 0 && text[0] != '{' {
		spans = append(spans, at)
	}
	return spans
}
