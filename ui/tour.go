package ui

import (
	"strconv"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// prefToured remembers that the tour was shown: it comes by itself once.
const prefToured = "tour.shown"

const tourWidth = 380

// tourStep is a card of the tour, beside what it speaks of.
type tourStep struct {
	icon        theme.IconName
	title, line text.Key
	at          func(m *MainWindow, size fyne.Size) fyne.Position // where the card lies
}

// below is a place under an object, beside one to its right.
func below(o fyne.CanvasObject, x float32) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).AddXY(x, o.Size().Height+6)
}

// besideResults is a place beside what the field at the top finds, for whoever tries it at once; in a narrow window at its
// bottom, which results seldom reach.
func besideResults(m *MainWindow, size fyne.Size) fyne.Position {
	at, room := below(m.omni.box, omniPopup+8), m.win.Canvas().Size()
	if at.X+size.Width > room.Width {
		return fyne.NewPos(room.Width-size.Width-16, room.Height-mainBottom-size.Height-16)
	}
	return at
}

// tourSteps are the four things that an agent needs on the first day; noLeads: the company has none (requirements.md F2).
func tourSteps(noLeads bool) []tourStep {
	rings := text.Key("A window shows who calls and what you know of them, or makes a lead or a contact of a stranger. Ctrl+J answers, Ctrl+D declines. It never takes the keyboard from what you are typing.")
	if noLeads {
		rings = text.Key("A window shows who calls and what you know of them, or makes a contact of a stranger. Ctrl+J answers, Ctrl+D declines. It never takes the keyboard from what you are typing.")
	}
	return []tourStep{
		{theme.IconSearch, text.Key("One field for everything"),
			text.Key("Type a number and Enter dials it; type a name and it is found. Ctrl+K comes here from anywhere."),
			besideResults},
		{theme.IconIncoming, text.Key("When it rings"),
			rings,
			func(m *MainWindow, _ fyne.Size) fyne.Position {
				s := m.win.Canvas().Size()
				return fyne.NewPos((s.Width-tourWidth)/2, s.Height/4)
			}},
		{theme.IconMissed, text.Key("What waits for you"),
			text.Key("Missed calls and follow-ups are lists that you work off: R calls back, D is done. They are done for all when one of you has called back."),
			func(m *MainWindow, _ fyne.Size) fyne.Position {
				at := fyne.CurrentApp().Driver().AbsolutePositionForObject(m.rail.box)
				return at.AddXY(m.rail.box.Size().Width+8, 40)
			}},
		{theme.IconHelp, text.Key("Sound, keys and help"),
			text.Key("Try your headset in Settings, Sound. A question mark shows all keys, and this tour is here again under Help."),
			func(m *MainWindow, _ fyne.Size) fyne.Position { return below(m.frame.help, -tourWidth) }},
	}
}

// TourOnce shows the tour unless it was shown already, or the welcome is not done yet.
func (m *MainWindow) TourOnce() {
	if p := m.opt.Kept; m.opt.Tour && m.welcome == nil && !p.Bool(prefToured) {
		p.SetBool(prefToured, true)
		m.Tour()
	}
}

// Tour shows the first step of the tour.
func (m *MainWindow) Tour() { m.showTour(0) }

func (m *MainWindow) showTour(step int) {
	steps := tourSteps(m.snap.NoLeads)
	s, last := steps[step], step == len(steps)-1
	next := kit.NewButton("Next", kit.Primary, func() { m.showTour(step + 1) })
	if last {
		next = kit.NewButton("Done|tour", kit.Primary, m.layer.ClosePopup)
	}
	buttons := kit.Row(8, kit.NewData(text.T("{n} of {all}", "n", strconv.Itoa(step+1), "all", strconv.Itoa(len(steps))), kit.Quiet), kit.Spacer())
	if !last {
		buttons.Add(kit.NewButton("Skip the tour", kit.Ghost, m.layer.ClosePopup))
	}
	if step > 0 {
		buttons.Add(kit.NewButton("Back", kit.Line, func() { m.showTour(step - 1) }))
	}
	buttons.Add(next)
	line := kit.NewProse(s.line, kit.Body.In(theme.Text2))
	card := kit.Pad(18, 20, 16, 20, kit.Column(10,
		kit.Row(10, kit.NewIcon(s.icon, 18, theme.Accent).Image, kit.Grow(kit.NewLabel(s.title, kit.PageTitle))),
		line, kit.Gap(4), buttons))
	height := card.MinSize().Height - line.MinSize().Height + line.HeightFor(tourWidth-40)
	size := fyne.NewSize(tourWidth, height)
	m.layer.ShowPopup(card, s.at(m, size), size, nil)
	m.win.Canvas().Focus(next)
}
