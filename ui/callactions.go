package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// deaf is how long clicks are ignored after the buttons have changed places: the
// second click of a double click on Answer must not hang up.
const deaf = 400 * time.Millisecond

// phase is what the row of actions offers.
type phase int

const (
	noPhase phase = iota
	ringing
	calling // we call and nobody has answered
	talking
	over
)

func phaseOf(s desk.State) phase {
	switch s {
	case desk.Incoming:
		return ringing
	case desk.Dialling, desk.RingingThere, desk.EarlyMedia:
		return calling
	case desk.Ended:
		return over
	}
	return talking
}

// callActions is the row of two halves at the same height in every state, and the
// tiles below while talking.
type callActions struct {
	v       *callView
	root    *fyne.Container
	tiles   *fyne.Container
	decline *kit.Button
	answer  *kit.Button
	hangUp  *kit.Button
	keypad  *kit.Button // before anybody has answered
	pass    *kit.Button
	digits  *kit.Tile
	shut    *kit.Button
	again   *kit.Button
	mute    *kit.Tile
	hold    *kit.Tile
	record  *kit.Tile
	add     *kit.Tile
	phase   phase
	swapped time.Time
}

func newCallActions(v *callView) *callActions {
	a := &callActions{v: v}
	act := func(f func()) func() {
		return func() {
			if a.settle(v.w.now()) <= 0 {
				f()
			}
		}
	}
	a.decline = kit.NewButton("Decline", kit.DangerOutline, act(func() { v.w.desk.Decline(v.w.id) })).
		WithIcon(theme.IconHangUp).WithHint("Ctrl+D").Tall()
	// Whoever types elsewhere and hits Enter or Space as the window comes up must not
	// have taken a call.
	a.answer = kit.NewButton("Answer", kit.Answer, act(func() { v.w.desk.Answer(v.w.id) })).
		WithIcon(theme.IconHandset).WithHint("Ctrl+J").Tall().NoEnter()
	a.hangUp = kit.NewButton("Hang up", kit.Danger, act(func() { v.w.desk.HangUp(v.w.id) })).
		WithIcon(theme.IconHangUp).WithHint("Ctrl+D").Tall()
	a.keypad = kit.NewButton("Keypad", kit.Line, act(func() { v.toggleKeypad() })).
		WithIcon(theme.IconKeypad).Tall()
	a.pass = kit.NewButton("Transfer", kit.Line, act(v.toggleTransfer)).
		WithIcon(theme.IconTransfer).WithHint("Ctrl+T").Tall()
	a.shut = kit.NewButton("Close", kit.Line, act(v.done)).WithHint("Esc").Tall()
	a.again = kit.NewButton("Call back", kit.Line, act(v.callAgain)).WithIcon(theme.IconHandset).Tall()
	a.mute = kit.NewTile("Mute", theme.IconMicOff, func() { v.w.desk.Mute(v.w.id, !v.w.call.Muted) })
	a.hold = kit.NewTile("Hold", theme.IconPause, func() { v.w.desk.Hold(v.w.id, v.w.call.State != desk.HeldHere) })
	a.digits = kit.NewTile("Keypad", theme.IconKeypad, func() { v.toggleKeypad() })
	a.record = kit.NewTile("Record", theme.IconRecord, v.toggleRecording)
	a.add = kit.NewTile("Add call", theme.IconPlus, v.toggleAdd)
	halves := kit.Columns(8, a.decline, a.answer, a.hangUp, a.keypad, a.pass, a.shut, a.again)
	a.tiles = kit.Sized(0, 54, kit.Columns(8, a.mute, a.hold, a.digits, a.record, a.add))
	a.root = kit.Pad(0, callMargin, 0, callMargin, kit.Column(8, kit.Sized(0, 44, halves), a.tiles))
	return a
}

// begin is told when the window takes another call: its buttons are new, and a click
// that was meant for the last one's must not reach them either.
func (a *callActions) begin() { a.phase = noPhase }

func (a *callActions) fill(c desk.Call, now time.Time) {
	p := phaseOf(c.State)
	if p != a.phase {
		a.phase, a.swapped = p, now
		setShown(a.decline, p == ringing)
		setShown(a.answer, p == ringing)
		setShown(a.hangUp, p == calling || p == talking)
		setShown(a.keypad, p == calling)
		setShown(a.pass, p == talking)
		setShown(a.shut, p == over)
	}
	setShown(a.tiles, p == talking && !a.v.lacksRoom())
	setShown(a.again, p == over && c.Party.Dial != "")
	if p == over {
		a.fillAgain(c)
	}
	setShown(a.root, !a.v.wrapsUp(c)) // callFinish has its buttons
	a.keypad.SetEnabled(c.State != desk.Dialling && c.State != desk.RingingThere, text.T("Digits can be sent when the other side is heard"))
	kind := kit.Line
	if a.v.keypadOpen {
		kind = kit.Chosen
	}
	a.keypad.SetKind(kind)
	a.digits.SetOn(a.v.keypadOpen)
	kind = kit.Line
	if a.v.transferOpen && a.v.pass.why == toPassOn {
		kind = kit.Chosen
	}
	a.pass.SetKind(kind)
	a.mute.SetOn(c.Muted)
	setShown(a.hold, c.CanHold)
	setShown(a.add, c.CanHold)
	a.add.SetOn(a.v.transferOpen && a.v.pass.why == toAdd)
	a.hold.SetOn(c.State == desk.HeldHere)
	if c.State == desk.HeldHere {
		a.hold.Rename("Resume")
	} else {
		a.hold.Rename("Hold")
	}
	a.fillRecording(c, now)
}

// fillRecording names what a press would do; the tile shows for how long it has been recorded.
func (a *callActions) fillRecording(c desk.Call, now time.Time) {
	switch c.Recording.State {
	case desk.RecordingOn:
		a.record.Rename("Pause recording")
		a.record.SetRecording(true, text.T("REC {time}", "time", text.Length(max(0, now.Sub(c.Recording.Began)))))
	case desk.RecordingPaused:
		a.record.Rename("Resume recording")
		a.record.SetPaused(text.T("Paused"))
	default:
		a.record.Rename("Record")
		a.record.SetRecording(false, "")
	}
}

// tick moves the recording's clock.
func (a *callActions) tick(c desk.Call, now time.Time) {
	if c.Recording.State == desk.RecordingOn && phaseOf(c.State) == talking {
		a.fillRecording(c, now)
	}
}

// toggleRecording begins to record, or pauses what is recorded.
func (v *callView) toggleRecording() {
	v.w.desk.RecordCall(v.w.id, v.w.call.Recording.State != desk.RecordingOn)
}

// fillAgain makes calling the next step when nobody was reached.
func (a *callActions) fillAgain(c desk.Call) {
	if c.Incoming {
		a.again.Rename("Call back")
	} else {
		a.again.Rename("Call again")
	}
	switch c.Outcome {
	case desk.Missed, desk.Busy, desk.NoAnswer, desk.Failed, desk.Interrupted:
		a.again.SetKind(kit.Answer)
	default:
		a.again.SetKind(kit.Line)
	}
}

// settle is how long clicks are still ignored.
func (a *callActions) settle(now time.Time) time.Duration {
	return deaf - now.Sub(a.swapped)
}
