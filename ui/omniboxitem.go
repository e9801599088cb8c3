package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

// omniItem is a row of the omnibox's popup.
type omniItem struct {
	pressArea
	left func() // the pointer went elsewhere
	dial func() // Ctrl+Enter; nil when it does nothing else
	adds bool   // it makes a contact of what was typed
}

// newOmniItem makes a row. The digits of query are marked in sub.
func newOmniItem(icon theme.IconName, title, sub, query string, enter bool, tapped func()) *omniItem {
	it := &omniItem{}
	ink, style := theme.Text2, kit.Quiet.Sized(12)
	if enter {
		ink = theme.Accent
	}
	before, match, after := matched(sub, query)
	parts := []fyne.CanvasObject{
		kit.NewIcon(icon, 14, ink).Image, kit.Gap(11), kit.NewData(kit.Ellipsis(title, kit.Strong, 260), kit.Strong), kit.Gap(10),
	}
	if match == "" {
		parts = append(parts, kit.Grow(kit.NewData(sub, style).Shrink(0)))
	} else {
		parts = append(parts, kit.Row(0, kit.NewData(before, style),
			kit.NewData(match, style.In(theme.Accent).Weighing(kit.SemiBold)), kit.NewData(after, style)), kit.Spacer())
	}
	if enter {
		parts = append(parts, kit.NewKeyHint("Enter"))
	}
	it.init("row", 6, kit.Sized(0, omniRow, kit.Pad(0, 10, 0, 11, kit.Row(0, parts...))), tapped)
	it.shown = func() string { return sub }
	it.ExtendBaseWidget(it)
	return it
}

// MouseOut is for Fyne.
func (it *omniItem) MouseOut() {
	it.pressArea.MouseOut()
	if it.left != nil {
		it.left()
	}
}

func isCtrl(k fyne.KeyName) bool {
	return k == desktop.KeyControlLeft || k == desktop.KeyControlRight || k == desktop.KeySuperLeft || k == desktop.KeySuperRight
}
