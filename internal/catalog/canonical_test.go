package catalog_test

import (
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/catalog"
)

func TestCanonicalIsOneTextForAValue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, want string }{
		"members by name, without space":        {`{ "b" : 1 , "a" : [ true , null ] }`, `{"a":[true,null],"b":1}`},
		"a null is a value at any depth":        {`{"b":{"d":[{"e":null}],"c": null},"a":null}`, `{"a":null,"b":{"c":null,"d":[{"e":null}]}}`},
		"a text that is null is no value":       {` null `, ``},
		"the fewest escapes":                    {`"\u0061\/\u00e9\n\u001f\"\\"`, `"a/é\n\u001f\"\\"`},
		"names by their bytes, not their quote": {`{"\"":1,"#":2,"!":3}`, `{"!":3,"\"":1,"#":2}`},
		"names that share a beginning":          {`{"attr_000010":1,"attr_00001":2,"attr_0000":3}`, `{"attr_0000":3,"attr_00001":2,"attr_000010":1}`},
		"an escaped name beside a plain one":    {`{"b":1,"\u0061":2}`, `{"a":2,"b":1}`},
		"empty object and array":                {`{"a":{},"b":[]}`, `{"a":{},"b":[]}`},
		"a bare text with brackets in it":       {`"]}\\"`, `"]}\\"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := catalog.Canonical([]byte(c.raw))
			if err != nil || string(got) != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
}

func TestCanonicalRefuses(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"no value": "", "half a value": `{"a":`, "two values": `1 2`, "a name twice": `{"a":1,"\u0061":2}`,
		"invalid UTF-8": "\"\xff\"", "half a surrogate": `"\ud800"`, "a leading zero": "01",
	} {
		if v, err := catalog.Canonical([]byte(raw)); err == nil {
			t.Errorf("%s: got %s", name, v)
		}
	}
}

func TestCanonicalNumberComparesByValue(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"1": "1", "1.0": "1", "10e-1": "1", "1E0": "1", "0.1e1": "1", "-0": "0", "0.000": "0", "0e999999999999": "0",
		"1.50": "1.5", "15e-1": "1.5", "-2.500e1": "-25", "100": "100", "1e2": "100", "0.001": "0.001", "1e-3": "0.001",
		"18446744073709551616":            "18446744073709551616",
		"123456789012345678901234567890":  "123456789012345678901234567890",
		"0.12345678901234567890123":       "0.12345678901234567890123",
		"1e30":                            "1" + strings.Repeat("0", 30),
		"1e31":                            "1e31",
		"1" + strings.Repeat("0", 31):     "1e31",
		"1e-31":                           "0." + strings.Repeat("0", 30) + "1",
		"10e-33":                          "1e-32",
		"1e999999999":                     "1e999999999",
		"10e999999998":                    "1e999999999",
		"1.0e+00000000000000000000000005": "100000",
		"1e99999999999999999999":          "1e99999999999999999999",
		"10e99999999999999999999":         "1e100000000000000000000",
		"0.1e100000000000000000000":       "1e99999999999999999999",
		"10e-100000000000000000000":       "1e-99999999999999999999",
		"0.1e-99999999999999999999":       "1e-100000000000000000000",
	} {
		got, err := catalog.CanonicalNumber([]byte(raw))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", raw, got, err, want)
		}
	}
	if v, err := catalog.CanonicalNumber([]byte(`"1"`)); err == nil {
		t.Errorf("a text: got %s", v)
	}
}

func TestNumbersAreEqualWhenTheirValuesAre(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a := number.Draw(t, "a")
		canonical, err := catalog.CanonicalNumber([]byte(a))
		if err != nil {
			t.Fatal(err)
		}
		x, _ := new(big.Rat).SetString(a)
		y, ok := new(big.Rat).SetString(string(canonical))
		if !ok || x.Cmp(y) != 0 {
			t.Fatalf("%s became %s", a, canonical)
		}
		scaled := a + "0"
		if !strings.ContainsAny(a, ".eE") {
			scaled = a + ".0"
		} else if strings.ContainsAny(a, "eE") {
			return
		}
		again, _ := catalog.CanonicalNumber([]byte(scaled))
		if string(again) != string(canonical) {
			t.Fatalf("%s gives %s, %s gives %s", a, canonical, scaled, again)
		}
	})
}

func TestMembersAndElementsFindEachValue(t *testing.T) {
	t.Parallel()
	raw := []byte(` { "a\"b" : [ 1 , "x,]" , { } ] , "c" : { "d" : "}" } } `)
	got := map[string]string{}
	for name, span := range catalog.Members(raw) {
		got[name] = string(span.Of(raw))
	}
	if diff := cmp.Diff(map[string]string{`a"b`: `[ 1 , "x,]" , { } ]`, "c": `{ "d" : "}" }`}, got); diff != "" {
		t.Error(diff)
	}
	list := []byte(got[`a"b`])
	var elements []string
	for index, span := range catalog.Elements(list) {
		if index != len(elements) {
			t.Errorf("index %d", index)
		}
		elements = append(elements, string(span.Of(list)))
	}
	if diff := cmp.Diff([]string{"1", `"x,]"`, "{ }"}, elements); diff != "" {
		t.Error(diff)
	}
}

func TestMemberFindsWhatWasAppended(t *testing.T) {
	t.Parallel()
	var c catalog.Canonicalizer
	if _, err := c.Append(nil, []byte(`{"z":1,"\"":5,"arn":{"b":2,"a":3},"b":null}`)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"z": "1", "arn": `{"a":3,"b":2}`, "b": "null", "a": ""} {
		if got := string(c.Member(name)); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestWithoutNullDropsMembersAlone(t *testing.T) {
	t.Parallel()
	for v, want := range map[string]string{
		`null`:                               ``,
		`{"a":null}`:                         `{}`,
		`{"a":null,"b":{"c":null,"d":[]}}`:   `{"b":{"d":[]}}`,
		`[null,{"a":null,"b":"\":null"}]`:    `[null,{"b":"\":null"}]`,
		`"{\"a\":null}"`:                     `"{\"a\":null}"`,
		`{"b":{"$sensitive":"k:d"},"c":0.1}`: `{"b":{"$sensitive":"k:d"},"c":0.1}`,
	} {
		if got := catalog.WithoutNull(catalog.Value(v)); string(got) != want {
			t.Errorf("%s: got %s, want %s", v, got, want)
		}
	}
	if catalog.IsNull(nil) || !catalog.IsNull(catalog.Value("null")) || catalog.IsNull(catalog.Value(`"null"`)) {
		t.Error("null is taken for another value")
	}
}

func TestDepthIsBounded(t *testing.T) {
	t.Parallel()
	c := catalog.Canonicalizer{MaxDepth: 3}
	if _, err := c.Append(nil, []byte(`[[[1]]]`)); err != nil {
		t.Error(err)
	}
	if _, err := c.Append(nil, []byte(`[[[[1]]]]`)); err != catalog.ErrTooDeep {
		t.Errorf("got %v", err)
	}
}

func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`{"b":1,"a":[null,{"x":null}],"c":"\u0061"}`, `-0.0e+10`, `1e999999999`, `"\"\\\/\b\f\n\r\t\u2028"`, `{"\"":1,"#":2}`, ` [ ] `, `null`, `{"a":1,"a":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := catalog.Canonical(raw)
		if err != nil || got == nil {
			return
		}
		if !json.Valid(got) {
			t.Fatalf("%q gives %q, which is no JSON", raw, got)
		}
		again, err := catalog.Canonical(got)
		if err != nil || !catalog.Equal(again, got) {
			t.Fatalf("%q gives %q, and that gives %q, %v", raw, got, again, err)
		}
	})
}
