package ui

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

// callShortcuts are the keys that mean something with Ctrl.
var callShortcuts = []fyne.KeyName{fyne.KeyD, fyne.KeyJ, fyne.KeyM, fyne.KeyH, fyne.KeyR, fyne.KeyS, fyne.KeyT, fyne.KeyL, fyne.KeyO, fyne.KeyReturn}

// keys listens to the keyboard of a call window, wherever its focus is. None of
// them works without Ctrl except Esc, and digits while the keypad is open: what is
// typed blindly must not take or end a call.
func (v *callView) keys(c fyne.Canvas) {
	for _, name := range callShortcuts {
		sc := &desktop.CustomShortcut{KeyName: name, Modifier: fyne.KeyModifierControl}
		c.AddShortcut(sc, func(fyne.Shortcut) { v.shortcut(name) })
	}
	c.SetOnTypedKey(func(e *fyne.KeyEvent) { v.key(e.Name) })
	c.SetOnTypedRune(v.digit)
	for _, f := range []*kit.Field{v.note.field, v.form.first, v.form.last, v.form.company, v.pass.field, v.link.field} {
		f.OnShortcut(func(s fyne.Shortcut) bool {
			sc, ok := s.(*desktop.CustomShortcut)
			return ok && sc.Modifier == fyne.KeyModifierControl && v.shortcut(sc.KeyName)
		})
		f.OnKey(func(e *fyne.KeyEvent) bool {
			if f == v.pass.field && v.pass.team.key(e.Name) || f == v.link.field && v.link.key(e.Name) {
				return true
			}
			if e.Name != fyne.KeyEscape {
				return false
			}
			// Out of the field first: Esc must not throw away what is being typed.
			c.Unfocus()
			return true
		})
	}
}

// shortcut does what Ctrl and a key mean now, and tells whether they mean anything.
func (v *callView) shortcut(name fyne.KeyName) bool {
	call, d, id := v.w.call, v.w.desk, v.w.id
	if !v.w.busy {
		return false
	}
	p := phaseOf(call.State)
	switch name {
	case fyne.KeyD, fyne.KeyJ:
		if v.actions.settle(v.w.now()) > 0 {
			return true
		}
		switch {
		case name == fyne.KeyJ && p == ringing:
			d.Answer(id)
		case name == fyne.KeyD && p == ringing:
			d.Decline(id)
		case name == fyne.KeyD && p != over:
			d.HangUp(id)
		}
	case fyne.KeyM:
		if p == talking {
			d.Mute(id, !call.Muted)
		}
	case fyne.KeyH:
		if p == talking && call.CanHold {
			d.Hold(id, call.State != desk.HeldHere)
		}
	case fyne.KeyR:
		if p == talking {
			v.toggleRecording()
		}
	case fyne.KeyT:
		switch p {
		case talking:
			v.toggleTransfer()
		case ringing:
			v.toggleSendOn()
		}
	case fyne.KeyS:
		v.form.submit()
	case fyne.KeyL:
		if v.link.offered(call) {
			v.toggleLink()
		}
	case fyne.KeyO:
		v.openRecord()
	case fyne.KeyReturn:
		switch {
		case p == over:
			v.done()
		case v.transferOpen:
			v.pass.connect()
		}
	default:
		return false
	}
	return true
}

// key is a key without Ctrl that no widget wanted.
func (v *callView) key(name fyne.KeyName) {
	if name != fyne.KeyEscape || !v.w.busy {
		return
	}
	switch c := v.w.win.Canvas(); {
	case c.Overlays().Top() != nil:
		dismissFiles(c)
	case v.w.layer.PopupOpen():
		v.w.layer.ClosePopup()
	case v.keypadOpen:
		v.toggleKeypad()
	case v.transferOpen:
		v.toggleOthers(v.pass.why)
	case v.linkOpen:
		v.toggleLink()
	case v.w.call.State == desk.Ended:
		v.w.closed()
	}
}

func (v *callView) digit(r rune) {
	if v.results.key(r) {
		return
	}
	switch p := phaseOf(v.w.call.State); {
	case v.keypadOpen && strings.ContainsRune("0123456789*#", r):
		v.w.desk.Digits(v.w.id, string(r))
	case !v.keypadOpen && unicode.IsLetter(r) && v.w.busy && (p == talking || p == over) && v.note.root.Visible() && v.w.call.Form == nil:
		// Who has answered begins to write: nothing else in the window wants letters.
		c := v.w.win.Canvas()
		c.Focus(v.note.field.Focusable())
		for _, end := range []fyne.KeyName{fyne.KeyPageDown, fyne.KeyEnd} {
			c.Focused().TypedKey(&fyne.KeyEvent{Name: end})
		}
		c.Focused().TypedRune(r)
	}
}
