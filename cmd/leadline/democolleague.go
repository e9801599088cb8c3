package main

import (
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	"leadline/crm/store"
	"leadline/crm/wire"
	"leadline/phone/demo"
)

const demoWorkspace = "Nordlicht Technik"

// colleagueExtension is where the colleague of the demo is called.
const colleagueExtension = "102"

// demoCompany is what is behind the demo's desks: a server, and a PBX in a box for each of the two telephones.
type demoCompany struct {
	dir      string
	server   *demoServer
	office   *demo.PBX // the agent's
	second   *demo.PBX // the colleague's
	password string    // of everybody at the server

	mu     sync.Mutex
	closed bool
	desk   *exec.Cmd // the colleague's program; nil before it is started
	gone   chan struct{}
}

func openDemoCompany(dir string) (c *demoCompany, err error) {
	c = &demoCompany{dir: dir, password: rand.Text()}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if c.office, err = demo.Start(demo.Options{Numbers: []string{store.DemoKnown, store.DemoSeveral, store.DemoUnknown}}); err != nil {
		return c, err
	}
	if c.second, err = demo.Start(demo.Options{Extension: colleagueExtension, Numbers: []string{store.DemoKnown, store.DemoSeveral, store.DemoUnknown}}); err != nil {
		return c, err
	}
	demo.Join(c.office, c.second)
	c.server, err = startDemoServer(dir)
	return c, err
}

// seed fills the agent's file with the demo's customers, and the server with who works there.
func (c *demoCompany) seed(ctx context.Context, s *store.Store) error {
	if err := s.SeedDemoIn(ctx, time.Now(), demoText); err != nil {
		return err
	}
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	lines, err := s.Lines(ctx)
	if err != nil {
		return err
	}
	headOffice := slices.IndexFunc(lines, func(l crm.Line) bool { return l.Number.E164 == crm.Parse(store.DemoLine, crm.DefaultRegion).E164 })
	if headOffice < 0 {
		return fmt.Errorf("demo: no line has %s", store.DemoLine)
	}
	address, password := c.second.Account()
	for _, u := range users {
		var telephones []wire.Account
		if u.Name == store.DemoColleague {
			telephones = []wire.Account{{Name: demoText("Office"), Address: address, Password: password, Line: lines[headOffice].ID}}
		}
		if err := c.server.hire(ctx, u, c.password, telephones...); err != nil {
			return err
		}
	}
	return nil
}

// startDesk starts the colleague's program beside this one: an address, a name and a password are all it
// gets (requirement I3).
func (c *demoCompany) startDesk(look config.UI, door string, silent bool) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("start the colleague's desk: %w", err)
	}
	args := []string{"-automation", door, "demo", "-desk", c.dir, "-server", c.server.url, "-language", look.Language, "-theme", look.Theme}
	if silent {
		args = append(args, "-silent")
	}
	desk, gone := exec.Command(self, args...), make(chan struct{})
	desk.Env = append(os.Environ(), envPassword+"="+c.password,
		"XDG_CONFIG_HOME="+filepath.Join(c.dir, "colleague-config")) // where the windows' sizes are kept
	desk.Stderr = os.Stderr
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	if err := desk.Start(); err != nil {
		return fmt.Errorf("start the colleague's desk: %w", err)
	}
	c.desk, c.gone = desk, gone
	go func() {
		defer close(gone)
		_ = desk.Wait()
	}()
	return nil
}

// close ends all of it, the colleague's program first.
func (c *demoCompany) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.desk != nil {
		if c.desk.Process.Signal(os.Interrupt) != nil { // Windows has none
			_ = c.desk.Process.Kill()
		}
		select {
		case <-c.gone:
		case <-time.After(2 * farewell):
			_ = c.desk.Process.Kill()
			<-c.gone
		}
	}
	for _, pbx := range []*demo.PBX{c.office, c.second} {
		if pbx != nil {
			pbx.Close()
		}
	}
	if c.server != nil {
		_ = c.server.close()
	}
}

// deskCommand is the colleague's desk, which the demo starts.
func deskCommand(dir, url string, look config.UI, silent bool, door string) error {
	data := filepath.Join(dir, "colleague")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("make a folder for the colleague's desk: %w", err)
	}
	o := options{
		Config: config.Config{Data: data, UI: look, Server: config.Server{URL: url, User: store.DemoColleagueEmail}},
		File:   filepath.Join(data, "leadline.toml"), Door: door, Workspace: store.DemoColleague, Private: true,
	}
	if silent {
		o.Config.Audio = silence
	}
	return start(o)
}

// silence is sound that goes nowhere.
var silence = config.Audio{Microphone: "null", Speaker: "null", Ringer: "null"}

// demoFlags are what `leadline demo` takes.
type demoFlags struct {
	tour, language, theme string
	desk, server          string // of the colleague's desk
	silent                bool
}

func parseDemo(args []string, out io.Writer) (f demoFlags, helped bool, err error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.StringVar(&f.tour, "tour", "", "drive the program through its main job and write screenshots to this `DIR`")
	flags.StringVar(&f.language, "language", "", "of the windows: en, de")
	flags.StringVar(&f.theme, "theme", "", "of the windows: light, dark")
	flags.StringVar(&f.desk, "desk", "", "the colleague's desk, in this `DIR` of the demo that starts it")
	flags.StringVar(&f.server, "server", "", "where that desk signs in")
	flags.BoolVar(&f.silent, "silent", false, "that desk has no sound")
	helped, err = parse(flags, args, usage, out)
	if err == nil && !helped && flags.NArg() > 0 {
		err = usageError("demo", fmt.Errorf("%q is not understood", flags.Arg(0)), usage)
	}
	return f, helped, err
}
