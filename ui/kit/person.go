package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/theme"
)

// Avatar shows the initials of a person (a circle) or of a record (a rounded
// square), or an icon when there is no name.
type Avatar struct {
	widget.BaseWidget
	name   string
	icon   theme.IconName
	size   float32
	square bool
}

// NewAvatar makes a circle for a person.
func NewAvatar(name string, size float32) *Avatar {
	a := &Avatar{name: name, size: size}
	a.ExtendBaseWidget(a)
	return a
}

// NewSquareAvatar makes a rounded square for a record.
func NewSquareAvatar(name string, size float32) *Avatar {
	a := NewAvatar(name, size)
	a.square = true
	return a
}

// SetName changes the initials.
func (a *Avatar) SetName(name string) {
	a.name, a.icon = name, ""
	a.Refresh()
}

// SetIcon shows an icon on grey instead: a caller without a name.
func (a *Avatar) SetIcon(icon theme.IconName) {
	a.icon = icon
	a.Refresh()
}

// Initials are the first letters of the first and last word: "Jürgen
// Müller-Lüdenscheidt" → "JM", "Groß & Söhne KG" → "GS".
func Initials(name string) string {
	var first []string
	for _, w := range strings.Fields(name) {
		if r, _ := utf8.DecodeRuneInString(w); unicode.IsLetter(r) {
			first = append(first, strings.ToUpper(string(r)))
		}
	}
	switch len(first) {
	case 0:
		return ""
	case 1:
		return first[0]
	}
	return first[0] + first[1]
}

// CreateRenderer is for Fyne.
func (a *Avatar) CreateRenderer() fyne.WidgetRenderer {
	body, label := newFrame(0), &canvas.Text{}
	px := whole(a.size * 0.4)
	icon := NewIcon("", px, theme.Text2)
	style := Style{Size: whole(a.size * 0.36), Weight: SemiBold, Color: theme.Accent, Align: fyne.TextAlignCenter}
	if a.size <= 24 {
		style.Size = 9
	}
	return draw(func(s fyne.Size) {
		body.cover(0, 0, a.size, a.size)
		h := style.measure("x").Height
		place(label, 0, (a.size-h)/2, a.size, h)
		place(icon.Image, (a.size-px)/2, (a.size-px)/2, px, px)
	}, func() fyne.Size { return fyne.NewSquareSize(a.size) }, func() {
		body.CornerRadius = a.size / 2
		fill, ink := theme.AccentSoft, theme.Accent
		if a.square {
			body.CornerRadius = 8
			fill, ink = theme.Hover, theme.Text2
		}
		if a.icon != "" {
			fill = theme.Hover
		}
		body.paint(fill, theme.Clear, 0)
		style.In(ink).wear(label)
		label.Text = Initials(a.name)
		icon.Set(a.icon, theme.Text2)
		label.Hidden, icon.Image.Hidden = a.icon != "", a.icon == ""
	}, body.Rectangle, label, icon.Image)
}

// NewStateWord is an icon and a word in a tone: "New", "In progress", "Saved 10:42:07".
func NewStateWord(words string, icon theme.IconName, tone Tone, style Style) *StateWord {
	s := &StateWord{icon: NewIcon(icon, 14, tone.Ink()), label: NewData(words, style.In(tone.Ink())), tone: tone, style: style}
	s.row = Row(4, s.icon.Image, s.label)
	s.ExtendBaseWidget(s)
	return s
}

// StateWord is an icon with a word in one colour.
type StateWord struct {
	widget.BaseWidget
	icon  *Icon
	label *Label
	row   *fyne.Container
	tone  Tone
	style Style
}

// Set changes all of it; words are translated already.
func (s *StateWord) Set(words string, icon theme.IconName, tone Tone) {
	s.tone = tone
	s.icon.Set(icon, tone.Ink())
	s.label.SetText(words)
	s.label.SetStyle(s.style.In(tone.Ink()))
	s.row.Refresh()
}

// Children are the label.
func (s *StateWord) Children() []fyne.CanvasObject { return []fyne.CanvasObject{s.row} }

// CreateRenderer is for Fyne.
func (s *StateWord) CreateRenderer() fyne.WidgetRenderer {
	return draw(func(z fyne.Size) { place(s.row, 0, 0, z.Width, z.Height) }, s.row.MinSize, nil, s.row)
}
