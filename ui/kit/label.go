package kit

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Weight is a cut of Inter.
type Weight int

const (
	Regular Weight = iota
	Medium
	SemiBold
)

// Style is how a text looks. Styles are values: Body.In(theme.Text2).
type Style struct {
	Size   float32
	Weight Weight
	Color  fyne.ThemeColorName
	Align  fyne.TextAlign
}

// The styles of look.md.
var (
	Figure     = Style{24, SemiBold, theme.Text1, 0}
	CallerName = Style{20, SemiBold, theme.Text1, 0}
	Title      = Style{18, SemiBold, theme.Text1, 0}
	PageTitle  = Style{15, SemiBold, theme.Text1, 0}
	Body       = Style{13, Regular, theme.Text1, 0}
	Strong     = Style{13, Medium, theme.Text1, 0}
	Secondary  = Style{12, Regular, theme.Text2, 0}
	Quiet      = Style{12, Regular, theme.Text3, 0}
	Caption    = Style{11, Regular, theme.Text3, 0}
	Section    = Style{11, SemiBold, theme.Text3, 0}
)

// In is the style in another colour.
func (s Style) In(c fyne.ThemeColorName) Style { s.Color = c; return s }

// Weighing is the style in another weight.
func (s Style) Weighing(w Weight) Style { s.Weight = w; return s }

// Sized is the style in another size.
func (s Style) Sized(px float32) Style { s.Size = px; return s }

// Right is the style aligned to the right.
func (s Style) Right() Style { s.Align = fyne.TextAlignTrailing; return s }

// Centered is the style aligned to the middle.
func (s Style) Centered() Style { s.Align = fyne.TextAlignCenter; return s }

func (s Style) fyne() fyne.TextStyle {
	return fyne.TextStyle{Bold: s.Weight == SemiBold, Italic: s.Weight == Medium}
}

// font names the cut of Inter itself: without it Fyne parses Inter, the system's
// font and two of its own again for each weight and each theme override, which
// costs some 20 MB (measured: TestBenchStart).
func (s Style) font() fyne.Resource { return theme.Cut(s.fyne()) }

func (s Style) measure(t string) fyne.Size {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(t, s.Size, s.fyne(), s.font())
	return size
}

func (s Style) text(t string) *canvas.Text {
	o := &canvas.Text{Text: t}
	s.wear(o)
	return o
}

// wear gives a canvas text this style.
func (s Style) wear(t *canvas.Text) {
	t.TextSize, t.TextStyle, t.FontSource = s.Size, s.fyne(), s.font()
	t.Color, t.Alignment = theme.Color(s.Color), s.Align
}

// words is a wording of the program, or data.
type words struct {
	key  text.Key
	args []any
	raw  string
	data bool
	name string // the English of data that was translated elsewhere
}

func say(key text.Key, args ...any) words { return words{key: key, args: args} }
func raw(s string) words                  { return words{raw: s, data: true} }

func sayText(t text.Sentence) words {
	return words{data: true, raw: text.Say(t), name: text.EnglishOf(t)}
}

func (w words) shown() string {
	if w.data {
		return w.raw
	}
	return text.T(w.key, w.args...)
}

func (w words) english() string {
	if w.data && w.name != "" {
		return w.name
	}
	if w.data {
		return w.raw
	}
	return text.English(w.key, w.args...)
}

// Label is one line of text that ends in "…" where there is no room.
type Label struct {
	widget.BaseWidget
	words words
	style Style
	min   float32 // the least width, -1 for the whole text
}

// NewLabel shows a wording of the program.
func NewLabel(key text.Key, style Style, args ...any) *Label {
	return newLabel(say(key, args...), style)
}

// NewData shows data as it is.
func NewData(s string, style Style) *Label { return newLabel(raw(s), style) }

func newLabel(w words, style Style) *Label {
	l := &Label{words: w, style: style, min: -1}
	l.ExtendBaseWidget(l)
	return l
}

// Shrink lets the label become narrower than its text, down to min pixels.
func (l *Label) Shrink(min float32) *Label { l.min = min; return l }

// SetText shows data as it is.
func (l *Label) SetText(s string) {
	if l.words.data && l.words.raw == s {
		return
	}
	l.words = raw(s)
	l.Refresh()
}

// Say shows a wording of the program.
func (l *Label) Say(key text.Key, args ...any) {
	l.words = say(key, args...)
	l.Refresh()
}

// SetStyle changes how the label looks.
func (l *Label) SetStyle(s Style) {
	if l.style != s {
		l.style = s
		l.Refresh()
	}
}

// SayText shows a sentence of the desk.
func (l *Label) SayText(t text.Sentence) {
	l.words = sayText(t)
	l.Refresh()
}

// Text is the whole text as it is shown, without the ellipsis.
func (l *Label) Text() string { return l.words.shown() }

func (l *Label) Role() string  { return "text" }
func (l *Label) Name() string  { return l.words.english() }
func (l *Label) Value() string { return l.words.shown() }
func (l *Label) Enabled() bool { return true }

// AccessibilityLabel is the text.
func (l *Label) AccessibilityLabel() string { return l.words.shown() }

// AccessibilityRole is text.
func (l *Label) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// CreateRenderer is for Fyne.
func (l *Label) CreateRenderer() fyne.WidgetRenderer {
	t := l.style.text("")
	fit := func(s fyne.Size) {
		t.Text = Ellipsis(oneLine(l.words.shown()), l.style, s.Width)
		h := l.style.measure(t.Text).Height
		place(t, 0, (s.Height-h)/2-0.5, s.Width, h)
	}
	return draw(fit, func() fyne.Size {
		m := l.style.measure(oneLine(l.words.shown()))
		if l.min >= 0 {
			m.Width = min(m.Width, l.min)
		}
		return fyne.NewSize(ceil(m.Width), ceil(m.Height))
	}, func() {
		l.style.wear(t)
		fit(l.Size())
	}, t)
}

func oneLine(s string) string {
	if strings.ContainsAny(s, "\r\n\t") {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// Ellipsis cuts s so that it fits into width, ending in "…". What has no room
// at all is "".
func Ellipsis(s string, style Style, width float32) string {
	if s == "" || style.measure(s).Width <= width+0.5 {
		return s
	}
	runes := []rune(s)
	lo, hi := 0, len(runes)
	for lo < hi { // the longest beginning that fits
		mid := (lo + hi + 1) / 2
		if style.measure(strings.TrimRight(string(runes[:mid]), " ")+"…").Width <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	if lo == 0 {
		return ""
	}
	return strings.TrimRight(string(runes[:lo]), " ") + "…"
}
