package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/instance"
	"leadline/ui/screen"
)

// version is set by the linker.
var version = "dev"

const usage = `Usage:
  leadline [-config FILE] [-automation SOCKET] [LINK]   the telephone; LINK is tel:…, sip:… or callto:…
  leadline [-config FILE] import [flags] FILE           contacts from CSV or vCards; flags: leadline import -help
  leadline [-config FILE] export [flags] FILE           all contacts into such a file; flags: leadline export -help
  leadline [-config FILE] report [FILE]                 how the last calls went on the network, for its administrator
  leadline demo [-language de] [-theme dark]            a PBX and a server in a box, customers who call, a colleague
  leadline demo -tour DIR                               the same without a person: each step is told, and pictures go there
  leadline version
`

// run is the whole program but for its exit code.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	file := flags.String("config", "", "the configuration `FILE`")
	door := flags.String("automation", "", "listen for automation on this Unix `SOCKET`")
	if helped, err := parse(flags, args, usage, out); helped || err != nil {
		return err
	}
	rest := flags.Args()
	command := ""
	if len(rest) > 0 {
		command = rest[0]
	}
	configuration := func() (config.Config, error) {
		c, _, err := load(*file)
		return c, err
	}
	switch command {
	case "help":
		_, err := io.WriteString(out, usage)
		return err
	case "version":
		_, err := fmt.Fprintln(out, versionLine())
		return err
	case "import":
		return importCommand(context.Background(), configuration, rest[1:], out)
	case "export":
		return exportCommand(context.Background(), configuration, rest[1:], out)
	case "report":
		return reportCommand(configuration, rest[1:], out)
	case "demo":
		return demoCommand(rest[1:], *door, out)
	}
	links, err := onlyLinks(rest)
	if err != nil {
		return usageError("", err, usage)
	}
	c, path, err := load(*file)
	if err == nil {
		err = start(options{Config: c, File: path, Door: *door, Links: links, Demo: startDemo})
	}
	if err != nil && *door == "" {
		tellUnstarted(err, c.UI.Language)
		err = errTold{err}
	}
	return err
}

// parse reads flags. helped says that help was asked for and given.
func parse(flags *flag.FlagSet, args []string, usage string, out io.Writer) (helped bool, err error) {
	flags.SetOutput(io.Discard)
	err = flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, err := io.WriteString(out, usage)
		return true, err
	}
	if err != nil {
		err = usageError(flags.Name(), err, usage)
	}
	return false, err
}

// usageError says with a mistake in the arguments of a command how it is used; command is "" for the program itself.
func usageError(command string, err error, usage string) error {
	if command != "" {
		err = fmt.Errorf("%s: %w", command, err)
	}
	return fmt.Errorf("%w\n%s", err, usage)
}

func versionLine() string {
	goVersion := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		goVersion = ", " + info.GoVersion
	}
	return "leadline " + version + goVersion
}

// load reads the configuration. The default file may be missing: then the
// program starts with its welcome.
func load(file string) (config.Config, string, error) {
	if file != "" {
		c, err := config.Load(file)
		return c, file, err
	}
	file, err := config.DefaultFile()
	if err != nil {
		return config.Config{}, "", err
	}
	c, err := config.Load(file)
	if errors.Is(err, fs.ErrNotExist) {
		c, err = config.Default()
	}
	return c, file, err
}

// start runs the telephone, or hands its links to the one that runs already.
func start(o options) error {
	held, err := instance.Acquire(o.Config.Data)
	if errors.Is(err, instance.ErrTaken) {
		if err := instance.HandOver(o.Config.Data, o.Links); err != nil {
			return fmt.Errorf("%w: %w", instance.ErrTaken, err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	defer held.Close()
	p, err := newProgram(o)
	if err != nil {
		return err
	}
	defer p.close()
	p.exit = func(code int) {
		held.Close() // before the last thread of the process has ended, which takes seconds on a busy machine
		os.Exit(code)
	}
	err = p.run(held.Starts())
	if errors.Is(err, screen.ErrNoOpenGL) {
		p.close() // the telephone is free for the next start
		held.Close()
		err = undrawn(err)
	}
	return err
}
