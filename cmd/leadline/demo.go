package main

import (
	"context"
	"errors"
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
	"leadline/ui"
	"leadline/ui/text"
)

// The customers who call in the demo, in their order; the numbers are those of the
// seeded CRM.
var (
	knownCustomer    = demo.Customer{Name: "Jürgen Müller-Lüdenscheidt of Meier GmbH", Number: dialable(store.DemoKnown), Line: dialable(store.DemoLine)}
	unknownCustomer  = demo.Customer{Name: "somebody whom the CRM does not know", Number: dialable(store.DemoUnknown), Line: dialable(store.DemoLine)}
	withheldCustomer = demo.Customer{Name: "somebody who withholds the number", Line: dialable(store.DemoLine)}
	severalCustomer  = demo.Customer{Name: "a number that three records have", Number: dialable(store.DemoSeveral), Line: dialable(store.DemoLine)}
)

// demoText is a text of the demo in the language of the windows.
func demoText(english string) string { return text.T(text.Key(english + "|demo")) }

func dialable(written string) string { return crm.Parse(written, crm.DefaultRegion).DialString() }

// demoCommand is `leadline demo`: the program on a seeded file of its own, registered at
// the PBX in a box and signed in at a server in a box, and a colleague's desk beside it. With -tour it also drives itself, tells each
// step and fails when one didn't happen.
func demoCommand(args []string, door string, out io.Writer) error {
	f, helped, err := parseDemo(args, out)
	if helped || err != nil {
		return err
	}
	look := config.UI{Language: f.language, Theme: f.theme, Region: crm.DefaultRegion}
	if f.tour != "" { // the same pictures on every machine
		look.Language, look.Theme = or(f.language, "en"), or(f.theme, "light")
	}
	if f.desk != "" {
		return deskCommand(f.desk, f.server, look, f.silent, door)
	}
	if err := text.SetLanguage(ui.Spoken(look.Language)); err != nil { // of what is seeded
		return err
	}
	dir, err := os.MkdirTemp("", "leadline-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer os.RemoveAll(dir)
	company, err := openDemoCompany(dir)
	if err != nil {
		return err
	}
	defer company.close()
	if f.tour != "" && door == "" {
		door = filepath.Join(dir, "door")
	}
	o, err := company.agent(look)
	if err != nil {
		return err
	}
	o.Door = door
	if f.tour != "" {
		// Sound goes nowhere: the tour is for machines without anybody to hear it.
		o.Config.Audio = silence
		return conducted(o, &tour{company: company, pbx: company.office, look: look, door: door, shots: f.tour, out: out})
	}
	fmt.Fprintln(out, "demo: customers call in a moment. You can call, too:")
	for _, n := range demo.Special() {
		fmt.Fprintf(out, "  %s  %s\n", n.Number, n.What)
	}
	fmt.Fprintf(out, "  %s  Jürgen Müller-Lüdenscheidt\n", store.DemoKnown)
	fmt.Fprintf(out, "  %s  %s, at the second window; customers can be passed on to her\n", colleagueExtension, store.DemoColleague)
	fmt.Fprintf(out, "demo: the second window is %s's desk, on a program of its own. What is made on one desk appears on the other.\n", store.DemoColleague)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		if company.office.Registered(ctx) != nil {
			return
		}
		if err := company.startDesk(look, filepath.Join(dir, "door-2"), false); err != nil {
			fmt.Fprintln(out, "demo:", err)
		}
		customersCall(ctx, company.office)
	}()
	return start(o)
}

// agent is how the agent's own program is started.
func (c *demoCompany) agent(look config.UI) (options, error) {
	address, password := c.office.Account()
	account, err := config.CheckAccount(config.Account{
		Name: demoText("Office"), Address: address, Password: secret.Secret(password), Bind: "127.0.0.1:0", LineHeader: "X-Line", DefaultLine: store.DemoLine,
	})
	if err != nil {
		return options{}, fmt.Errorf("demo: %w", err)
	}
	return options{
		Config:    config.Config{Data: c.dir, UI: look, Accounts: []config.Account{account}, Server: config.Server{URL: c.server.url, User: store.DemoAgentEmail}},
		File:      filepath.Join(c.dir, "leadline.toml"),
		Agent:     crm.User{Name: store.DemoAgent, Extension: "101"},
		Workspace: demoWorkspace,
		Seed:      c.seed,
		Private:   true,
		Password:  c.password,
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
