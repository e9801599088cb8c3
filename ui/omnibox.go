package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

const (
	omniMost  = 7   // matches in the popup
	omniPopup = 560 // its width
	omniRow   = 36
)

// omnibox is the field at the top: it dials what is typed, however it is written,
// and finds records by name and number. Its popup lies over the field.
type omnibox struct {
	opt    MainOptions
	canvas func() fyne.Canvas
	open   func(desk.Ref)
	add    func(words string) // a contact with what was typed; nil where none can be made
	box    *fyne.Container    // of the top bar's height; the popup hangs out of it
	entry  *omniEntry
	field  *kit.Area
	ring   *kit.Area
	icon   *kit.Icon
	hint   *kit.KeyHint
	esc    *kit.KeyHint
	popup  *fyne.Container
	rows   *fyne.Container
	line   *kit.Area
	asking asker[string, []desk.Row]
	found  []desk.Row
	query  string // what found is about
	failed bool
	items  []*omniItem
	kept   map[omniMatch]*omniItem // those of them that show records
	at     int
	lines  []string // the accounts by their names; the first dials, and is named as the line that it dials over
	narrow bool
}

func newOmnibox(opt MainOptions, window func() fyne.Canvas, open func(desk.Ref)) *omnibox {
	o := &omnibox{opt: opt, canvas: window, open: open}
	o.asking = asker[string, []desk.Row]{do: opt.Do, ask: func(ctx context.Context, q string) ([]desk.Row, error) {
		return opt.Desk.Search(ctx, q, omniMost)
	}}
	o.field, o.ring = kit.NewCard(theme.Surface, theme.Clear, 8), kit.NewCard(theme.Clear, theme.FieldOutline, 8)
	o.icon = kit.NewIcon(theme.IconSearch, 16, theme.Text2)
	o.hint, o.esc = kit.NewKeyHint("Ctrl+K"), kit.NewKeyHint("Esc")
	o.line = kit.NewHairline()
	o.rows = kit.Column(0)
	o.popup = kit.Popup(o.rows)
	o.popup.Hide()
	o.esc.Hide()
	o.line.Hide()
	o.entry = newOmniEntry(o)
	o.box = &fyne.Container{Layout: (*omniLayout)(o), Objects: []fyne.CanvasObject{o.field, o.popup, o.line, o.icon.Image, o.entry, o.ring, o.hint, o.esc}}
	return o
}

// Focus gives the field the keyboard and selects what is in it.
func (o *omnibox) Focus() {
	o.canvas().Focus(o.entry)
	o.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// Ask puts a number in and waits for Enter.
func (o *omnibox) Ask(target string) {
	target = linkWords(target, o.opt.Region)
	o.canvas().Focus(o.entry)
	o.entry.SetText(target)
	o.entry.CursorColumn = len([]rune(target))
	o.entry.Refresh()
}

// Draw learns from a snapshot whether calls can be placed, and on which line.
func (o *omnibox) Draw(s desk.Snapshot) {
	o.look() // the theme may have changed
	var names []string
	for _, a := range s.Accounts {
		names = append(names, a.Name)
	}
	if s.Out.Name != "" && len(names) > 0 {
		names[0] = s.Out.Name
	}
	if len(names) != len(o.lines) || len(names) > 0 && names[0] != o.lines[0] {
		o.lines = names
		o.fill()
	}
}

// SetNarrow changes nothing but where the field lies, which the frame does.
func (o *omnibox) SetNarrow(on bool) { o.narrow = on }

func (o *omnibox) typed(s string) {
	if s == "" {
		o.asking.Stop()
		o.found, o.query, o.failed = nil, "", false
		o.fill()
		return
	}
	if !o.asking.AskSoon(s, framePatience, func(rows []desk.Row, err error) {
		o.found, o.query, o.failed = rows, s, err != nil
		o.fill()
	}) {
		o.fill() // Old matches stay until the new ones are there; the dial row follows at once.
	}
}

// fill makes the rows of the popup.
func (o *omnibox) fill() {
	s := o.entry.Text
	pointed := o.pointed()
	show := s != "" && (o.entry.focused || pointed)
	before := o.kept
	o.items, o.kept = nil, map[omniMatch]*omniItem{}
	if show {
		if target, ok := dialable(s); ok {
			o.items = append(o.items, o.dialItem(s, target))
		}
		for _, r := range o.found {
			o.items = append(o.items, o.recordItem(r, s, before))
		}
		if o.addable(s) {
			o.items = append(o.items, o.addItem(s))
		}
	}
	rows := []fyne.CanvasObject{kit.Gap(47)}
	for _, it := range o.items {
		it.left = func() {
			if !o.entry.focused {
				o.fill()
			}
		}
		rows = append(rows, kit.Pad(0, 5, 0, 5, it))
	}
	if show && !slices.ContainsFunc(o.items, func(it *omniItem) bool { return !it.adds }) {
		words := text.Key("Nobody found. A number, an extension or a SIP address can be dialled.")
		switch {
		case o.failed:
			words = text.Key("The search failed. Numbers can be dialled all the same.")
		case o.query != s:
			words = text.Key("Searching")
		}
		rows = append(rows, kit.Pad(0, 16, 0, 16, kit.Sized(0, omniRow, kit.NewLabel(words, kit.Body.In(theme.Text2)))))
	}
	if n := o.unindexed(); show && n > 0 {
		rows = append(rows, kit.Pad(0, 16, 0, 16, kit.NewProseData(text.Tn(n, "The search index is being made: {n} record is found by its numbers and its last name only.",
			"The search index is being made: {n} records are found by their numbers and last names only."), kit.Quiet)))
	}
	o.rows.Objects = append(rows, kit.Gap(6))
	o.select_(min(max(o.at, 0), max(0, len(o.items)-1)))
	o.popup.Hidden, o.esc.Hidden, o.line.Hidden = !show, !show, !show
	o.hint.Hidden = show || s != ""
	o.look()
	o.box.Refresh()
}

// unindexed is how many records the search does not find by every word yet.
func (o *omnibox) unindexed() int {
	if o.opt.Importer == nil {
		return 0
	}
	return o.opt.Importer.Unindexed()
}

// pointed says whether the pointer is over a row: pressing the mouse there takes the
// keyboard from the field, and the row must still be there when it is released.
func (o *omnibox) pointed() bool {
	for _, it := range o.items {
		if it.hovered {
			return true
		}
	}
	return false
}

func (o *omnibox) look() {
	outline := theme.FieldOutline
	if o.entry.focused {
		outline = theme.Accent
	}
	o.ring.SetColors(theme.Clear, outline)
	o.field.Hidden, o.ring.Hidden = o.popup.Visible(), o.popup.Visible()
}

func (o *omnibox) dialItem(s, target string) *omniItem {
	sub := text.T("Connect a PBX account first")
	if len(o.lines) > 0 {
		sub = text.T("Dial on line {line}", "line", o.lines[0])
	}
	it := newOmniItem(theme.IconHandset, s, sub, "", true, func() {
		if len(o.lines) == 0 {
			return
		}
		o.opt.Desk.Dial(target, "")
		o.close()
	})
	it.english = func() string { return text.English("Dial") }
	return it
}

// addable says whether a contact is offered of what was typed: of a number, and of a name that nobody has.
func (o *omnibox) addable(s string) bool {
	if o.add == nil {
		return false
	}
	if _, ok := dialable(s); ok {
		_, number := crm.ParseNumber(s, o.opt.Region, crm.LabelWork)
		return number && len(digitsOf(s)) >= addDigits
	}
	return strings.TrimSpace(s) != "" && o.query == s && !o.failed && len(o.found) == 0
}

// addDigits is how long a number is at least that a contact is offered for: below it may be an extension.
const addDigits = 5

func (o *omnibox) addItem(s string) *omniItem {
	it := newOmniItem(theme.IconPlus, text.T("New contact with {words}", "words", strings.TrimSpace(s)), "", "", false, func() {
		o.close()
		o.add(s)
	})
	it.adds = true
	it.english = func() string { return text.English("New contact with {words}", "words", strings.TrimSpace(s)) }
	return it
}

// omniMatch is all that the row of a record shows and does.
type omniMatch struct {
	ref                           desk.Ref
	title, sub, dial, before, hit string
}

// recordItem is the row of a record: the one that was there before where it stays as it is, which most do at each
// further letter. A new one is measured, and drawn letter by letter.
func (o *omnibox) recordItem(r desk.Row, s string, there map[omniMatch]*omniItem) *omniItem {
	match := omniMatch{ref: r.Ref, title: r.Title, sub: r.Sub, dial: r.Dial}
	match.before, match.hit, _ = matched(r.Sub, s)
	if it := there[match]; it != nil && o.kept[match] == nil {
		o.kept[match] = it
		return it
	}
	it := newOmniItem(kindIcon(r.Ref.Kind), r.Title, r.Sub, s, false, func() {
		o.close()
		o.open(r.Ref)
	})
	it.dial = func() {
		if r.Dial != "" && len(o.lines) > 0 {
			o.opt.Desk.Dial(r.Dial, "")
			o.close()
		}
	}
	it.english = func() string { return r.Title }
	o.kept[match] = it
	return it
}

func (o *omnibox) select_(i int) {
	o.at = i
	for n, it := range o.items {
		it.SetSelected(n == i)
	}
}

// key is called with keys that the field leaves to the list.
func (o *omnibox) key(k fyne.KeyName, ctrl bool) bool {
	switch k {
	case fyne.KeyEscape:
		o.close()
	case fyne.KeyDown:
		o.select_(min(o.at+1, max(0, len(o.items)-1)))
	case fyne.KeyUp:
		o.select_(max(o.at-1, 0))
	case fyne.KeyReturn, fyne.KeyEnter:
		if o.at < len(o.items) {
			it := o.items[o.at]
			if ctrl && it.dial != nil {
				it.dial()
			} else {
				it.Tap()
			}
		}
	default:
		return false
	}
	return true
}

// close empties the field and gives the keyboard back.
func (o *omnibox) close() {
	o.at, o.items = 0, nil
	o.entry.SetText("")
	if c := o.canvas(); c.Focused() == o.entry {
		c.Unfocus()
	}
	o.fill()
}

// kindIcon is a record's icon.
func kindIcon(k desk.RecordKind) theme.IconName {
	switch k {
	case desk.Company:
		return theme.IconCompany
	case desk.Lead:
		return theme.IconLead
	case desk.Deal:
		return theme.IconBoard
	}
	return theme.IconContact
}

// omniLayout lays out the field, and the popup over and below it.
type omniLayout omnibox

func (l *omniLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(200, mainTop) }

func (l *omniLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	middle, right := float32(24), s.Width
	if l.popup.Visible() {
		middle, right = 28, omniPopup-6
	}
	put(l.field, 0, 8, s.Width, 32)
	put(l.ring, 0, 8, s.Width, 32)
	put(l.popup, -6, 5, omniPopup, l.rows.MinSize().Height)
	put(l.line, -6, mainTop-1, omniPopup, 1)
	put(l.icon.Image, 10, middle-8, 16, 16)
	h := l.entry.MinSize().Height
	put(l.entry, 26, middle-1-h/2, right-26-60, h)
	for _, k := range []*kit.KeyHint{l.hint, l.esc} {
		m := k.MinSize()
		put(k, right-8-m.Width, middle-m.Height/2, m.Width, m.Height)
	}
}

// omniEntry is the field's entry.
type omniEntry struct {
	widget.Entry
	o       *omnibox
	focused bool
	ctrl    bool
}

func newOmniEntry(o *omnibox) *omniEntry {
	e := &omniEntry{o: o}
	e.ExtendBaseWidget(e)
	e.PlaceHolder = text.T("Search, or dial a number")
	e.OnChanged = func(s string) { o.at = 0; o.typed(s) }
	return e
}

// CreateRenderer is for Fyne, whose own border is not shown: the field draws one.
func (e *omniEntry) CreateRenderer() fyne.WidgetRenderer {
	return kit.Borderless(e.Entry.CreateRenderer())
}

// FocusGained shows the popup of what is typed.
func (e *omniEntry) FocusGained() {
	e.Entry.FocusGained()
	e.focused = true
	e.o.fill()
}

// FocusLost hides it.
func (e *omniEntry) FocusLost() {
	e.Entry.FocusLost()
	e.focused, e.ctrl = false, false
	if !e.o.pointed() {
		e.o.fill()
	}
}

// TypedKey gives arrows, Enter and Esc to the list.
func (e *omniEntry) TypedKey(k *fyne.KeyEvent) {
	if !e.o.key(k.Name, e.ctrl) {
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut hands the window its own shortcuts: Fyne gives them to the widget
// with the keyboard alone.
func (e *omniEntry) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && c.Modifier == fyne.KeyModifierShortcutDefault && !editsText(c.KeyName) {
		if window, ok := e.o.canvas().(fyne.Shortcutable); ok {
			window.TypedShortcut(s)
			return
		}
	}
	e.Entry.TypedShortcut(s)
}

// editsText says whether an entry has a use of its own for Ctrl and a key.
func editsText(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyInsert:
		return true
	}
	return false
}

// KeyDown and KeyUp see whether Ctrl is held.
func (e *omniEntry) KeyDown(k *fyne.KeyEvent) {
	e.Entry.KeyDown(k)
	e.ctrl = e.ctrl || isCtrl(k.Name)
}

// KeyUp is for Fyne.
func (e *omniEntry) KeyUp(k *fyne.KeyEvent) {
	e.Entry.KeyUp(k)
	if isCtrl(k.Name) {
		e.ctrl = false
	}
}

func (e *omniEntry) Role() string  { return "field" }
func (e *omniEntry) Name() string  { return text.English("Search, or dial a number") }
func (e *omniEntry) Value() string { return e.Text }
func (e *omniEntry) Enabled() bool { return true }
func (e *omniEntry) AccessibilityLabel() string {
	return joined(": ", text.T("Search, or dial a number"), e.Text)
}
func (e *omniEntry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Type replaces the text as typing would.
func (e *omniEntry) Type(s string) {
	e.o.canvas().Focus(e)
	e.SetText(s)
	e.CursorColumn = len([]rune(s))
	e.Refresh()
}

// Submit does what Enter does.
func (e *omniEntry) Submit() { e.o.key(fyne.KeyReturn, false) }

// Tap gives it the keyboard.
func (e *omniEntry) Tap() { e.o.canvas().Focus(e) }
