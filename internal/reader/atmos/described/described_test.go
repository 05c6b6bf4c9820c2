package described_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"plumbline/internal/reader/atmos/described"
)

var sample = []described.Component{
	{Stack: "dev", Type: "helmfile", Name: "app", Section: jsontext.Value(`{}`)},
	{Stack: "dev", Type: "terraform", Name: "app", Section: jsontext.Value(`{"vars":{"a":[1,{"b":null}],"n":18446744073709551615,"t":"<é\u0001>"}}`),
		Unprocessed: jsontext.Value(`{"vars":{"a":"!env X"}}`)},
	{Stack: "dev", Type: "terraform", Name: "net/vpc", Section: jsontext.Value("{\n  \"vars\": {}\n}")},
	{Stack: `q"s`, Type: "terraform", Name: "app", Section: jsontext.Value(`{"x":1}`)},
}

const sampleText = `{
  "dev": {
    "components": {
      "helmfile": {
        "app": {}
      },
      "terraform": {
        "app": {
          "vars": {
            "a": [
              1,
              {
                "b": null
              }
            ],
            "n": 18446744073709551615,
            "t": "<é\u0001>"
          }
        },
        "net/vpc": {
          "vars": {}
        }
      }
    }
  },
  "q\"s": {
    "components": {
      "terraform": {
        "app": {
          "x": 1
        }
      }
    }
  }
}
`

func TestWriteHasTheShapeOfDescribeStacks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		components iter.Seq2[described.Component, error]
		want       string
	}{
		"several stacks and types": {seq(sample...), sampleText},
		"no component":             {seq(), "{}\n"},
		"what was saved":           {described.Load(bytes.NewReader(saved(t, sample...))), sampleText},
		"a filter that selects none": {
			described.Filter{Stack: "dev", Type: "helmfile", Component: "x"}.Of(seq(sample...)), "{}\n"},
		"a stack": {described.Filter{Stack: "dev", Type: "helmfile"}.Of(seq(sample...)),
			"{\n  \"dev\": {\n    \"components\": {\n      \"helmfile\": {\n        \"app\": {}\n      }\n    }\n  }\n}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := described.Write(&b, c.components); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, b.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	for filter, want := range map[described.Filter]int{
		{}: 4, {Stack: "dev"}: 3, {Component: "app"}: 3, {Type: "terraform"}: 3, {Stack: "dev", Component: "app"}: 2, {Type: "packer"}: 0,
	} {
		if got := len(collect(t, filter.Of(seq(sample...)))); got != want {
			t.Errorf("%+v selects %d, want %d", filter, got, want)
		}
	}
}

// TestLoadGivesWhatWasSaved: any list, and the same bytes each time.
func TestLoadGivesWhatWasSaved(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-c"<é/-]{1,3}`), 0, 8, rapid.ID[string]).Draw(t, "names")
		var list []described.Component
		for i, name := range names {
			list = append(list, described.Component{Stack: fmt.Sprint("s", i/3), Type: fmt.Sprint("t", i), Name: name,
				Section: jsontext.Value(fmt.Sprintf(`{"n":%d,"name":%q}`, i, "x"))})
			if i%2 == 0 {
				list[i].Unprocessed = jsontext.Value(`{}`)
			}
		}
		var first, second bytes.Buffer
		if err := errors.Join(described.Save(&first, seq(list...)), described.Save(&second, seq(list...))); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first.Bytes(), second.Bytes()) {
			t.Fatal("the same list gave other bytes")
		}
		var got []described.Component
		for c, err := range described.Load(&first) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, c)
		}
		if diff := cmp.Diff(list, got); diff != "" {
			t.Fatalf("(-saved +loaded):\n%s", diff)
		}
	})
}

func TestAListOutOfOrderIsRefused(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]described.Component{"twice": {sample[0], sample[0]}, "backwards": {sample[1], sample[0]}} {
		if err := described.Save(io.Discard, seq(list...)); err == nil || !strings.Contains(err.Error(), "out of order") {
			t.Errorf("save %s: %v", name, err)
		}
		if err := described.Write(io.Discard, seq(list...)); err == nil || !strings.Contains(err.Error(), "out of order") {
			t.Errorf("write %s: %v", name, err)
		}
	}
}

func TestErrorsComeThrough(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	failing := func(yield func(described.Component, error) bool) {
		_ = yield(sample[0], nil) && yield(described.Component{}, broken)
	}
	if err := described.Save(io.Discard, failing); !errors.Is(err, broken) {
		t.Errorf("save: %v", err)
	}
	if err := described.Write(io.Discard, failing); !errors.Is(err, broken) {
		t.Errorf("write: %v", err)
	}
	if err := described.Write(&full{}, seq(sample...)); !errors.Is(err, errFull) {
		t.Errorf("write: %v", err)
	}
	if err := described.Save(&full{}, seq(sample...)); !errors.Is(err, errFull) {
		t.Errorf("save: %v", err)
	}
	whole := saved(t, sample...)
	for n := 10; n < len(whole); n++ {
		if err := loadError(io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("load, after %d bytes: %v", n, err)
		}
	}
}

func TestWhatIsNoSnapshotIsRefused(t *testing.T) {
	t.Parallel()
	whole := saved(t, sample...)
	for name, text := range map[string][]byte{
		"nothing":            nil,
		"not compressed":     []byte("{\"format\":1}\n"),
		"no header":          zipped(""),
		"another format":     zipped("{\"format\":2}\n"),
		"a line cut off":     zipped("{\"format\":1}\n{\"stack\":\"a\""),
		"a line of no JSON":  zipped("{\"format\":1}\n{\n"),
		"no section":         zipped("{\"format\":1}\n{\"stack\":\"a\",\"type\":\"b\",\"name\":\"c\"}\n"),
		"a section of text":  zipped("{\"format\":1}\n{\"stack\":\"a\",\"type\":\"b\",\"name\":\"c\",\"section\":\"d\"}\n"),
		"a stack of no text": zipped("{\"format\":1}\n{\"stack\":1,\"section\":{}}\n"),
		"a line too long":    zipped("{\"format\":1}\n" + strings.Repeat(" ", described.MaxLineBytes+1)),
	} {
		if err := loadError(bytes.NewReader(text)); !errors.Is(err, described.ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := loadError(bytes.NewReader(whole[:len(whole)-9])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut off: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(saved(f, sample...))
	f.Add(zipped("{\"format\":1}\n{\"section\":{}}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for c, err := range described.Load(bytes.NewReader(text)) {
			if err == nil && !json.Valid(c.Section) {
				t.Errorf("section %q", c.Section)
			}
		}
	})
}

func seq(list ...described.Component) iter.Seq2[described.Component, error] {
	return func(yield func(described.Component, error) bool) {
		for _, c := range list {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func collect(t *testing.T, components iter.Seq2[described.Component, error]) (list []described.Component) {
	for c, err := range components {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, c)
	}
	return list
}

func saved(t testing.TB, list ...described.Component) []byte {
	var b bytes.Buffer
	if err := described.Save(&b, seq(list...)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(text))
	if err := errors.Join(err, z.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func loadError(r io.Reader) error {
	for _, err := range described.Load(r) {
		if err != nil {
			return err
		}
	}
	return nil
}

var errFull = errors.New("full")

type full struct{}

func (*full) Write([]byte) (int, error) { return 0, errFull }
