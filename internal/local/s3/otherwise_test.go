package s3_test

import (
	"testing"

	"plumbline/internal/local/s3"
	"plumbline/internal/object"
)

func TestAConditionThatIsNotObeyedIsRefused(t *testing.T) {
	t.Parallel()
	st := start(t, t.TempDir(), s3.Config{})
	st.put(t, "k", "content")
	st.put(t, "from", "other")
	const source = "/" + bucket + "/from"
	for name, c := range map[string]struct {
		method, query string
		header        map[string]string
	}{
		"a delete of another version":  {"DELETE", "", map[string]string{"If-Match": `"other"`}},
		"a delete by size":             {"DELETE", "", map[string]string{"x-amz-if-match-size": "1"}},
		"an append":                    {"PUT", "", map[string]string{"x-amz-write-offset-bytes": "7"}},
		"a copy of another version":    {"PUT", "", map[string]string{"x-amz-copy-source": source, "x-amz-copy-source-if-match": `"other"`}},
		"a copy of what changed since": {"PUT", "", map[string]string{"x-amz-copy-source": source, "x-amz-copy-source-if-modified-since": "Mon, 01 Jan 2024 00:00:00 GMT"}},
		"an upload where nothing is":   {"POST", "?uploadId=1", map[string]string{"If-None-Match": "*"}},
	} {
		if status, body := st.ask(t, c.method, "/"+bucket+"/k"+c.query, "", c.header); status != 501 {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if got := st.read(t, "k", object.Pin{}); got != "content" {
			t.Fatalf("%s: the object holds %q", name, got)
		}
	}
	if status, _ := st.ask(t, "PUT", "/"+bucket+"/k", "", map[string]string{"x-amz-copy-source": source}); status != 200 {
		t.Errorf("a copy without a condition: %d", status)
	}
}
