package local

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"plumbline/internal/auth"
	"plumbline/internal/reader/redact"
	"plumbline/internal/setting"
)

// invocation is one call of a command.
type invocation struct {
	getenv           func(string) string
	out, diagnostics io.Writer
}

// command is one verb of the program.
type command struct {
	name, summary string
	// prepare declares the command's flags and gives what it does with them.
	prepare func(flags *flag.FlagSet) func(context.Context, setting.Settings, invocation) error
}

var commands = []command{
	{"run", "runs the whole stack on this machine until Ctrl-C; the default", runCommand},
	{"token", "prints a token for the stack of PLUMBLINE_DATA, running or not, good for 30 days", tokenCommand},
}

// Command runs what the arguments behind the program's name ask for. Responses go to
// out, the log and mistakes in the arguments to diagnostics.
func Command(ctx context.Context, args []string, getenv func(string) string, out, diagnostics io.Writer) error {
	name, rest := "run", args
	if len(args) > 0 {
		name, rest = args[0], args[1:]
	}
	if name == "help" && len(rest) == 1 { // as git has it
		name, rest = rest[0], []string{"--help"}
	}
	if isHelp(name) {
		return help(out)
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == name })
	if i < 0 {
		return fmt.Errorf("unknown command %q; plumbline --help lists what there is", name)
	}
	return commands[i].call(ctx, rest, invocation{getenv: getenv, out: out, diagnostics: diagnostics})
}

func isHelp(arg string) bool {
	return slices.Contains([]string{"help", "-h", "-help", "--help"}, arg)
}

// call reads the command's flags and the settings, and runs it. Help needs no settings.
func (c command) call(ctx context.Context, args []string, in invocation) error {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard) // its errors are returned, and help goes to out
	run := c.prepare(flags)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp), flags.NArg() == 1 && flags.Arg(0) == "help":
		return c.help(flags, in.out)
	case err != nil:
		return fmt.Errorf("%s: %w; plumbline %s --help lists its flags", c.name, err, c.name)
	case flags.NArg() > 0:
		return fmt.Errorf("%s takes no arguments, got %q", c.name, flags.Args())
	}
	settings, err := setting.Load(in.getenv, setting.Local, map[string]setting.Check{"PLUMBLINE_DIGEST_KEY": checkKeys})
	if err != nil {
		return err
	}
	return run(ctx, settings, in)
}

func checkKeys(text string) error {
	_, err := redact.ParseKeys(text)
	return err
}

// help lists the commands and the settings.
func help(out io.Writer) error {
	var text strings.Builder
	text.WriteString("Plumbline shows how far declared infrastructure has drifted from what is recorded.\n\nusage:\n")
	for _, c := range commands {
		fmt.Fprintf(&text, "  plumbline %-7s %s\n", c.name, c.summary)
	}
	text.WriteString("\nplumbline token [-org acme] [-permissions data:read]; plumbline <command> --help tells more.\n")
	return withSettings(out, text.String())
}

// help tells what one command does.
func (c command) help(flags *flag.FlagSet, out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "plumbline %s: %s.\n", c.name, c.summary)
	flags.SetOutput(&text)
	flags.VisitAll(func(*flag.Flag) {
		if !strings.Contains(text.String(), "\nflags:") {
			text.WriteString("\nflags:\n")
		}
	})
	flags.PrintDefaults()
	return withSettings(out, text.String())
}

func withSettings(out io.Writer, text string) error {
	if _, err := io.WriteString(out, text+"\nsettings, from the environment:\n"); err != nil {
		return err
	}
	return setting.Help(out, setting.Local)
}

func runCommand(*flag.FlagSet) func(context.Context, setting.Settings, invocation) error {
	return func(ctx context.Context, settings setting.Settings, in invocation) error {
		log := slog.New(slog.NewTextHandler(in.diagnostics, &slog.HandlerOptions{Level: settings.LogLevel}))
		return Run(ctx, settings, in.out, log)
	}
}

func tokenCommand(flags *flag.FlagSet) func(context.Context, setting.Settings, invocation) error {
	org := flags.String("org", "acme", "`organisation` that the token speaks for")
	list := flags.String("permissions", "", "`permissions`, separated by commas or blanks; all of them by default")
	return func(_ context.Context, settings setting.Settings, in invocation) error {
		permissions := auth.Permissions()
		if *list != "" {
			var err error
			if permissions, err = auth.ParsePermissions(*list); err != nil {
				return err
			}
		}
		token, err := Token(settings, *org, permissions)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(in.out, token)
		return err
	}
}
