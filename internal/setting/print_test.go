package setting_test

import (
	"strings"
	"testing"

	"plumbline/internal/setting"
)

func TestEverySettingIsPrinted(t *testing.T) {
	t.Parallel()
	var readme, local, api strings.Builder
	for _, err := range []error{
		setting.Markdown(&readme), setting.Help(&local, setting.Local), setting.Help(&api, setting.API),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range setting.All() {
		if !strings.Contains(readme.String(), "| `"+s.Name+"` | "+s.Meaning+" | ") {
			t.Errorf("%s is not in the README's table", s.Name)
		}
		for group, help := range map[setting.Group]string{setting.Local: local.String(), setting.API: api.String()} {
			if strings.Contains(help, "  "+s.Name+" ") != (s.Groups&group != 0) {
				t.Errorf("%s in the help of group %d:\n%s", s.Name, group, help)
			}
		}
		if s.Required&^s.Groups != 0 || s.Required == 0 && s.Default == "" && s.DefaultNote == "" {
			t.Errorf("%s has no default, nor is it required: %+v", s.Name, s)
		}
	}
	for text, parts := range map[string][]string{
		readme.String(): {"| `plumbline-local`; required in AWS |", "| `512MB` |", "| `s3://<own bucket>/<organisation>/` |", "| required |"},
		local.String():  {"own bucket (default plumbline-local)", "(default: s3://<own bucket>/<organisation>/)"},
		api.String():    {"own bucket (required)"},
	} {
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("%q is not in\n%s", part, text)
			}
		}
	}
}
