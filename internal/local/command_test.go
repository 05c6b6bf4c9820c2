package local_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/internal/auth"
	"plumbline/internal/local"
)

// command runs the program with arguments and gives what it prints.
func command(t *testing.T, env map[string]string, args ...string) (string, error) {
	t.Helper()
	var out, diagnostics bytes.Buffer
	err := local.Command(t.Context(), args, func(name string) string { return env[name] }, &out, &diagnostics)
	return out.String() + diagnostics.String(), err
}

func TestHelpListsTheSettings(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"help", "-h", "--help"} {
		out, err := command(t, nil, arg)
		if err != nil || !strings.Contains(out, "plumbline token") || !strings.Contains(out, "PLUMBLINE_S3_ADDR") || strings.Contains(out, "PLUMBLINE_TABLE") {
			t.Errorf("%s: %v\n%s", arg, err, out)
		}
	}
}

func TestATokenOfAFolderIsTakenByItsStack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := environ(dir, "0")
	if err := run(t, env).stop(); err != nil {
		t.Fatal(err)
	}
	early, err := command(t, env, "token", "--org", "globex", "--permissions", "data:read") // while it does not run
	if err != nil {
		t.Fatal(err)
	}
	s := run(t, env)
	late, err := command(t, env, "token", "-org", "globex") // while it runs
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		token, path string
		method      string
		want        int
	}{
		{early, "/globex/shop/environments", "GET", 404},
		{early, "/globex/shop/environments", "POST", 403},
		{late, "/globex/shop/environments", "POST", 201},
		{early, "/acme/shop/environments", "GET", 404},
		{"none", "/acme/shop/environments", "GET", 401},
	} {
		s.token = strings.TrimSpace(c.token)
		if got := s.call(c.method, c.path, map[string]string{"name": "default"}, nil); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, got, c.want)
		}
	}
	if keys := s.call("GET", "/.well-known/jwks.json", nil, nil); keys != 200 {
		t.Errorf("the keys of the tokens: %d", keys)
	}
}

func TestATokenNeedsAStack(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"an empty folder": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "none")} {
		out, err := command(t, environ(dir, "0"), "token")
		if err == nil || !strings.Contains(err.Error(), "no stack has run in "+dir) || !strings.Contains(err.Error(), "make run") || out != "" {
			t.Errorf("%s: %q, %v", name, out, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) > 0 {
			t.Errorf("%s: it made %v", name, entries)
		}
	}
}

func TestEachCommandTellsWhatItDoes(t *testing.T) {
	t.Parallel()
	broken := map[string]string{"PLUMBLINE_SAMPLE": "maybe"} // help is for those who have it wrong
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"run", "--help"}, []string{"plumbline run", "PLUMBLINE_ADDR"}},
		{[]string{"run", "-h"}, []string{"plumbline run", "PLUMBLINE_ADDR"}},
		{[]string{"help", "run"}, []string{"plumbline run", "PLUMBLINE_ADDR"}},
		{[]string{"run", "help"}, []string{"plumbline run"}},
		{[]string{"token", "--help"}, []string{"plumbline token", "-org", "acme", "-permissions", "PLUMBLINE_DATA"}},
		{[]string{"--help"}, []string{"plumbline run", "plumbline token", "PLUMBLINE_ADDR"}},
	} {
		out, err := command(t, broken, c.args...)
		for _, want := range c.want {
			if err != nil || !strings.Contains(out, want) {
				t.Errorf("%v: %v, want %q in\n%s", c.args, err, want, out)
			}
		}
	}
}

func TestMistakesOfTheCommandLineAreTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, c := range map[string]struct {
		env  map[string]string
		args []string
		want string
	}{
		"an unknown command":     {nil, []string{"fly"}, `unknown command "fly"; plumbline --help lists what there is`},
		"an argument too many":   {nil, []string{"run", "fast"}, `run takes no arguments, got ["fast"]`},
		"a flag that is none":    {nil, []string{"run", "--fast"}, `run: flag provided but not defined: -fast; plumbline run --help lists its flags`},
		"a setting that is none": {map[string]string{"PLUMBLINE_SAMPLE": "maybe"}, nil, "PLUMBLINE_SAMPLE"},
		"a digest key that is none": {map[string]string{"PLUMBLINE_DIGEST_KEY": "short", "PLUMBLINE_DATA": dir}, nil,
			"PLUMBLINE_DIGEST_KEY"},
		"an organisation that shadows a route": {map[string]string{"PLUMBLINE_DATA": dir}, []string{"token", "-org", "docs"},
			`organisation "docs" is reserved: it would shadow a route`},
		"a permission that is none": {map[string]string{"PLUMBLINE_DATA": dir}, []string{"token", "-permissions", string(auth.DataRead) + ",data:eat"}, "data:eat"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := command(t, c.env, c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}
