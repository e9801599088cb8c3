package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

// A line makes a lead of whom it does not know, which has nothing but the number: the agent asks for the name and types it.
func TestTheLeadThatTheLineMadeIsNamed_B1(t *testing.T) {
	made := sample("talk")
	made.Card.Name, made.Card.OpenLead = "", true
	made.Card.Ref = desk.Ref{Kind: desk.Lead, ID: "l1"}
	b, w := inWindow(t, made)
	b.desk.took()
	b.tap(w, "Name the lead")
	b.took("form 4 lead")
	made.Form = &desk.Form{Kind: desk.Lead, Naming: true, Number: made.Party.Number}
	b.show(made)
	names := visibleNames(w)
	for _, there := range []string{"First name", "Last name", "Company", "Save lead"} {
		if !slices.Contains(names, there) {
			t.Errorf("there is no %q: %q", there, names)
		}
	}
	for _, gone := range []string{"Create lead", "Create contact", "Source", "Responsible"} {
		if slices.Contains(names, gone) {
			t.Errorf("there is %q", gone)
		}
	}
	form := *made.Form
	made.Form = &form
	made.Form.Similar = []desk.Match{{Ref: desk.Ref{Kind: desk.Contact, ID: "c7"}, Name: "Jörg Groß"}}
	b.show(made)
	b.tap(w, "Use it")
	b.took("link 4 contact c7")

	known := sample("talk")
	b.show(known)
	if slices.Contains(visibleNames(w), "Name the lead") {
		t.Error("who has a name is to be named")
	}
}

func TestWhatIsFoundToLinkIsChosenByArrows_C3(t *testing.T) {
	c := sample("unknown")
	b, w := inWindow(t, c)
	b.tap(w, "Link to…")
	w.view.link.field.Type("groß")
	c.Linking = desk.Linking{Words: "groß", Searched: true, Found: []desk.Match{
		{Ref: desk.Ref{Kind: desk.Contact, ID: "c7"}, Name: "Jörg Groß"}, {Ref: desk.Ref{Kind: desk.Lead, ID: "l7"}, Name: "Groß Lüftung"}}}
	b.show(c)
	b.desk.took()
	w.win.Canvas().Focus(w.view.link.field.Focusable())
	for _, key := range []fyne.KeyName{fyne.KeyUp, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn} {
		w.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: key})
	}
	b.took("link 2 lead l7")
}

// Where windows lie over each other, the one in which one begins to talk comes on top.
func TestTheCallThatTalksIsOnTop(t *testing.T) {
	known, several := sample("known"), sample("several")
	b, w := inWindow(t, known, several)
	raised := 0
	w.raise = func() { raised++ }
	known.State = desk.Talking
	b.show(known, several)
	known.Muted = true
	b.show(known, several)
	if raised != 1 {
		t.Errorf("it was raised %d times", raised)
	}
}

// However long the name of an agent or of a stage is, how long was talked and for how much a deal is stay in the window.
func TestLongNamesCutNothingOff(t *testing.T) {
	known := sample("known")
	long := "Maximiliane Freifrau von Hohenstein-Waldburg zu Donaudampfschifffahrt"
	known.Card.LastCalls = []desk.PastCall{{Outcome: desk.Answered, Agent: long, Title: long, Length: 230 * time.Second}}
	known.Card.Deals = []desk.DealLine{{Title: long, Stage: long, Amount: "€48,000"}}
	known.Card.Notes = []desk.PastNote{{Who: long, Text: "Prefers mornings"}}
	_, w := inWindow(t, known)
	seen := 0
	kit.Walk(w.view.root, func(o fyne.CanvasObject, at fyne.Position) {
		l, is := o.(*kit.Label)
		if !is || !slices.Contains([]string{"3:50", "€48,000", "Prefers mornings"}, l.Text()) {
			return
		}
		seen++
		if right := at.X + l.Size().Width; right > callWidth-callMargin+1 || l.Size().Width < 30 {
			t.Errorf("%q ends at %v and is %v wide", l.Text(), right, l.Size().Width)
		}
	})
	if seen != 3 {
		t.Errorf("seen are %d of 3", seen)
	}
}

// Who goes through the wrap-up by Tab has it as long as who has the pointer in it: until they go elsewhere.
func TestTheKeyboardKeepsAnEndedCall(t *testing.T) {
	over := sample("wrapup")
	b, w := inWindow(t, over)
	b.desk.took()
	w.win.Canvas().FocusNext()
	b.pass(time.Minute)
	b.took()
	w.win.Canvas().Focused().FocusLost() // what Fyne tells when another window gets the keyboard
	b.pass(grace - beat)
	b.took()
	b.pass(2 * beat)
	b.took("close " + string(over.ID))
}

func TestWhoThinksInTheMiddleOfANoteIsNotInterrupted_H4(t *testing.T) {
	over := sample("wrapup")
	b, w := inWindow(t, over)
	note := w.view.note.field
	note.SetText("")
	b.desk.took()
	w.win.Canvas().Focus(note.Focusable())
	for _, r := range "Ruft" {
		note.Focusable().TypedRune(r)
	}
	b.pass(time.Minute)
	b.took("note " + string(over.ID) + " Ruft")
	w.win.Canvas().Unfocus()
	b.pass(grace + beat)
	b.took("close " + string(over.ID))
}

// A button that is there for the call alone keeps nothing when that is over.
func TestTheKeyboardOnWhatIsGoneKeepsNothing(t *testing.T) {
	talk := sample("talk")
	b, w := inWindow(t, talk)
	w.win.Canvas().Focus(named[*kit.Tile](b, w, "Mute"))
	talk.State, talk.Outcome, talk.Ended = desk.Ended, desk.Answered, b.now
	b.show(talk)
	b.desk.took()
	b.pass(linger + beat)
	b.took("close " + string(talk.ID))
}

func TestWhatIsOfferedForALeadWithoutANameFits(t *testing.T) {
	inLook(t, func(t *testing.T, _ string) {
		for _, kind := range []desk.RecordKind{desk.Lead, desk.Contact} {
			made := sample("talk")
			made.Card.Name, made.Card.OpenLead, made.Card.Ref = "", true, desk.Ref{Kind: kind, ID: "1"}
			w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
			w.enter(made)
			if offer := w.view.link.offer; !offer.Visible() || offer.MinSize().Width > callWidth {
				t.Errorf("%s: it is %v wide", kind, offer.MinSize().Width)
			}
		}
	})
}
