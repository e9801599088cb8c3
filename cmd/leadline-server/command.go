package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"runtime/debug"
	"slices"
	"strings"
)

// version is set by the linker.
var version = "dev"

const usage = `Usage:
  leadline-server serve -listen HOST:PORT [flags]      the server; flags: leadline-server serve -help
  leadline-server user add -email … -name … [flags]    a user, who can sign in; flags: leadline-server user add -help
  leadline-server user list
  leadline-server user password -email …               another password; all devices sign in anew
  leadline-server user disable -email …                locked out, and their devices erase their copies
  leadline-server user enable -email …
  leadline-server key add -name … -scopes route        for a PBX or other software; scopes: route, read, write
  leadline-server key list
  leadline-server key revoke -id …
  leadline-server webhook add -url https://… -email …  tells other software of changes; also list, remove -id …
  leadline-server backup -to FILE                      a consistent copy, while the server serves
  leadline-server restore [-from FILE]                 put a backup back; programs send again what it lacks
  leadline-server verify                               checks database and recordings, and tells what is wrong
  leadline-server erase -number +49… [-yes]            a person's data, everywhere (GDPR)
  leadline-server erase -list                          which devices have done so
  leadline-server version
All but version take -database sqlite:FILE or postgres://… and -key FILE.
`

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

// run is the whole program but for its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	t := terminal{in, out, errs}
	name, rest := pop(args)
	if asksHelp(name) {
		_, err := io.WriteString(out, usage)
		return err
	}
	switch name {
	case "serve":
		return serveCommand(ctx, rest, t)
	case "user":
		return userCommand(ctx, rest, t)
	case "key":
		return keyCommand(ctx, rest, t)
	case "webhook":
		return webhookCommand(ctx, rest, t)
	case "backup":
		return backupCommand(ctx, rest, t)
	case "restore":
		return restoreCommand(ctx, rest, t)
	case "verify":
		return verifyCommand(ctx, rest, t)
	case "erase":
		return eraseCommand(ctx, rest, t)
	case "version":
		return versionCommand(rest, t)
	case "":
		_, _ = io.WriteString(errs, usage)
		return misuse("a command is missing")
	}
	return misuse("there is no command %q\n%s", name, usage)
}

// misused is what is wrong with a command line, and not with what it was to do.
type misused struct{ error }

func misuse(format string, args ...any) error { return misused{fmt.Errorf(format, args...)} }

// Unwrap gives what is wrong.
func (m misused) Unwrap() error { return m.error }

// exitCode is 2 for a command line that is wrong, and 1 for whatever could not be done.
func exitCode(err error) int {
	if errors.As(err, &misused{}) {
		return 2
	}
	return 1
}

func pop(args []string) (first string, rest []string) {
	if len(args) == 0 {
		return "", nil
	}
	return args[0], args[1:]
}

// asksHelp says whether help is asked for where a command is to stand.
func asksHelp(arg string) bool {
	return slices.Contains([]string{"-h", "-help", "--help", "help"}, arg)
}

// subcommand finds what a command such as user, key or webhook is to do. do is nil when help was asked for and given.
func subcommand[F any](command string, args []string, t terminal, all map[string]F) (name string, rest []string, do F, err error) {
	name, rest = pop(args)
	if asksHelp(name) {
		_, err = io.WriteString(t.out, usage)
		return name, rest, do, err
	}
	do, ok := all[name]
	if !ok {
		err = misuse("%s %q is none of %s\n%s", command, name, strings.Join(slices.Sorted(maps.Keys(all)), ", "), usage)
	}
	return name, rest, do, err
}

func versionCommand(args []string, t terminal) error {
	if len(args) > 0 {
		return misuse("%q is not understood: version stands alone", args[0])
	}
	_, err := fmt.Fprintln(t.out, versionLine())
	return err
}

func versionLine() string {
	goVersion := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = ", " + info.GoVersion
	}
	return "leadline-server " + version + goVersion
}

// parse reads flags; what is left over is a mistake. done says that help was asked for and given.
func parse(flags *flag.FlagSet, args []string, t terminal) (done bool, err error) {
	flags.SetOutput(io.Discard)
	err = flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(t.out, "Flags of %s:\n", flags.Name())
		flags.SetOutput(t.out)
		flags.PrintDefaults()
		return true, nil
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is not understood", flags.Arg(0))
	}
	if err != nil {
		err = misuse("%w; its flags: %s -help", err, flags.Name())
	}
	return false, err
}
