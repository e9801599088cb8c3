package e2e

import (
	"fmt"
	"strings"
	"testing"

	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

// card is where a card of the board is on the screen, and where its column's neighbour is.
func (p *program) card(name string) (x, y, w int) {
	p.t.Helper()
	answer, err := p.door.Do(p.ctx(), map[string]any{"do": "tree", "window": "main"})
	p.do(err)
	for _, line := range answer["widgets"].([]any) {
		l := line.(map[string]any)
		if l["role"] == "card" && l["name"] == name {
			b := l["bounds"].(map[string]any)
			at := func(k string) int { return int(b[k].(float64)) }
			for _, win := range p.windows() {
				if win.Window == "main" {
					return win.X + at("x"), win.Y + at("y"), at("w")
				}
			}
		}
	}
	p.t.Fatalf("there is no card %q\n%s", name, p.seen())
	return 0, 0, 0
}

// written is what is in a field of the main window.
func (p *program) written(field string) string {
	p.t.Helper()
	answer, err := p.door.Do(p.ctx(), map[string]any{"do": "tree", "window": "main"})
	p.do(err)
	for _, line := range answer["widgets"].([]any) {
		if w := line.(map[string]any); w["role"] == "field" && w["name"] == field {
			return w["value"].(string)
		}
	}
	return ""
}

// beginsLead opens the form for a lead, whose first field has the keyboard; something is typed into it.
func (p *program) beginsLead(screen *ui.Screen) {
	p.t.Helper()
	p.tap("main", "Leads")
	p.tap("main", "New lead")
	p.do(p.door.WaitFor(p.ctx(), "main", "Last name", soon))
	screen.WaitActive("Leadline", soon)
	phone.Eventually(p.t, soon, "the first field has the keyboard", func() (bool, string) {
		screen.Type("C")
		return strings.HasPrefix(p.written("First name"), "C"), p.seen()
	})
}

// TestALeadIsMadeConvertedAndMovedOverTheBoard goes the way of a lead that becomes
// business (requirements.md F1, F4, H3), the last step with a real pointer.
func TestALeadIsMadeConvertedAndMovedOverTheBoard(t *testing.T) {
	o := newOffice(t)
	p := o.start()
	p.beginsLead(o.screen)
	p.types("main", "First name", "Carla")
	p.types("main", "Last name", "Brandt")
	p.types("main", "Company name", "Brandt & Söhne")
	p.types("main", "Number", stranger)
	p.tap("main", "Save")

	p.tap("main", "Convert…")
	p.types("main", "Title of the deal", "Forty brackets")
	p.tap("main", "Convert")
	p.shows("main", "Became the deal")
	p.tap("main", "Undo")
	p.tap("main", "Convert…")
	p.types("main", "Title of the deal", "Forty brackets")
	p.tap("main", "Convert")
	p.shows("main", "Became the deal")

	p.tap("main", "Follow-up")
	p.types("main", "What is to be done", "Send the offer")
	p.tap("main", "Save")
	p.do(p.door.WaitFor(p.ctx(), "main", "Change…", soon))
	p.types("main", "Note", "Wants them in blue")
	p.tap("main", "Add")
	p.shows("main", "Note added")
	p.shows("main", "Wants them in blue")
	p.tap("main", "Follow-ups")
	p.shows("main", "Send the offer")

	p.tap("main", "Deals")
	p.shows("main", "1 open")
	x, y, w := p.card("Forty brackets")
	o.screen.Drag(x+w/2, y+20, x+w/2+w+12, y+60)
	p.shows("main", "Forty brackets: In talks")
	phone.Eventually(t, soon, "the card is in the next column", func() (bool, string) {
		now, _, _ := p.card("Forty brackets")
		return now > x+w/2, fmt.Sprintf("at %d, and was at %d", now, x)
	})
	p.do(p.door.Choose(p.ctx(), "main", "Forty brackets", "Won"))
	p.shows("main", "0 open")
}
