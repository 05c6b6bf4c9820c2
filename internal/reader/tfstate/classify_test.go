package tfstate_test

import (
	"errors"
	"strings"
	"testing"

	"plumbline/internal/reader"
	"plumbline/internal/reader/tfstate"
)

func TestIndexKnowsWhatADocumentIs(t *testing.T) {
	t.Parallel()
	const v3 = `{"version":3,"serial":1,"lineage":"l","modules":[`
	for name, c := range map[string]struct {
		text   string
		format reader.Format
		kind   string // "", "not format", "encrypted", "unsupported", "broken"
	}{
		"no bytes are no state and no error":          {"", reader.FormatEmpty, ""},
		"version 4":                                   {`{"version":4,"serial":1,"lineage":"l","resources":[]}`, reader.FormatState, ""},
		"version 4 as another number of that value":   {`{"version":40e-1,"resources":[]}`, reader.FormatState, ""},
		"a byte order mark and space before it":       {"\xef\xbb\xbf \n{\"version\":4,\"serial\":1}", reader.FormatState, ""},
		"the version behind all sections":             {`{"resources":[],"outputs":{},"version":4}`, reader.FormatState, ""},
		"an escape in a field's name":                 {`{"\u0076ersion":4,"outputs":{}}`, reader.FormatState, ""},
		"version 3":                                   {v3 + `{"path":["root"],"resources":{}}]}`, reader.FormatLegacy, ""},
		"version 2":                                   {`{"version":2,"modules":[]}`, reader.FormatLegacy, ""},
		"version 1":                                   {`{"version":1,"modules":[]}`, reader.FormatLegacy, ""},
		"a backend pointer":                           {v3 + `{"path":["root"],"outputs":{},"resources":{}}],"backend":{"type":"s3"}}`, reader.FormatPointer, "not format"},
		"a backend pointer without modules":           {`{"version":3,"terraform_version":"1.9.5","backend":{"type":"s3"}}`, reader.FormatPointer, "not format"},
		"version 3 with a backend and resources":      {v3 + `{"path":["root"],"resources":{"a_b.c":{"primary":{"id":"1"}}}}],"backend":{"hash":1}}`, reader.FormatLegacy, ""},
		"version 5":                                   {`{"version":5,"terraform_version":"3.0.0"}`, reader.FormatNewer, "unsupported"},
		"version 1e999999999":                         {`{"version":1e999999999,"serial":1}`, reader.FormatUnknown, "broken"},
		"version 0":                                   {`{"version":0,"serial":1}`, reader.FormatUnknown, "broken"},
		"a negative version":                          {`{"version":-1,"serial":1}`, reader.FormatUnknown, "broken"},
		"a version with a fraction":                   {`{"version":4.5,"serial":1}`, reader.FormatUnknown, "broken"},
		"a version that is text":                      {`{"version":"4"}`, reader.FormatUnknown, "not format"},
		"a version that is null":                      {`{"version":null}`, reader.FormatUnknown, "not format"},
		"a version in another case":                   {`{"Version":4,"resources":[]}`, reader.FormatUnknown, "not format"},
		"OpenTofu's envelope":                         {`{"serial":12,"lineage":"l-2","meta":{},"encrypted_data":"AAAA","encryption_version":"v0"}`, reader.FormatEncrypted, "encrypted"},
		"the envelope wins over a version":            {`{"version":4,"resources":[],"encryption_version":"v0"}`, reader.FormatEncrypted, "encrypted"},
		"an empty encryption version is none":         {`{"version":4,"lineage":"l","encryption_version":""}`, reader.FormatState, ""},
		"show -json of a state":                       {`{"format_version":"1.0","values":{}}`, reader.FormatShow, "not format"},
		"show -json of an empty state":                {`{"format_version":"1.0"}`, reader.FormatShow, "not format"},
		"show -json of a plan":                        {`{"format_version":"1.2","planned_values":{}}`, reader.FormatPlan, "not format"},
		"a plan that breaks off":                      {`{"format_version":"1.2","resource_changes":[{`, reader.FormatPlan, "not format"},
		"a lock":                                      {`{"ID":"a","Operation":"x","Info":"","Who":"me","Version":"1.9.5","Created":"","Path":"p"}`, reader.FormatLock, "not format"},
		"binary, before 0.7":                          {"tfstate\x01\x02", reader.FormatBinary, "unsupported"},
		"gzip":                                        {"\x1f\x8b\x08\x00", reader.FormatUnknown, "not format"},
		"white space only":                            {" \n\t", reader.FormatUnknown, "not format"},
		"another object":                              {`{"a":1}`, reader.FormatUnknown, "not format"},
		"another value":                               {`[1]`, reader.FormatUnknown, "not format"},
		"no JSON":                                     {"resource \"a\" {}", reader.FormatUnknown, "not format"},
		"text after the state":                        {`{"version":4,"lineage":"l"} x`, reader.FormatState, "broken"},
		"a second value after the state":              {`{"version":4,"lineage":"l"}{}`, reader.FormatState, "broken"},
		"a state that breaks off":                     {`{"version":4,"resources":[{"mode":`, reader.FormatState, "broken"},
		"a name that stands twice":                    {`{"lineage":"l","version":4,"version":4}`, reader.FormatState, "broken"},
		"a name that stands twice in an attribute":    {state(`{"attributes":{"a":{"b":1,"b":2}}}`), reader.FormatState, "broken"},
		"invalid UTF-8":                               {"{\"version\":4,\"lineage\":\"\xff\"}", reader.FormatState, "broken"},
		"a negative serial":                           {`{"version":4,"serial":-1}`, reader.FormatState, "broken"},
		"a serial above 64 bits":                      {`{"version":4,"serial":18446744073709551616}`, reader.FormatState, "broken"},
		"a lineage that is no text":                   {`{"version":4,"serial":1,"lineage":1}`, reader.FormatState, "broken"},
		"resources that are no list":                  {`{"version":4,"serial":1,"resources":{}}`, reader.FormatState, "broken"},
		"resources that are null are none":            {`{"version":4,"resources":null,"outputs":null}`, reader.FormatState, ""},
		"more nesting than JSON decoders accept":      {`{"version":4,"lineage":"l","x":` + strings.Repeat("[", 20_000), reader.FormatState, "broken"},
		"a module path that does not start with root": {`{"version":3,"modules":[{"path":["a"]}]}`, reader.FormatLegacy, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := read(t, document(t, c.text))
			facts, kind := got.facts, ""
			var unusable *reader.UnusableError
			if errors.As(err, &unusable) {
				facts, kind = unusable.Facts, kindOf(unusable)
			} else if err != nil {
				t.Fatal(err)
			}
			if kind != c.kind || facts.Format != c.format {
				t.Errorf("got %q %q (%v), want %q %q", kind, facts.Format, err, c.kind, c.format)
			}
		})
	}
}

func kindOf(e *reader.UnusableError) string {
	switch {
	case e.NotFormat:
		return "not format"
	case e.Encrypted:
		return "encrypted"
	case e.Unsupported:
		return "unsupported"
	}
	return "broken"
}

// state is a state of one resource with these instances.
func state(instances ...string) string {
	return `{"version":4,"serial":3,"lineage":"l","terraform_version":"1.9.5","resources":[{"mode":"managed","type":"aws_instance","name":"a",` +
		`"provider":"provider[\"registry.terraform.io/hashicorp/aws\"]","instances":[` + strings.Join(instances, ",") + `]}]}`
}

func TestAnEncryptedStateStillTellsItsSerialAndLineage(t *testing.T) {
	t.Parallel()
	_, err := read(t, document(t, `{"serial":12,"lineage":"l-2","encrypted_data":"AAAA","encryption_version":"v0"}`))
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) || unusable.Facts.Serial != 12 || !unusable.Facts.HasSerial || unusable.Facts.Lineage != "l-2" {
		t.Fatalf("got %+v", err)
	}
}

func TestAHugeFieldOfTheHeaderIsRefusedAndNotKept(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lineage", "terraform_version"} {
		_, err := read(t, document(t, `{"version":4,"serial":1,"`+name+`":"`+strings.Repeat("x", 1025)+`","resources":[]}`))
		var unusable *reader.UnusableError
		if !errors.As(err, &unusable) {
			t.Fatalf("%s: got %v", name, err)
		}
		if p := unusable.Problem; p.Path != "/"+name || p.Reason != "longer than 1024 bytes" {
			t.Errorf("%s: got %+v", name, p)
		}
		if kept := unusable.Facts; kept.Lineage != "" || kept.WriterVersion != "" {
			t.Errorf("%s: kept %+v", name, kept)
		}
	}
}

func TestABrokenStateSaysWhere(t *testing.T) {
	t.Parallel()
	text := `{"version":4,"resources":[{"mode":"managed","instances":[{"attributes":{"password":"hunter2hunter2","x":tru}}]}]}`
	_, err := read(t, document(t, text))
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) {
		t.Fatal(err)
	}
	p := unusable.Problem
	if p.Path != "/resources/0/instances/0/attributes" || p.Offset < 50 || p.Offset > int64(len(text)) || p.Reason != "invalid JSON" {
		t.Errorf("got %+v", p)
	}
}

func TestEveryTruncationIsAnErrorOrTheSame(t *testing.T) {
	t.Parallel()
	text := state(`{"index_key":"k","attributes":{"id":"i-1","password":"correct horse","tags":{"a":"é\n"}},"sensitive_attributes":[[{"type":"get_attr","value":"id"}]]}`) + "\n"
	whole := mustRead(t, document(t, text))
	for end := range len(text) {
		got, err := read(t, document(t, text[:end]))
		switch {
		case end == 0 || end == len(text)-1:
			if err != nil {
				t.Errorf("%d bytes: %v", end, err)
			}
		case !errors.Is(err, reader.ErrUnusable):
			t.Errorf("%d bytes: got %d entries of %d, error %v", end, len(got.entries), len(whole.entries), err)
		}
	}
}

func TestOneHugeValueIsRefusedWithoutBufferingIt(t *testing.T) {
	doc := document(t, "")
	doc.Open = openEndless(`{"version":4,"resources":[{"mode":"managed","type":"t","name":"n","instances":[{"attributes":{"a":"`, 'x', 100<<20)
	peak, stop := watchHeap()
	_, err := readWith(t, &tfstate.Reader{MaxValueBytes: 1 << 20}, doc)
	stop()
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) || !strings.Contains(unusable.Problem.Reason, "larger than the limit") {
		t.Fatalf("got %v", err)
	}
	if peak.Load() > 64<<20 {
		t.Errorf("the heap grew to %d MB", peak.Load()>>20)
	}
}

func TestNestingAboveTheLimitIsRefusedWithItsPlace(t *testing.T) {
	t.Parallel()
	deep := `{"index_key":0,"attributes":{"a":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}}`
	_, err := read(t, document(t, state(`{"index_key":1}`, deep)))
	var unusable *reader.UnusableError
	if !errors.As(err, &unusable) || unusable.NotFormat || unusable.Problem.Path != "/resources/0/instances/1" {
		t.Fatalf("got %v", err)
	}
	if unusable.Facts.Format != reader.FormatState || unusable.Facts.Serial != 3 {
		t.Errorf("facts: %+v", unusable.Facts)
	}
}

func declares(r result, name string) bool {
	for _, d := range r.declared {
		if d.Entity.Name == name {
			return true
		}
	}
	return false
}
