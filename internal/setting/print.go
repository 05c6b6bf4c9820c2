package setting

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Markdown writes every setting as a table for the README.
func Markdown(w io.Writer) error {
	var text strings.Builder
	text.WriteString("| setting | meaning | default |\n|---|---|---|\n")
	for _, s := range All() {
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", s.Name, s.Meaning, s.markdownDefault())
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// markdownDefault tells the default, and that some main asks for more.
func (s Setting) markdownDefault() string {
	text := s.DefaultNote
	if s.Default != "" {
		text = "`" + s.Default + "`"
	}
	switch {
	case s.Required == 0:
		return text
	case text == "":
		return "required"
	}
	return text + "; required in AWS"
}

// Help writes the settings of the groups for --help.
func Help(w io.Writer, groups Group) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range All() {
		if s.Groups&groups != 0 {
			fmt.Fprintf(table, "  %s\t%s (%s)\n", s.Name, plain(s.Meaning), plain(s.helpDefault(groups)))
		}
	}
	return table.Flush()
}

func (s Setting) helpDefault(groups Group) string {
	switch {
	case s.Required&groups != 0:
		return "required"
	case s.Default != "":
		return "default " + s.Default
	}
	return "default: " + s.DefaultNote
}

// plain leaves out the marks of Markdown.
func plain(text string) string { return strings.ReplaceAll(text, "`", "") }
