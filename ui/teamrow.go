package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// The columns of the team behind the name and its queues, who share what is left.
const (
	teamState     = 210 // "Do not disturb since yesterday", in German too
	teamExtension = 64
	teamButtons   = 250 // both, in German
)

// teamRow is one colleague.
type teamRow struct {
	pressFocus
	mate desk.Teammate
	call *kit.Button
	pass *kit.Button // nil while no call can be passed on
}

func newTeamRow(p *teamPage, m desk.Teammate) *teamRow {
	w := &teamRow{mate: m}
	look := teamLookOf(m.State)
	word := teamWord(m, p.opt.Now())
	queues := strings.Join(m.Queues, ", ")
	buttons := kit.Row(6, kit.Spacer())
	verb := text.Key("Call")
	if id := p.drawn.call; id != "" {
		// Whoever is called in the middle of a call is asked; the other side waits meanwhile.
		verb = "Ask first"
		w.pass = kit.NewButton("Blind|transfer", kit.Line, func() { p.opt.Desk.Transfer(id, m.Dial) }).High(28).WithTip(tipBlind)
		buttons.Add(w.pass)
	}
	w.call = kit.NewButton(verb, kit.Line, func() { p.opt.Desk.Dial(m.Dial, m.Account) }).WithIcon(theme.IconHandset).High(28)
	buttons.Add(w.call)
	why := ""
	switch {
	case m.Dial == "":
		why = text.T("There is no number to call")
	case !p.drawn.account:
		why = text.T("Connect a PBX account first")
	}
	if why != "" {
		w.call.SetEnabled(false, why)
		if w.pass != nil {
			w.pass.SetEnabled(false, why)
		}
	}
	name := kit.NewData(m.Name, kit.Strong)
	if !present(m.State) {
		name = kit.NewData(m.Name, kit.Strong.In(kit.Neutral.Ink()))
	}
	who := []fyne.CanvasObject{name.Shrink(40)}
	if m.Department != "" {
		who = append(who, kit.NewData(m.Department, kit.Secondary).Shrink(40))
	}
	cells := []fyne.CanvasObject{kit.NewIcon(look.icon, 16, look.tone.Ink()).Image, kit.GrowBy(3, kit.Column(1, who...))}
	if !p.narrow {
		cells = append(cells, kit.GrowBy(2, kit.NewData(queues, kit.Secondary).Shrink(20)))
	}
	cells = append(cells, kit.Sized(teamState, 0, kit.NewData(word, kit.Secondary).Shrink(20)),
		kit.Sized(teamExtension, 0, kit.NewData(m.Extension, kit.Secondary.Right()).Shrink(20)), kit.Sized(teamButtons, 0, buttons))
	w.bar = kit.FillRound(theme.AccentFill, 0)
	w.init("row", 0, kit.Sized(0, 51, kit.Pad(0, 20, 0, 17, kit.Row(10, cells...))), func() { p.choose(w) })
	w.english = func() string { return m.Name }
	w.shown = func() string { return joined(" · ", m.Department, queues, word, m.Extension) }
	w.onKey = func(k fyne.KeyName) bool { return p.key(w, k) }
	w.ExtendBaseWidget(w)
	w.choose(teamKey(m) == p.at)
	return w
}

// key is what a key does with a row: C or Enter calls, T passes the running call on, arrows go on.
func (p *teamPage) key(w *teamRow, k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		p.move(1, true)
	case fyne.KeyUp:
		p.move(-1, true)
	case fyne.KeyC, fyne.KeyReturn, fyne.KeyEnter:
		p.choose(w)
		w.call.Tap()
	case fyne.KeyT:
		p.choose(w)
		if w.pass != nil {
			w.pass.Tap()
		}
	default:
		return false
	}
	return true
}

// choose shows the row as chosen, with the keys of its buttons.
func (w *teamRow) choose(on bool) {
	w.SetSelected(on)
	hintKey(w.call, on, "C", kit.Answer)
	hintKey(w.pass, on, "T", kit.Line)
	w.content.Refresh()
}
