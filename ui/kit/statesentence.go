package kit

import (
	"fyne.io/fyne/v2"

	"leadline/ui/theme"
)

// StateSentence is a StateWord of more words than fit on a line. Its Container goes into the layout.
type StateSentence struct {
	Container *fyne.Container
	icon      *Icon
	words     *Prose
	style     Style
}

// NewStateSentence makes an empty one.
func NewStateSentence(style Style) *StateSentence {
	s := &StateSentence{icon: NewIcon("", 14, Neutral.Ink()), words: NewProseData("", style), style: style}
	s.Container = RowAligned(4, Start, Pad(1, 0, 0, 0, s.icon.Image), Grow(s.words))
	return s
}

// MaxLines ends the sentence in "…" after n lines.
func (s *StateSentence) MaxLines(n int) *StateSentence { s.words.MaxLines(n); return s }

// Set changes all of it; words are translated already.
func (s *StateSentence) Set(words string, icon theme.IconName, tone Tone) {
	s.icon.Set(icon, tone.Ink())
	s.words.SetStyle(s.style.In(tone.Ink()))
	s.words.SetText(words)
	s.Container.Refresh()
}
