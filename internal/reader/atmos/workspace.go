package atmos

import (
	"fmt"
	"strings"

	"plumbline/internal/reader/atmos/sandbox"
	"plumbline/internal/reader/atmos/value"
)

// workspaces are the Terraform workspace of a component as `describe stacks` prints
// it, and as Terraform is given it. Rule: Workspaces.
func (a *assembler) workspaces(c *Component, section value.Map) (printed, real string, err error) {
	if section["backend_type"] == "http" || !a.run.config.workspaces {
		return "default", "default", nil
	}
	prefix := c.Stack
	metadata := value.Mapping(section, "metadata")
	base := c.base(section)
	real = prefix
	if base != c.Name {
		real = prefix + "-" + c.Name
	} else {
		base = ""
	}
	printed = prefix
	explicit := value.Text(metadata, "terraform_workspace")
	template := value.Text(metadata, "terraform_workspace_template")
	pattern := value.Text(metadata, "terraform_workspace_pattern")
	switch {
	case template != "" && explicit == "":
		if printed, err = a.workspaceTemplate(template, section); err != nil {
			return "", "", err
		}
		real = printed
	case pattern != "":
		vars := value.Mapping(section, "vars")
		if a.run.config.namePattern == "" {
			vars = nil
		}
		printed, real = fill(pattern, vars, "", ""), fill(pattern, vars, c.Name, base)
		if explicit != "" {
			printed = explicit
		}
	case explicit != "":
		printed, real = explicit, explicit
	}
	return flat(printed), flat(real), nil
}

// base names the Terraform folder below that of the type: the component's
// metadata.component, inherited or not, else its top-level `component`, else itself.
func (c *Component) base(section value.Map) string {
	return orText(value.Text(section, "metadata", "component"), orText(c.over, c.Name))
}

func (a *assembler) workspaceTemplate(text string, section value.Map) (string, error) {
	t, err := a.run.template(text, sandbox.Options{Strict: true, Functions: sandbox.Select(true, true)})
	if err == nil {
		text, err = t.Execute(a.run.plain(section), a.run.own(a.span))
	}
	if err != nil {
		return "", fmt.Errorf("terraform_workspace_template: %w", err)
	}
	return text, nil
}

// workspaceTokens are filled from the variables of the component.
var workspaceTokens = []string{"namespace", "tenant", "environment", "region", "stage", "attributes"}

// fill replaces the tokens of a workspace pattern. Those of variables are empty when
// stacks are not named by a pattern, which is Atmos's way.
func fill(pattern string, vars value.Map, component, base string) string {
	pairs := []string{"{component}", component, "{base-component}", base}
	for _, token := range workspaceTokens {
		pairs = append(pairs, "{"+token+"}", tokenText(vars[token]))
	}
	return strings.NewReplacer(pairs...).Replace(pattern)
}

// tokenText joins a list with hyphens, as {attributes} is.
func tokenText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		words := make([]string, 0, len(v))
		for _, item := range v {
			words = append(words, fmt.Sprint(item))
		}
		return strings.Join(words, "-")
	}
	return ""
}
