package kit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Option is something to choose: a wording of the program or data.
type Option struct {
	ID    string // what the program knows it by
	Key   text.Key
	Label string // data, when Key is ""
	Help  string // translated; for radios
}

// Options makes options of data, each its own ID.
func Options(labels ...string) []Option {
	out := make([]Option, len(labels))
	for i, l := range labels {
		out[i] = Option{ID: l, Label: l}
	}
	return out
}

func (o Option) words() words {
	if o.Key != "" {
		return say(o.Key)
	}
	return raw(o.Label)
}

// find picks an option by ID, English or shown wording.
func find(options []Option, want string) (int, error) {
	for i, o := range options {
		w := o.words()
		if o.ID == want || w.english() == want || w.shown() == want {
			return i, nil
		}
	}
	var all []string
	for _, o := range options {
		all = append(all, fmt.Sprintf("%q", o.words().english()))
	}
	return -1, fmt.Errorf("there is no option %q: choose one of %s", want, strings.Join(all, ", "))
}

// Select is a field of 32 px with its label above that opens a list.
type Select struct {
	press
	options []Option
	chosen  int
	bare    bool
	changed func(id string)
}

// NewSelect makes a select with nothing chosen.
func NewSelect(key text.Key, options []Option, changed func(id string)) *Select {
	s := &Select{options: options, chosen: -1, changed: changed}
	s.words = say(key)
	s.onTap = s.open
	s.onKey = s.key
	s.extend(s)
	return s
}

// NewBareSelect has no label above.
func NewBareSelect(key text.Key, options []Option, changed func(id string)) *Select {
	s := NewSelect(key, options, changed)
	s.bare = true
	return s
}

// NewBareSelectData is NewBareSelect for what is named by data, such as the head of a column.
func NewBareSelectData(name string, options []Option, changed func(id string)) *Select {
	s := NewBareSelect("", options, changed)
	s.words = raw(name)
	return s
}

// SetOptions changes what can be chosen; the choice stays when it is still there.
func (s *Select) SetOptions(options []Option) {
	id := s.Chosen()
	s.options, s.chosen = options, -1
	s.SetChosen(id)
	s.Refresh()
}

// Chosen is the ID of the choice; "" when there is none.
func (s *Select) Chosen() string {
	if s.chosen < 0 || s.chosen >= len(s.options) {
		return ""
	}
	return s.options[s.chosen].ID
}

// SetChosen chooses by ID without calling back; an unknown ID is no choice.
func (s *Select) SetChosen(id string) {
	at := -1
	for i, o := range s.options {
		if o.ID == id {
			at = i
			break
		}
	}
	if at != s.chosen {
		s.chosen = at
		s.Refresh()
	}
}

// Choose picks an option as the list would.
func (s *Select) Choose(option string) error {
	i, err := find(s.options, option)
	if err != nil {
		return err
	}
	s.pick(i)
	return nil
}

func (s *Select) pick(i int) {
	if i == s.chosen {
		return
	}
	s.chosen = i
	s.Refresh()
	if s.changed != nil {
		s.changed(s.options[i].ID)
	}
}

func (s *Select) key(e *fyne.KeyEvent) bool {
	switch {
	case e.Name == fyne.KeyDown && s.chosen < len(s.options)-1:
		s.pick(s.chosen + 1)
		return true
	case e.Name == fyne.KeyUp && s.chosen > 0:
		s.pick(s.chosen - 1)
		return true
	}
	return false
}

// told is the choice, for a screen reader.
func (s *Select) told() string { return s.Value() }

// Role is "select".
func (s *Select) Role() string { return "select" }

// Value is the choice as shown.
func (s *Select) Value() string {
	if s.chosen < 0 || s.chosen >= len(s.options) {
		return ""
	}
	return s.options[s.chosen].words().shown()
}

// open shows the options in the window's layer.
func (s *Select) open() {
	layer := layerOf(s.self)
	if layer == nil {
		return
	}
	items := make([]*menuItem, len(s.options))
	for i, o := range s.options {
		items[i] = newMenuItem(o.words(), i == s.chosen, func() {
			layer.ClosePopup()
			s.pick(i)
		})
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.self)
	at.Y += s.Size().Height + 4
	layer.ShowPopup(Pad(4, 4, 4, 4, menuOf(items)), at, fyne.NewSize(s.Size().Width, 0), nil)
}

// CreateRenderer is for Fyne.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	body := newFrame(6)
	label, value := &canvas.Text{}, &canvas.Text{}
	arrows := NewIcon(theme.IconChevronsUpDown, 16, theme.Text2)
	top := func() float32 {
		if s.bare {
			return 0
		}
		return fieldLabel
	}
	lay := func(z fyne.Size) {
		lh, vh := Secondary.measure("x").Height, Body.measure(s.Value()).Height
		place(label, 0, 0, z.Width, lh)
		body.cover(0, top(), z.Width, z.Height-top())
		place(value, 10, top()+(32-vh)/2-0.5, z.Width-36, vh)
		value.Text = Ellipsis(s.Value(), Body, z.Width-36)
		place(arrows.Image, z.Width-24, top()+8, 16, 16)
	}
	return draw(lay, func() fyne.Size {
		w := float32(60)
		for _, o := range s.options {
			w = max(w, min(220, ceil(Body.measure(o.words().shown()).Width)+40))
		}
		return fyne.NewSize(w, top()+32)
	}, func() {
		outline, width, ink := theme.FieldOutline, float32(1), theme.Text1
		switch {
		case s.disabled:
			outline, ink = theme.Border, theme.Disabled
		case s.focused:
			outline, width = theme.Accent, 2
		}
		fill := theme.Surface
		if s.hovered && !s.disabled {
			fill = theme.Sunk
		}
		body.paint(fill, outline, width)
		fieldStyle.wear(label)
		label.Text, label.Hidden = s.words.shown(), s.bare
		Body.In(ink).wear(value)
		if s.disabled {
			arrows.Set(theme.IconChevronsUpDown, theme.Disabled)
		} else {
			arrows.Set(theme.IconChevronsUpDown, theme.Text2)
		}
		lay(s.Size())
	}, body.Rectangle, label, value, arrows.Image)
}

// menuItem is a line of 32 px in a popup.
type menuItem struct {
	press
	chosen bool
	hint   string      // the key that does it from anywhere; "" for none
	menu   []*menuItem // all of its menu
	at     int         // of menu
	layer  *Layer      // that shows it: Fyne tells the window of what it has painted only, and keys may come before
}

// menuOf puts lines below each other. The arrows, Home and End go from one to the other, and a letter to the next that begins so.
func menuOf(items []*menuItem) *fyne.Container {
	rows := make([]fyne.CanvasObject, len(items))
	for i, it := range items {
		it.menu, it.at, it.onKey = items, i, it.step
		rows[i] = it
	}
	return Column(0, rows...)
}

// menuPage is how many lines PageUp and PageDown go.
const menuPage = 8

func (m *menuItem) step(e *fyne.KeyEvent) bool {
	to := m.at
	switch e.Name {
	case fyne.KeyEscape:
		if m.layer == nil {
			return false
		}
		m.layer.ClosePopup()
		return true
	case fyne.KeyDown:
		to++
	case fyne.KeyUp:
		to--
	case fyne.KeyPageDown:
		to += menuPage
	case fyne.KeyPageUp:
		to -= menuPage
	case fyne.KeyHome:
		to = 0
	case fyne.KeyEnd:
		to = len(m.menu) - 1
	default:
		return false
	}
	m.focus(max(0, min(to, len(m.menu)-1)))
	return true
}

func (m *menuItem) focus(at int) {
	if m.layer != nil {
		m.layer.canvas.Focus(m.menu[at])
	}
}

// TypedRune goes to the next line that begins with a letter.
func (m *menuItem) TypedRune(r rune) {
	for i := range m.menu {
		at := (m.at + 1 + i) % len(m.menu)
		if first, _ := utf8.DecodeRuneInString(m.menu[at].words.shown()); unicode.ToLower(first) == unicode.ToLower(r) {
			m.focus(at)
			return
		}
	}
}

// FocusGained is for Fyne.
func (m *menuItem) FocusGained() {
	m.press.FocusGained()
	if m.layer != nil && m.layer.popup != nil {
		m.layer.popup.reveal(m)
	}
}

func newMenuItem(w words, chosen bool, tapped func()) *menuItem {
	m := &menuItem{chosen: chosen}
	m.words, m.onTap = w, tapped
	m.extend(m)
	return m
}

// Role is "item".
func (m *menuItem) Role() string { return "item" }

func (m *menuItem) CreateRenderer() fyne.WidgetRenderer {
	body, ring, label := newFrame(6), newFrame(6), &canvas.Text{}
	tick, hint := NewIcon("", 14, theme.Accent), NewKeyHint(m.hint)
	hint.Hidden = m.hint == ""
	hinted := func() float32 {
		if m.hint == "" {
			return 0
		}
		return hint.MinSize().Width + 8
	}
	lay := func(z fyne.Size) {
		body.cover(0, 0, z.Width, z.Height)
		ring.cover(1, 1, z.Width-2, z.Height-2)
		h := Body.measure(m.words.shown()).Height
		room := z.Width - 40 - hinted()
		place(label, 10, (z.Height-h)/2-0.5, room, h)
		label.Text = Ellipsis(m.words.shown(), Body, room)
		place(tick.Image, z.Width-24-hinted(), (z.Height-14)/2, 14, 14)
		k := hint.MinSize()
		place(hint, z.Width-10-k.Width, (z.Height-k.Height)/2, k.Width, k.Height)
	}
	return draw(lay, func() fyne.Size {
		return fyne.NewSize(ceil(Body.measure(m.words.shown()).Width)+44+hinted(), 32)
	}, func() {
		fill := theme.Clear
		switch {
		case m.hovered:
			fill = theme.Hover
		case m.chosen:
			fill = theme.AccentSoft
		}
		body.paint(fill, theme.Clear, 0)
		ring.Hidden = !m.focused
		ring.paint(theme.Clear, theme.Accent, 2)
		if m.chosen {
			tick.Set(theme.IconCheck, theme.Accent)
		}
		Body.wear(label)
		lay(m.Size())
	}, body.Rectangle, label, tick.Image, hint, ring.Rectangle)
}

// MenuItem is one line of a menu.
type MenuItem struct {
	Key    text.Key
	Args   []any  // for the places in Key
	Hint   string // the key that does it from anywhere; "" for none
	Chosen bool   // it is how things are
	Do     func()
}

// Menu are commands below each other, for a popup of the layer; choosing one closes it.
func (l *Layer) Menu(items ...MenuItem) *fyne.Container {
	rows := make([]*menuItem, len(items))
	for i, it := range items {
		rows[i] = newMenuItem(say(it.Key, it.Args...), it.Chosen, func() {
			l.ClosePopup()
			it.Do()
		})
		rows[i].hint = it.Hint
	}
	return menuOf(rows)
}

// ShowMenu shows commands below an object.
func (l *Layer) ShowMenu(below fyne.CanvasObject, items ...MenuItem) {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(below)
	at.Y += below.Size().Height + 4
	l.ShowPopup(Pad(4, 4, 4, 4, l.Menu(items...)), at, fyne.NewSize(160, 0), nil)
}
