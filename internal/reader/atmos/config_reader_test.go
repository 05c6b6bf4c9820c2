package atmos_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/internal/drift"
	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
)

// TestAnUnusableConfigurationNamesItsPlace: what nothing can be read without is told
// with its file and line, and quotes no value.
func TestAnUnusableConfigurationNamesItsPlace(t *testing.T) {
	t.Parallel()
	config := func(text string) fstest.MapFS { return fstest.MapFS{"atmos.yaml": {Data: []byte(text)}} }
	for name, c := range map[string]struct {
		files    fstest.MapFS
		settings drift.AtmosSettings
		place    string
	}{
		"atmos.yaml is no YAML":           {config("base_path: .\nstacks: {a: [\n"), drift.AtmosSettings{}, "atmos.yaml:"},
		"atmos.yaml is a list":            {config("- hunter2hunter2\n"), drift.AtmosSettings{}, "atmos.yaml:1"},
		"an imported one is no YAML":      {fstest.MapFS{"atmos.yaml": {Data: []byte("import: [more]\n")}, "more.yaml": {Data: []byte("\nb: [\n")}}, drift.AtmosSettings{}, "more.yaml:"},
		"a profile is not there":          {fstest.MapFS{"atmos.yaml": {Data: []byte(defaultConfig)}, "profiles/ci/a.yaml": {Data: []byte("b: 1\n")}}, drift.AtmosSettings{Profile: "cj"}, "profiles/cj"},
		"a profile is no YAML":            {fstest.MapFS{"atmos.yaml": {Data: []byte(defaultConfig)}, "profiles/ci/a.yaml": {Data: []byte("b: [\n")}}, drift.AtmosSettings{Profile: "ci"}, "profiles/ci/a.yaml:"},
		"one elsewhere is no YAML":        {fstest.MapFS{"sub/atmos.yaml": {Data: []byte("b: [\n")}}, drift.AtmosSettings{ConfigPath: "sub/atmos.yaml"}, "sub/atmos.yaml:"},
		"one elsewhere is not there":      {config(defaultConfig), drift.AtmosSettings{ConfigPath: "sub/atmos.yaml"}, ""},
		"no atmos.yaml, no stacks either": {fstest.MapFS{"README.md": {Data: []byte("x")}}, drift.AtmosSettings{}, ""},
		"the settings are a list":         {config(defaultConfig), drift.AtmosSettings{Config: `["hunter2hunter2"]`}, ""},
		"the settings are cut off":        {config(defaultConfig), drift.AtmosSettings{Config: `{"stacks": "hunter2hunter2`}, ""},
		"nothing matches":                 {config(defaultConfig), drift.AtmosSettings{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := document(t, c.files)
			doc.Atmos = c.settings
			_, err := readWhole(t, new(atmos.Reader), doc)
			var unusable *reader.UnusableError
			if !errors.As(err, &unusable) || unusable.NotFormat || unusable.Facts.Format != reader.FormatEstate {
				t.Fatalf("got %v", err)
			}
			if !strings.HasPrefix(unusable.Problem.Path, c.place) || unusable.Problem.Reason == "" || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q: %s; want it at %s", unusable.Problem.Path, err, c.place)
			}
			if line := strings.TrimPrefix(unusable.Problem.Path, c.place); strings.HasSuffix(c.place, ":") && strings.Trim(line, "123456789") != "" {
				t.Errorf("no line: %q", unusable.Problem.Path)
			}
		})
	}
}

// TestSettingsOfASource: settings lie over atmos.yaml and stand for it; its path and
// its profile are those of the source.
func TestSettingsOfASource(t *testing.T) {
	t.Parallel()
	over := `{"stacks":{"name_template":"x-{{ .vars.stage }}"}}`
	instead := `{"stacks":{"base_path":"stacks","included_paths":["deploy/**/*"],"name_template":"x-{{ .vars.stage }}"}}`
	templated := strings.ReplaceAll(defaultConfig, `name_pattern: "{stage}"`, `name_template: "x-{{ .vars.stage }}"`)
	for name, c := range map[string]struct {
		files    map[string]string
		settings drift.AtmosSettings
		stack    string
	}{
		"over atmos.yaml":        {map[string]string{"atmos.yaml": defaultConfig}, drift.AtmosSettings{Config: over}, "x-good"},
		"instead of atmos.yaml":  {nil, drift.AtmosSettings{Config: instead}, "x-good"},
		"atmos.yaml alone":       {map[string]string{"atmos.yaml": defaultConfig}, drift.AtmosSettings{}, "good"},
		"another path":           {map[string]string{"atmos.yaml": defaultConfig, "other.yaml": templated}, drift.AtmosSettings{ConfigPath: "other.yaml"}, "x-good"},
		"a profile":              {map[string]string{"atmos.yaml": defaultConfig, "profiles/ci/a.yaml": "stacks: {name_template: 'x-{{ .vars.stage }}'}\n"}, drift.AtmosSettings{Profile: "ci"}, "x-good"},
		"settings above profile": {map[string]string{"atmos.yaml": defaultConfig, "profiles/ci/a.yaml": "stacks: {name_template: 'y-{{ .vars.stage }}'}\n"}, drift.AtmosSettings{Profile: "ci", Config: over}, "x-good"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"stacks/deploy/good.yaml": {Data: []byte(good)}}
			for path, text := range c.files {
				files[path] = &fstest.MapFile{Data: []byte(text)}
			}
			doc := document(t, files)
			doc.Atmos = c.settings
			got, err := readWhole(t, new(atmos.Reader), doc)
			if err != nil {
				t.Fatal(err)
			}
			if d := got.Declared[0]; d.Entity.Type != atmos.TypeStack || d.Entity.Name != c.stack {
				t.Errorf("%s %q, want %q", d.Entity.Type, d.Entity.Name, c.stack)
			}
		})
	}
}
