package kit

import (
	"fyne.io/fyne/v2"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// emptyLine is how wide the line of an empty state may be before it goes on below, in px.
const emptyLine = 560

// NewEmptyState is what a list shows when there is nothing: an icon in a circle
// of 48, one sentence, one line, and at most two buttons (primary first, may be nil).
func NewEmptyState(icon theme.IconName, sentence, line text.Key, primary, secondary *Button) fyne.CanvasObject {
	circle := Sized(48, 48, Stack(FillRound(theme.AccentSoft, 24), Middle(NewIcon(icon, 22, theme.Accent).Image)))
	var buttons []fyne.CanvasObject
	for _, b := range []*Button{primary, secondary} {
		if b != nil {
			buttons = append(buttons, b)
		}
	}
	objects := []fyne.CanvasObject{circle, Gap(15), NewLabel(sentence, PageTitle.Centered())}
	if line != "" {
		objects = append(objects, Gap(2), NewProse(line, Body.In(theme.Text2).Centered()).Within(emptyLine))
	}
	if len(buttons) > 0 {
		objects = append(objects, Gap(15), Row(8, buttons...))
	}
	return Pad(0, 16, 0, 16, Middle(ColumnAligned(0, Center, objects...)))
}

// NewPageTitle is the name of a page with what it shows beside it, or below it where there is no room. What it shows is changed
// before it is refreshed.
func NewPageTitle(name, shows *Label) *fyne.Container {
	return &fyne.Container{Layout: pageTitle{}, Objects: []fyne.CanvasObject{name, shows.Shrink(0)}}
}

type pageTitle struct{}

const pageTitleGap = 8

func (pageTitle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	name, shows := objects[0].(*Label), objects[1].(*Label)
	m, sh := name.MinSize(), shows.MinSize().Height
	left := m.Width + pageTitleGap
	if left+ceil(shows.style.measure(shows.Text()).Width) <= size.Width {
		place(name, 0, (size.Height-m.Height)/2, m.Width, m.Height)
		place(shows, left, (size.Height-sh)/2, size.Width-left, sh)
		return
	}
	top := (size.Height - m.Height - sh) / 2
	place(name, 0, top, min(m.Width, size.Width), m.Height)
	place(shows, 0, top+m.Height, size.Width, sh)
}

func (pageTitle) MinSize(objects []fyne.CanvasObject) fyne.Size {
	name, shows := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(name.Width, name.Height+shows.Height)
}

// NewSection is a small heading with something at its right, which may be nil.
func NewSection(key text.Key, right fyne.CanvasObject) *fyne.Container {
	if right == nil {
		return Row(8, Grow(NewLabel(key, Section).Shrink(0)))
	}
	return Row(8, Grow(NewLabel(key, Section).Shrink(0)), right)
}

// Footer is the reason line on sunk with a hairline above: an icon and at most
// three lines.
// Its Container goes into the layout.
type Footer struct {
	Container *fyne.Container
	words     *Prose
}

// NewFooter makes an empty footer.
func NewFooter() *Footer {
	f := &Footer{words: NewProseData("", Secondary).MaxLines(3)}
	f.words.leading = 15
	line := RowAligned(8, Start, Pad(2, 0, 0, 0, NewIcon(theme.IconInfo, 14, theme.Text2).Image), Grow(f.words))
	f.Container = Stack(Fill(theme.Sunk), Column(0, NewHairline(), Pad(8, 16, 10, 16, line)))
	return f
}

// SetText shows a translated sentence.
func (f *Footer) SetText(s string) {
	f.words.SetText(s)
	f.Container.Refresh()
}

// SayText shows a sentence of the desk.
func (f *Footer) SayText(t text.Sentence) {
	f.words.SayText(t)
	f.Container.Refresh()
}
