package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
)

// keyLine is a shortcut and what it does.
type keyLine struct {
	keys string
	does text.Key
}

// keySheets are all shortcuts, by where they work. TestTheSheetHasEveryShortcut holds them
// against what the windows listen to.
func keySheets() []struct {
	where text.Key
	lines []keyLine
} {
	return []struct {
		where text.Key
		lines []keyLine
	}{
		{text.Key("In a call window"), []keyLine{
			{"Ctrl+J", text.Key("Answer")}, {"Ctrl+D", text.Key("Decline, or hang up")}, {"Ctrl+M", text.Key("Mute")},
			{"Ctrl+H", text.Key("Hold, or take back")}, {"Ctrl+T", text.Key("Transfer; send a call on that rings")}, {"Ctrl+R", text.Key("Record, pause, resume")},
			{"Ctrl+S", text.Key("Save the form")}, {"Ctrl+L", text.Key("Say who an unknown caller is")},
			{"Ctrl+O", text.Key("Open the record")},
			{"1 … 6", text.Key("After a call: its result")}, {"Ctrl+Enter", text.Key("After a call: done; in a transfer: connect with the other call")}, {"Esc", text.Key("Close what is open; then the window of an ended call")},
		}},
		{text.Key("In the main window"), []keyLine{
			{"Ctrl+K", text.Key("Search, or dial a number")}, {"Ctrl+1", text.Key("The first place at the left; Ctrl+2 the second …")}, {"Ctrl+F", text.Key("Search in the list")},
			{"Ctrl+,", text.Key("Settings")}, {"Ctrl+S", text.Key("Save the form")},
			{"Ctrl+J", text.Key("Answer")}, {"Ctrl+D", text.Key("Decline, or hang up")},
			{"Ctrl+M", text.Key("Mute")}, {"Ctrl+H", text.Key("Hold, or take back")},
			{"Ctrl+Enter", text.Key("Add the note of a record")}, {"?", text.Key("This sheet")},
		}},
		{text.Key("In lists"), []keyLine{
			{"Enter", text.Key("Call, from the calls, missed calls, follow-ups and team")}, {"R", text.Key("Call back: missed calls and follow-ups")},
			{"D", text.Key("A follow-up is done")}, {"C", text.Key("Call a colleague; T passes the running call on to them")},
			{"Space", text.Key("Choose a row, to change, export or remove several; Shift+↓ as far as there")},
			{"Delete", text.Key("Remove what is chosen")},
			{"← →", text.Key("Move a deal on the board; widen a column at its head")},
		}},
	}
}

// showKeySheet shows all shortcuts over a window.
func showKeySheet(layer *kit.Layer, room fyne.Size) {
	const one, gap, edge = 300, 28, 20
	most := 2
	if room.Width > 3*(one+gap)+2*edge {
		most = 3
	}
	var columns []*fyne.Container
	for i, s := range keySheets() {
		rows := []fyne.CanvasObject{kit.NewSection(s.where, nil), kit.Gap(2)}
		for _, l := range s.lines {
			hint := kit.Row(0, kit.NewKeyHint(l.keys), kit.Spacer())
			rows = append(rows, kit.Row(12, kit.Sized(64, 24, hint), kit.Grow(kit.NewProse(l.does, kit.Body))))
		}
		if i < most {
			columns = append(columns, kit.Column(6, rows...))
			continue
		}
		last := columns[most-1] // below what stands there
		last.Objects = append(append(last.Objects, kit.Gap(8)), rows...)
	}
	beside := kit.RowAligned(gap, kit.Start)
	for _, c := range columns {
		beside.Add(kit.Sized(one, 0, c))
	}
	sheet := kit.Pad(18, edge, 18, edge, kit.Column(14, kit.NewLabel("Keys", kit.Title), beside,
		kit.NewProse("Bare Enter and Space never answer: you may be typing when it rings.", kit.Quiet)))
	width := float32(len(columns)*(one+gap) - gap + 2*edge)
	layer.ShowPopup(sheet, fyne.NewPos((room.Width-width)/2, room.Height/6), fyne.NewSize(width, columnHeight(sheet, width)), nil)
}
