package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// rowButtons move the i-th of n things up, and take it out.
func rowButtons(i int, move, out func()) []fyne.CanvasObject {
	up := kit.NewIconButton("Up", theme.IconArrowUp, kit.Ghost, move)
	up.SetEnabled(i > 0, text.T("First already"))
	return []fyne.CanvasObject{up, kit.NewIconButton("Take out", theme.IconX, kit.Ghost, out)}
}

// moveUp puts the i-th of a list before the one above it.
func moveUp[T any](list []T, i int) {
	if i > 0 {
		list[i], list[i-1] = list[i-1], list[i]
	}
}
