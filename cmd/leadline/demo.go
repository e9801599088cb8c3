package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/crm"
	"leadline/crm/store"
	"leadline/phone/demo"
)

// The customers who call in the demo, in their order; the numbers are those of the
// seeded CRM.
var (
	knownCustomer    = demo.Customer{Name: "Jürgen Müller-Lüdenscheidt of Meier GmbH", Number: dialable(store.DemoKnown), Line: dialable(store.DemoLine)}
	unknownCustomer  = demo.Customer{Name: "somebody whom the CRM does not know", Number: dialable(store.DemoUnknown), Line: dialable(store.DemoLine)}
	withheldCustomer = demo.Customer{Name: "somebody who withholds the number", Line: dialable(store.DemoLine)}
	severalCustomer  = demo.Customer{Name: "a number that three records have", Number: dialable(store.DemoSeveral), Line: dialable(store.DemoLine)}
)

func dialable(written string) string { return crm.Parse(written, crm.DefaultRegion).DialString() }

// demoCommand is `leadline demo`: the program on a seeded file of its own, registered at
// the PBX in a box. With -tour it also drives itself, tells each step and fails
// when one didn't happen.
func demoCommand(args []string, door string, out io.Writer) error {
	flags := flag.NewFlagSet("leadline demo", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	shots := flags.String("tour", "", "drive the program through its main job and write screenshots to this `DIR`")
	language := flags.String("language", "", "of the windows: en, de")
	theme := flags.String("theme", "", "of the windows: light, dark")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return fmt.Errorf("demo: what is meant by %q?\n%s", args, usage)
	}
	dir, err := os.MkdirTemp("", "leadline-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	pbx, err := demo.Start(demo.Options{Numbers: []string{store.DemoKnown, store.DemoSeveral, store.DemoUnknown}})
	if err != nil {
		return err
	}
	defer pbx.Close()
	if *shots != "" && door == "" {
		door = filepath.Join(dir, "door")
	}
	if *shots != "" { // the same pictures on every machine
		*language, *theme = or(*language, "en"), or(*theme, "light")
	}
	o, err := demoOptions(dir, pbx, config.UI{Language: *language, Theme: *theme, Region: crm.DefaultRegion})
	if err != nil {
		return err
	}
	o.Door = door
	if *shots == "" {
		fmt.Fprintln(out, "demo: customers call in a moment. You can call, too:")
		for _, n := range demo.Special() {
			fmt.Fprintf(out, "  %s  %s\n", n.Number, n.What)
		}
		fmt.Fprintf(out, "  %s  Jürgen Müller-Lüdenscheidt\n", store.DemoKnown)
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		go customersCall(ctx, pbx)
		return start(o)
	}
	// Sound goes nowhere: the tour is for machines without anybody to hear it.
	o.Config.Audio = config.Audio{Microphone: "null", Speaker: "null", Ringer: "null"}
	return conducted(o, &tour{pbx: pbx, door: door, shots: *shots, out: out})
}

func demoOptions(dir string, pbx *demo.PBX, look config.UI) (options, error) {
	address, password := pbx.Account()
	account, err := config.CheckAccount(config.Account{
		Name: "Office", Address: address, Password: secret.Secret(password), Bind: "127.0.0.1:0", LineHeader: "X-Line",
	})
	if err != nil {
		return options{}, fmt.Errorf("demo: %w", err)
	}
	return options{
		Config:    config.Config{Data: dir, UI: look, Accounts: []config.Account{account}},
		File:      filepath.Join(dir, "leadline.toml"),
		Agent:     crm.User{Name: "Anna Krüger", Extension: "101"},
		Workspace: "Nordlicht Technik",
		Seed: func(ctx context.Context, s *store.Store) error {
			return s.SeedDemo(ctx, time.Now())
		},
	}, nil
}

// customersCall has customers call one after the other: a known one, a stranger,
// one who withholds the number, and a number with several records; then again.
func customersCall(ctx context.Context, pbx *demo.PBX) {
	if pbx.Registered(ctx) != nil {
		return
	}
	pause := 3 * time.Second
	for {
		for _, c := range []demo.Customer{knownCustomer, unknownCustomer, withheldCustomer, severalCustomer} {
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			pause = 20 * time.Second
			call, err := pbx.Call(c)
			if errors.Is(err, demo.ErrClosed) {
				return
			}
			if err == nil {
				_ = call.Wait(ctx, demo.Ended)
			}
		}
		pause = time.Minute
	}
}

// startDemo is the welcome's "Try the demo": a program of its own beside this one.
func startDemo() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	child := exec.Command(self, "demo")
	if child.Start() == nil {
		go func() { _ = child.Wait() }()
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
