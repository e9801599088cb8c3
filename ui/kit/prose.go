package kit

import (
	"math"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
)

// Prose is text that wraps at words. It caches its line breaks for a width.
type Prose struct {
	widget.BaseWidget
	words    words
	style    Style
	leading  float32 // the height of a line in px
	maxLines int     // 0 is any number
	within   float32 // how wide it asks to be at most, in px; 0 is as wide as it is given
	width    float32 // of the breaks
	lines    []string
}

// NewProse shows a wording of the program over several lines.
func NewProse(key text.Key, style Style, args ...any) *Prose {
	return newProse(say(key, args...), style)
}

// NewProseData shows data over several lines.
func NewProseData(s string, style Style) *Prose { return newProse(raw(s), style) }

func newProse(w words, style Style) *Prose {
	p := &Prose{words: w, style: style, leading: whole(style.Size * 1.3)}
	p.ExtendBaseWidget(p)
	return p
}

// MaxLines ends the text in "…" after n lines.
func (p *Prose) MaxLines(n int) *Prose { p.maxLines = n; return p }

// Within asks for as much room as its text needs, up to width px: for where nothing else says how wide it is.
func (p *Prose) Within(width float32) *Prose { p.within = width; return p }

// SetText shows data.
func (p *Prose) SetText(s string) { p.set(raw(s)) }

// Say shows a wording of the program.
func (p *Prose) Say(key text.Key, args ...any) { p.set(say(key, args...)) }

// SayText shows a sentence of the desk.
func (p *Prose) SayText(t text.Sentence) { p.set(sayText(t)) }

func (p *Prose) set(w words) {
	if p.words.data == w.data && p.words.shown() == w.shown() {
		return
	}
	p.words, p.lines = w, nil
	p.Refresh()
}

// SetStyle changes how it looks.
func (p *Prose) SetStyle(s Style) {
	p.style, p.lines, p.leading = s, nil, whole(s.Size*1.3)
	p.Refresh()
}

func (p *Prose) Role() string  { return "text" }
func (p *Prose) Name() string  { return p.words.english() }
func (p *Prose) Value() string { return p.words.shown() }
func (p *Prose) Enabled() bool { return true }

// AccessibilityLabel is the text.
func (p *Prose) AccessibilityLabel() string { return p.words.shown() }

// AccessibilityRole is text.
func (p *Prose) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// HeightFor is the height in px at a width.
func (p *Prose) HeightFor(width float32) float32 {
	return float32(len(p.breaks(width))) * p.leading
}

func (p *Prose) breaks(width float32) []string {
	if p.lines != nil && p.width == width {
		return p.lines
	}
	p.width = width
	p.lines = Wrap(p.words.shown(), p.style, width)
	if n := p.maxLines; n > 0 && len(p.lines) > n {
		rest := strings.Join(p.lines[n-1:], " ")
		p.lines = append(p.lines[:n-1:n-1], Ellipsis(rest, p.style, width))
	}
	return p.lines
}

// breakable says whether a line may end at r: not at the space between a number and its unit.
func breakable(r rune) bool { return unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f' }

// Wrap breaks s at spaces so that each line fits into width px; a word that is
// longer is broken inside.
func Wrap(s string, style Style, width float32) []string {
	out := []string{}
	for _, para := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		line := ""
		for _, w := range strings.FieldsFunc(para, breakable) {
			try := w
			if line != "" {
				try = line + " " + w
			}
			if width <= 0 || style.measure(try).Width <= width+0.5 {
				line = try
				continue
			}
			if line != "" {
				out = append(out, line)
			}
			for style.measure(w).Width > width+0.5 {
				n := fits(w, style, width)
				out = append(out, w[:n])
				w = w[n:]
			}
			line = w
		}
		out = append(out, line)
	}
	return out
}

// fits is how many bytes of w fit into width: one rune at least.
func fits(w string, style Style, width float32) int {
	n := 0
	for i, r := range w {
		end := i + len(string(r))
		if i > 0 && style.measure(w[:end]).Width > width {
			break
		}
		n = end
	}
	return n
}

// CreateRenderer is for Fyne.
func (p *Prose) CreateRenderer() fyne.WidgetRenderer {
	d := &proseDrawing{p: p}
	d.Refresh()
	return d
}

type proseDrawing struct {
	p       *Prose
	objects []fyne.CanvasObject
}

func (d *proseDrawing) Layout(s fyne.Size) {
	p := d.p
	lines := p.breaks(s.Width)
	for len(d.objects) < len(lines) {
		d.objects = append(d.objects, &canvas.Text{})
	}
	d.objects = d.objects[:len(lines)]
	for i, o := range d.objects {
		t := o.(*canvas.Text)
		p.style.wear(t)
		t.Text = lines[i]
		h := p.style.measure(lines[i]).Height
		place(t, 0, float32(i)*p.leading+(p.leading-h)/2, s.Width, h)
	}
}

func (d *proseDrawing) MinSize() fyne.Size {
	if d.p.within > 0 {
		w := min(d.p.within, float32(math.Ceil(float64(d.p.style.measure(d.p.words.shown()).Width))))
		return fyne.NewSize(w, d.p.HeightFor(w))
	}
	w := d.p.Size().Width
	if w <= 0 { // not laid out yet: as one line
		return fyne.NewSize(0, d.p.leading)
	}
	return fyne.NewSize(0, d.p.HeightFor(w))
}

func (d *proseDrawing) Objects() []fyne.CanvasObject { return d.objects }
func (d *proseDrawing) Destroy()                     {}

func (d *proseDrawing) Refresh() {
	d.p.lines = nil
	d.Layout(d.p.Size())
	for _, o := range d.objects {
		canvas.Refresh(o)
	}
}
