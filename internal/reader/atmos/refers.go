package atmos

import (
	"regexp"
	"strings"

	"plumbline/internal/reader/atmos/described"
	"plumbline/internal/reader/atmos/value"
)

var (
	referring = map[string]bool{"!store": true, "!store.get": true, "!terraform.output": true, "!terraform.state": true, "!secret": true, "!emulator": true}
	// calls name components, stores and variables by quoted texts.
	calls = regexp.MustCompile(`atmos\.(Component|Store)(\s+("[^"]*"|\.[\w.]+))+|\b(env|getenv)\s+"[^"]*"\s*[)}|]`)
)

// isReference reports whether a text tells nothing even under a secret name: a mark of
// Atmos, a function that names where a value is kept, a template without a literal.
// One with a default, a command or a text of its own may hold the secret itself.
func isReference(text string) bool {
	if text == described.Masked || text == "<no value>" || text == "<computed>" {
		return true
	}
	if name, argument := value.Function(text); name != "" {
		names := referring[name] || name == "!env" && len(strings.Fields(argument)) == 1 // without a default
		return names && !strings.ContainsAny(argument, "|\"'`") && !strings.Contains(argument, "//") && !strings.Contains(argument, "{{")
	}
	inner, ok := strings.CutPrefix(text, "{{")
	if !ok || !strings.HasSuffix(inner, "}}") || strings.Count(text, "{{") != 1 || strings.Count(text, "}}") != 1 {
		return false
	}
	return !strings.Contains(inner, "/*") && !strings.ContainsAny(calls.ReplaceAllString(inner, " "), "\"`'")
}
