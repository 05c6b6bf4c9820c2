package tfstate

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"plumbline/internal/catalog"
	"plumbline/internal/reader"
)

// header is what a document's top level says, which decides what it is. Names are
// compared exactly: a lock object's "Version" is not a state's "version".
type header struct {
	facts reader.Facts
	// present are the names of the top level, those of the format's alone.
	present map[string]bool
	// version is the canonical text of "version", "" where there is none.
	version string
	// encrypted: "encryption_version" is there and not empty.
	encrypted bool
	marks     marks
	// resources counts what the sections held, to tell a pointer from a state.
	resources int
	// mistakes are top-level fields of a wrong kind.
	mistakes []reader.Problem
}

// discriminating are the top-level names that tell formats apart.
var discriminating = nameSet(`version terraform_version serial lineage outputs resources check_results modules backend remote
	encryption_version encrypted_data meta format_version values planned_values resource_changes prior_state configuration
	ID Operation Who Version Created Info Path deployment`)

// field reads one of the small fields of the top level; ok is false for all others.
func (h *header) field(s *stream, name string) (ok bool, err error) {
	switch name {
	case "version", "serial", "lineage", "terraform_version", "encryption_version":
	default:
		return false, nil
	}
	v, err := s.ReadValue()
	if err != nil {
		return true, err
	}
	if err := h.set(name, v); err != "" {
		h.mistakes = append(h.mistakes, reader.Problem{Path: "/" + name, Offset: s.skipped + s.InputOffset(), Reason: err})
	}
	return true, nil
}

// set takes a small field's value, which may be null, and says what is wrong with it.
func (h *header) set(name string, v jsontext.Value) (mistake string) {
	if v.Kind() == jsontext.KindNull {
		delete(h.present, name)
		return ""
	}
	text, isText := catalog.Text(v)
	if len(text) > maxHeaderText {
		return fmt.Sprintf("longer than %d bytes", maxHeaderText)
	}
	switch name {
	case "version":
		if v.Kind() != jsontext.KindNumber {
			return "the version is not a number"
		}
		h.version = string(catalog.AppendNumber(nil, v))
	case "serial":
		serial, err := strconv.ParseUint(string(canonicalNumber(v)), 10, 64)
		if err != nil {
			return "the serial is not an integer from 0 to 2^64-1"
		}
		h.facts.Serial, h.facts.HasSerial = serial, true
	case "lineage":
		h.facts.Lineage = text
	case "terraform_version":
		h.facts.WriterVersion = text
	case "encryption_version":
		h.encrypted = text != ""
	}
	if !isText && name != "version" && name != "serial" {
		return "not a string"
	}
	return ""
}

// maxHeaderText bounds the texts that are kept of a document beside its declarations:
// a lineage has 36 bytes.
const maxHeaderText = 1 << 10

func canonicalNumber(v jsontext.Value) []byte {
	if v.Kind() != jsontext.KindNumber {
		return nil
	}
	return catalog.AppendNumber(nil, v)
}

// major is the version as far as a reader is chosen by it: 0 where there is none or
// none that is supported.
func (h *header) major() int {
	if len(h.version) != 1 || h.version < "1" || h.version > "4" {
		return 0
	}
	return int(h.version[0] - '0')
}

func notFormat(format reader.Format, reason string) *reader.UnusableError {
	return &reader.UnusableError{
		NotFormat: true,
		Problem:   reader.Problem{Offset: -1, Reason: reason},
		Facts:     reader.Facts{Format: format},
	}
}

// classify decides what the document is, in the order that the format's reference
// gives; nil means a state that can be read. complete is false when the document
// broke off, so that absence says nothing.
func (h *header) classify(complete bool) *reader.UnusableError {
	has := func(name string) bool { return h.present[name] }
	unusable := func(format reader.Format, reason string) *reader.UnusableError {
		e := notFormat(format, reason)
		e.NotFormat, e.Facts = false, h.facts
		e.Facts.Format = format
		return e
	}
	switch {
	case h.encrypted:
		e := unusable(reader.FormatEncrypted, "encrypted by OpenTofu: its resources cannot be read without the key")
		e.Encrypted = true
		return e
	case has("version"):
		return h.classifyVersion(unusable, complete)
	case has("format_version") && (has("planned_values") || has("resource_changes")):
		return notFormat(reader.FormatPlan, "the JSON of a plan (show -json), not a state")
	case has("format_version"):
		return notFormat(reader.FormatShow, "the JSON of show -json, not the state itself")
	case has("ID") && has("Operation") && has("Who"):
		return notFormat(reader.FormatLock, "a lock object (.tflock), not a state")
	case !complete:
		return nil
	}
	return notFormat(reader.FormatUnknown, "a JSON object without a version: not a state")
}

func (h *header) classifyVersion(unusable func(reader.Format, string) *reader.UnusableError, complete bool) *reader.UnusableError {
	has := func(name string) bool { return h.present[name] }
	switch major := h.major(); {
	case h.version == "":
		return notFormat(reader.FormatUnknown, "the version is not a number: not a state")
	case has("deployment") && !h.marks.decisive:
		return notFormat(reader.FormatUnknown, "a Pulumi stack export (deployment), not a state")
	case !h.marks.makeState():
		if !complete {
			return nil
		}
		return notFormat(reader.FormatUnknown, "a JSON object with a version, but without what makes a state"+
			" (serial, lineage, terraform_version, resources): not a state")
	case h.version == "0" || h.version[0] == '-' || !isDigits(h.version):
		return unusable(reader.FormatUnknown, "the version is not a positive integer")
	case complete && major == 3 && has("backend") && h.resources == 0:
		return notFormat(reader.FormatPointer, "the pointer to a backend (.terraform/terraform.tfstate), not a state")
	case major == 0:
		e := unusable(reader.FormatNewer, "a state of a version above 4, which is not supported")
		e.Unsupported = true
		return e
	case major == 4:
		h.facts.Format = reader.FormatState
	default:
		h.facts.Format = reader.FormatLegacy
	}
	return nil
}

func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}
