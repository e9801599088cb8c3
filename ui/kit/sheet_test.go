package kit

import (
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// dress starts a test program in our theme and language.
func dress(t *testing.T, mode theme.Mode, language string) {
	t.Helper()
	sheetFocus = nil
	test.NewTempApp(t).Settings().SetTheme(theme.New(mode))
	if err := text.SetLanguage(language); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := text.SetLanguage("en"); err != nil {
			t.Error(err)
		}
	})
}

// picture renders an object on the surface colour, as wide and high as told.
func picture(t *testing.T, o fyne.CanvasObject, w, h float32) image.Image {
	t.Helper()
	win := test.NewTempWindow(t, container.NewStack(Fill(theme.Surface), o))
	win.SetPadded(false)
	win.Resize(fyne.NewSize(w, h))
	if sheetFocus != nil {
		win.Canvas().Focus(sheetFocus.Focusable())
	}
	return win.Canvas().Capture()
}

// token is the colour of a token now.
func token(name fyne.ThemeColorName) color.NRGBA {
	return color.NRGBAModel.Convert(theme.Color(name)).(color.NRGBA)
}

func at(img image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(img.At(x, y)).(color.NRGBA)
}

// TestComponentsSheet draws look.md's sheet of components. With LEADLINE_SHEETS
// set to a folder the pictures stay there to be looked at.
func TestComponentsSheet(t *testing.T) {
	dir := os.Getenv("LEADLINE_SHEETS")
	if dir == "" {
		dir = t.TempDir()
	}
	for _, s := range []struct {
		name string
		make func() fyne.CanvasObject
		w, h int
	}{{"components", componentsSheet, 1000, 512}, {"pieces", piecesSheet, 1000, 700}} {
		both := image.NewNRGBA(image.Rect(0, 0, s.w, 2*s.h))
		for i, mode := range []theme.Mode{theme.Light, theme.Dark} {
			dress(t, mode, "en")
			img := picture(t, s.make(), float32(s.w), float32(s.h))
			if img.Bounds().Dx() != s.w {
				t.Fatalf("%s is %v, want %d × %d", s.name, img.Bounds(), s.w, s.h)
			}
			imagedraw.Draw(both, image.Rect(0, i*s.h, s.w, (i+1)*s.h), img, image.Point{}, imagedraw.Src)
			if got, want := at(img, 3, 3), token(theme.Surface); got != want {
				t.Errorf("%s: the background is %v, want the surface %v", s.name, got, want)
			}
		}
		f, err := os.Create(filepath.Join(dir, s.name+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, both); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// sheetFocus is the field of a sheet that has the keyboard.
var sheetFocus *Field

type spot struct {
	x, y, w, h float32
	o          fyne.CanvasObject
}

func pinned(spots ...spot) fyne.CanvasObject {
	c := container.NewWithoutLayout()
	for _, s := range spots {
		m := s.o.MinSize()
		if s.w == 0 {
			s.w = m.Width
		}
		if s.h == 0 {
			s.h = m.Height
		}
		place(s.o, s.x, s.y, s.w, s.h)
		c.Add(s.o)
	}
	return c
}

func componentsSheet() fyne.CanvasObject {
	var s []spot
	section := func(y float32, what string) { s = append(s, spot{24, y, 400, 0, NewData(what, Section)}) }
	rule := func(y float32) { s = append(s, spot{24, y, 952, 1, NewHairline()}) }
	section(20, "Buttons: rest, hover, focus, disabled")
	for _, r := range []struct {
		x, y, gap float32
		label     string
		icon      theme.IconName
		kind      Kind
	}{
		{24, 48, 14, "New deal", theme.IconPlus, Primary}, {24, 90, 14, "Export", theme.IconDownload, Line}, {24, 132, 14, "Filter", theme.IconFilter, Ghost},
		{522, 48, 12, "Answer", theme.IconHandset, Answer}, {522, 90, 14, "Hang up", theme.IconHangUp, Danger}, {522, 132, 13, "Decline", theme.IconHangUp, DangerOutline},
	} {
		x := r.x
		for state := range 4 {
			b := NewButton(text.Key(r.label), r.kind, nil).WithIcon(r.icon)
			b.hovered, b.focused = state == 1, state == 2
			if state == 3 {
				b.SetEnabled(false, "")
			}
			m := b.MinSize()
			s = append(s, spot{x, r.y, 0, 0, b})
			x += m.Width + r.gap
		}
	}
	rule(178)
	section(193, "Fields: rest, focus, error, read-only")
	last := NewField(text.Key("Last name"), nil)
	last.SetText("Jörg Groß")
	last.SetHelp("As on the contract")
	company := NewField(text.Key("Company"), nil)
	company.SetText("Bäckerei Sü")
	company.SetHelp("3 similar companies")
	sheetFocus = company
	number := NewField(text.Key("Number"), nil)
	number.SetText("0221 98A")
	number.SetError("Digits only, or a SIP address")
	space := NewField(text.Key("Workspace"), nil)
	space.SetText("Nordlicht Technik")
	space.SetReadOnly(true, "Only an administrator")
	for i, f := range []*Field{last, company, number, space} {
		s = append(s, spot{24 + 228*float32(i), 219, 213, 0, f})
	}
	rule(303)
	section(318, "Chips, keys, progress")
	x := float32(24)
	for _, c := range []*Chip{
		NewDataChip("Deal €48,000", theme.IconDeal, Accent), NewDataChip("Missed twice", theme.IconMissed, Bad), NewDataChip("VIP", theme.IconStar, Warn),
		NewDataChip("Interested", theme.IconCheck, Good), NewDataChip("Repeat", theme.IconRepeat, Neutral),
	} {
		s = append(s, spot{x, 345, 0, 0, c})
		x += c.MinSize().Width + 10
	}
	s = append(s, spot{794, 346, 0, 0, NewKeyHint("Ctrl K")}, spot{842, 346, 0, 0, NewKeyHint("Esc")})
	rule(379)
	section(394, "Colour")
	for i, c := range []fyne.ThemeColorName{theme.Background, theme.Surface, theme.Sunk, theme.Raised, theme.Border, theme.Text1, theme.Text2, theme.Text3, theme.AccentFill, theme.AnswerFill, theme.DangerFill, theme.WarningFill} {
		s = append(s, spot{24 + 80*float32(i), 421, 69, 37, NewCard(c, theme.Border, 6)})
	}
	return pinned(s...)
}

func piecesSheet() fyne.CanvasObject {
	var s []spot
	for i, st := range []LineState{LineRinging, LineTalking, LineHeld, LineEnded} {
		l := NewStateLine()
		l.Set(st)
		s = append(s, spot{24 + 120*float32(i), 20, 100, 3, l.Area})
	}
	for i, a := range []*Avatar{NewAvatar("Jürgen Müller-Lüdenscheidt", 52), NewSquareAvatar("Groß & Söhne KG", 44), NewAvatar("Anna Krüger", 22)} {
		s = append(s, spot{24 + 70*float32(i), 34, 0, 0, a})
	}
	unknown := NewAvatar("", 52)
	unknown.SetIcon(theme.IconHandset)
	clock := NewClock(PageTitle)
	clock.Set("4:31")
	s = append(s, spot{234, 34, 0, 0, unknown}, spot{310, 40, 0, 0, clock})
	s = append(s, spot{24, 100, 200, 44, NewButton(text.Key("Decline"), DangerOutline, nil).WithIcon(theme.IconHangUp).WithHint("Ctrl+D").Tall()})
	s = append(s, spot{232, 100, 200, 44, NewButton(text.Key("Answer"), Answer, nil).WithIcon(theme.IconHandset).WithHint("Ctrl+J").Tall()})
	for i, tl := range []struct {
		k text.Key
		i theme.IconName
	}{{"Mute", theme.IconMicOff}, {"Hold", theme.IconPause}, {"Keypad", theme.IconKeypad}, {"Record", theme.IconRecord}, {"Add call", theme.IconPlus}} {
		t := NewTile(tl.k, tl.i, nil)
		if i == 1 {
			t.SetOn(true)
		}
		if i == 3 {
			t.SetRecording(true, "REC 1:58")
		}
		s = append(s, spot{24 + 83*float32(i), 152, 75, 54, t})
	}
	bars := NewBars()
	bars.Set(4)
	s = append(s, spot{24, 214, 0, 0, bars})
	sel := NewSelect(text.Key("Source"), Options("Call", "Website"), nil)
	sel.SetChosen("Call")
	s = append(s, spot{24, 236, 200, 0, sel})
	seg := NewSegmented(text.Key("Create a lead for"), Options("Incoming", "Outgoing", "All"), nil)
	s = append(s, spot{240, 256, 0, 0, seg})
	c1, c2 := NewCheck(text.Key("Send incoming calls to the responsible person"), nil).WithHelp("When on duty and not on a call; else the normal way."), NewCheck(text.Key("Who answers becomes responsible"), nil)
	c1.SetOn(true)
	c2.SetEnabled(false, "Only an administrator can change this.")
	s = append(s, spot{24, 304, 300, 70, c1}, spot{24, 376, 300, 50, c2})
	rg := NewRadioGroup(text.Key("Unknown number"), []Option{{ID: "a", Label: "Create a lead by itself", Help: "It exists as soon as it rings."}, {ID: "b", Label: "Suggest it in the window"}}, nil)
	rg.SetChosen("a")
	s = append(s, spot{24, 430, 300, 80, rg})
	note := NewNoteField(text.Key("Note"), 60, nil)
	note.SetText("Braucht 40 Konsolen bis 15. Januar, möchte den Preis je 100 Stück. Rückruf Donnerstag nach 14 Uhr.")
	s = append(s, spot{24, 524, 408, 90, note})
	foot := NewFooter()
	foot.SetText("Neues wiederholtes Lead: Leitung „Zentrale“ legt Leads für eingehende Anrufe an, das frühere ist abgeschlossen. Verantwortlich: Anna Krüger, erste in Vertrieb.")
	s = append(s, spot{0, 632, 440, 66, foot.Container})
	for i, r := range []RowData{
		{Title: "Groß & Söhne KG", Sub: "Jörg Groß · 0221 987 65 43", When: "10:38", Status: "New", Icon: theme.IconStatusNew, Tone: Accent},
		{Title: "Unknown caller", Sub: "0176 1234 5678 · Berlin line", When: "10:12", Status: "In progress", Icon: theme.IconStatusOpen, Tone: Warn, Unread: true},
		{Title: "Donaudampfschifffahrtsgesellschaft Österreich", Sub: "Franz Xaver Höllerer-Wöhrmann", When: "Fri", Status: "Processed", Icon: theme.IconStatusDone, Tone: Good, Lead: theme.IconMissed, LeadIn: Bad},
	} {
		row := NewListRow(nil)
		row.Set(r, i == 0)
		s = append(s, spot{460, 20 + 56*float32(i), 340, 56, row})
	}
	for i, r := range []struct {
		k text.Key
		i theme.IconName
		n string
		t Tone
	}{{"Calls", theme.IconHistory, "", Neutral}, {"Missed", theme.IconMissed, "3", Bad}, {"Leads", theme.IconLead, "12", Neutral}, {"Contacts", theme.IconContact, "", Neutral}, {"Companies", theme.IconCompany, "", Neutral}, {"Deals", theme.IconBoard, "", Neutral}, {"Settings", theme.IconSettings, "", Neutral}} {
		it, nar := NewRailItem(r.k, r.i, nil), NewRailItem(r.k, r.i, nil)
		it.SetCount(r.n, r.t)
		nar.SetCount(r.n, r.t)
		it.SetSelected(i == 2)
		nar.SetSelected(i == 2)
		nar.SetNarrow(true)
		s = append(s, spot{820, 20 + 33*float32(i), 168, 32, it}, spot{770, 260 + 33*float32(i), 36, 32, nar})
	}
	tl := NewTimeline(NewTimelineHeading("Today"),
		NewTimelineNode(theme.IconIn, Good, "Incoming, answered by Anna Krüger", "10:37 · 6:48", "Needs 40 brackets by 15 January, wants the price per 100. Call back Thursday after 2 pm."),
		NewTimelineNode(theme.IconLead, Accent, "Lead created by the call", "10:37", ""),
		NewTimelineNode(theme.IconMissed, Bad, "Missed, queue Sales (4 phones rang)", "10:31 · 0:34", ""))
	s = append(s, spot{460, 200, 300, heightFor(tl, 300), tl})
	s = append(s, spot{460, 400, 300, 26, NewStageLine([]string{"New", "In progress", "Processed", "Converted"}, 0, nil)})
	s = append(s, spot{830, 270, 160, 0, NewKeypad(func(rune) {}).Container})
	s = append(s, spot{460, 440, 300, 160, NewEmptyState(theme.IconFollowUp, "Nothing due today", "Follow-ups appear here by day.", NewButton(text.Key("New follow-up"), Primary, nil).WithIcon(theme.IconPlus).WithHint("N"), NewButton(text.Key("Show Thursday"), Line, nil))})
	s = append(s, spot{460, 610, 100, 0, NewFilterChip(text.Key("Mine, open"), nil)})
	on := NewFilterChip(text.Key("New today"), nil)
	on.SetOn(true)
	s = append(s, spot{570, 610, 0, 0, on})
	return pinned(s...)
}
