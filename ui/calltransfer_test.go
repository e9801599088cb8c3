package ui

import (
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// Requirements.md D2.
func TestACallIsPassedOnOrAskedAboutFirst(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	b.press(w, fyne.KeyT, fyne.KeyModifierControl)
	field := named[*kit.Field](b, w, "Extension or any number")
	if !field.Focused() {
		t.Error("the field has no keyboard")
	}
	if named[*kit.Button](b, w, "Blind").Enabled() {
		t.Error("it can be passed on to nobody")
	}
	field.Submit()
	b.took()
	field.Type("nobody")
	b.tap(w, "Blind")
	b.took()
	if field.Problem() == "" {
		t.Error("that a name can't be dialled is not told")
	}
	field.Type(" 112 ")
	if field.Problem() != "" {
		t.Error("it is told for ever")
	}
	b.tap(w, "Blind")
	b.took("transfer 4 112")
	field.Submit()
	b.took("dial 112 ")
	b.press(w, fyne.KeyT, fyne.KeyModifierControl)
	if slices.Contains(visibleNames(w), "Blind") {
		t.Error("Ctrl+T does not close it")
	}
	b.tap(w, "Transfer")
	b.press(w, fyne.KeyEscape, 0) // out of the field
	b.press(w, fyne.KeyEscape, 0)
	if slices.Contains(visibleNames(w), "Blind") {
		t.Error("Esc does not close it")
	}
}

// Look.md: the two ways are called as telephones call them, and each says what it does.
func TestTheWaysOfATransferAreNamedAndExplained_H3(t *testing.T) {
	for lang, words := range map[string][]string{
		"en": {"Transfer Jörg Groß to", "Ask first", "Blind", "Calls them first, while the other side waits", "Hands the call over at once, without asking"},
		"de": {"Jörg Groß weiterleiten an", "Rückfrage", "Direkt", "Ruft dort erst an, die Gegenseite wartet so lange", "Gibt den Anruf sofort ab, ohne zu fragen"},
	} {
		if err := text.SetLanguage(lang); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = text.SetLanguage("en") })
		b, w, _ := passingOn(t, sample("talk"))
		if got := w.view.pass.title.Value(); got != words[0] {
			t.Errorf("%s: above the list it says %q", lang, got)
		}
		for n, name := range []string{"Ask first", "Blind"} {
			button := named[*kit.Button](b, w, name)
			if button.Value() != words[1+n] || button.Tip() != words[3+n] {
				t.Errorf("%s: %s is %q, explained by %q", lang, name, button.Value(), button.Tip())
			}
		}
	}
}

// Who withholds the number has no name that one is passed on by.
func TestWhoWithholdsTheNumberIsPassedOnAsTheCaller_H3(t *testing.T) {
	for lang, words := range map[string]string{"en": "Transfer the caller to", "de": "Anrufer weiterleiten an"} {
		if err := text.SetLanguage(lang); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = text.SetLanguage("en") })
		c := sample("talk")
		c.Card, c.Party = desk.Card{}, desk.Party{Withheld: true}
		_, w, _ := passingOn(t, c)
		if got := w.view.pass.title.Value(); got != words {
			t.Errorf("%s: above the list it says %q", lang, got)
		}
	}
}

// Look.md: the list says below what becomes of the record.
func TestWhatBecomesOfTheRecordIsSaidWhileOneChoosesWhom_D2(t *testing.T) {
	c := sample("talk")
	c.HandsOver = say("After a completed transfer the lead goes to the colleague you pass it to.")
	b, w, _ := passingOn(t, c)
	says := func(want bool) {
		t.Helper()
		if names := visibleNames(w); slices.Contains(names, c.HandsOver.Key) != want || slices.Contains(names, c.Reason.Key) == want {
			t.Errorf("below is %q", names)
		}
	}
	says(true)
	b.press(w, fyne.KeyT, fyne.KeyModifierControl)
	says(false)
	named[*kit.Tile](b, w, "Add call").Tap()
	says(false)
	c.HandsOver = desk.Text{}
	b.show(c)
	b.tap(w, "Transfer")
	if !slices.Contains(visibleNames(w), c.Reason.Key) {
		t.Error("where nothing is handed over, the reason is gone")
	}
}

// Look.md: while it rings there are Send to… and Exceptions.
func TestACallThatRingsIsSentOn(t *testing.T) {
	c := sample("known")
	b, w, field := passingOn(t, c, sample("held"))
	names := visibleNames(w)
	for _, not := range []string{"Blind", "Ask first", "Call", "Connect with the other call", "Talk with both together"} {
		if slices.Contains(names, not) {
			t.Errorf("a call that rings can be what %q is for", not)
		}
	}
	field.Submit()
	b.took("send on 1 118") // who is free comes first
	field.Type("nobody")
	field.Submit()
	b.took()
	if field.Problem() == "" {
		t.Error("that a name can't be dialled is not told")
	}
	field.Type("030 20948812")
	b.tap(w, "Send on")
	b.took("send on 1 030 20948812")
	b.tap(w, "Send to…")
	if slices.Contains(visibleNames(w), "Send on") {
		t.Error("the button does not close it")
	}
	b.tap(w, "Send to…")
	c.State, c.Answered = desk.Talking, noon
	b.show(c)
	if names := visibleNames(w); slices.Contains(names, "Send on") || slices.Contains(names, "Blind") {
		t.Error("the list is still there when the call is answered")
	}
}

func TestAKnownCallerIsMadeAnException_E2(t *testing.T) {
	b := newBench(t)
	c := sample("known")
	c.Party.Dial = "+493020948812"
	b.show(c)
	w := b.calls.slots[0]
	b.pass(time.Second)
	b.tap(w, "Exceptions")
	b.took("except 1")
	c.Excepting = &desk.Trace{Leads: []desk.Ref{{Kind: desk.Lead, ID: "7"}}, Calls: 2}
	b.show(c)
	b.tap(w, "Remove and add")
	b.took("exception 1 true")
	for _, name := range []string{"unknown", "withheld"} {
		b.show(sample(name))
		w := b.calls.slots[slices.IndexFunc(b.calls.slots, func(w *callWindow) bool { return w.busy && w.call.Card.Known == false })]
		if names := visibleNames(w); slices.Contains(names, "Exceptions") || !slices.Contains(names, "Send to…") {
			t.Errorf("%s: there is %q", name, names)
		}
	}
}

// Look.md: All 14 leads from the last calls to the record.
func TestTheRecordIsOpenedFromACall(t *testing.T) {
	b := newBench(t)
	var opened []desk.Ref
	b.calls.open = func(r desk.Ref) { opened = append(opened, r) }
	c := sample("known")
	c.Card.Ref = desk.Ref{Kind: desk.Contact, ID: "12"}
	b.show(c)
	w := b.calls.slots[0]
	b.tap(w, fmt.Sprintf("All %d", c.Card.Calls))
	b.press(w, fyne.KeyO, fyne.KeyModifierControl)
	if len(opened) != 2 || opened[0] != c.Card.Ref || opened[1] != c.Card.Ref {
		t.Errorf("opened %v", opened)
	}
	c.Card.Calls, c.Card.MoreCalls = 1000, true // of whom has called very often
	b.show(c)
	b.tap(w, "All 1,000+")
	if len(opened) != 3 {
		t.Error("All 1,000+ does not lead to the record")
	}
	b.show(sample("unknown"))
	w = b.calls.slots[1]
	b.press(w, fyne.KeyO, fyne.KeyModifierControl)
	if len(opened) != 3 {
		t.Error("what nobody knows is opened")
	}
}

// Issue 6.2: Add call.
func TestSomebodyIsCalledAsWell(t *testing.T) {
	b := newBench(t)
	talk, other := sample("talk"), sample("held")
	other.ID = "9"
	b.desk.publish(desk.Snapshot{Team: aTeam(), Calls: []desk.Call{talk}})
	b.show(talk)
	w := b.calls.slots[0]
	b.pass(time.Second)
	b.tap(w, "Transfer")
	named[*kit.Tile](b, w, "Add call").Tap()
	if names := visibleNames(w); slices.Contains(names, "Blind") || slices.Contains(names, "Ask first") || !slices.Contains(names, "Call") {
		t.Errorf("what can be done is %q", names)
	}
	field := named[*kit.Field](b, w, "Extension or any number")
	if !field.Focused() {
		t.Error("the field has no keyboard")
	}
	field.Submit()
	b.took("dial 118 ") // who is free comes first
	field.Type("030 20948812")
	b.tap(w, "Call")
	b.took("dial 030 20948812 ")
	b.desk.publish(desk.Snapshot{Team: aTeam(), Calls: []desk.Call{talk, other}})
	b.pass(time.Second)
	if slices.Contains(visibleNames(w), "Connect with the other call") {
		t.Error("who adds somebody is asked to connect them and leave")
	}
	b.tap(w, "Talk with both together")
	b.took(fmt.Sprintf("merge %s %s", talk.ID, other.ID))
	b.press(w, fyne.KeyEscape, 0) // out of the field
	b.press(w, fyne.KeyEscape, 0)
	if slices.Contains(visibleNames(w), "Call") {
		t.Error("Esc does not close it")
	}
	talk.CanHold = false
	b.show(talk)
	if slices.Contains(visibleNames(w), "Add call") {
		t.Error("a call that can't wait can have somebody added")
	}
}

// Transfer: colleagues with their lamps first, then any number (issue 6.2).
func TestACallIsPassedOnToAColleagueInTwoKeystrokes(t *testing.T) {
	b, w, field := passingOn(t, sample("talk"))
	rows := func() string {
		var names []string
		for _, o := range w.view.pass.team.list.Objects {
			names = append(names, o.(*pressFocus).Name())
		}
		return strings.Join(names, ", ")
	}
	if got, want := rows(), "Özlem Yılmaz, Petra Weiß, Tobias Schönefeld, Dr. Karl-Heinz Oberländer, Quirin Aumüller"; got != want {
		t.Errorf("the list is %s\nwant %s", got, want)
	}
	field.Submit()
	b.took("dial 118 ") // asked first
	down := func() { w.view.pass.team.key(fyne.KeyDown) }
	down()
	b.tap(w, "Blind")
	b.took("transfer 4 112")
	for range 5 {
		down()
	}
	if got, want := rows(), "Tobias Schönefeld, Dr. Karl-Heinz Oberländer, Quirin Aumüller, Mona Jäger, 199"; got != want {
		t.Errorf("the list goes on with %s\nwant %s", got, want)
	}
	field.Type("mon")
	if got := rows(); got != "Mona Jäger" {
		t.Errorf("found %s", got)
	}
	field.Submit()
	b.took("dial 130 ")
	field.Type("11") // the beginning of two extensions is a number of its own until one is chosen
	field.Submit()
	b.took("dial 11 ")
	down()
	b.tap(w, "Blind")
	b.took("transfer 4 118")
	w.view.pass.team.key(fyne.KeyUp)
	b.tap(w, "Blind")
	b.took("transfer 4 11")
	field.Type("112")
	b.tap(w, "Blind")
	b.took("transfer 4 112")
}

// Who is chosen stays chosen while lamps change.
func TestTheListOfATransferFollowsTheLamps(t *testing.T) {
	b, w, _ := passingOn(t, sample("talk"))
	w.view.pass.team.key(fyne.KeyDown) // Petra
	team := aTeam()
	team[2].State = desk.TeamTalking // Özlem
	b.desk.publish(desk.Snapshot{Team: team, Calls: []desk.Call{sample("talk")}})
	b.pass(time.Second)
	if first := w.view.pass.team.list.Objects[0].(*pressFocus); first.Name() != "Petra Weiß" || !first.selected {
		t.Errorf("the first is %s", first.Name())
	}
	b.tap(w, "Blind")
	b.took("transfer 4 112")
}

// besideAnother is a call that may be passed on, while another waits.
func besideAnother(t *testing.T) (b *bench, w *callWindow, first, second desk.Call) {
	t.Helper()
	first, second = sample("held"), sample("talk")
	first.ID, first.Card.Name = "held", "Jörg Groß"
	b, w, _ = passingOn(t, second, first)
	return b, w, first, second
}

func TestTwoCallsAreConnected(t *testing.T) {
	b, w, _, second := besideAnother(t)
	b.tap(w, "Connect with the other call")
	b.took("join " + string(second.ID) + " held")
	b.press(w, fyne.KeyReturn, fyne.KeyModifierControl)
	b.took("join " + string(second.ID) + " held")
	b.desk.publish(desk.Snapshot{Calls: []desk.Call{second}})
	b.pass(time.Second)
	if slices.Contains(visibleNames(w), "Connect with the other call") {
		t.Error("a call that is gone is still offered")
	}
	b.press(w, fyne.KeyReturn, fyne.KeyModifierControl)
	b.took()
}

func TestTwoCallsAreMergedAndPart(t *testing.T) {
	b, w, first, second := besideAnother(t)
	if slices.Contains(visibleNames(w), "Out of the conference") {
		t.Error("a call on its own can be taken out of a conference")
	}
	b.tap(w, "Talk with both together")
	b.took("merge " + string(second.ID) + " held")
	first.State, first.Merged, second.Merged = desk.Talking, "conference-3", "conference-3"
	b.desk.publish(desk.Snapshot{Calls: []desk.Call{first, second}})
	b.show(first, second)
	b.pass(time.Second)
	if names := visibleNames(w); slices.Contains(names, "Talk with both together") || !slices.Contains(names, "Out of the conference") {
		t.Errorf("in a conference there is %q", names)
	}
	b.tap(w, "Out of the conference")
	b.took("part " + string(second.ID))
}

func TestHowATransferStandsIsTold(t *testing.T) {
	b := newBench(t)
	c := sample("talk")
	c.Transfer = desk.Transfer{Failed: true, Text: desk.Text{
		Key: "Could not be passed on to {to}: {why}", Args: map[string]string{"to": "112", "why": "486 Busy Here"}}}
	b.show(c)
	w := b.calls.slots[0]
	if !w.view.below.wrong.Visible() {
		t.Error("that a transfer failed is not shown")
	}
	c.Transfer = desk.Transfer{}
	b.show(c)
	if w.view.below.wrong.Visible() {
		t.Error("it stays for ever")
	}
}

// Why a transfer failed is read whole, whatever it was to.
func TestWhyATransferFailedIsRead_H3(t *testing.T) {
	inLook(t, func(t *testing.T, look string) {
		c := sample("talk")
		c.Transfer = desk.Transfer{Failed: true, Text: say("Could not be passed on to {to}: {why}", "to", "sip:eine.sehr.lange.adresse.von.jemandem@telefonanlage.example.org", "why", "404 Not Found")}
		_, w := inWindow(t, c)
		found := false
		kit.Walk(w.view.below.root, func(o fyne.CanvasObject, _ fyne.Position) {
			if p, is := o.(*kit.Prose); is {
				found = true
				if lines := kit.Wrap(p.Value(), kit.Secondary, p.Size().Width); len(lines) > 2 || !strings.HasSuffix(p.Value(), "404 Not Found") || !strings.Contains(p.Value(), "sip:eine.sehr") {
					t.Errorf("%s: it says %q", look, lines)
				}
			}
		})
		if !found {
			t.Errorf("%s: nothing is said", look)
		}
	})
}

// In a low window, with another call on hold and something wrong, whom a call can go to is still in view.
func TestColleaguesAreInViewInALowWindow(t *testing.T) {
	inLook(t, func(t *testing.T, look string) {
		for _, name := range []string{"Jörg Groß", compound} {
			d := &fakeDesk{}
			other, c := sample("held"), sample("talk")
			other.ID, other.Card.Name = "held", name
			d.publish(desk.Snapshot{Calls: []desk.Call{c, other}, Team: aTeam()})
			w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: d, Now: func() time.Time { return noon }}, 0)
			w.enter(c)
			w.fit(image.Rect(0, 0, 1366, 500+titleBar))
			w.sound(desk.Sound{Problem: problems["muted"]})
			for _, toggle := range []func(){w.view.toggleTransfer, w.view.toggleAdd} {
				toggle()
				least, bottom := 2, float32(0)
				if name == compound {
					least = 1 // the buttons stand below each other
				}
				seen := 0
				kit.Walk(w.view.root, func(o fyne.CanvasObject, at fyne.Position) {
					if o == fyne.CanvasObject(w.view.scroll) {
						bottom = at.Y + o.Size().Height
					}
					if row, is := o.(*pressFocus); is && row.Role() == "row" && at.Y+row.Size().Height <= bottom {
						seen++
					}
					if b, is := o.(*kit.Button); is && at.X+b.Size().Width > callWidth-callMargin+1 {
						t.Errorf("%q ends at %v", b.Name(), at.X+b.Size().Width)
					}
				})
				if seen < least {
					t.Errorf("%s, with %.20s: %d colleagues are in view", look, name, seen)
				}
			}
			w.view.toggleAdd()
			if !w.view.actions.tiles.Visible() || !w.view.footer.Container.Visible() {
				t.Error("what gave way does not come back")
			}
		}
	})
}
