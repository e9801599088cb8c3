package ui

import (
	"time"

	"leadline/ui/text"
)

// closeAgain is how soon the second click has to come that ends a running call.
const closeAgain = 12 * time.Second

// closing is the window's cross: it ends the program, or leaves the icon in the tray if that
// was chosen and somebody shows it.
func (m *MainWindow) closing() {
	if m.closesToTray() {
		m.keepSize()
		m.hidden = true
		m.win.Hide()
		return
	}
	m.quit()
}

// quit keeps the size and ends the program. While a call runs, it takes a second
// click soon after: the window is easily mistaken for one that only lies in the way.
func (m *MainWindow) quit() {
	if _, talks := runningCall(m.snap.Calls); talks && m.opt.Now().Sub(m.asked) > closeAgain {
		m.asked = m.opt.Now()
		m.raise()
		m.toasts.Show(text.T("A call is running. Close once more to end it with the program."), true)
		return
	}
	m.keepSize()
	m.win.Close()
}

func (m *MainWindow) closesToTray() bool {
	return m.opt.Tray != nil && m.opt.Tray.There() && m.opt.Settings.ClosesToTray()
}

// showMissed opens the list of missed calls.
func (m *MainWindow) showMissed() {
	m.raise()
	m.Go(pageMissed)
}

// trayChanged is told that the tray has come or gone. Nobody finds a window again that is
// hidden behind an icon which is gone.
func (m *MainWindow) trayChanged() {
	if m.hidden && !m.opt.Tray.There() {
		m.raise()
	}
	if p, ok := m.pages[pageSettings].(*settingsPage); ok && p.here {
		if v, ok := p.places[p.at].(*settingsAppearanceView); ok {
			v.Enter()
		}
	}
}
