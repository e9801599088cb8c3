package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// purpose is what somebody is chosen for.
type purpose int

const (
	toPassOn purpose = iota // an answered call goes to them, without asking or after it
	toAdd                   // they are called as well
	toSendOn                // a call that rings goes to them
)

// What the two ways of a transfer do, for whoever does not know the telephone's words for them.
const (
	tipAsk   = text.Key("Calls them first, while the other side waits")
	tipBlind = text.Key("Hands the call over at once, without asking")
)

// callTransfer passes the call on: to a colleague or to whoever is typed, without asking or after it, or
// to the other call that is on this phone (requirements.md D2). Or it calls somebody as well, while this call waits; or
// sends a call on that rings.
type callTransfer struct {
	v      *callView
	why    purpose
	root   *fyne.Container
	title  *kit.Label
	field  *kit.Field
	typed  *fyne.Container // the buttons for what was typed
	ask    *kit.Button
	blind  *kit.Button
	call   *kit.Button // instead of both, to call somebody as well
	send   *kit.Button // instead of them, while it rings
	team   *callTeam
	others *fyne.Container
	joins  []joinable // what others shows
}

// joinable is another call, and whether it is in one conference with this one.
type joinable struct {
	id     desk.CallID
	merged bool
}

func newCallTransfer(v *callView) *callTransfer {
	t := &callTransfer{v: v, title: kit.NewData("", kit.Section).Shrink(0), others: kit.Column(4)}
	t.field = kit.NewBareField("Extension or any number", func(string) { t.name(); t.find(); t.v.lay() }).
		WithPlaceholder("Name, extension or any number")
	t.team = newCallTeam(t)
	t.field.OnSubmit(func(string) {
		// Shift+Enter as well, by which Fyne means the same.
		if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok && t.why == toPassOn && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0 {
			t.pass()
			return
		}
		t.first()
	})
	t.ask = kit.NewButton("Ask first", kit.Line, t.consult).WithHint("Enter").WithTip(tipAsk)
	t.blind = kit.NewButton("Blind|transfer", kit.Primary, t.pass).WithHint("Shift+Enter").WithTip(tipBlind)
	t.call = kit.NewButton("Call", kit.Answer, t.consult).WithIcon(theme.IconHandset).WithHint("Enter")
	t.send = kit.NewButton("Send on", kit.Primary, t.pass).WithHint("Enter")
	t.typed = kit.Pad(0, callMargin, 8, callMargin, kit.Columns(8, t.ask, t.blind, t.call, t.send))
	t.root = kit.Column(0,
		sectionHead(t.title, kit.NewKeyHint("Esc")),
		kit.Pad(0, callMargin, 8, callMargin, t.others),
		kit.Pad(0, callMargin, 8, callMargin, kit.Sized(0, 32, t.field)),
		t.typed, t.team.root,
		kit.Sized(0, 1, kit.NewHairline()))
	t.root.Hide()
	return t
}

func (t *callTransfer) begin() {
	t.field.SetText("")
	t.joins, t.others.Objects = nil, nil
}

func (t *callTransfer) fill(c desk.Call, open bool) {
	setShown(t.root, open)
	if !open {
		return
	}
	setShown(t.ask, t.why == toPassOn)
	setShown(t.blind, t.why == toPassOn)
	setShown(t.call, t.why == toAdd)
	setShown(t.send, t.why == toSendOn)
	t.name()
	t.find()
	t.joins, t.others.Objects = nil, nil
	for _, o := range t.answered() {
		t.joins = append(t.joins, t.with(o))
		t.others.Objects = append(t.others.Objects, sideBySide(t.ways(c, o))...)
	}
	if c.Merged != "" {
		t.others.Objects = append(t.others.Objects,
			kit.NewButton("Out of the conference", kit.Line, func() { t.v.w.desk.Part(c.ID) }))
	}
	setShown(t.others, len(t.others.Objects) > 0)
}

// ways are what can be done with this call and another.
func (t *callTransfer) ways(c, o desk.Call) (buttons []fyne.CanvasObject) {
	if t.why == toPassOn {
		connect := kit.NewButton("Connect with the other call", kit.Line, func() { t.v.w.desk.Join(c.ID, o.ID) })
		if len(t.others.Objects) == 0 {
			connect.WithHint("Ctrl+Enter")
		}
		connect.SetData(text.T("Connect with {name}", "name", callerName(o))) // draws it
		buttons = append(buttons, connect)
	}
	if !t.with(o).merged {
		merge := kit.NewButton("Talk with both together", kit.Line, func() { t.v.w.desk.Merge(c.ID, o.ID) })
		merge.SetData(text.T("Together with {name}", "name", callerName(o)))
		buttons = append(buttons, merge)
	}
	return buttons
}

// sideBySide puts two buttons into one row where both can be read there; neither is wider than the window.
func sideBySide(buttons []fyne.CanvasObject) []fyne.CanvasObject {
	const gap, room = 8, callWidth - 2*callMargin
	if len(buttons) == 2 && buttons[0].MinSize().Width+gap+buttons[1].MinSize().Width <= room {
		return []fyne.CanvasObject{kit.Columns(gap, buttons...)}
	}
	rows := make([]fyne.CanvasObject, len(buttons))
	for i, b := range buttons {
		rows[i] = kit.Sized(room, 0, b)
	}
	return rows
}

func (t *callTransfer) with(o desk.Call) joinable {
	return joinable{o.ID, o.Merged != "" && o.Merged == t.v.w.call.Merged}
}

// name says whose call it is.
func (t *callTransfer) name() {
	c := t.v.w.call
	name := callerName(c)
	if c.Party.Withheld && c.Card.Name == "" { // "Number withheld" is nobody's name in a sentence
		name = text.T("the caller")
	}
	switch t.why {
	case toAdd:
		t.title.Say("Call somebody as well, {name} waits", "name", name)
	case toSendOn:
		t.title.Say("Send {name} on to", "name", name)
	default:
		t.title.Say("Transfer {name} to", "name", name)
	}
	t.field.SetError("")
}

// find shows the colleagues who are meant by what was typed, and for whom the buttons are.
func (t *callTransfer) find() {
	t.team.show(t.v.w.desk.Snapshot().Team, t.field.Text())
	setShown(t.typed, t.team.at < 0)
	t.enable()
}

// target is the colleague who is chosen, else what was typed, if it can be dialled; what can't is told here, where the
// agent looks, and stays.
func (t *callTransfer) target() (to string, ok bool) {
	if to := t.team.dial(); to != "" {
		return to, true
	}
	to = strings.TrimSpace(t.field.Text())
	switch {
	case to == "":
		return "", false
	case desk.DialTarget(to, "") == "":
		why := desk.Text{Key: "“{target}” is not a number or SIP address", Args: map[string]string{"target": to}}
		t.title.SayText(why)
		t.field.SetError(text.Say(why))
		return "", false
	}
	return to, true
}

// answered are the other calls that somebody has answered; a call that rings can be connected with none.
func (t *callTransfer) answered() []desk.Call {
	if t.why == toSendOn {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(t.v.w.desk.Snapshot().Calls), func(o desk.Call) bool {
		return o.ID == t.v.w.id || phaseOf(o.State) != talking
	})
}

// stale tells whether other calls have come or gone, or a colleague is otherwise: nobody tells this window.
func (t *callTransfer) stale() bool {
	return t.team.stale(t.v.w.desk.Snapshot().Team) || !slices.EqualFunc(t.answered(), t.joins, func(o desk.Call, j joinable) bool { return t.with(o) == j })
}

// enable lets one press what would do something.
func (t *callTransfer) enable() {
	why := text.T("Type whom to pass the call on to")
	if t.why == toAdd {
		why = text.T("Type whom to call")
	}
	ready := (strings.TrimSpace(t.field.Text()) != "" || t.team.at >= 0) && !t.v.w.call.Transfer.Busy
	t.ask.SetEnabled(ready, why)
	t.blind.SetEnabled(ready, why)
	t.call.SetEnabled(ready, why)
	t.send.SetEnabled(ready, why)
}

// connect joins this call with the first other one, which is the usual end of asking first.
func (t *callTransfer) connect() {
	if others := t.answered(); t.why == toPassOn && len(others) > 0 {
		t.v.w.desk.Join(t.v.w.id, others[0].ID)
	}
}

// first is what Enter does.
func (t *callTransfer) first() {
	if t.why == toSendOn {
		t.pass()
		return
	}
	t.consult()
}

// pass passes the call on without asking.
func (t *callTransfer) pass() {
	to, ok := t.target()
	switch {
	case !ok:
	case t.why == toSendOn:
		t.v.w.desk.SendOn(t.v.w.id, to)
	default:
		t.v.w.desk.Transfer(t.v.w.id, to)
	}
}

// fits tells whether a call in this phase can be what somebody was to be chosen for.
func (w purpose) fits(p phase) bool {
	if w == toSendOn {
		return p == ringing
	}
	return p == talking
}

// consult calls the other first; this call waits. Both windows then offer to connect.
func (t *callTransfer) consult() {
	if to, ok := t.target(); ok {
		t.v.w.desk.Dial(to, t.v.w.call.Account)
	}
}
