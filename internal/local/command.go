package local

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"plumbline/internal/auth"
	"plumbline/internal/reader/redact"
	"plumbline/internal/setting"
)

const usage = `Plumbline shows how far declared infrastructure has drifted from what is recorded.

usage:
  plumbline [run]                                      the whole stack on this machine
  plumbline token [-org acme] [-permissions data:read] a token for it (by default with all permissions)

settings, from the environment:
`

// Command runs what the arguments behind the program's name ask for. Answers go to
// out, the log and mistakes in the arguments to diagnostics.
func Command(ctx context.Context, args []string, getenv func(string) string, out, diagnostics io.Writer) error {
	name, rest := "run", args
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	switch name {
	case "help", "-h", "-help", "--help":
		fmt.Fprint(out, usage)
		return setting.Help(out, setting.Local)
	case "run", "token":
	default:
		return fmt.Errorf("unknown command %q; plumbline --help lists what there is", name)
	}
	settings, err := setting.Load(getenv, setting.Local, map[string]setting.Check{"PLUMBLINE_DIGEST_KEY": checkKeys})
	if err != nil {
		return err
	}
	if name == "token" {
		return token(settings, rest, out, diagnostics)
	}
	if len(rest) > 0 {
		return fmt.Errorf("run takes no arguments, got %q", rest)
	}
	log := slog.New(slog.NewTextHandler(diagnostics, &slog.HandlerOptions{Level: settings.LogLevel}))
	return Run(ctx, settings, out, log)
}

func checkKeys(text string) error {
	_, err := redact.ParseKeys(text)
	return err
}

// token prints a token.
func token(settings setting.Settings, args []string, out, diagnostics io.Writer) error {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	flags.SetOutput(diagnostics)
	org := flags.String("org", "acme", "organisation that the token speaks for")
	list := flags.String("permissions", "", "permissions, separated by commas or blanks; all of them by default")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	permissions := auth.Permissions()
	if *list != "" {
		var err error
		if permissions, err = auth.ParsePermissions(*list); err != nil {
			return err
		}
	}
	text, err := Token(settings, *org, permissions)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, text)
	return err
}
