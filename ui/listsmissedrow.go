package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// missedRow is a party that waits to be called back.
type missedRow struct {
	pressFocus
	row  desk.Row
	call *kit.Button // hidden while a colleague calls back
}

func newMissedRow(p *missedPage, r desk.Row, now time.Time) *missedRow {
	m := &missedRow{row: r}
	title, sub := r.Title, r.Sub
	if title == "" {
		title = text.T("Number withheld")
	}
	if r.Ref == (desk.Ref{}) && r.Dial != "" {
		if sub != "" {
			sub = " · " + sub
		}
		sub = text.T("Not in the CRM") + sub
	}
	m.call = kit.NewButton("Call back", kit.Line, func() { p.opt.Desk.Dial(r.Dial, "") }).WithIcon(theme.IconHandset).High(28)
	switch {
	case r.Dial == "":
		m.call.SetEnabled(false, text.T("There is no number to call"))
	case p.why != "":
		m.call.SetEnabled(false, p.why)
	}
	var action fyne.CanvasObject = m.call
	if r.Calling != "" { // two who call the same person help nobody
		who, _, _ := strings.Cut(r.Calling, " ")
		action = kit.NewStateWord(text.T("{who} is calling", "who", who), theme.IconOnCall, kit.Warn, kit.Secondary)
		m.call.SetEnabled(false, "")
	}
	attempts := r.Attempts
	if attempts < 1 {
		attempts = 1
	}
	content := p.columns(
		kit.Column(1, kit.NewData(title, kit.Strong).Shrink(40), kit.NewData(sub, kit.Secondary).Shrink(40)), []fyne.CanvasObject{
			kit.Row(4, kit.NewIcon(theme.IconMissed, 14, theme.DangerText).Image, kit.NewData(text.Number(int64(attempts))+"×", kit.Strong)),
			kit.NewData(text.Day(r.At, now), kit.Secondary).Shrink(20),
			kit.Pad(0, 8, 0, 0, kit.NewData(r.Line, kit.Secondary).Shrink(20)),
			kit.NewData(text.Length(r.Length), kit.Secondary.Right())},
		kit.Row(0, kit.Spacer(), action))
	m.bar = kit.FillRound(theme.AccentFill, 0)
	m.init("row", 0, kit.Sized(0, 51, content), func() {
		if m.selected {
			p.record(r)
			return
		}
		p.choose(m)
	})
	m.tip = func() string {
		if !m.selected {
			return ""
		}
		return text.T("Click once more, or O: open")
	}
	m.english = func() string { return title }
	m.shown = func() string { return sub + " · " + text.Day(r.At, now) }
	m.onKey = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyDown:
			p.move(1)
		case fyne.KeyUp:
			p.move(-1)
		case fyne.KeyR, fyne.KeyReturn, fyne.KeyEnter:
			p.choose(m)
			m.call.Tap()
		case fyne.KeyO:
			p.choose(m)
			p.record(r)
		default:
			return false
		}
		return true
	}
	m.ExtendBaseWidget(m)
	return m
}

// choose shows the row as chosen: its button is the green one, and R presses it.
func (m *missedRow) choose(on bool) {
	if m.selected == on {
		return
	}
	m.SetSelected(on)
	if on && m.call.Enabled() {
		m.call.SetKind(kit.Answer)
		m.call.WithHint("R")
	} else {
		m.call.SetKind(kit.Line)
		m.call.WithHint("")
	}
	m.content.Refresh()
}
