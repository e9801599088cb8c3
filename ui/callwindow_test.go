package ui

import (
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

// The main window shows a call's clock while the call's own window doesn't.
func TestTheWindowsTellWhichOfThemAreShown(t *testing.T) {
	b := newBench(t)
	var told []bool
	call := sample("talk")
	b.calls.onShown = func() { told = append(told, b.calls.Shown(call.ID)) }
	b.show(call)
	b.calls.slots[0].closed()
	b.calls.Reopen(call.ID)
	b.show()
	if want := []bool{true, false, true, false}; !slices.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestWhatTheActionsWish(t *testing.T) {
	for _, c := range []struct {
		sample, button string
		key            fyne.KeyName
		want           string
	}{
		{"known", "Answer", fyne.KeyJ, "answer 1"},
		{"known", "Decline", fyne.KeyD, "decline 1"},
		{"talk", "Hang up", fyne.KeyD, "hang up 4"},
		{"held", "Hang up", fyne.KeyD, "hang up 4"},
		{"dialling", "Hang up", fyne.KeyD, "hang up 8"},
	} {
		t.Run(c.sample+" "+c.button, func(t *testing.T) {
			b := newBench(t)
			b.show(sample(c.sample))
			w := b.calls.slots[0]
			b.tap(w, c.button)
			b.press(w, c.key, fyne.KeyModifierControl)
			b.took() // too early: the buttons have just come
			b.pass(deaf)
			b.tap(w, c.button)
			b.took(c.want)
			b.press(w, c.key, fyne.KeyModifierControl)
			b.took(c.want)
		})
	}
}

func TestADoubleClickOnAnswerHangsNothingUp(t *testing.T) {
	b, w := inWindow(t, sample("known"))
	b.tap(w, "Answer")
	talk := sample("known")
	talk.State, talk.Answered = desk.Talking, b.now
	b.show(talk)
	b.pass(200 * time.Millisecond)
	b.tap(w, "Hang up")
	b.took("answer 1")
	b.pass(200 * time.Millisecond)
	b.tap(w, "Hang up")
	b.took("hang up 1")
}

func TestNothingTypedBlindlyAnswers(t *testing.T) {
	for _, name := range []string{"known", "unknown", "form", "several", "withheld"} {
		b, w := inWindow(t, sample(name))
		c := w.win.Canvas()
		if f, ok := c.Focused().(*kit.Button); ok {
			t.Errorf("%s: %q has the first focus", name, f.Name())
		}
		for range 30 { // once around with Tab
			for _, key := range []fyne.KeyName{fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace} {
				b.press(w, key, 0)
			}
			c.FocusNext()
		}
		for _, wish := range b.desk.took() {
			if strings.HasPrefix(wish, "answer") {
				t.Errorf("%s: %s", name, wish)
			}
		}
	}
}

func TestKeysWorkWhileTyping(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	w.view.note.field.Focus()
	b.press(w, fyne.KeyM, fyne.KeyModifierControl)
	b.press(w, fyne.KeyD, fyne.KeyModifierControl)
	b.took("mute 4 true", "hang up 4")
}

// Who has answered writes at once, without looking for the note.
func TestWhatIsTypedInACallGoesIntoTheNote_H3(t *testing.T) {
	c := sample("talk")
	c.Note = desk.Note{}
	b, w := inWindow(t, c)
	typed := func(s string) {
		for _, r := range s {
			if f := w.win.Canvas().Focused(); f != nil {
				f.TypedRune(r)
				continue
			}
			w.win.Canvas().OnTypedRune()(r)
		}
	}
	typed("Wants 40")
	if got := w.view.note.field.Text(); got != "Wants 40" || !w.view.note.field.Focused() {
		t.Errorf("the note is %q", got)
	}
	b.pass(time.Second)
	b.took("note 4 Wants 40")
	b.desk.took()
	rings := sample("known")
	b.show(rings)
	b.pass(time.Second)
	w = b.calls.of(rings.ID)
	typed("x")
	if w.view.note.field.Text() != "" || w.win.Canvas().Focused() != nil {
		t.Error("something is typed into a call that rings")
	}
}

func TestMuteHoldAndKeypad(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	named[*kit.Tile](b, w, "Mute").Tap()
	named[*kit.Tile](b, w, "Hold").Tap()
	b.took("mute 4 true", "hold 4 true")
	w.win.Canvas().OnTypedRune()('5')
	b.took() // the keypad is closed
	named[*kit.Tile](b, w, "Keypad").Tap()
	named[kit.Named](b, w, "9").(kit.Tappable).Tap()
	w.win.Canvas().OnTypedRune()('#')
	w.win.Canvas().OnTypedRune()('x')
	b.took("digits 4 9", "digits 4 #")
	b.press(w, fyne.KeyEscape, 0)
	if slices.Contains(visibleNames(w), "9") {
		t.Error("Esc left the keypad open")
	}
	held := sample("held")
	b.show(held)
	named[*kit.Tile](b, w, "Resume").Tap()
	b.took("hold 4 false")
	muted := sample("muted")
	b.show(muted)
	if slices.Contains(visibleNames(w), "Hold") {
		t.Error("Hold shows though this call can't be held")
	}
	if !w.view.actions.mute.On() {
		t.Error("a muted call looks open")
	}
}

// Of a microphone that nobody is to hear there is nothing to warn of.
func TestAHeldCallDoesNotWarnOfTheMicrophone(t *testing.T) {
	b, w := inWindow(t, sample("talk"))
	for _, tt := range []struct {
		state desk.State
		warns bool
	}{{desk.Talking, true}, {desk.HeldHere, false}, {desk.HeldThere, false}, {desk.Talking, true}} {
		c := sample("talk")
		c.State = tt.state
		b.calls.Draw(desk.Snapshot{Calls: []desk.Call{c}, Sound: desk.Sound{Problem: say("No microphone: the other side cannot hear you")}})
		if got := w.view.below.wrong.Visible(); got != tt.warns {
			t.Errorf("state %v: warned %v", tt.state, got)
		}
	}
}

func TestAnEndedCallGoesByItself(t *testing.T) {
	closes := func(t *testing.T, call desk.Call, after time.Duration) *bench {
		t.Helper()
		b := newBench(t)
		b.show(call)
		b.pass(after - beat)
		b.took()
		b.pass(beat)
		b.took("close " + string(call.ID))
		return b
	}
	t.Run("after eight seconds", func(t *testing.T) { closes(t, sample("ended"), linger) })
	t.Run("sooner when somebody else took it", func(t *testing.T) { closes(t, sample("elsewhere"), brief) })
	t.Run("once only", func(t *testing.T) {
		b := closes(t, sample("missed"), linger)
		b.pass(time.Second)
		b.took()
	})
	t.Run("not while a form is begun", func(t *testing.T) {
		b := newBench(t)
		call := sample("form")
		call.State, call.Outcome, call.Ended = desk.Ended, desk.Missed, noon
		b.show(call)
		b.pass(time.Minute)
		b.took()
	})
	t.Run("not under the pointer", func(t *testing.T) {
		b := newBench(t)
		b.show(sample("ended"))
		b.over = true
		b.pass(time.Minute)
		b.took()
		b.over = false
		b.pass(grace - beat)
		b.took()
		b.pass(2 * beat)
		b.took("close 4")
	})
	t.Run("not while a note is typed", func(t *testing.T) {
		b := newBench(t)
		b.show(sample("ended"))
		b.pass(linger - time.Second)
		b.calls.slots[0].view.note.field.Type("Ruft morgen zurück")
		b.pass(grace - beat)
		b.took("note 4 Ruft morgen zurück")
		b.pass(2 * beat)
		b.took("close 4")
	})
	t.Run("with Esc", func(t *testing.T) {
		b := newBench(t)
		b.show(sample("ended"))
		b.press(b.calls.slots[0], fyne.KeyEscape, 0)
		b.took("close 4")
	})
}

func TestClosingAWindowHangsNothingUp(t *testing.T) {
	b := newBench(t)
	b.show(sample("known"))
	w := b.calls.slots[0]
	w.closed()
	b.took()
	if w.shown {
		t.Fatal("it is still there")
	}
	b.show(sample("known"))
	if w.shown {
		t.Error("it came back by itself while it rings")
	}
	talk := sample("known")
	talk.State, talk.Answered = desk.Talking, b.now
	b.show(talk)
	if !w.shown {
		t.Error("it did not come back when the call was answered")
	}
	w.closed()
	b.calls.Reopen("1")
	if !w.shown {
		t.Error("the status strip can't bring it back")
	}
	w.closed()
	over := talk
	over.State, over.Outcome, over.Ended = desk.Ended, desk.Answered, b.now
	b.show(over)
	b.pass(linger)
	b.took("close 1") // also when nobody looks
}

func TestEachCallHasAWindow(t *testing.T) {
	b := newBench(t)
	b.show(sample("known"), sample("several"), sample("talk"))
	if len(b.calls.slots) != 3 {
		t.Fatalf("%d windows", len(b.calls.slots))
	}
	var names []string
	for _, d := range b.calls.doorWindows() {
		names = append(names, d.Name+" "+string(d.Call))
	}
	if want := []string{"call 1", "call-2 3", "call-3 4"}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	b.show(sample("talk"))
	if !b.calls.slots[2].shown || b.calls.slots[0].shown || b.calls.slots[1].busy {
		t.Error("the wrong windows have gone")
	}
	b.show(sample("talk"), sample("unknown"))
	if b.calls.of("2") != b.calls.slots[0] {
		t.Error("a free window was not used again")
	}
}

func TestAWindowForgetsTheLastCall(t *testing.T) {
	b := newBench(t)
	call := sample("form")
	call.Note.Text = "secret"
	b.show(call)
	b.show()
	next := sample("unknown")
	next.ID, next.Party.Number = "9", "0800 1"
	b.show(next)
	w := b.calls.slots[0]
	for _, field := range []*kit.Field{w.view.note.field, w.view.form.first, w.view.form.last, w.view.form.company} {
		if field.Text() != "" {
			t.Errorf("%s still has %q", field.Name(), field.Text())
		}
	}
	if slices.Contains(visibleNames(w), "Save lead") {
		t.Error("the form is still open")
	}
}

func TestCallingBack(t *testing.T) {
	b, w := inWindow(t, sample("missed"))
	b.tap(w, "Call back")
	b.took("dial +492219876543 ", "close 2")
	b.show(sample("busy"))
	b.pass(deaf)
	b.tap(w, "Call again")
	b.took("dial +493020948812 ", "close 8")
}

func TestWindowsStandSideBySide(t *testing.T) {
	area, size := image.Rect(0, 0, 1600, 1000), image.Pt(440, 640)
	for n, want := range []image.Point{{1148, 156}, {696, 156}, {244, 156}, {1112, 228}} {
		if got := spot(area, size, n); got != want {
			t.Errorf("window %d is at %v, want %v", n, got, want)
		}
	}
	small := image.Rect(0, 24, 800, 600) // less high than a window
	if got := spot(small, size, 0); got != image.Pt(348, 60) {
		t.Errorf("on a small screen at %v", got)
	}
	if got := spot(small, size, 1); got != image.Pt(312, 60) {
		t.Errorf("the second on a small screen at %v", got)
	}
	if got := spot(image.Rectangle{}, size, 3); got != (image.Point{}) {
		t.Errorf("without a screen at %v", got)
	}
}

// On a small screen, or with large text, nothing of the window is outside.
func TestAWindowIsNoHigherThanTheScreen(t *testing.T) {
	for _, name := range []string{"known", "talk", "form", "several", "wrapup", "transfer"} {
		b, w := inWindow(t, sample(name))
		w.fit(image.Rect(0, 0, 1366, 560))
		if size := w.win.Canvas().Size(); size.Height != 524 || w.pixels().Y != 524 {
			t.Fatalf("%s: it is %v", name, size)
		}
		b.show(sample(name))
		kit.Walk(w.view.root, func(o fyne.CanvasObject, at fyne.Position) {
			if n, is := o.(*kit.Button); is && at.Y > 0 && at.Y+o.Size().Height > 524 {
				t.Errorf("%s: %q ends at %v", name, n.Name(), at.Y+o.Size().Height)
			}
		})
		if note := w.view.note.root; note.Visible() && note.Size().Height < noteTight {
			t.Errorf("%s: the note has %v", name, note.Size().Height)
		}
		w.fit(image.Rect(0, 0, 1920, 1080))
		if size := w.win.Canvas().Size(); size.Height != callHeight {
			t.Errorf("%s: on a larger screen it is %v", name, size)
		}
	}
}

// Who talks writes down what is said, also while the record is being made; a hint that comes meanwhile takes no field away that
// has the keyboard.
func TestANoteIsWrittenBesideAForm_H3(t *testing.T) {
	c := sample("talkform")
	form := *c.Form
	form.Similar, form.Error = nil, desk.Text{}
	c.Form = &form
	b, w := inWindow(t, c)
	if note := w.view.note.root; !note.Visible() || note.Size().Height < noteLine {
		t.Fatalf("the note is there: %v, %v px", note.Visible(), note.Size().Height)
	}
	w.win.Canvas().Focus(w.view.note.field.Focusable())
	b.show(sample("talkform"))
	if !w.view.note.root.Visible() || !w.view.note.field.Focused() {
		t.Error("the note goes while one writes it")
	}
	_, w = inWindow(t, sample("form"))
	if w.view.note.root.Visible() {
		t.Error("beside the form of a call that rings look.md has no note")
	}
}

// What the PBX has said is of use where something failed.
func TestOfACallThatNobodyTookNoCodeIsShown(t *testing.T) {
	for name, want := range map[string]bool{"missed": false, "elsewhere": false, "busy": true} {
		c := sample(name)
		c.Detail = "487 Request Terminated"
		_, w := inWindow(t, c)
		if names := visibleNames(w); slices.Contains(names, c.Detail) != want || !slices.Contains(names, c.Why.Key) {
			t.Errorf("%s: it says %q", name, names)
		}
	}
}

func TestNoButtonIsCut(t *testing.T) {
	inLook(t, func(t *testing.T, _ string) {
		for name, c := range samples() {
			w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
			w.enter(c)
			kit.Walk(w.view.root, func(o fyne.CanvasObject, pos fyne.Position) {
				n, ok := o.(kit.Named)
				if !ok {
					return
				}
				size := o.Size()
				switch n.Role() {
				case "button", "tile":
					if least := o.MinSize(); size.Width < least.Width || size.Height < least.Height {
						t.Errorf("%s: %q is %v, needs %v", name, n.Value(), size, least)
					}
				}
				if pos.X < 0 || pos.X+size.Width > callWidth || pos.Y+size.Height > callHeight+1 && n.Role() != "row" {
					t.Errorf("%s: %s %q is outside: %v %v", name, n.Role(), n.Value(), pos, size)
				}
			})
		}
	})
}

func TestTheClockRunsWithTheCall(t *testing.T) {
	b := newBench(t)
	b.show(sample("known"))
	w := b.calls.slots[0]
	clock := func() string { return w.view.head.clock.Value() }
	if clock() != "0:12" {
		t.Errorf("it shows %s at first", clock())
	}
	b.pass(3 * time.Second)
	if clock() != "0:15" {
		t.Errorf("after three seconds %s", clock())
	}
	talk := sample("known")
	talk.State, talk.Answered = desk.Talking, b.now
	b.show(talk)
	b.pass(61 * time.Second)
	if clock() != "1:01" {
		t.Errorf("a minute into the talk %s", clock())
	}
}

func TestTheNextCallSpeaksTheNewLanguage(t *testing.T) {
	b := newBench(t)
	if err := text.SetLanguage("de"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = text.SetLanguage("en") })
	b.show(sample("known"))
	w := b.calls.slots[0]
	if got := named[*kit.Button](b, w, "Answer").Value(); got != "Annehmen" {
		t.Errorf("the button says %q", got)
	}
	b.pass(deaf)
	b.press(w, fyne.KeyJ, fyne.KeyModifierControl)
	b.took("answer 1")
}
