package atmos

import (
	"fmt"
	"strings"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
)

// nameData are the sections that name templates see.
var nameData = []string{"vars", "settings", "env", "metadata", "auth", "providers", "hooks", "test", "secrets",
	"overrides", "backend", "backend_type", "component"}

// stackName names the stack of a component: by the manifest, the name template, the
// name pattern, or the manifest's id. Rule: Stack names.
func (a *assembler) stackName(section value.Map) (string, error) {
	if name := value.Text(a.tree, "name"); name != "" {
		return name, nil
	}
	if a.run.config.nameTemplate != "" {
		return a.templated(a.run.config.nameTemplate, section)
	}
	if name, ok := patternName(a.run.config.namePattern, value.Mapping(section, "vars")); ok {
		return name, nil
	}
	return a.id, nil
}

func (a *assembler) templated(text string, section value.Map) (string, error) {
	data := make(value.Map, len(nameData))
	for _, key := range nameData {
		if v, ok := section[key]; ok {
			data[key] = v
		}
	}
	t, err := a.run.template(text, sandbox.Options{Strict: true, Functions: sandbox.Select(true, true)})
	if err != nil {
		return "", fmt.Errorf("name_template: %w", err)
	}
	name, err := t.Execute(a.run.plain(data), a.run.own(a.span))
	if err != nil {
		return "", fmt.Errorf("name_template: %w", err)
	}
	return name, nil
}

// contextTokens are the parts that a name pattern may have.
var contextTokens = []string{"namespace", "tenant", "environment", "stage"}

// patternName fills a name pattern from variables; false where there is no pattern, or
// one of its variables is missing.
func patternName(pattern string, vars value.Map) (string, bool) {
	if pattern == "" {
		return "", false
	}
	var parts []string
	for part := range strings.SplitSeq(pattern, "-") {
		for _, token := range contextTokens {
			if part != "{"+token+"}" {
				continue
			}
			text := value.Text(vars, token)
			if text == "" {
				return "", false
			}
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "-"), len(parts) > 0
}
