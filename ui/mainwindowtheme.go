package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
)

// mainTheme is the program's theme with other colours for a widget of Fyne's.
type mainTheme struct {
	colors func(fyne.ThemeColorName) fyne.ThemeColorName
}

func (t *mainTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return fyne.CurrentApp().Settings().Theme().Color(t.colors(n), v)
}

func (t *mainTheme) Font(s fyne.TextStyle) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Font(s)
}

func (t *mainTheme) Icon(n fyne.ThemeIconName) fyne.Resource {
	return fyne.CurrentApp().Settings().Theme().Icon(n)
}

func (t *mainTheme) Size(n fyne.ThemeSizeName) float32 {
	return fyne.CurrentApp().Settings().Theme().Size(n)
}
