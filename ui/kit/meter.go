package kit

import (
	"fmt"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// meterFloor is the quietest that a meter shows, in dB below full scale.
const meterFloor = 60

// meterLoud is where a meter turns to warning, in dB below full scale: speech has peaks
// above it, and what comes next is distorted.
const meterLoud = 3

// Meter is a bar of 8 px that shows how loud something is.
type Meter struct {
	widget.BaseWidget
	words words
	level float64
}

// NewMeter makes a meter at rest; its wording is its name.
func NewMeter(key text.Key) *Meter {
	m := &Meter{words: say(key)}
	m.ExtendBaseWidget(m)
	return m
}

// Set shows a level, 0 (silence) to 1 (full scale).
func (m *Meter) Set(level float64) {
	if part := m.part(); level != m.level {
		if m.level = level; m.part() != part {
			m.Refresh()
		}
	}
}

// part is how much of the bar is filled, in hundredths: the ear hears in decibels.
func (m *Meter) part() int {
	if m.level <= 0 {
		return 0
	}
	return int(math.Round(100 * min(1, max(0, 1+20*math.Log10(m.level)/meterFloor))))
}

func (m *Meter) loud() bool { return m.level > math.Pow(10, -meterLoud/20.0) }

func (m *Meter) Role() string  { return "meter" }
func (m *Meter) Name() string  { return m.words.english() }
func (m *Meter) Enabled() bool { return true }

// Value is how much of it is filled.
func (m *Meter) Value() string { return fmt.Sprintf("%d %%", m.part()) }

// CreateRenderer is for Fyne.
func (m *Meter) CreateRenderer() fyne.WidgetRenderer {
	back, bar := newFrame(4), newFrame(4)
	lay := func(s fyne.Size) {
		y := whole((s.Height - 8) / 2)
		back.cover(0, y, s.Width, 8)
		bar.cover(0, y, whole(s.Width*float32(m.part())/100), 8)
	}
	return draw(lay, func() fyne.Size { return fyne.NewSize(60, 8) }, func() {
		back.paint(theme.Hover, theme.Clear, 0)
		fill := theme.AnswerFill
		if m.loud() {
			fill = theme.WarningText
		}
		bar.paint(fill, theme.Clear, 0)
		bar.Hidden = m.part() == 0
		lay(m.Size())
	}, back.Rectangle, bar.Rectangle)
}
