package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// A word that nothing breaks, as German has them, and a note that is far longer than its field.
const compound = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"

var longNote = strings.TrimSpace(strings.Repeat("Fragt nach Konsolen für die neue Halle, möchte den Preis je hundert Stück und ruft am Donnerstag wieder an. ", 19))

// extremes are calls whose windows have to bear more than most, by name.
func extremes(known, several, talk, ended desk.Call) map[string]desk.Call {
	with := func(c desk.Call, id desk.CallID, change func(*desk.Call)) desk.Call {
		c.ID = id
		change(&c)
		return c
	}
	who := func(name, company string) func(*desk.Call) {
		return func(c *desk.Call) { c.Card.Name, c.Card.Company = name, company }
	}
	return map[string]desk.Call{
		"compound": with(known, "101", func(c *desk.Call) {
			c.Card.Name, c.Card.Position, c.Card.Company = compound, compound, compound+" mbH & Co. KG"
			c.Line, c.Queue, c.Card.Responsible = compound, compound, compound
			c.Party.Place = compound
			c.Card.Marks = []desk.Mark{{Tone: desk.MarkDeal, Text: say("{n} open deals", "n", "12")}, {Tone: desk.MarkMissed, Text: say("Missed {n} times", "n", "144")},
				{Tone: desk.MarkVIP, Text: say("{tag}", "tag", compound)}}
			c.Card.Deals, c.Card.LastCalls = nil, nil
			for n := range 5 { // a card has no more
				c.Card.Deals = append(c.Card.Deals, desk.DealLine{Title: compound, Stage: compound, Amount: "€1,234,567,890.12"})
				c.Card.LastCalls = append(c.Card.LastCalls, desk.PastCall{Incoming: true, Outcome: desk.Answered, At: noon.AddDate(0, 0, -n), Title: compound, Agent: compound, Length: 1e12})
			}
			c.Card.Calls, c.Card.OpenDeals = 12345, 12
			c.Reason = say("Saved on the contact, {company} and {n} open deals.", "company", compound, "n", "12")
		}),
		"nine": with(several, "102", func(c *desk.Call) {
			c.Card.Matches = nil
			for n := range 9 {
				c.Card.Matches = append(c.Card.Matches, desk.Match{Ref: desk.Ref{Kind: desk.Contact, ID: fmt.Sprint("n", n)}, Name: fmt.Sprintf("%s %d", compound[:20+4*n], n),
					Sub: compound, Last: noon.AddDate(0, -n, 0), Shown: n == 0})
			}
			c.Card.MatchedBy = say("{n} records match", "n", "9")
		}),
		"arabic":   with(known, "103", who("محمد بن عبد الله الخوارزمي", "شركة النور للتجارة")),
		"thai":     with(known, "104", who("สมชาย ใจดีมีสุขอนันต์", "บริษัท ปูนซิเมนต์ไทย จำกัด (มหาชน)")),
		"chinese":  with(known, "105", who("欧阳小明", "北京汽车集团有限公司")),
		"emoji":    with(known, "106", who("🦊 Fuchs & Söhne 🎉🎉", "👩‍👩‍👧‍👦 Familienbetrieb 🇩🇪")),
		"noname":   with(known, "107", func(c *desk.Call) { who("", "")(c); c.Card.Position = "" }),
		"longnote": with(talk, "108", func(c *desk.Call) { c.Note.Text = longNote; c.Card.Notes[0].Text = longNote }),
		"longend":  with(ended, "109", func(c *desk.Call) { c.Note.Text = longNote; c.Card.Name = compound }),
	}
}

func TestMarksStayInTheWindow(t *testing.T) {
	inLook(t, func(t *testing.T, _ string) {
		for name, c := range samples() {
			w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
			w.enter(c)
			kit.Walk(w.view.root, func(o fyne.CanvasObject, at fyne.Position) {
				if chip, ok := o.(*kit.Chip); ok && at.X+chip.Size().Width > callWidth-callMargin+1 {
					t.Errorf("%s: %q ends at %v", name, chip.Value(), at.X+chip.Size().Width)
				}
			})
		}
	})
	for want, widths := range map[string][]float32{"[10 20 30]": {10, 20, 30}, "[50 50]": {90, 90}, "[20 60 20]": {20, 200, 20}, "[10 45 45]": {10, 300, 50}} {
		if got := fmt.Sprint(within(100, widths)); got != want {
			t.Errorf("%v become %s, want %s", widths, got, want)
		}
	}
}

// Of many who may be calling the one that the call is saved on is in view, and has the keyboard.
func TestTheFirstOfManyMatchesIsInView_C3(t *testing.T) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	for _, shown := range []int{0, 7} {
		c := sample("nine")
		c.Card.Matches = slices.Clone(c.Card.Matches)
		c.Card.Matches[0].Shown, c.Card.Matches[shown].Shown = false, true
		w := newCallWindow(MainOptions{App: app, Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
		w.enter(c)
		if !slices.Contains(visibleNames(w), c.Card.Matches[shown].Name) || !w.view.chooser.rows[shown].focused {
			t.Errorf("match %d is out of view, or has not the keyboard: the view begins at %v", shown, w.view.scroll.Offset.Y)
		}
	}
}

func TestHowMuchThereIsOfACustomerIsSaid(t *testing.T) {
	_, w := inWindow(t, sample("compound"))
	if names := visibleNames(w); !slices.Contains(names, "3 of 12") {
		t.Errorf("of twelve deals it says %q", names)
	}
}

// When a call was and how long is read whole, whatever it is.
func TestDayAndLengthOfACallAreNotCut(t *testing.T) {
	inLook(t, func(t *testing.T, _ string) {
		c := sample("known")
		c.Card.LastCalls = []desk.PastCall{
			{Incoming: true, Outcome: desk.Answered, At: noon.AddDate(0, 0, -1), Title: compound, Agent: compound, Length: 11*time.Hour + 22*time.Minute + 33*time.Second},
			{Outcome: desk.Answered, At: noon.AddDate(-1, -2, -20), Title: "Preis", Length: 71 * time.Second},
		}
		c.Card.Notes = []desk.PastNote{{At: noon.AddDate(0, 0, -1), Text: compound, Who: compound}}
		w := newCallWindow(MainOptions{App: fyne.CurrentApp(), Desk: &fakeDesk{}, Now: func() time.Time { return noon }}, 0)
		w.enter(c)
		whole := map[string]bool{text.Day(noon.AddDate(0, 0, -1), noon): false, text.Day(noon.AddDate(-1, -2, -20), noon): false, text.Length(c.Card.LastCalls[0].Length): false}
		kit.Walk(w.view.past.root, func(o fyne.CanvasObject, _ fyne.Position) {
			l, is := o.(*kit.Label)
			if !is {
				return
			}
			if _, asked := whole[l.Value()]; asked {
				if need := kit.NewData(l.Value(), kit.Secondary).MinSize().Width; l.Size().Width < need {
					t.Errorf("%q has %v px of %v", l.Value(), l.Size().Width, need)
				}
				whole[l.Value()] = true
			}
		})
		for words, seen := range whole {
			if !seen {
				t.Errorf("%q is not shown", words)
			}
		}
	})
}
