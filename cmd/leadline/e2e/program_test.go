package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	phone "leadline/phone/rig"
	"leadline/ui/door/client"
	ui "leadline/ui/rig"
)

const soon = 10 * time.Second // for what should take milliseconds, on a busy machine

var (
	raced  bool
	binary string // the program under test
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "leadline")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "leadline")
		args := []string{"build", "-o", binary}
		if raced {
			args = append(args, "-tags", "sqlite_fts5", "-race")
		} else { // as make build does, for the benchmarks
			args = append(args, "-tags", "sqlite_fts5,no_emoji", "-trimpath", "-ldflags", "-s -w")
		}
		if out, err := exec.Command("go", append(args, "leadline/cmd/leadline")...).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

// office is a desk with a computer, a PBX and a headset.
type office struct {
	t      *testing.T
	pbx    *phone.Asterisk
	screen *ui.Screen
	pulse  *phone.Pulse
	dir    string
	config string
	more   []string // of the environment, for the program
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, pulse: phone.StartPulse(t), screen: ui.StartScreen(t, "")}
	o.pbx = phone.StartAsterisk(t, phone.AsteriskOptions{
		Endpoints: []phone.Endpoint{{User: "101", Password: "one", Codecs: pbxCodecs}, {User: "102", Password: "two", Codecs: pbxCodecs}},
	})
	// The path of the automation door has to be short.
	dir, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	o.dir = dir
	o.account("")
	return o
}

// pbxCodecs are what the PBX speaks, in its order: who offers all gets the first.
var pbxCodecs = []string{"alaw", "ulaw", "g722", "opus"}

// account configures the one account, with more lines where wanted.
func (o *office) account(more string) {
	o.t.Helper()
	o.configure(fmt.Sprintf("[[account]]\nname = \"Office\"\naddress = %q\npassword = \"one\"\nbind = \"127.0.0.1:0\"\nline_header = \"X-Line\"\n%s", o.pbx.URI("101"), more))
}

func (o *office) configure(accounts string) {
	o.t.Helper()
	o.config = filepath.Join(o.dir, "leadline.toml")
	text := fmt.Sprintf("data = %q\n[ui]\nlanguage = \"en\"\nregion = \"DE\"\ntheme = \"light\"\n%s", filepath.Join(o.dir, "data"), accounts)
	if err := os.WriteFile(o.config, []byte(text), 0o600); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) command(args ...string) *exec.Cmd {
	c := o.screen.Command(binary, append([]string{"-config", o.config}, args...)...)
	c.Env = append(c.Env, o.pulse.Env()...)
	c.Env = append(c.Env, "GORACE=halt_on_error=1")
	c.Env = append(c.Env, o.more...)
	return c
}

// imports brings customers in, from a CSV of Google Contacts.
func (o *office) imports(csv string) {
	o.t.Helper()
	file := filepath.Join(o.dir, "contacts.csv")
	if err := os.WriteFile(file, []byte(csv), 0o600); err != nil {
		o.t.Fatal(err)
	}
	if out, err := phone.AskWithin(10*time.Minute, o.command("import", file)); err != nil {
		o.t.Fatalf("import: %v\n%s", err, out)
	}
}

// people are the customers of the tests, as Google writes them.
const people = `First Name,Last Name,Organization Name,Organization Title,Phone 1 - Label,Phone 1 - Value
Anna,Meier,Meier Metallbau GmbH,Buying,Mobile,0176 20948812
Bodo,Lindner,,,Work,+49 30 5551234
`

// program is a running Leadline and a hand on its door.
type program struct {
	*phone.Process
	o    *office
	t    *testing.T
	door *client.Client
}

// start starts the program and waits until its door is open.
func (o *office) start() *program {
	o.t.Helper()
	socket := filepath.Join(o.dir, "door")
	_ = os.Remove(socket) // of one that was killed
	p := &program{o: o, t: o.t, Process: phone.Start(o.t, "leadline", o.command("-automation", socket))}
	ctx, cancel := context.WithTimeout(o.t.Context(), 30*time.Second)
	defer cancel()
	type opened struct {
		door *client.Client
		err  error
	}
	back := make(chan opened, 1)
	go func() {
		c, err := client.DialContext(ctx, socket)
		back <- opened{c, err}
	}()
	select {
	case r := <-back:
		if r.err != nil {
			o.t.Fatal(r.err)
		}
		p.door = r.door
	case <-p.Done():
		o.t.Fatalf("the program has ended: %v", p.Err())
	}
	// The door opens before the windows. Call windows are painted once, out of sight,
	// before the main window comes.
	phone.Eventually(o.t, 30*time.Second, "the main window is there", func() (bool, string) {
		return o.mainWindow() != "", o.screen.Seen()
	})
	o.t.Cleanup(func() {
		if o.t.Failed() {
			o.t.Logf("== %s; the program's windows:\n%s", o.screen.Seen(), p.seen())
		}
		p.door.Close()
		if o.t.Failed() {
			log, _ := os.ReadFile(filepath.Join(o.dir, "data", "leadline.log"))
			o.t.Logf("== the program's log:\n%s", bytes.TrimSpace(log))
		}
	})
	return p
}

// mainWindow is the X id of the main window, "" while it can't be seen. The title of a call window ends as that of the main one,
// and a window manager may list one for a moment that the program has hidden.
func (o *office) mainWindow() string {
	o.t.Helper()
	for _, w := range o.screen.Windows() {
		if strings.HasSuffix(w.Title, "Leadline") && !strings.HasSuffix(w.Title, "– Leadline") {
			return w.ID
		}
	}
	return ""
}

// registered starts the program and waits until its account is.
func (o *office) registered() *program {
	o.t.Helper()
	p := o.start()
	p.until("the account is registered", func(s state) bool {
		return len(s.Accounts) > 0 && s.Accounts[0].State == "registered"
	})
	return p
}

// state is what the door tells, as far as the tests ask.
type state struct {
	Accounts []struct{ Name, State, Why, Detail string }
	Calls    []struct {
		ID, Direction, State, Outcome, Number, Name, Note, Line string
		NoteSaved                                               bool `json:"note_saved"`
		Withheld                                                bool
	}
	Unsaved, Missed int
	Sync            string
	Waiting         int // changes that the shared server does not have
	Refused         int
	Sound           struct{ Microphone, Speaker, Problem string }
}

func (p *program) ctx() context.Context {
	// Without the end of the test's own: one that has failed is told what was seen.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.t.Context()), 30*time.Second)
	p.t.Cleanup(cancel)
	return ctx
}

func (p *program) state() state {
	p.t.Helper()
	answer, err := p.door.Do(p.ctx(), map[string]any{"do": "state"})
	p.do(err)
	b, err := json.Marshal(answer)
	p.do(err)
	var s state
	p.do(json.Unmarshal(b, &s))
	return s
}

// until waits until the program is in a state.
func (p *program) until(what string, holds func(state) bool) {
	p.t.Helper()
	phone.Eventually(p.t, 20*time.Second, what, func() (bool, string) {
		s := p.state()
		return holds(s), fmt.Sprintf("%+v", s)
	})
}

// do fails the test when the door refuses a wish, with a picture of what was there.
func (p *program) do(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%v\n%s", err, p.seen())
	}
}

// seen is every text that can be read in the program's windows.
func (p *program) seen() string {
	var b strings.Builder
	for _, w := range p.windows() {
		if !w.Visible {
			continue
		}
		fmt.Fprintf(&b, "window %s %q:", w.Window, w.Title)
		answer, err := p.door.Do(p.ctx(), map[string]any{"do": "tree", "window": w.Window})
		if err != nil {
			fmt.Fprintln(&b, " ", err)
			continue
		}
		text, _ := json.Marshal(answer)
		fmt.Fprintf(&b, " %s\n", text)
	}
	return b.String()
}

type window struct {
	Window, Title string
	Visible       bool
	X, Y, W, H    int
}

func (p *program) windows() []window {
	answer, err := p.door.Do(p.ctx(), map[string]any{"do": "windows"})
	if err != nil {
		return nil
	}
	b, _ := json.Marshal(answer["windows"])
	var all []window
	_ = json.Unmarshal(b, &all)
	return all
}

// tap taps a widget as soon as it can be used: what was done before brings it, on a busy machine not at once.
func (p *program) tap(window, name string) {
	p.t.Helper()
	p.do(p.door.WaitFor(p.ctx(), window, name, soon))
	p.do(p.door.Tap(p.ctx(), window, name))
}

func (p *program) types(window, name, text string) {
	p.t.Helper()
	p.do(p.door.WaitFor(p.ctx(), window, name, soon))
	p.do(p.door.Type(p.ctx(), window, name, text))
}

// close closes the window of a call that has ended; it goes by itself, too, a few seconds later.
func (p *program) close() {
	p.t.Helper()
	for end := time.Now().Add(2 * soon); ; {
		err := p.door.Tap(p.ctx(), "call", "Close")
		if p.door.WaitGone(p.ctx(), "call", "", time.Second) == nil {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("the window of the call that has ended stays; its button: %v\n%s", err, p.seen())
		}
	}
}

func (p *program) shows(window, text string) {
	p.t.Helper()
	p.do(p.door.Wait(p.ctx(), window, text, soon))
}

// hums tells whether half a second of a sound, at least, is that tone and little else: a busy machine leaves gaps.
func hums(t *testing.T, who string, s phone.Sound, hertz float64) {
	t.Helper()
	if s.Lasts(hertz) < 0.5 {
		t.Errorf("%s: %v Hz for %.1f of %.1f s (%.2f of it, level %.3f)", who, hertz, s.Lasts(hertz), s.Seconds(), s.Share(hertz), s.Level())
	}
}
