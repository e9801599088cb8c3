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
			{"Ctrl+K", text.Key("Search, or dial a number")}, {"Ctrl+1", text.Key("The first place at the left; Ctrl+2 the second …")},
			{"Ctrl+,", text.Key("Settings")}, {"Ctrl+S", text.Key("Save the form")},
			{"Ctrl+J", text.Key("Answer")}, {"Ctrl+D", text.Key("Decline, or hang up")},
			{"Ctrl+M", text.Key("Mute")}, {"Ctrl+H", text.Key("Hold, or take back")},
			{"Ctrl+Enter", text.Key("Add the note of a record")}, {"?", text.Key("This sheet")},
		}},
	}
}

// showKeySheet shows all shortcuts over a window.
func showKeySheet(layer *kit.Layer, room fyne.Size) {
	var columns []fyne.CanvasObject
	for _, s := range keySheets() {
		rows := []fyne.CanvasObject{kit.NewSection(s.where, nil), kit.Gap(2)}
		for _, l := range s.lines {
			hint := kit.Row(0, kit.NewKeyHint(l.keys), kit.Spacer())
			rows = append(rows, kit.Row(12, kit.Sized(64, 24, hint), kit.Grow(kit.NewProse(l.does, kit.Body))))
		}
		columns = append(columns, kit.Sized(300, 0, kit.Column(6, rows...)))
	}
	sheet := kit.Pad(18, 20, 18, 20, kit.Column(14, kit.NewLabel("Keys", kit.Title),
		kit.RowAligned(28, kit.Start, columns...),
		kit.NewProse("Bare Enter and Space never answer: you may be typing when it rings.", kit.Quiet)))
	const width = 670
	layer.ShowPopup(sheet, fyne.NewPos((room.Width-width)/2, room.Height/6), fyne.NewSize(width, 0), nil)
}
