package ui

import (
	"log/slog"
	"slices"

	"leadline/ui/desk"
	"leadline/ui/text"
	"leadline/ui/tray"
)

// Tray is the place of the desktop for programs that run in the background; *tray.Tray is one.
type Tray interface {
	There() bool // an icon is seen there now
	Show(tray.Face)
}

// trayMenu keeps the icon of the tray and its menu as the desk is. Its methods are for the
// goroutine of the windows.
type trayMenu struct {
	opt                MainOptions
	open, missed, quit func()
	drawn              string // what of the snapshot the face shows
	mark               trayMark
	icon               []byte
}

// Draw shows a snapshot. Most of them change nothing here.
func (m *trayMenu) Draw(s desk.Snapshot) {
	face := tray.Face{Tip: trayTip(s, m.opt)}
	missed := text.T("Missed calls")
	if s.Missed > 0 {
		missed += " (" + text.Number(int64(s.Missed)) + ")"
	}
	face.Items = []tray.Item{{Title: text.T("Open Leadline"), Do: m.on(m.open)}, {Title: missed, Do: m.on(m.missed)}, {}}
	for _, it := range presenceChoices(m.opt, s.Presence) {
		face.Items = append(face.Items, tray.Item{Title: text.T(it.Key, it.Args...), Checked: it.Chosen, Do: m.on(it.Do)})
	}
	face.Items = append(face.Items, tray.Item{}, tray.Item{Title: text.T("Quit|program"), Do: m.on(m.quit)})

	seen := face.Tip
	for _, it := range face.Items {
		seen += "\n" + it.Title
		if it.Checked {
			seen += "\v"
		}
	}
	mark := trayMarkOf(s)
	if seen == m.drawn && mark == m.mark {
		return
	}
	if m.icon == nil || mark != m.mark {
		icon, err := trayIcon(mark)
		if err != nil {
			slog.Error("draw the icon of the tray", "error", err)
			return
		}
		m.icon = icon
	}
	m.drawn, m.mark = seen, mark
	face.Icon = m.icon
	m.opt.Tray.Show(face)
}

// on has f done by the goroutine of the windows.
func (m *trayMenu) on(f func()) func() { return func() { m.opt.Do.Do(f) } }

func trayMarkOf(s desk.Snapshot) trayMark {
	return trayMark{
		offline: !slices.ContainsFunc(s.Accounts, func(a desk.Account) bool { return a.State == desk.Registered }),
		quiet:   s.Presence.Quiet || s.Presence.Forward != "",
		missed:  min(s.Missed, 10), // beyond it the icon is the same
	}
}

// trayTip says what the icon shows.
func trayTip(s desk.Snapshot, opt MainOptions) string {
	tip := "Leadline"
	if s.Missed > 0 {
		tip = joined(" · ", tip, text.Tn(s.Missed, "{n} missed call", "{n} missed calls"))
	}
	for _, it := range statusItems(desk.Snapshot{Accounts: s.Accounts, Presence: s.Presence}, opt.Now()) {
		tip = joined(" · ", tip, it.words)
	}
	return tip
}
