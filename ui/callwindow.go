package ui

import (
	"fmt"
	"image"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/screen"
	"leadline/ui/text"
)

// A call window's content, in every state (look.md). Where the screen is less high, or the text larger, the window is as high
// as there is room for, at least callLeast.
const (
	callWidth  = 440
	callHeight = 640
	callLeast  = 480
)

// callWindow is one window for calls, one after the other. While it is not busy it
// is hidden and waits.
type callWindow struct {
	win  fyne.Window
	view *callView
	desk Desk
	now  func() time.Time
	opt  MainOptions // to play recordings with; Settings is nil where there are none
	// language is the one the content was made in.
	language string
	// number is the place of its name among the windows, from 0; callWindows.number
	// gives them out.
	number int

	height float32 // of its content
	busy   bool    // it has a call
	shown  bool
	place  int // where it stands, while shown
	layer  *kit.Layer
	id     desk.CallID
	call   desk.Call

	// dismissed: the agent closed the window while the call went on.
	//
	// Closing a window is not hanging up: whoever wants the screen back, and closes
	// what lies in the way, would not expect a customer to be cut off, and there is
	// no way to undo that. The call goes on, the status strip shows it and brings the
	// window back; a call that is answered meanwhile comes back by itself.
	dismissed bool

	closing bool      // the desk was asked to put the call away
	endSeen time.Time // when the end was first drawn here
	touched time.Time // when the pointer or the keyboard was last in it, or something typed
	inside  func() bool
	raise   func() // on top of the other calls' windows

	next func() // shows the call that waits when this one is over; nil when none does

	onTyped func() // something is to be handed in
	onShown func() // it was shown or hidden
	open    func(desk.Ref)
	convert func(desk.Ref)
	devices func() // shows where the sound's devices are chosen
}

func newCallWindow(opt MainOptions, slot int) *callWindow {
	w := &callWindow{desk: opt.Desk, now: opt.Now, opt: opt, number: slot, height: callHeight, onTyped: func() {}, onShown: func() {}, open: func(desk.Ref) {}, convert: func(desk.Ref) {}, devices: func() {}}
	w.win = opt.App.NewWindow("Leadline")
	w.build()
	w.win.SetFixedSize(true)
	w.win.Resize(fyne.NewSize(callWidth, callHeight))
	w.win.SetCloseIntercept(w.closed)
	w.inside = func() bool { return screen.PointerInside(w.win) }
	w.raise = func() { screen.Raise(w.win) }
	return w
}

// build makes its content in the language of the moment.
func (w *callWindow) build() {
	w.language = text.Language()
	w.view = newCallView(w)
	w.layer = kit.Cover(w.win, w.view.root)
	w.view.keys(w.win.Canvas())
}

// name is what the automation door calls it.
func (w *callWindow) name() string {
	if w.number == 0 {
		return "call"
	}
	return fmt.Sprintf("call-%d", w.number+1)
}

// warm paints it once, out of sight, with something of everything in it: fonts,
// icons and shaders are then ready.
func (w *callWindow) warm() {
	for _, c := range rehearsal {
		w.view.begin()
		w.view.fill(c, w.now())
	}
	w.at(image.Pt(-4*callWidth, -4*callHeight))
	screen.ShowUnfocused(w.win)
	w.win.Hide()
	w.view.begin()
}

// rehearsal is what windows are warmed up with.
var rehearsal = []desk.Call{
	{State: desk.Talking, CanHold: true, Codec: "PCMA", Encrypted: true, Quality: 4, Form: &desk.Form{Kind: desk.Lead}},
	{
		State: desk.Incoming, Line: "Line", Party: desk.Party{Number: "0123 45 67 89", Place: "Place"},
		Card: desk.Card{
			Known: true, Name: "Name", Position: "Position", Company: "Company", Responsible: "Name",
			Marks:     []desk.Mark{{Tone: desk.MarkDeal}, {Tone: desk.MarkMissed}, {Tone: desk.MarkVIP}},
			Calls:     9,
			LastCalls: []desk.PastCall{{Incoming: true, Outcome: desk.Missed}, {Outcome: desk.Answered, Agent: "Name", Length: time.Minute}},
			Deals:     []desk.DealLine{{Title: "Title", Stage: "Stage", Amount: "€1"}},
			Notes:     []desk.PastNote{{Who: "Name", Text: "Text"}},
		},
		Reason: desk.Text{Key: "…"},
	},
}

// enter takes a call.
func (w *callWindow) enter(c desk.Call) {
	w.busy, w.id, w.dismissed = true, c.ID, false
	w.closing, w.endSeen, w.touched, w.next = false, time.Time{}, time.Time{}, nil
	w.call = desk.Call{ID: c.ID, State: c.State}
	if w.language != text.Language() {
		w.build()
	}
	w.view.begin()
	w.fill(c)
}

// fill draws what is new about its call.
func (w *callWindow) fill(c desk.Call) {
	before := w.call.State
	w.call = c
	if c.State == desk.Talking && before != desk.Talking {
		w.dismissed = false
		if w.shown { // whom one talks with is what one works on
			w.raise()
		}
	}
	if c.State == desk.Ended && w.endSeen.IsZero() {
		w.endSeen = w.now()
	}
	w.view.fill(c, w.now())
}

func (w *callWindow) sound(s desk.Sound) { w.view.sound(s) }

// wanted tells whether it should be on the screen.
func (w *callWindow) wanted() bool { return w.busy && !w.dismissed }

// announce has the desktop make room for the window while it is being filled.
func (w *callWindow) announce(place int, at image.Point) {
	w.place, w.shown = place, true
	w.fit(screen.WorkArea())
	w.onTop()
	w.at(at)
	screen.Announce(w.win)
}

// show follows announce.
func (w *callWindow) show() {
	screen.ShowUnfocused(w.win)
	w.onTop()
	w.onShown()
}

func (w *callWindow) onTop() {
	if d, ok := w.win.(desktop.Window); ok {
		d.RequestAlwaysOnTop()
	}
}

func (w *callWindow) at(p image.Point) {
	if d, ok := w.win.(desktop.Window); ok && p != (image.Point{}) {
		d.RequestPosition(p.X, p.Y)
	}
}

// fit makes it as high as it is to be on a screen with this room, in pixels.
func (w *callWindow) fit(area image.Rectangle) {
	height := float32(callHeight)
	if !area.Empty() {
		height = min(height, max(callLeast, float32(area.Dy()-titleBar)/w.win.Canvas().Scale()))
	}
	if height != w.height {
		w.height = height
		w.win.Resize(fyne.NewSize(callWidth, height))
		w.view.fresh = true // what a low window has no room for
	}
}

// low tells whether it is less high than it is to be.
func (w *callWindow) low() bool { return w.height < callHeight }

// callSize is the size of the content.
type callSize struct{ w *callWindow }

func (c callSize) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(callWidth, c.w.height) }

func (c callSize) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	for _, o := range objects {
		o.Resize(size)
	}
}

// pixels is how large its content is on the screen.
func (w *callWindow) pixels() image.Point {
	scale := w.win.Canvas().Scale()
	return image.Pt(int(callWidth*scale), int(w.height*scale))
}

func (w *callWindow) hide() {
	w.shown = false
	w.win.Hide()
	w.onShown()
}

// leave is told when the desk has put the call away.
func (w *callWindow) leave() {
	w.view.flush()
	w.view.after.begin()
	w.busy, w.id, w.call = false, "", desk.Call{}
	w.hide()
}

// closed is the X of the window's frame, and Esc in an ended call.
func (w *callWindow) closed() {
	w.view.flush()
	if w.busy && w.call.State == desk.Ended && !w.unsaved() {
		w.putAway()
		return
	}
	w.dismissed = true
	w.hide()
}

// unsaved tells whether a form was begun and not saved: such a call stays.
func (w *callWindow) unsaved() bool {
	return w.view.typing() || (w.call.Form != nil && w.call.Form.Touched)
}

func (w *callWindow) tick(now time.Time) {
	w.view.tick(now)
	if w.call.State != desk.Ended {
		return
	}
	// Who has their hands on it, and stops to think in the middle of a note, does not want it to go.
	if w.shown && (kit.KeyboardIn(w.win) || w.view.lastTyped().After(w.touched) || w.inside() || w.view.after.plays()) {
		w.touched = now
	}
	if w.left(now) <= 0 && !w.unsaved() {
		w.view.flush()
		w.putAway()
	}
}

// rest is how long the window stays as it is when nothing happens.
func (w *callWindow) rest(now time.Time) time.Duration {
	c := w.call
	if c.State == desk.Ended || c.Card.Loading || w.view.transferOpen {
		return beat // the pointer, grey bars, calls that could be joined
	}
	wait := time.Second - clockOf(c, now)%time.Second
	return min(wait, w.view.note.draft.rest(now), w.view.form.draft.rest(now))
}

// putAway asks the desk to put the ended call away; the window goes with the next
// snapshot.
func (w *callWindow) putAway() {
	if !w.closing {
		w.closing = true
		w.desk.CloseCall(w.id)
	}
}

// left is how long an ended call still stays; it is not counted down while a form
// is begun.
func (w *callWindow) left(now time.Time) time.Duration {
	stay := linger
	switch w.call.Outcome {
	case desk.AnsweredElsewhere, desk.Declined:
		stay = brief
	}
	until := w.endSeen.Add(stay)
	if t := w.touched.Add(grace); t.After(until) {
		until = t
	}
	return until.Sub(now)
}
