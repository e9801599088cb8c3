package ui

import (
	"reflect"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// callView is what a call window shows: 440 × 640 in every state, with one thing at
// a time in its middle, so that nothing moves under the hand (look.md).
type callView struct {
	w       *callWindow
	root    *fyne.Container
	head    *callHead
	who     *callIdentity
	actions *callActions
	below   *callBelow
	sure    *exceptQuestion
	form    *callForm
	chooser *callChooser
	past    *callHistory
	pad     *callKeypad
	pass    *callTransfer
	note    *callNote
	why     *callWhy
	results *callResults
	later   *callFollowUp
	link    *callLink
	finish  *callFinish
	after   *callAfter
	footer  *kit.Footer
	scroll  *container.Scroll
	inside  *fyne.Container
	edge    *kit.Area // ends what scrolls where it is cut
	sureBox *fyne.Container
	body    *fyne.Container

	keypadOpen   bool
	transferOpen bool
	linkOpen     bool
	drawn        desk.Call // what is drawn now
	fresh        bool      // nothing of this call is drawn yet
}

func newCallView(w *callWindow) *callView {
	v := &callView{w: w}
	v.head = newCallHead()
	v.who = newCallIdentity()
	v.actions = newCallActions(v)
	v.below = newCallBelow(v)
	v.sure = newExceptQuestion(func(yes bool) { v.w.desk.AnswerException(v.w.id, yes) })
	v.sureBox = kit.Pad(14, callMargin, 0, callMargin, v.sure.root)
	v.form = newCallForm(v)
	v.chooser = newCallChooser(v)
	v.past = newCallHistory(v.openRecord)
	v.pad = newCallKeypad(v)
	v.pass = newCallTransfer(v)
	v.note = newCallNote(v)
	v.why = newCallWhy()
	v.results = newCallResults(v)
	v.later = newCallFollowUp(v)
	v.link = newCallLink(v)
	v.finish = newCallFinish(v)
	v.after = newCallAfter(v)
	v.footer = kit.NewFooter()
	v.inside = kit.Column(0, v.why.root, v.link.offer, v.results.root, v.later.root, v.pad.root, v.pass.root, v.link.root, v.sureBox, v.form.root, v.chooser.root, v.past.root)
	v.scroll = container.NewVScroll(v.inside)
	v.edge = kit.NewHairline()
	v.body = &fyne.Container{Layout: bodyLayout{v}, Objects: []fyne.CanvasObject{v.scroll, v.note.root, v.edge}}
	v.root = container.New(callSize{w}, kit.Column(0,
		v.head.root,
		v.who.root,
		kit.Pad(16, 0, 0, 0, v.actions.root),
		v.below.root,
		kit.Sized(0, 1, kit.NewHairline()),
		kit.Grow(v.body),
		v.finish.root,
		v.after.root,
		v.footer.Container,
	))
	return v
}

// begin makes the view ready for another call.
func (v *callView) begin() {
	v.keypadOpen, v.transferOpen, v.linkOpen, v.fresh = false, false, false, true
	v.w.win.Canvas().Unfocus()
	v.actions.begin()
	v.pass.begin()
	v.form.begin()
	v.link.begin()
	v.later.begin()
	v.chooser.begin()
	v.after.begin()
	v.note.begin()
	v.scroll.Offset = fyne.Position{}
}

// fill draws what is new.
func (v *callView) fill(c desk.Call, now time.Time) {
	if !v.fresh && reflect.DeepEqual(c, v.drawn) {
		return
	}
	cardNew := v.fresh || !reflect.DeepEqual(c.Card, v.drawn.Card)
	v.drawn, v.fresh = c, false
	if c.State == desk.Ended {
		v.keypadOpen = false
	}
	v.transferOpen = v.transferOpen && v.pass.why.fits(phaseOf(c.State))
	v.linkOpen = v.linkOpen && v.link.offered(c)
	v.w.win.SetTitle(v.title(c))
	v.head.fill(c)
	v.who.fill(c, v.wrapsUp(c))
	v.actions.fill(c, now)
	v.below.fill(c)
	v.why.fill(c)
	v.results.fill(c)
	v.later.fill(c)
	v.pad.fill(c, v.keypadOpen)
	v.pass.fill(c, v.transferOpen)
	v.link.fill(c, v.linkOpen)
	v.fillSure(c)
	v.form.fill(c, offersForm(c) && !v.overlaid())
	v.chooser.fill(c, now)
	if cardNew {
		v.past.fill(c.Card, c.Card.Name, now)
	}
	v.middle(c)
	v.note.fill(c.Note)
	v.finish.fill(c, v.wrapsUp(c), v.w.next != nil, v.w.low())
	v.after.fill(c)
	why := v.reason(c)
	v.footer.SayText(why)
	setShown(v.footer.Container, why.Key != "" && v.saysWhy(c))
	v.tick(now)
	v.lay()
	v.chooser.settle()
}

// wrapsUp tells whether a conversation is over and its result is asked for.
func (v *callView) wrapsUp(c desk.Call) bool { return v.results.asked(c) && !v.overlaid() }

// reason is why the CRM did what it did, or while a call is to be passed on what then becomes of the record (look.md).
func (v *callView) reason(c desk.Call) desk.Text {
	if v.transferOpen && v.pass.why == toPassOn && c.HandsOver.Key != "" {
		return c.HandsOver
	}
	return c.Reason
}

// lay lays out anew without painting again what has not changed: a Refresh of the
// root would parse every icon and shape every text once more, half of the time that
// a window takes to come up.
func (v *callView) lay() {
	relayout(v.root)
	canvas.Refresh(v.root)
}

func relayout(o fyne.CanvasObject) {
	if !o.Visible() {
		return
	}
	switch c := o.(type) {
	case *fyne.Container:
		if c.Layout != nil {
			c.Layout.Layout(c.Objects, c.Size())
		}
		for _, child := range c.Objects {
			relayout(child)
		}
	case *container.Scroll:
		c.Content.Resize(c.Content.MinSize().Max(c.Size()))
		relayout(c.Content)
		at := c.Offset
		c.Offset.Y++
		c.ScrollToOffset(at) // its bars; they are only looked at when the offset moves
	}
}

// middle decides what is shown there: the keypad, the form, or who it is with the
// last calls.
func (v *callView) middle(c desk.Call) {
	formOpen := c.Form != nil
	setShown(v.pad.root, v.keypadOpen)
	if v.overlaid() {
		v.form.root.Hide()
	}
	setShown(v.chooser.root, len(c.Card.Matches) > 1 && !v.overlaid() && !formOpen)
	setShown(v.past.root, !v.past.empty() && !v.overlaid() && !formOpen && !v.results.asked(c)) // wrapping up needs the room
}

// fillSure asks about what would be removed from the CRM.
func (v *callView) fillSure(c desk.Call) {
	asked := c.Excepting
	if v.overlaid() {
		asked = nil
	}
	v.sure.ask(asked)
	setShown(v.sureBox, asked != nil)
}

// offersForm tells whether a record can be made from this call (requirements.md B2,
// B5): nobody is known, and there is a number to know them by.
func offersForm(c desk.Call) bool {
	return !c.Card.Known && !c.Card.Loading && !c.Party.Withheld && !c.Party.Internal &&
		c.Party.Number != "" && !c.Saved
}

func (v *callView) title(c desk.Call) string {
	return joined(" · ", callerName(c), text.T(lookOf(c).word)) + " – Leadline"
}

func (v *callView) sound(s desk.Sound) {
	if v.below.sound(s) {
		v.lay()
	}
}

// tick moves the clock and hands in what was typed.
func (v *callView) tick(now time.Time) {
	left := time.Duration(-1)
	if v.w.call.State == desk.Ended && !v.w.unsaved() {
		left = max(0, v.w.left(now))
	}
	if v.transferOpen && v.pass.stale() {
		v.fresh = true
		v.fill(v.w.call, now)
	}
	v.head.tick(v.w.call, now, left)
	v.actions.tick(v.w.call, now)
	v.who.tick(v.w.call, now)
	v.note.tick(now)
	v.form.tick(now)
}

// flush hands in what was typed without waiting.
func (v *callView) flush() {
	v.note.flush()
	v.form.flush()
	v.later.flush()
}

// typing tells whether something typed into a form is not with the desk yet.
func (v *callView) typing() bool { return v.form.draft.dirty }

func (v *callView) lastTyped() time.Time {
	if t := v.form.draft.at; t.After(v.note.draft.at) {
		return t
	}
	return v.note.draft.at
}

// overlaid tells whether the middle is lent to the keypad, to a transfer, or to the search for who it is.
func (v *callView) overlaid() bool { return v.keypadOpen || v.transferOpen || v.linkOpen }

func (v *callView) toggleTransfer() { v.toggleOthers(toPassOn) }

// lacksRoom tells whether the list of whom a call can go to needs the room of what else a talk has: in a window that is less high
// than it is to be.
func (v *callView) lacksRoom() bool { return v.transferOpen && v.w.low() }

// saysWhy tells whether there is room for the reason: while they talk a form needs it more, and after it the note.
func (v *callView) saysWhy(c desk.Call) bool {
	return !(c.Form != nil && phaseOf(c.State) == talking) && !v.wrapsUp(c) && !((v.transferOpen || v.keypadOpen) && v.w.low())
}

// toggleSendOn opens or closes the list of whom to send a call to that rings.
func (v *callView) toggleSendOn() { v.toggleOthers(toSendOn) }

// toggleAdd opens or closes the list of whom to call as well.
func (v *callView) toggleAdd() { v.toggleOthers(toAdd) }

func (v *callView) toggleOthers(why purpose) {
	v.transferOpen, v.keypadOpen, v.linkOpen = !v.transferOpen || v.pass.why != why, false, false
	v.pass.why = why
	v.fresh = true
	v.fill(v.w.call, v.w.now())
	if v.transferOpen {
		v.w.win.Canvas().Focus(v.pass.field.Focusable())
	}
}

func (v *callView) toggleKeypad() {
	v.keypadOpen, v.transferOpen, v.linkOpen = !v.keypadOpen, false, false
	v.fresh = true
	v.fill(v.w.call, v.w.now())
}

// openRecord shows who it is in the main window.
func (v *callView) openRecord() {
	if ref := v.w.call.Card.Ref; ref.ID != "" {
		v.w.open(ref)
	}
}

// done ends the wrap-up; the window of the call that waits next, if any, comes to the front.
func (v *callView) done() {
	v.flush()
	if v.w.unsaved() {
		return
	}
	next := v.w.next
	v.w.closed()
	if next != nil {
		next()
	}
}

// callAgain rings the other side once more and puts this call away.
func (v *callView) callAgain() {
	v.w.desk.Dial(v.w.call.Party.Dial, v.w.call.Account)
	v.w.closed()
}

// bodyLayout shares the room between what scrolls and the note: what scrolls is as
// high as it needs to be, as long as the note keeps its least height, and ends with a whole row else; the note fills
// the rest and never scrolls away. A form or a choice needs all the room while the
// note is empty or none is left.
type bodyLayout struct{ v *callView }

const (
	noteLeast = 121
	noteTight = 90 // in a window that is less high than it is to be
	noteLine  = 76 // beside all that a wrap-up asks, and beside a form: one line of it is seen
)

func (l bodyLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.v.pad.fit(size.Height)
	need := l.v.inside.MinSize().Height
	least := float32(noteLeast)
	if c := l.v.drawn; c.Form != nil && phaseOf(c.State) == talking {
		least = noteLine // one writes down what is said, also while making the record
	}
	room := size.Height - min(least, max(noteTight, size.Height/2))
	if l.v.w.low() && l.v.finish.root.Visible() {
		room = size.Height - noteLine
	}
	if l.v.hidesNote(need > room) {
		room = size.Height
	}
	setShown(l.v.note.root, room < size.Height)
	top := min(need, room)
	if top < need {
		top = l.v.wholeRows(room)
	}
	setShown(l.v.edge, top < need && room < size.Height && top > 0)
	l.v.edge.Move(fyne.NewPos(0, top))
	l.v.edge.Resize(fyne.NewSize(size.Width, 1))
	l.v.scroll.Resize(fyne.NewSize(size.Width, top))
	l.v.note.root.Move(fyne.NewPos(0, top))
	l.v.note.root.Resize(fyne.NewSize(size.Width, size.Height-top))
}

// wholeRows is how much of a height what scrolls takes, so that what is cut ends with a whole row.
func (v *callView) wholeRows(height float32) float32 {
	y := float32(0)
	for _, o := range v.inside.Objects {
		if !o.Visible() {
			continue
		}
		next := y + o.MinSize().Height
		switch {
		case next <= height:
		case o == v.past.root:
			return y + v.past.whole(height-y)
		case o == v.chooser.root:
			return y + v.chooser.whole(height-y)
		case o == v.later.root:
			return y + v.later.whole(height-y)
		case o == v.results.root:
			return y
		default:
			return height
		}
		y = next
	}
	return y
}

func (bodyLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// hidesNote tells whether the note makes room; tight says that there is too little.
func (v *callView) hidesNote(tight bool) bool {
	c := v.drawn
	if v.note.field.Focused() && !v.overlaid() {
		return false // not under the hand
	}
	if c.Form != nil || v.overlaid() {
		return tight
	}
	return tight && len(c.Card.Matches) > 1 && c.State == desk.Incoming && v.note.field.Text() == ""
}
