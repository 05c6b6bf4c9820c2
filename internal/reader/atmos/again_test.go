package atmos_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"plumbline/internal/reader"
	"plumbline/internal/reader/atmos"
)

// TestALaterReadingTellsTheSame: what a reader kept of the reading before changes
// nothing, whichever component teaches a secret, still does or no longer does.
func TestALaterReadingTellsTheSame(t *testing.T) {
	t.Parallel()
	manifest := func(vars string) map[string]string {
		text := "vars: {stage: dev}\ncomponents:\n  terraform:\n"
		for i := range 600 {
			text += fmt.Sprintf("    c%d: {vars: {n: %d, list: [{name: API_TOKEN, value: tok%dtok%dtok}, null]}}\n", i, i, i, i)
		}
		return map[string]string{"deploy/dev.yaml": text + "    teacher: {vars: {" + vars + "}}\n" +
			"    holder: {vars: {url: \"x hunter2hunter2 y\", text: \"a\\n\\\"hun\\\"ter<2>\", twice: !env X}}\n", "deploy/prod.yaml": good}
	}
	kept := new(atmos.Reader)
	for n, vars := range []string{
		"plain: 1", "db_password: hunter2hunter2", `db_password: hunter2hunter2, token: "hun\"ter<2>"`, "plain: 1",
		`text: '{"api_token": "hunter2hunter2"}'`, "plain: 2, db_password: hunter2hunter2", "hunter2hunter2: 1, db_password: hunter2hunter2",
	} {
		doc := document(t, estate(manifest(vars)))
		fresh, freshText := told(t, new(atmos.Reader), doc)
		for range 2 {
			again, againText := told(t, kept, doc)
			if diff := cmp.Diff(fresh, again); diff != "" {
				t.Fatalf("reading %d, entries (-fresh +kept):\n%s", n, diff)
			}
			if !bytes.Equal(freshText, againText) {
				t.Fatalf("reading %d has another snapshot", n)
			}
		}
		everything(t, doc) // compares digests with those of the bodies
	}
}

// told is what a reading leaves: its entries, and its snapshot.
func told(t *testing.T, r *atmos.Reader, doc reader.Document) (map[uuid.UUID]reader.Entry, []byte) {
	entries := map[uuid.UUID]reader.Entry{}
	reading, err := r.Index(t.Context(), doc, func(e reader.Entry) error { entries[e.ID] = e; return nil })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := reading.(reader.Snapshot).WriteSnapshot(&b); err != nil {
		t.Fatal(err)
	}
	return entries, b.Bytes()
}
