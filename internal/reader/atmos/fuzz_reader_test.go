package atmos_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
)

// FuzzReader: whatever atmos.yaml, a catalogue and a stack hold, reading them ends
// within bounds, in a reading or an unusable document, and gives the same twice.
func FuzzReader(f *testing.F) {
	catalogue := "components: {terraform: {vpc: {vars: {a: '{{ .stack }}', db_password: hunter2hunter2}}}}\n"
	f.Add([]byte(defaultConfig), []byte(catalogue), []byte("import: [catalog/a]\nvars: {stage: dev}\n"))
	f.Add([]byte(defaultConfig), []byte("a: &a {b: *a}\n"), []byte("import: [{path: catalog/*, context: {x: 1}}]\nvars: {stage: !include ../catalog/a.yaml}\n"))
	f.Add([]byte("stacks: {included_paths: ['**/*'], name_template: '{{ .vars.x }}'}\nimport: [atmos]\n"), []byte(catalogue), []byte("import: [deploy/s]\nlocals: {a: '{{ .locals.b }}', b: 1}\n"))
	f.Add([]byte("a: ["), []byte("\xef\xbb\xbf\r\n"), []byte("\xff"))
	f.Fuzz(func(t *testing.T, config, catalogue, stack []byte) {
		texts := map[string][]byte{"atmos.yaml": config, "stacks/catalog/a.yaml": catalogue, "stacks/deploy/s.yaml": stack}
		doc := document(t, nil)
		doc.Files = objects(texts, []string{"stacks/deploy/s.yaml", "atmos.yaml", "stacks/catalog/a.yaml"})
		start := time.Now()
		first, err := readWhole(t, new(atmos.Reader), doc)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("it took %s", took)
		}
		second, again := readWhole(t, new(atmos.Reader), doc)
		if err != nil {
			if !errors.Is(err, reader.ErrUnusable) || again == nil || again.Error() != err.Error() {
				t.Errorf("first %v, then %v", err, again)
			}
			return
		}
		if diff := cmp.Diff(first, second, ignoreFuncs); again != nil || diff != "" {
			t.Errorf("the second reading is another: %v\n%.3000s", again, diff)
		}
	})
}
