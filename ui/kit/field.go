package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/ui/text"
	"leadline/ui/theme"
)

// Field is an entry of 32 px with its label above and a line below for help or
// an error.
type Field struct {
	below *canvas.Text // once it is drawn
	widget.BaseWidget
	words     words
	entry     *entry
	bare      bool // no label, no line below
	help      string
	problem   string
	readOnly  bool
	focused   bool
	setting   bool
	icon      theme.IconName
	hint      string
	eye       *Button
	multi     bool
	height    float32
	foot      float32
	onChanged func(string)
	onFocus   func(bool)
	onProblem func(string)
}

// NewField makes a field with its label above.
func NewField(key text.Key, changed func(string)) *Field {
	return newField(key, changed, widget.NewEntry(), false)
}

// NewBareField makes a field without label and help line: search, the dial
// field. Its wording is the name.
func NewBareField(key text.Key, changed func(string)) *Field {
	f := NewField(key, changed)
	f.bare = true
	return f
}

// NewPassword makes a field that hides what is typed until the eye is clicked.
func NewPassword(key text.Key, changed func(string)) *Field {
	f := NewField(key, changed)
	f.entry.Password = true
	f.entry.ActionItem = canvas.NewRectangle(theme.Color(theme.Clear)) // in the place of Fyne's own eye, which has no name
	f.eye = NewIconButton("Show what is typed", theme.IconEyeOff, Ghost, nil)
	f.eye.OnTap(func() {
		f.entry.Password = !f.entry.Password
		icon := theme.IconEye
		if f.entry.Password {
			icon = theme.IconEyeOff
		}
		f.eye.SetIcon(icon)
		f.entry.Refresh()
	})
	return f
}

func newField(key text.Key, changed func(string), e *widget.Entry, multi bool) *Field {
	f := &Field{words: say(key), onChanged: changed, multi: multi, height: 32}
	f.entry = &entry{}
	f.entry.MultiLine, f.entry.Wrapping = e.MultiLine, e.Wrapping
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.window = func() fyne.Canvas { return fyne.CurrentApp().Driver().CanvasForObject(f.entry) }
	f.entry.onFocus = func(on bool) {
		f.focused = on
		f.Refresh()
		if f.onFocus != nil {
			f.onFocus(on)
		}
	}
	f.entry.field = f
	f.entry.OnChanged = func(s string) {
		if !f.setting && f.onChanged != nil {
			f.onChanged(s)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// WithPlaceholder shows a wording while the field is empty.
func (f *Field) WithPlaceholder(key text.Key) *Field {
	f.entry.PlaceHolder = text.T(key)
	return f
}

// WithFoot leaves a strip inside at the bottom free of text, px high, for what lies over the field there.
func (f *Field) WithFoot(px float32) *Field { f.foot = px; return f }

// SetHeight changes the least height of a field of several lines, in px.
func (f *Field) SetHeight(px float32) {
	if f.height != px {
		f.height = px
		f.Refresh()
	}
}

// WithIcon shows an icon inside at the left.
func (f *Field) WithIcon(name theme.IconName) *Field { f.icon = name; return f }

// WithHint shows a shortcut inside at the right.
func (f *Field) WithHint(shortcut string) *Field { f.hint = shortcut; return f }

// OnChanged changes what is called with the text as it is typed.
func (f *Field) OnChanged(do func(string)) { f.onChanged = do }

// OnSubmit is called on Enter.
func (f *Field) OnSubmit(do func(string)) { f.entry.OnSubmitted = do }

// OnFocus is called when the field gets or loses the keyboard.
func (f *Field) OnFocus(do func(bool)) { f.onFocus = do }

// OnKey sees keys first; true keeps them from the entry: arrows in a list below.
func (f *Field) OnKey(do func(*fyne.KeyEvent) bool) { f.entry.onKey = do }

// OnShortcut sees shortcuts first, as OnKey.
func (f *Field) OnShortcut(do func(fyne.Shortcut) bool) { f.entry.onShort = do }

// Text is what is typed.
func (f *Field) Text() string { return f.entry.Text }

// SetText changes the text without calling OnChanged; nothing happens when it
// is the same, so that the cursor stays.
func (f *Field) SetText(s string) {
	if f.entry.Text == s {
		return
	}
	f.setting = true
	f.entry.SetText(s)
	f.setting = false
}

// SetHelp shows a translated sentence below.
func (f *Field) SetHelp(s string) {
	if f.help != s {
		f.help = s
		f.Refresh()
	}
}

// Help is the sentence below, "" when there is none.
func (f *Field) Help() string { return f.help }

// SetError shows a translated sentence in red below and turns the ring red; ""
// is no error.
func (f *Field) SetError(s string) {
	if f.problem != s {
		f.problem = s
		f.Refresh()
		if f.onProblem != nil {
			f.onProblem(s)
		}
	}
}

// OnProblem is called when the error is another: a bare field has no line to show it in.
func (f *Field) OnProblem(do func(string)) { f.onProblem = do }

// SetReadOnly shows the field as not to be changed, with who may as the help line.
func (f *Field) SetReadOnly(on bool, who string) {
	f.readOnly, f.help = on, who
	if on {
		f.entry.Disable()
	} else {
		f.entry.Enable()
	}
	f.Refresh()
}

// Focus gives the field the keyboard within its window.
//
// Fyne knows the canvas of an object once it was painted: one that has just been made waits for that.
func (f *Field) Focus() { f.focusWithin(focusTries) }

const (
	focusTries = 5
	focusPause = 40 * time.Millisecond
)

func (f *Field) focusWithin(tries int) {
	switch c := fyne.CurrentApp().Driver().CanvasForObject(f); {
	case c != nil:
		c.Focus(f.entry)
	case tries > 0:
		time.AfterFunc(focusPause, func() { fyne.Do(func() { f.focusWithin(tries - 1) }) })
	}
}

// SelectAll marks the text, so that what is typed next takes its place.
func (f *Field) SelectAll() { f.entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// Focused says whether the field has the keyboard.
func (f *Field) Focused() bool { return f.focused }

// Focusable is the object that takes the keyboard, for a window's focus.
func (f *Field) Focusable() fyne.Focusable { return f.entry }

func (f *Field) Role() string  { return "field" }
func (f *Field) Name() string  { return f.words.english() }
func (f *Field) Enabled() bool { return !f.readOnly }

// Value is what is typed; a password is never told.
func (f *Field) Value() string {
	if f.eye != nil {
		return ""
	}
	return f.entry.Text
}

// Type replaces the text as typing would.
func (f *Field) Type(s string) {
	if !f.readOnly {
		f.entry.SetText(s)
	}
}

// Tap gives the field the keyboard.
func (f *Field) Tap() { f.Focus() }

// Submit does what Enter does.
func (f *Field) Submit() {
	if f.entry.OnSubmitted != nil {
		f.entry.OnSubmitted(f.entry.Text)
	}
}

// Problem is the error shown; "" when there is none.
func (f *Field) Problem() string { return f.problem }

// Children are what Walk sees inside: the eye, and the line below.
func (f *Field) Children() []fyne.CanvasObject {
	var in []fyne.CanvasObject
	if f.eye != nil {
		in = append(in, f.eye)
	}
	if f.below != nil {
		in = append(in, lineBelow{f.below, f})
	}
	return in
}

// lineBelow is the help or error line as a screen reader and the automation door see it.
type lineBelow struct {
	*canvas.Text
	of *Field
}

func (l lineBelow) Role() string  { return "text" }
func (l lineBelow) Name() string  { return l.Value() }
func (l lineBelow) Enabled() bool { return true }

// Value is the whole sentence, also where the field is too narrow for it.
func (l lineBelow) Value() string {
	if l.of.problem != "" {
		return l.of.problem
	}
	return l.of.help
}

// AccessibilityLabel is the label, what is typed, unless that is a password, and the error: Fyne has no more to tell a screen reader by.
func (f *Field) AccessibilityLabel() string {
	label := f.words.shown()
	for _, more := range []string{f.Value(), f.problem} {
		if more != "" {
			label += ": " + more
		}
	}
	return label
}

// AccessibilityRole is text: Fyne has no role for entries.
func (f *Field) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Tapped gives the keyboard to the entry, wherever in the box the click was.
func (f *Field) Tapped(*fyne.PointEvent) { f.Focus() }

// Cursor is the text cursor.
func (f *Field) Cursor() desktop.Cursor { return desktop.TextCursor }

// fieldStyle is the label above a field.
var fieldStyle = Secondary.Weighing(Medium)

const (
	fieldLabel = 19 // the label above and its gap
	fieldLine  = 20 // help or error below
)

// CreateRenderer is for Fyne.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	body, ring := newFrame(6), newFrame(6)
	label, below, fixed := &canvas.Text{}, &canvas.Text{}, &canvas.Text{}
	f.below = below
	lead, mark := NewIcon("", 16, theme.Text2), NewIcon("", 14, theme.DangerText)
	hint := NewKeyHint(f.hint)
	objects := []fyne.CanvasObject{body.Rectangle, label, f.entry, ring.Rectangle, lead.Image, mark.Image, below, hint, fixed}
	if f.eye != nil {
		objects = append(objects, f.eye)
	}
	top := func() float32 {
		if f.bare {
			return 0
		}
		return fieldLabel
	}
	hasLine := func() bool { return !f.bare && (f.help != "" || f.problem != "") }
	lay := func(s fyne.Size) {
		lh := Secondary.measure("x").Height
		place(label, 0, 0, s.Width, lh)
		h := s.Height - top()
		if hasLine() {
			h -= fieldLine
		}
		body.cover(0, top(), s.Width, h)
		ring.cover(0, top(), s.Width, h)
		var x, right float32
		if f.icon != "" {
			x = 26
			place(lead.Image, 10, top()+(h-16)/2, 16, 16)
		}
		if f.hint != "" {
			m := hint.MinSize()
			right = m.Width + 6
			place(hint, s.Width-right, top()+(h-m.Height)/2, m.Width, m.Height)
		}
		if f.eye != nil {
			right = 32
			place(f.eye, s.Width-32, top(), 32, 32)
		}
		em := f.entry.MinSize().Height
		place(fixed, x+7, top()+(h-lh)/2-1, s.Width-x-right-14, lh+2)
		fixed.Text = Ellipsis(oneLine(f.Value()), Body, s.Width-x-right-14)
		if f.multi {
			place(f.entry, x+fieldEdge, top()+fieldEdge, s.Width-x-right-2*fieldEdge, h-f.foot-2*fieldEdge)
		} else {
			place(f.entry, x+fieldEdge, top()+(h-em)/2, s.Width-x-right-2*fieldEdge, em)
		}
		var bx float32
		if mark.name != "" {
			bx = 18
			place(mark.Image, 0, top()+h+5, 14, 14)
		}
		place(below, bx, top()+h+4, s.Width-bx, lh)
		line := f.help
		if f.problem != "" {
			line = f.problem
		}
		below.Text = Ellipsis(line, Secondary, s.Width-bx)
	}
	return draw(lay, func() fyne.Size {
		h := top() + f.height
		if hasLine() {
			h += fieldLine
		}
		return fyne.NewSize(60, h)
	}, func() {
		fill, outline, width := theme.Surface, theme.FieldOutline, float32(1)
		switch {
		case f.problem != "":
			outline, width = theme.DangerText, 2
		case f.readOnly:
			outline = theme.Disabled
		case f.focused:
			outline, width = theme.Accent, 2
		}
		// A thin outline is painted with the fill, since each costs all of the box's pixels where there is no
		// graphics card; a thick one goes over the text that scrolls.
		ring.Hidden = width == 1
		if ring.Hidden {
			body.paint(fill, outline, width)
		} else {
			body.paint(fill, theme.Clear, 0)
		}
		ring.paint(theme.Clear, outline, width)
		fieldStyle.wear(label)
		label.Text = f.words.shown()
		label.Hidden = f.bare
		style := Quiet
		switch {
		case f.problem != "":
			style = Quiet.In(theme.DangerText).Weighing(Medium)
			mark.Set(theme.IconAlert, theme.DangerText)
		case f.readOnly:
			mark.Set(theme.IconLock, theme.Text3)
		default:
			mark.Set("", theme.Text2)
		}
		style.wear(below)
		below.Hidden = !hasLine()
		mark.Image.Hidden = !hasLine() || mark.name == ""
		lead.Set(f.icon, theme.Text2)
		lead.Image.Hidden = f.icon == ""
		hint.Hidden = f.hint == ""
		// Fyne's disabled entry would draw a border of its own, smaller than ours.
		fixed.Hidden, f.entry.Hidden = !f.readOnly, f.readOnly
		Body.In(theme.Disabled).wear(fixed)
		if s := f.Size(); s.Width > 0 {
			lay(s)
		}
	}, objects...)
}

// NewNoteField is a field of several lines without a label, with a placeholder.
// Enter makes a new line. min is its least height in px.
func NewNoteField(key text.Key, min float32, changed func(string)) *Field {
	e := widget.NewMultiLineEntry()
	e.Wrapping = fyne.TextWrapWord
	f := newField(key, changed, e, true)
	f.bare, f.height = true, min
	return f
}
