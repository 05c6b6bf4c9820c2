package redact_test

import (
	"strings"
	"testing"
	"time"
)

// TestATextIsLookedThroughInOnePass: texts that begin a token or a pair at each of their
// characters took a minute for each 5 MB, and four times that for the double.
func TestATextIsLookedThroughInOnePass(t *testing.T) {
	header := strings.SplitN(jwt(), ".", 2)[0]
	for name, text := range map[string]string{
		"web tokens of short parts":         strings.Repeat("eyJa.", 800_000),
		"a web token that goes on":          strings.Repeat("eyJ-", 1_000_000),
		"web tokens before too many parts":  strings.Repeat(header+"-", 40_000) + header + strings.Repeat("."+strings.Repeat("a-", 200_000), 6),
		"web tokens of too many parts":      strings.Repeat(header+".", 100_000),
		"keys of Google, each too long":     strings.Repeat("AIza-", 800_000),
		"keys of Tailscale without a digit": strings.Repeat("tskey-", 600_000),
		"anchors for values":                strings.Repeat("&sig=", 800_000),
		"blocks that never begin":           strings.Repeat("a=|", 600_000) + strings.Repeat("0", 2_000_000),
		"values before blanks":              strings.Repeat("a=b;", 500_000) + strings.Repeat(" ", 2_000_000),
		"pairs behind a late brace":         strings.Repeat("x ", 1_000_000) + "{" + strings.Repeat("a: b,", 400_000),
		"pairs behind quotes":               strings.Repeat("'", 2_000_000) + "{" + strings.Repeat("a: b,", 400_000),
		"braces before stars":               strings.Repeat("a={", 600_000) + strings.Repeat("*", 2_000_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			redacted(t, "t", `{"note":`+quoted(text)+`}`)
			if took := time.Since(start); took > 8*time.Second {
				t.Errorf("%d bytes took %s", len(text), took)
			}
		})
	}
}

// TestAWebTokenIsFoundAfterWhatIsNone: wherever in a text it begins.
func TestAWebTokenIsFoundAfterWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, before := range []string{"", "x-", "a.b.c.", "eyJ-", "eyJa.eyJb.", "id_", "eyJa eyJ.", "eyJ.eyJ. "} {
		if got := redacted(t, "t", `{"note":`+quoted(before+jwt())+`}`); got != `{"note":"S"}` {
			t.Errorf("%q: %s", before, got)
		}
	}
}
