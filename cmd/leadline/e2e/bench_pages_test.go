package e2e

import (
	"context"
	"fmt"
	"image"
	"io"
	"path/filepath"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/store"
	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// manyActivities is how many calls the customer has whose record is opened.
const manyActivities = 5000

// busyCustomer gives the customer with a number so many calls.
func (o *office) busyCustomer(number string) {
	o.t.Helper()
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(o.dir, "data", "leadline.db"), store.Options{})
	if err != nil {
		o.t.Fatal(err)
	}
	defer s.Close()
	party := crm.Parse(number, "DE")
	matches, err := s.Match(ctx, party)
	if err != nil || len(matches) == 0 {
		o.t.Fatalf("nobody has %s: %v", number, err)
	}
	var changes []crm.Change
	for i := range manyActivities {
		began := time.Now().Add(-time.Duration(manyActivities-i) * time.Hour)
		id := s.NewID()
		changes = append(changes,
			crm.BeginCall{Call: crm.Call{ID: id, Direction: crm.Incoming, Party: party, Began: began, Answered: began, Refs: []crm.Ref{matches[0].Ref}}},
			crm.SaveNote{Call: id, Text: fmt.Sprintf("Call %d: wants a quote for forty brackets", i), At: began},
			crm.EndCall{ID: id, Ended: began.Add(time.Minute), Outcome: crm.Answered})
	}
	if err := s.Do(ctx, changes...); err != nil {
		o.t.Fatal(err)
	}
}

// keyboard presses keys without starting a program for each.
type keyboard struct {
	t  *testing.T
	in io.Writer
}

func (o *office) keyboard() *keyboard {
	o.t.Helper()
	cmd := o.screen.Command("xdotool", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		o.t.Fatal(err)
	}
	phone.Start(o.t, "xdotool", cmd)
	o.t.Cleanup(func() { in.Close() })
	return &keyboard{o.t, in}
}

func (k *keyboard) press(keys string) {
	k.t.Helper()
	if _, err := fmt.Fprintf(k.in, "key --delay 0 %s\n", keys); err != nil {
		k.t.Fatal(err)
	}
}

// painting is a part of the screen in which something is painted after a key.
type painting struct {
	*keyboard
	pixels *ui.Pixels
	part   image.Rectangle
}

// settled is the picture once nothing has changed for a while.
func (p painting) settled() []byte {
	p.t.Helper()
	now := p.pixels.Copy(p.part)
	for same, end := time.Now(), time.Now().Add(20*time.Second); time.Since(same) < 700*time.Millisecond; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			p.t.Fatal("the window goes on changing")
		}
		if !p.pixels.Equal(p.part, now) {
			now, same = p.pixels.Copy(p.part), time.Now()
		}
	}
	return now
}

// after is how long the keys take until the picture is there.
func (p painting) after(keys string, picture []byte) time.Duration {
	p.t.Helper()
	began := time.Now()
	for p.press(keys); !p.pixels.Equal(p.part, picture); time.Sleep(100 * time.Microsecond) {
		if time.Since(began) > 10*time.Second {
			p.t.Fatalf("what %s shows was not painted in 10 s", keys)
		}
	}
	return time.Since(began)
}

// turns goes between two views by keys, there and back, and measures the first.
func (p painting) turns(n int, there, back string) (took []time.Duration) {
	p.t.Helper()
	p.press(back)
	away := p.settled()
	p.press(there)
	here := p.settled()
	if string(away) == string(here) {
		p.t.Fatalf("%s and %s show the same", there, back)
	}
	for range n {
		p.after(back, away)
		p.settled()
		took = append(took, p.after(there, here))
	}
	return took
}

func TestBenchPages(t *testing.T) {
	benches(t)
	o := newOffice(t)
	r := newRegistrar(t)
	o.configure(account(r))
	number, _ := o.million()
	o.busyCustomer(number)
	p := o.start()
	r.Wait(t, 30*time.Second)
	phone.Eventually(t, 5*time.Minute, "what was imported can be searched", func() (bool, string) {
		share := busy(p.Process, 3*time.Second)
		return share < 5, fmt.Sprintf("%.0f %% of a core", share)
	})
	main := window{}
	for _, w := range p.windows() {
		if w.Window == "main" {
			main = w
		}
	}
	// Without the field above, in which the caret blinks, and the strip below.
	at := painting{o.keyboard(), o.screen.Pixels(), image.Rect(main.X+200, main.Y+64, main.X+main.W, main.Y+main.H-40)}
	at.settled()

	const times = 20
	for _, page := range []struct{ name, key string }{{"Contacts", "ctrl+5"}, {"Companies", "ctrl+6"}, {"Deals", "ctrl+7"}, {"Calls", "ctrl+1"}} {
		back := "ctrl+4"
		phone.Row(t, "switching the rail to "+page.name+", painted, 1M contacts", spread(at.turns(times, page.key, back)), "", "≤ 50 ms")
	}

	p.tap("main", "Calls")
	o.screen.Keys("ctrl+k")
	o.screen.Type("kunde50000")
	p.shows("main", "Kunde50000")
	phone.Row(t, "a keystroke of search → painted results, 1M contacts", spread(at.turns(times, "1", "BackSpace")), "", "≤ 50 ms")
	o.screen.Keys("ctrl+k", "ctrl+a")
	o.screen.Type("kunde500000")
	p.shows("main", "Kunde500000")
	at.settled()
	at.press("Return")
	p.shows("main", "wants a quote")
	// Back and forth between the record and the list of leads: the record is read and built anew.
	opened := []time.Duration{}
	here := at.settled()
	for range times {
		p.tap("main", "Leads")
		at.settled()
		o.screen.Keys("ctrl+k", "ctrl+a")
		o.screen.Type("kunde500000")
		p.shows("main", "Kunde500000")
		at.settled()
		opened = append(opened, at.after("Return", here))
	}
	phone.Row(t, fmt.Sprintf("opening a record with %d calls, painted", manyActivities), spread(opened), "", "≤ 50 ms")
}
