package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/instance"
	"leadline/crm/store"
	"leadline/phone/demo"
	"leadline/ui/door/client"
	"leadline/ui/text"
)

// tourLimit is how long the whole tour may take on a slow machine.
const tourLimit = 4 * time.Minute

// stepLimit is how long one thing may take to happen.
const stepLimit = 15 * time.Second

// tour drives the running program through its main job by the automation door, as
// a person would, and tells each step.
type tour struct {
	company *demoCompany
	pbx     *demo.PBX // the agent's
	look    config.UI
	door    string
	shots   string
	out     io.Writer

	c      *client.Client // of the agent's program
	second *client.Client // of the colleague's; nil before it has been started
	ctx    context.Context
	n      int
}

// conducted runs the program with the tour beside it. The windows need the first
// goroutine, so that the tour gets another; the program ends when it does.
func conducted(o options, t *tour) error {
	if err := os.MkdirAll(t.shots, 0o755); err != nil {
		return fmt.Errorf("make the folder for screenshots: %w", err)
	}
	held, err := instance.Acquire(o.Config.Data)
	if err != nil {
		return err
	}
	defer held.Close()
	p, err := newProgram(o)
	if err != nil {
		return err
	}
	defer p.close()
	ctx, stop := context.WithTimeout(context.Background(), tourLimit)
	defer stop()
	result := make(chan error, 1)
	p.conduct = func(quit func()) {
		go func() {
			result <- t.run(ctx)
			quit()
		}()
	}
	if err := p.run(held.Starts()); err != nil {
		return err
	}
	select {
	case err := <-result:
		return err
	default:
		return errors.New("demo: the window was closed in the middle of the tour")
	}
}

// step is one thing that has to happen.
type step struct {
	tell string
	do   func(*tour) error
}

func (t *tour) run(ctx context.Context) (err error) {
	t.ctx = ctx
	if t.c, err = client.DialContext(ctx, t.door); err != nil {
		return err
	}
	defer t.c.Close()
	defer func() {
		if t.second != nil {
			t.second.Close()
		}
	}()
	for _, s := range t.steps() {
		t.n++
		fmt.Fprintf(t.out, "demo: %2d. %s … ", t.n, s.tell)
		began := time.Now()
		if err := s.do(t); err != nil {
			fmt.Fprintln(t.out, "FAILED")
			_ = t.shot("failed-main", "main")
			_ = t.shot("failed-call", "call")
			if t.second != nil {
				_ = beside(picture("failed-colleague", "main"))(t)
			}
			return fmt.Errorf("demo, step %d (%s): %w", t.n, s.tell, err)
		}
		fmt.Fprintf(t.out, "yes, after %.2f s\n", time.Since(began).Seconds())
	}
	fmt.Fprintf(t.out, "demo: all %d steps happened; screenshots are in %s\n", t.n, t.shots)
	return nil
}

func (t *tour) steps() []step {
	var call *demo.CustomerCall
	rings := func(c demo.Customer) func(*tour) error {
		return func(t *tour) (err error) {
			if call, err = t.pbx.Call(c); err != nil {
				return err
			}
			return call.Wait(t.ctx, demo.Ringing)
		}
	}
	hears := func(t *tour) error {
		if err := call.Wait(t.ctx, demo.Answered); err != nil {
			return err
		}
		return t.eventually("sound from the agent at the customer's", func() bool { return call.Heard().Packets > 20 })
	}
	ends := func(t *tour) error { return call.Wait(t.ctx, demo.Ended) }
	return []step{
		{"the telephone registers at the PBX in the box", func(t *tour) error { return t.pbx.Registered(t.ctx) }},
		{"the main window shows the company's calls", all(shows("main", "Käthe Süßmilch"), picture("main", "main"))},
		{"what is here goes to the server", all(reads("main", "Saved everywhere"), nothingRefused)},
		{"a colleague's desk starts beside it, with an address, a name and a password", startColleague},
		{"it loads the company's customers from the server", beside(all(shows("main", "Käthe Süßmilch"), reads("main", "Saved everywhere")))},
		{"its telephone registers with the account that the server brought", func(t *tour) error { return t.company.second.Registered(t.ctx) }},
		{"the agent sees that the colleague is free", all(tap("main", "Team"), shows("main", store.DemoColleague), reads("main", "{n} free, {busy} on calls", "n", 1, "busy", 0), picture("main-team", "main"), tap("main", "Calls"))},
		{"Jürgen Müller-Lüdenscheidt of Meier GmbH calls", rings(knownCustomer)},
		{"the call window knows who it is", all(shows("call", "Jürgen Müller-Lüdenscheidt"), shows("call", demoText("Head office")), picture("call-known", "call"))},
		{"the agent answers", all(tap("call", "Answer"), hears)},
		{"the colleague sees that the agent is on a call", beside(all(tap("main", "Team"), shows("main", store.DemoAgent), reads("main", "{n} free, {busy} on calls", "n", 0, "busy", 1), picture("colleague-team", "main")))},
		{"they talk, and the agent notes what is said", all(write("call", "Note", text.T("Wants 40 brackets by 15 January.|demo")), noted, picture("call-talking", "call"))},
		{"the agent hangs up, and is done", all(tap("call", "Hang up"), ends, tap("call", "Close"), over)},
		{"a stranger calls", rings(unknownCustomer)},
		{"the window says that nobody knows the number", all(reads("call", "Not in the CRM"), picture("call-unknown", "call"))},
		{"the agent answers and makes a lead of the call", all(
			tap("call", "Answer"), hears, tap("call", "Create lead"),
			write("call", "First name", "Jörg"), write("call", "Last name", "Groß"), write("call", "Company", "Groß Metallbau"),
			picture("call-form", "call"), tap("call", "Save lead"), reads("call", "Lead · New"), picture("call-lead", "call"))},
		{"the lead appears on the colleague's desk", beside(all(tap("main", "Leads"), shows("main", "Groß Metallbau"), picture("colleague-leads", "main")))},
		{"the customer hangs up, and the agent is done", all(func(t *tour) error { call.HangUp(); return ends(t) }, tap("call", "Close"), over)},
		{"the agent calls the new lead back", all(dial(unknownCustomer.Number), func(t *tour) error { return t.state("talking") })},
		{"the window knows the lead now", all(shows("call", "Groß Metallbau"), picture("call-back", "call"))},
		{"the agent passes the lead on to the colleague", all(tap("call", "Transfer"), shows("call", store.DemoColleague), write("call", "Extension or any number", colleagueExtension),
			picture("call-transfer", "call"), tap("call", "Blind"))},
		{"the colleague's window knows who it is, and they talk", beside(all(shows("call", "Groß Metallbau"), tap("call", "Answer"), func(t *tour) error { return t.state("talking") }, picture("colleague-call", "call")))},
		{"the agent's call is over", func(t *tour) error { return t.state("ended") }},
		{"the colleague hangs up", beside(all(tap("call", "Hang up"), func(t *tour) error { return t.state("ended") }))},
		{"somebody calls who withholds the number", rings(withheldCustomer)},
		{"the window says so, and the agent declines", all(reads("call", "Number withheld"), picture("call-withheld", "call"), tap("call", "Decline"), ends)},
		{"a number calls that three records have", rings(severalCustomer)},
		{"the window lets the agent choose", all(reads("call", "Who is calling? {n} records have this number", "n", 3), picture("call-several", "call"))},
		{"the customer gives up, and the call is missed", func(t *tour) error { call.HangUp(); return ends(t) }},
		{"the list of leads has the new one", all(tap("main", "Leads"), shows("main", "Groß Metallbau"), picture("main-leads", "main"))},
		{"the list of missed calls has who gave up", all(tap("main", "Missed"), shows("main", "Özdemir"), picture("main-missed", "main"))},
		{"all of it is with the server, and nothing was refused", all(reads("main", "Saved everywhere"), nothingRefused)},
	}
}

// startColleague starts the second desk and waits for its door.
func startColleague(t *tour) (err error) {
	door := filepath.Join(t.company.dir, "door-2")
	if err := t.company.startDesk(t.look, door, true); err != nil {
		return err
	}
	return t.eventually("the colleague's program", func() bool {
		t.second, err = client.DialContext(t.ctx, door)
		return err == nil
	})
}

// beside does something on the colleague's desk.
func beside(do func(*tour) error) func(*tour) error {
	return func(t *tour) error {
		there := *t
		there.c = t.second
		if err := do(&there); err != nil {
			return fmt.Errorf("on the colleague's desk: %w", err)
		}
		return nil
	}
}

// nothingRefused tells whether the server took all that it was sent.
func nothingRefused(t *tour) error {
	answer, err := t.c.Do(t.ctx, map[string]any{"do": "state"})
	if err != nil {
		return err
	}
	if n, ok := answer["refused"].(float64); !ok || n != 0 {
		return fmt.Errorf("the server refused %v changes", answer["refused"])
	}
	return nil
}

// all is several things, one after the other.
func all(steps ...func(*tour) error) func(*tour) error {
	return func(t *tour) error {
		for _, s := range steps {
			if err := s(t); err != nil {
				return err
			}
		}
		return nil
	}
}

func shows(window, words string) func(*tour) error {
	return func(t *tour) error { return t.c.Wait(t.ctx, window, words, stepLimit) }
}

// reads is shows for a sentence of the program's own, in the language of the windows.
func reads(window string, key text.Key, args ...any) func(*tour) error {
	return shows(window, text.T(key, args...))
}

func tap(window, name string) func(*tour) error {
	return func(t *tour) error {
		if err := t.c.WaitFor(t.ctx, window, name, stepLimit); err != nil {
			return err
		}
		return t.c.Tap(t.ctx, window, name)
	}
}

func write(window, name, words string) func(*tour) error {
	return func(t *tour) error {
		if err := t.c.WaitFor(t.ctx, window, name, stepLimit); err != nil {
			return err
		}
		return t.c.Type(t.ctx, window, name, words)
	}
}

func dial(to string) func(*tour) error {
	return func(t *tour) error { return t.c.Call(t.ctx, to, "") }
}

func picture(name, window string) func(*tour) error {
	return func(t *tour) error { return t.shot(name, window) }
}

func (t *tour) shot(name, window string) error {
	file, err := filepath.Abs(filepath.Join(t.shots, name+".png"))
	if err != nil {
		return err
	}
	return t.c.Shot(t.ctx, window, file)
}

// state waits until the newest call is in that state.
func (t *tour) state(want string) error {
	return t.eventually("a call that is "+want, func() bool { return t.newest()["state"] == want })
}

// over waits until no call has a window any more.
func over(t *tour) error { return t.eventually("no call", func() bool { return t.newest() == nil }) }

// noted waits until the note of the newest call is in the file.
func noted(t *tour) error {
	return t.eventually("a saved note", func() bool { return t.newest()["note_saved"] == true })
}

// newest is the newest call as the door tells it; nil when there is none.
func (t *tour) newest() map[string]any {
	answer, err := t.c.Do(t.ctx, map[string]any{"do": "state"})
	if err != nil {
		return nil
	}
	calls, _ := answer["calls"].([]any)
	if len(calls) == 0 {
		return nil
	}
	newest, _ := calls[len(calls)-1].(map[string]any)
	return newest
}

func (t *tour) eventually(what string, ok func() bool) error {
	deadline := time.Now().Add(stepLimit)
	for !ok() {
		if time.Now().After(deadline) || t.ctx.Err() != nil {
			return fmt.Errorf("waited %v for %s", stepLimit, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}
