package ui

import (
	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// How wide what stands beside a form is, and what the form needs to have it there, in px.
const (
	editorSide = 232
	editorForm = 472
)

// companyEditor is the frame around a form of the company's settings: a title, with a
// way back where there is one, and a bar that says what is not saved yet.
type companyEditor struct {
	opt     MainOptions
	changes func() int // compared with what is saved
	submit  func()
	discard func()

	tabs []editorTab
	at   int // of tabs

	box     *fyne.Container
	name    *fyne.Container // the title, with what it is about below
	strip   *fyne.Container // the tabs' names
	form    *fyne.Container // what of the form is seen
	inner   fyne.CanvasObject
	high    float32 // inner, when it was laid out
	error   *kit.Prose
	below   *fyne.Container // the error, above the bar: it is seen however long the form is
	asked   *fyne.Container // a question in its place
	unsaved *unsavedNote
	save    *kit.Button
	drop    *kit.Button
	saving  bool
	locked  string      // who may change it instead; "" when it may be changed here
	shut    []shutInput // what cannot be used while it is locked
}

// editorTab is a part of a form.
type editorTab struct {
	name text.Key
	rows []fyne.CanvasObject
	side fyne.CanvasObject // beside them; nil for none
}

// newCompanyEditor frames rows; back is nil for a place without a list before it.
func newCompanyEditor(opt MainOptions, title string, back func(), changes func() int, submit, discard func(), rows ...fyne.CanvasObject) *companyEditor {
	return newTabbedEditor(opt, title, back, changes, submit, discard, editorTab{rows: rows})
}

// newTabbedEditor frames a form of several parts, of which one is seen.
func newTabbedEditor(opt MainOptions, title string, back func(), changes func() int, submit, discard func(), tabs ...editorTab) *companyEditor {
	e := &companyEditor{opt: opt, changes: changes, submit: submit, discard: discard, tabs: tabs}
	e.strip, e.form = kit.Row(18), kit.Stack()
	e.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	e.below = kit.Pad(8, 24, 8, 24, e.error)
	e.asked = kit.Stack()
	e.below.Hide()
	e.asked.Hide()
	e.unsaved = newUnsavedNote()
	e.save = kit.NewButton("Save", kit.Primary, e.Submit).WithHint("Ctrl+S")
	e.drop = kit.NewButton("Discard", kit.Line, discard)
	e.name = kit.Column(0, kit.NewData(title, kit.Title).Shrink(40))
	name := kit.Grow(e.name)
	head := kit.Pad(0, 24, 0, 24, kit.Row(8, name))
	if back != nil {
		head = kit.Pad(0, 24, 0, 16, kit.Row(8, kit.NewIconButton("Back", theme.IconChevronLeft, kit.Ghost, func() { e.leave(back) }), name))
	}
	bar := settingsBar(e.unsaved.box, e.drop, e.save)
	parts := []fyne.CanvasObject{kit.Sized(0, 56, head)}
	if len(tabs) > 1 {
		parts = append(parts, kit.Pad(0, 24, 0, 24, e.strip))
	}
	e.box = kit.Column(0, append(parts, kit.NewHairline(), kit.Grow(e.form), e.below, e.asked, bar)...)
	e.Go(0)
	e.Look()
	return e
}

// About says below the title what the form is about.
func (e *companyEditor) About(words string) {
	e.name.Objects = []fyne.CanvasObject{kit.Gap(7), e.name.Objects[0], kit.NewData(words, kit.Secondary).Shrink(40)}
	e.box.Refresh()
}

// Go shows a part of the form.
func (e *companyEditor) Go(at int) {
	e.at = at
	e.strip.Objects = nil
	for i, t := range e.tabs {
		if t.name != "" {
			e.strip.Add(newRecordTab(t.name, i == at, func() { e.Go(i) }))
		}
	}
	var form fyne.CanvasObject = kit.Column(18, e.tabs[at].rows...)
	if side := e.tabs[at].side; side != nil {
		form = kit.Beside(24, editorSide, editorForm, form, side)
	}
	e.inner = form
	e.form.Objects = []fyne.CanvasObject{kit.Scroll(kit.Pad(20, 24, 20, 24, form))}
	e.box.Refresh()
}

// Refit lays the form out anew, after something in it has become taller.
func (e *companyEditor) Refit() {
	e.high = e.inner.MinSize().Height
	e.inner.Refresh()
}

// Look shows whether there is something to save.
func (e *companyEditor) Look() {
	n := e.changes()
	why := text.T("Nothing has changed")
	if e.saving {
		why = text.T("Saving")
	}
	e.unsaved.Count(n)
	if e.locked != "" {
		why = e.locked
		e.unsaved.Say(why)
	}
	e.save.SetEnabled(n > 0 && !e.saving && e.locked == "", why)
	e.drop.SetEnabled(n > 0 && !e.saving, why)
	if e.inner.MinSize().Height != e.high { // a field says what is wrong in it
		e.Refit()
	}
	e.box.Refresh()
}

// Typed is Look after something was typed: why it could not be saved before may be true no more.
func (e *companyEditor) Typed() {
	if !e.saving {
		e.below.Hide()
		e.asked.Hide()
	}
	e.Look()
}

// leave goes back, after a question where something would be lost.
func (e *companyEditor) leave(back func()) {
	if e.changes() == 0 || e.locked != "" {
		back()
		return
	}
	e.Ask(text.T("What is not saved here will be lost."), "Discard", back)
}

// Lock shows what is set up without letting it be changed, and says who may; "" lets it (requirements.md G2).
func (e *companyEditor) Lock(who string) {
	e.locked = who
	for _, s := range e.shut {
		s.open()
	}
	e.shut = nil
	if who != "" {
		for _, t := range e.tabs {
			for _, row := range t.rows {
				e.shut = shutInputs(e.shut, row, who)
			}
		}
	}
	e.Look()
}

// Submit saves, where there is something to save.
func (e *companyEditor) Submit() {
	if e.changes() > 0 && !e.saving && e.locked == "" {
		e.submit()
	}
}

// Saving begins to wait for the disk.
func (e *companyEditor) Saving() {
	e.saving = true
	e.below.Hide()
	e.asked.Hide()
	e.Look()
}

// Saved ends it, with why nothing was saved, or "".
func (e *companyEditor) Saved(why string) {
	e.saving = false
	e.error.SetText(why)
	e.below.Hidden = why == ""
	e.asked.Hide()
	e.Look()
	e.Refit() // a field may say what is wrong with it
}

// Ask ends waiting with a question: yes does what verb says. What is typed meanwhile, and Saved, takes it away.
func (e *companyEditor) Ask(words string, verb text.Key, yes func()) {
	e.Saved("")
	e.asked.Objects = []fyne.CanvasObject{askStrip(words, verb, yes, func() { e.Saved("") })}
	e.asked.Show()
	e.box.Refresh()
}

// askStrip is a question above a save bar: yes does what verb says, no takes it away.
func askStrip(words string, verb text.Key, yes, no func()) fyne.CanvasObject {
	q := kit.NewProseData(words, kit.Secondary.In(theme.WarningText))
	return kit.Stack(kit.Fill(theme.WarningSoft), kit.Pad(10, 24, 10, 24, kit.Column(8, q, kit.Row(8,
		kit.NewButton(verb, kit.Danger, yes), kit.NewButton("Cancel", kit.Ghost, no), kit.Spacer()))))
}

// companyList is a place of the settings that lists what the company has, with an
// empty state before there is any.
func companyList(title text.Key, add *kit.Button, locked string, empty fyne.CanvasObject, rows []fyne.CanvasObject) fyne.CanvasObject {
	if len(rows) == 0 {
		return kit.Column(0, settingsTitle(title), kit.Grow(empty))
	}
	var all []fyne.CanvasObject
	if locked != "" {
		all = append(all, kit.Pad(12, 24, 12, 24, kit.NewProseData(locked, kit.Secondary)), kit.NewHairline())
	}
	for _, r := range rows {
		all = append(all, r, kit.NewHairline())
	}
	return kit.Column(0, settingsTitle(title, add), kit.Grow(kit.Scroll(kit.Column(0, all...))))
}

// companyRow is one of them: what it is called, what it does, and what can be done
// about it, after more. open is what its form is opened for. asked is the verb of the question before it is removed, "" while it is not asked; what can't
// be removed here says why.
func companyRow(name, sub, stays string, asked, open text.Key, edit, ask, remove, keep func(), more ...fyne.CanvasObject) fyne.CanvasObject {
	below := kit.NewProseData(sub, kit.Secondary).MaxLines(2)
	out := kit.NewButton("Remove", kit.Ghost, ask)
	out.SetEnabled(stays == "", stays)
	right := kit.Row(6, append(more, kit.NewButton(open, kit.Line, edit), out)...)
	if asked != "" {
		below.MaxLines(0) // what is decided by is read whole
		right = kit.Row(6, kit.NewButton(asked, kit.Danger, remove), kit.NewButton("Keep", kit.Line, keep))
	}
	return kit.Pad(12, 24, 12, 24, kit.Row(12, kit.Grow(kit.Column(2, kit.NewData(name, kit.Strong).Shrink(60), below)), right))
}
