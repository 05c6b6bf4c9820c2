package tfstate_test

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"plumbline/internal/reader"
)

func TestAVersionAloneMakesNoState(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing else":                    `{"version":4}`,
		"a stack export of Pulumi":        `{"version":3,"deployment":{"manifest":{},"resources":[{"urn":"urn:pulumi:a::b::c::d","id":"1"}]}}`,
		"a dashboard":                     `{"id":7,"uid":"x","title":"Nodes","panels":[{"type":"graph"}],"schemaVersion":39,"version":4}`,
		"a dashboard often saved":         `{"title":"Nodes","panels":[],"version":57}`,
		"a dashboard never saved":         `{"title":"Nodes","panels":[],"version":0}`,
		"a source map":                    `{"version":3,"file":"a.js","sources":["a.ts"],"names":[],"mappings":"AAAA"}`,
		"a lock file of packages":         `{"version":1,"dependencies":{"net8.0":{}}}`,
		"a lock file of inputs":           `{"nodes":{"root":{}},"root":"root","version":7}`,
		"a zone with a serial":            `{"version":1,"serial":2024010101,"zone":"example.com","records":[]}`,
		"a template with resources":       `{"version":2,"resources":[{"type":"x","name":"y","properties":{}}],"parameters":{}}`,
		"fields of a state, of no kind":   `{"version":4,"serial":"C02XYZ","resources":{"cpu":4},"lineage":["a"]}`,
		"fields of a state further below": `{"version":4,"state":{"serial":1,"lineage":"l","resources":[]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, document(t, text))
			var unusable *reader.UnusableError
			if !errors.As(err, &unusable) || !unusable.NotFormat || !strings.Contains(err.Error(), "not a state") {
				t.Fatalf("got %v", err)
			}
		})
	}
}

func TestAStateIsKnownByWhatItHas(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"a lineage":                       `{"version":4,"lineage":"l","x":1}`,
		"its writer":                      `{"version":4,"terraform_version":"1.9.0","x":1}`,
		"one field and nothing foreign":   `{"version":4,"resources":[]}`,
		"two fields beside foreign ones":  `{"x":1,"version":4,"serial":2,"outputs":{},"y":[]}`,
		"a resource beside foreign ones":  `{"x":1,"version":4,"resources":[{"type":"a_b","name":"c","instances":[]}],"y":[]}`,
		"the root module beside others":   `{"version":3,"x":1,"modules":[{"path":["root"],"resources":{}}]}`,
		"what a legacy state of yore has": `{"version":1,"serial":1,"modules":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := read(t, document(t, text)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestWhatIsNotUTF8IsNamed(t *testing.T) {
	t.Parallel()
	const text = `{"version":4,"lineage":"l"}`
	wide := utf16.Encode([]rune(text))
	sixteen := func(order binary.AppendByteOrder, mark string) string {
		out := []byte(mark)
		for _, unit := range wide {
			out = order.AppendUint16(out, unit)
		}
		return string(out)
	}
	var thirtyTwo []byte
	for _, r := range text {
		thirtyTwo = binary.LittleEndian.AppendUint32(thirtyTwo, uint32(r))
	}
	for name, c := range map[string]struct{ text, names string }{
		"UTF-16 of PowerShell":          {sixteen(binary.LittleEndian, "\xff\xfe"), "UTF-16"},
		"UTF-16, the other order":       {sixteen(binary.BigEndian, "\xfe\xff"), "UTF-16"},
		"UTF-16 without a mark":         {sixteen(binary.LittleEndian, ""), "UTF-16"},
		"the other order, without one":  {sixteen(binary.BigEndian, ""), "UTF-16"},
		"UTF-32":                        {"\xff\xfe\x00\x00" + string(thirtyTwo), "UTF-32"},
		"UTF-32 without a mark":         {string(thirtyTwo), "UTF-32"},
		"a zip archive":                 {"PK\x03\x04....", "zip"},
		"zstd":                          {"\x28\xb5\x2f\xfd....", "zstd"},
		"two bytes of a mark, no more":  {"\xff\xfe", "UTF-16"},
		"JSON that begins with a digit": {"1234", "not an object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := read(t, document(t, c.text))
			var unusable *reader.UnusableError
			if !errors.As(err, &unusable) || !unusable.NotFormat || !strings.Contains(err.Error(), c.names) {
				t.Fatalf("got %v, want %q named", err, c.names)
			}
		})
	}
}
