package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// lineOutItems say which line calls go out over, where there is one to pick (requirements.md A3).
func lineOutItems(out desk.LineOut) []statusItem {
	if len(out.Lines) < 2 {
		return nil
	}
	it := statusItem{english: text.English("Outgoing line"), icon: theme.IconOutgoing, lines: true, words: text.T("Calls over no line")}
	if out.Name != "" {
		it.words = text.T("Calls over {line}", "line", out.Name)
	}
	if out.Picked {
		it.ink = theme.Accent
	}
	return []statusItem{it}
}

// showLines lets the agent pick the line that calls go out over, in a popup above an object.
func showLines(opt MainOptions, layer *kit.Layer, above fyne.CanvasObject, out desk.LineOut) {
	over := func(line string) func() { return func() { opt.Desk.CallOver(line) } }
	items := []kit.MenuItem{{Key: "The account's default line", Chosen: !out.Picked, Do: over("")}}
	for _, line := range out.Lines {
		items = append(items, kit.MenuItem{Key: "Over {line}", Args: []any{"line", line}, Chosen: out.Picked && line == out.Name, Do: over(line)})
	}
	showAbove(layer, above, kit.Pad(4, 4, 4, 4, layer.Menu(items...)), 220)
}
