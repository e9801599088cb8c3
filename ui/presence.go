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

// presenceStatus says what happens to a call that comes in.
func presenceStatus(p desk.Presence, now time.Time) statusItem {
	it := statusItem{english: text.English("Presence"), icon: theme.IconLampFree, ink: theme.AnswerText, presence: true}
	switch {
	case p.Forward != "":
		it.tone, it.ink, it.icon = kit.Warn, "", theme.IconTransfer
		it.words = text.T("Calls go on to {target}", "target", p.Forward)
	case p.Quiet && p.Until.IsZero():
		it.tone, it.ink, it.icon = kit.Warn, "", theme.IconLampBusy
		it.words = text.T("Do not disturb")
	case p.Quiet:
		it.tone, it.ink, it.icon = kit.Warn, "", theme.IconLampBusy
		it.words = text.T("Do not disturb until {time}", "time", untilWhen(p.Until, now))
	case p.Away:
		it.ink, it.icon = theme.Text2, theme.IconLampAway
		it.words = text.T("Away")
	default:
		it.words = text.T("Available")
	}
	return it
}

// diversionItems say where calls go that aren't taken here: who has forgotten that misses them else.
func diversionItems(v desk.Diversion) []statusItem {
	it := statusItem{english: text.English("Forwarding"), tone: kit.Warn, icon: theme.IconTransfer, place: settingsCalls}
	switch {
	case v.Busy == "" && v.NoAnswer == "":
		return nil
	case v.Busy == v.NoAnswer:
		it.words = text.T("Busy or unanswered: on to {target}", "target", v.Busy)
	case v.NoAnswer == "":
		it.words = text.T("Busy: on to {target}", "target", v.Busy)
	case v.Busy == "":
		it.words = text.T("Unanswered: on to {target}", "target", v.NoAnswer)
	default:
		it.words = text.T("Busy: on to {busy}, unanswered: on to {target}", "busy", v.Busy, "target", v.NoAnswer)
	}
	return []statusItem{it}
}

// untilWhen is "11:44" today, else with the day.
func untilWhen(t, now time.Time) string {
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return text.Time(t)
	}
	return text.Appointment(t, now)
}

// morning is when a working day begins that calls are put off to.
const morning = 8

// nextMorning is the next time that a day begins.
func nextMorning(now time.Time) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day(), morning, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}

// presenceChoices are what can be chosen without typing; how things are is marked.
func presenceChoices(opt MainOptions, is desk.Presence) []kit.MenuItem {
	now := opt.Now()
	quiet := func(d time.Duration) func() { return func() { opt.Desk.DoNotDisturb(opt.Now().Add(d)) } }
	return []kit.MenuItem{
		{Key: "Available", Chosen: is == (desk.Presence{}), Do: opt.Desk.Available},
		{Key: "Away (calls still ring here)", Chosen: is.Away, Do: opt.Desk.Away},
		{Key: "Do not disturb for 30 minutes", Do: quiet(30 * time.Minute)},
		{Key: "Do not disturb for an hour", Do: quiet(time.Hour)},
		{Key: "Do not disturb until {time}", Args: []any{"time", untilWhen(nextMorning(now), now)}, Do: func() { opt.Desk.DoNotDisturb(nextMorning(opt.Now())) }},
		{Key: "Do not disturb until I end it", Chosen: is.Quiet && is.Until.IsZero(), Do: func() { opt.Desk.DoNotDisturb(time.Time{}) }},
	}
}

// showPresence lets the agent choose what happens to calls, in a popup above an object.
func showPresence(opt MainOptions, layer *kit.Layer, above fyne.CanvasObject, is desk.Presence) {
	menu := layer.Menu(presenceChoices(opt, is)...)
	target := kit.NewField("Send every call on to", nil).WithPlaceholder("Extension or number")
	target.SetText(is.Forward)
	send := kit.NewButton("Send on", kit.Line, nil)
	forward := func() {
		to := strings.TrimSpace(target.Text())
		switch {
		case to == "":
			target.SetError(text.T("Type whom the calls go to"))
		case desk.DialTarget(to, "") == "":
			target.SetError(text.T("“{target}” is not a number or SIP address", "target", to))
		default:
			layer.ClosePopup()
			opt.Desk.ForwardAll(to)
		}
	}
	target.OnChanged(func(string) { target.SetError("") })
	target.OnSubmit(func(string) { forward() })
	send.OnTap(forward)
	content := kit.Pad(4, 4, 8, 4, kit.Column(8, menu, kit.Sized(0, 1, kit.NewHairline()),
		kit.Pad(0, 8, 0, 8, kit.RowAligned(8, kit.End, kit.Grow(target), send))))
	showAbove(layer, above, content, presenceWidth)
}

// showAbove shows a popup above an object of the strip, at least so wide.
func showAbove(layer *kit.Layer, above, content fyne.CanvasObject, width float32) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(above)
	size := content.MinSize().Max(fyne.NewSize(width, 0))
	layer.ShowPopup(content, at.SubtractXY(-4, size.Height+4), size, nil)
}

// presenceWidth holds the German lines.
const presenceWidth = 350
