package ui

import (
	"context"
	"net/url"
	"reflect"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// recordView is a record with its facts and its timeline, or a call with a
// stranger, who has no record.
type recordView struct {
	opt     MainOptions
	host    recordHost
	box     *fyne.Container
	asking  asker[recordPage, recordAnswer]
	row     desk.Row    // what was asked to be shown
	shown   bool        // something was
	rec     desk.Record // what is shown
	drawn   recordDrawn
	seen    desk.Ref // the record that redraw drew
	more    recordMore
	task    *recordTask // in place of the timeline; nil for none
	has     bool
	failed  bool
	narrow  bool
	details bool // narrow: facts instead of the timeline
	why     string
	noLeads bool
	blanked bool   // nothing but the form of a new record is shown
	emptied func() // is told when that begins and when it ends with nothing
	changed func() // is told when more than the record may have changed
	removed func() // is told when the record is gone
	call    *kit.Button
	note    *recordNote // nil where records are only shown
	skip    int         // of the newest events, which are not shown
	reader  *kit.Reader // of the timeline
	excepts recordExcepts
	players recordPlayers
	edits   map[desk.Ref]*noteEdit // open in the timeline, by draftOf

	left map[string]*recordTask // forms that were left with something typed, by where they were begun

	converts desk.Ref // a lead that is to be converted as soon as it is read
}

// recordPage is what is asked for of a record: a page of its timeline, with all the rest.
type recordPage struct {
	ref  desk.Ref
	skip int // of the newest events
}

// recordMore is what a record has besides what it shows: what can be done about it.
type recordMore struct {
	undos []crm.Undo
	due   []crm.FollowUpRow // open ones
	erase bool              // it is a person's, and may be erased for good
}

type recordAnswer struct {
	desk.Record
	more recordMore
}

func newRecordView(opt MainOptions, host recordHost) *recordView {
	v := &recordView{opt: opt, host: host, box: kit.Stack(), left: map[string]*recordTask{}, edits: map[desk.Ref]*noteEdit{}, changed: func() {}, emptied: func() {}, removed: func() {}}
	v.asking = asker[recordPage, recordAnswer]{do: opt.Do, ask: func(ctx context.Context, p recordPage) (a recordAnswer, err error) {
		r := p.ref
		if a.Record, err = opt.Desk.Record(ctx, r, p.skip); err != nil || opt.Customers == nil {
			return a, err
		}
		if a.more.undos, err = undosOf(ctx, opt.Customers, r); err != nil {
			return a, err
		}
		if a.more.due, err = plannedOf(ctx, opt.Customers, r); err != nil {
			return a, err
		}
		a.more.erase, err = mayErase(ctx, opt, r)
		return a, err
	}}
	v.excepts = newRecordExcepts(v)
	v.players = recordPlayers{opt: opt, open: map[string]*recordPlayer{}}
	if opt.Customers != nil {
		v.note = newRecordNote(v, opt.drafts)
	}
	return v
}

// Show shows the record of a row; what is shown stays until it is there.
func (v *recordView) Show(r desk.Row) {
	if v.row.Ref != r.Ref || r.Ref == (desk.Ref{}) && rowKey(v.row) != rowKey(r) {
		v.players.Clear()
		v.leave()
		clear(v.edits)
		v.skip = 0
	}
	v.row, v.shown, v.blanked = r, true, false
	v.excepts.stop()
	if r.Ref == (desk.Ref{}) {
		v.asking.Stop()
		v.has = false
		v.resume(rowKey(r))
		v.draw()
		return
	}
	v.asking.AskSoon(v.page(), framePatience, v.take)
}

// Reload asks again for what is shown.
func (v *recordView) Reload() {
	if v.row.Ref != (desk.Ref{}) {
		v.load()
	}
}

func (v *recordView) load() { v.asking.Ask(v.page(), v.take) }

func (v *recordView) page() recordPage { return recordPage{v.row.Ref, v.skip} }

// take shows what was read of the record.
func (v *recordView) take(a recordAnswer, err error) {
	if err == nil && v.skip > 0 && len(a.Timeline) == 0 { // so much less has happened since, by an undo or a colleague
		v.skip = 0
		v.load()
		return
	}
	same := v.has && v.drawn.same(v.page(), a, err, v.opt.Now())
	v.drawn = recordDrawn{page: v.page(), answer: a, err: err, at: v.opt.Now()}
	v.failed = err != nil
	if err == nil {
		v.rec, v.more, v.has = a.Record, a.more, true
		same = !v.resume(rowKey(v.row)) && same
	}
	if !same {
		v.redraw()
	}
	if v.converts == v.row.Ref && v.converts != (desk.Ref{}) {
		v.converts = desk.Ref{}
		if v.convertible() {
			v.convert()
		}
	}
}

// redraw draws what is shown anew, under the hand of whoever reads or types.
func (v *recordView) redraw() {
	if v.seen != v.row.Ref {
		v.seen = v.row.Ref
		v.draw()
		return
	}
	kit.Redraw(v.box, v.draw)
}

// recordDrawn is the answer that was drawn last.
type recordDrawn struct {
	page   recordPage
	answer recordAnswer
	err    error
	at     time.Time
}

// same says that another answer would look the same: most changes are about other records.
func (d recordDrawn) same(page recordPage, a recordAnswer, err error, now time.Time) bool {
	return d.page == page && d.err == nil && err == nil && d.at.YearDay() == now.YearDay() && reflect.DeepEqual(d.answer, a)
}

// Clear shows nothing.
func (v *recordView) Clear() {
	v.Stop()
	v.leave()
	v.row, v.shown, v.has, v.failed, v.blanked = desk.Row{}, false, false, false, false
	v.box.Objects = nil
	v.box.Refresh()
}

// Stop drops what is on its way.
func (v *recordView) Stop() {
	v.asking.Stop()
	v.excepts.stop()
	v.players.Stop()
}

// SetNarrow makes the facts a tab.
func (v *recordView) SetNarrow(on bool) {
	if v.narrow != on {
		v.narrow = on
		v.draw()
	}
}

// Account tells whether calls can be placed, and whether there are leads.
func (v *recordView) Account(s desk.Snapshot) {
	why := ""
	v.noLeads = s.NoLeads
	if len(s.Accounts) == 0 {
		why = text.T("Connect a PBX account first")
	}
	if v.why != why {
		v.why = why
		v.enable()
	}
}

// Call dials the record's first number.
func (v *recordView) Call() {
	if v.call != nil {
		v.call.Tap()
	}
}

// number is what the call button dials.
func (v *recordView) number() string {
	if v.row.Dial != "" { // a call's row: the number of that call
		return v.row.Dial
	}
	if v.has {
		return v.rec.Dial
	}
	return ""
}

func (v *recordView) enable() {
	if v.call == nil {
		return
	}
	switch {
	case v.number() == "":
		v.call.SetEnabled(false, text.T("There is no number to call"))
	default:
		v.call.SetEnabled(v.why == "", v.why)
	}
}

func (v *recordView) draw() {
	if !v.shown {
		return
	}
	v.call = kit.NewButton("Call", kit.Answer, func() { v.opt.Desk.Dial(v.number(), "") }).WithIcon(theme.IconHandset)
	v.enable()
	switch {
	case v.blanked && v.task != nil:
		v.box.Objects = []fyne.CanvasObject{v.task.box}
	case v.failed && (!v.has || v.rec.Ref != v.row.Ref):
		v.box.Objects = []fyne.CanvasObject{kit.Middle(kit.ColumnAligned(10, kit.Center,
			kit.NewStateWord(text.T("This record could not be read"), theme.IconAlert, kit.Bad, kit.Body),
			kit.NewButton("Try again", kit.Line, v.load)))}
	case v.row.Ref == (desk.Ref{}) && v.task != nil:
		v.box.Objects = []fyne.CanvasObject{kit.Column(0, v.strangerHead(), kit.Gap(12), kit.NewHairline(), kit.Grow(v.task.box))}
	case v.row.Ref == (desk.Ref{}):
		v.box.Objects = []fyne.CanvasObject{v.stranger()}
	case v.has:
		v.box.Objects = []fyne.CanvasObject{v.record()}
	}
	v.box.Refresh()
}

// head is avatar, title, origin and what to do, with the question that is open.
func (v *recordView) head(avatar fyne.CanvasObject, title, sub string) fyne.CanvasObject {
	row := []fyne.CanvasObject{avatar, kit.Grow(kit.Column(1, kit.Pad(1, 0, 0, 0, kit.NewData(title, kit.Title).Shrink(60)), kit.NewData(sub, kit.Secondary).Shrink(60))), v.call}
	if to := v.mail(); to != "" && !v.narrow {
		row = append(row, kit.NewIconButton("Write an e-mail", theme.IconMail, kit.Line, func() { v.writeTo(to) }))
	}
	if v.convertible() && !v.narrow {
		row = append(row, kit.NewButton("Convert…", kit.Line, v.convert))
	}
	if items := v.actions(); len(items) > 0 {
		more := kit.NewIconButton("More", theme.IconMore, kit.Ghost, nil)
		more.OnTap(func() { v.host.over().ShowMenu(more, items...) })
		row = append(row, more)
	}
	return kit.Pad(16, 20, 0, 20, kit.Column(12, kit.Row(12, row...), v.excepts.question()))
}

// changeable says whether the record can be changed now.
func (v *recordView) changeable() bool {
	return v.opt.Customers != nil && v.row.Ref != (desk.Ref{}) && v.has && v.task == nil
}

// convertible says whether it is a lead that can become something else now.
func (v *recordView) convertible() bool {
	return v.changeable() && v.rec.Ref.Kind == desk.Lead && v.rec.Open
}

// actions are what can be done about the record besides what has a button.
func (v *recordView) actions() (items []kit.MenuItem) {
	if v.changeable() {
		if v.narrow {
			if to := v.mail(); to != "" {
				items = append(items, kit.MenuItem{Key: "Write an e-mail", Do: func() { v.writeTo(to) }})
			}
			if v.convertible() {
				items = append(items, kit.MenuItem{Key: "Convert…", Do: v.convert})
			}
		}
		items = append(items, kit.MenuItem{Key: "Edit", Do: v.edit})
		items = append(items, v.belonging()...)
		if v.rec.Ref.Kind != desk.Deal {
			items = append(items, kit.MenuItem{Key: "Merge…", Do: func() { v.merge(nil) }})
		}
		if v.numbered() {
			items = append(items, kit.MenuItem{Key: "Move a number…", Do: v.moveNumber})
		}
	}
	if v.excepts.possible() {
		items = append(items, kit.MenuItem{Key: "Add to exceptions", Do: v.excepts.ask})
	}
	if v.exportable() {
		items = append(items, kit.MenuItem{Key: "Export…", Do: v.export})
	}
	if v.changeable() {
		items = append(items, kit.MenuItem{Key: "Delete…", Do: v.remove})
		if v.more.erase {
			items = append(items, kit.MenuItem{Key: "Erase for good (GDPR)…", Do: v.erase})
		}
	}
	return items
}

// mail is the record's first e-mail address; "" for none.
func (v *recordView) mail() string {
	if v.row.Ref == (desk.Ref{}) || !v.has {
		return ""
	}
	for _, f := range v.rec.Facts {
		if f.Mail != "" {
			return f.Mail
		}
	}
	return ""
}

// writeTo begins an e-mail in the program that the desktop has for it.
func (v *recordView) writeTo(address string) {
	if err := v.opt.Browse(&url.URL{Scheme: "mailto", Opaque: url.PathEscape(address)}); err != nil {
		v.host.warn(text.T("No e-mail program could be started: {why}", "why", reasonOf(err)))
	}
}

// copied puts a value on the clipboard.
func (v *recordView) copied(value string) {
	v.opt.App.Clipboard().SetContent(value)
	v.host.tell(text.T("Copied: {value}", "value", value))
}

// begin shows a form in place of the timeline; first, which may be nil, gets the keyboard.
func (v *recordView) begin(t *recordTask, first *kit.Field) {
	v.task.Stop()
	v.task = t
	if t.place == "" {
		t.place = rowKey(v.row)
	}
	v.excepts.stop()
	v.draw()
	if first != nil {
		first.Focus()
	}
}

// end shows the timeline again; of a record that was not made, nothing.
func (v *recordView) end() {
	v.drop()
	if v.row.Ref == (desk.Ref{}) && v.blanked {
		v.Clear()
		v.emptied()
		return
	}
	v.draw()
}

// drop leaves the open form.
func (v *recordView) drop() {
	v.task.Stop()
	v.task = nil
}

// leave drops the open form, unless something is typed in it: then it is there again when one comes back to where it was begun.
func (v *recordView) leave() {
	if t := v.task; t != nil && !t.busy && t.typed != nil && t.typed() {
		v.left[t.place] = t
		v.host.tell(text.T("{form}: what you typed is kept until you come back.", "form", text.T(t.title)))
	}
	v.drop()
}

// resume shows the form again that was left at a place, and says whether there was one.
func (v *recordView) resume(place string) bool {
	t := v.left[place]
	if t == nil || v.task != nil {
		return false
	}
	delete(v.left, place)
	v.task = t
	return true
}

// blank leaves the record for one that is to be made.
func (v *recordView) blank() {
	v.Clear()
	v.shown, v.blanked = true, true
	v.emptied()
}

// Submit does what the open form is for (Ctrl+S).
func (v *recordView) Submit() {
	if v.task != nil {
		v.task.Submit()
	}
}

// strangerHead is who called, as far as that is known.
func (v *recordView) strangerHead() fyne.CanvasObject {
	title, sub := v.row.Title, v.row.Sub
	if title == "" {
		title = text.T("Number withheld")
	}
	avatar := kit.NewAvatar("", 44)
	avatar.SetIcon(theme.IconUser)
	return v.head(avatar, title, sub)
}

// stranger is a call with somebody whom the CRM does not know.
func (v *recordView) stranger() fyne.CanvasObject {
	icon, tone := rowTone(v.row.Tone)
	meta := text.Day(v.row.At, v.opt.Now())
	if v.row.Length > 0 {
		meta += " · " + text.Length(v.row.Length)
	}
	node := kit.NewTimelineNode(icon, tone, text.Say(v.row.Status), meta, v.row.Line)
	return kit.Column(0, v.strangerHead(), kit.Gap(16), kit.NewHairline(),
		kit.Pad(18, 20, 18, 20, kit.Column(16, kit.NewTimeline(node), v.recognise())))
}

func (v *recordView) record() fyne.CanvasObject {
	r := v.rec
	avatar := kit.NewSquareAvatar(r.Title, 44)
	if r.Ref.Kind == desk.Contact {
		avatar = kit.NewAvatar(r.Title, 44)
	}
	top := []fyne.CanvasObject{v.head(avatar, r.Title, recordSub(r, v.opt.Now()))}
	if v.failed { // a colleague has removed it, say
		top = append(top, kit.Pad(10, 20, 0, 20, kit.NewStateWord(text.T("This record could not be read again"), theme.IconAlert, kit.Warn, kit.Body)))
	}
	if len(r.Stages) > 0 {
		top = append(top, kit.Pad(14, 20, 0, 20, v.stageLine()))
	}
	if v.task != nil {
		return kit.Column(0, append(top, kit.Gap(12), kit.NewHairline(), kit.Grow(v.task.box))...)
	}
	if len(v.more.undos) > 0 {
		top = append(top, kit.Pad(12, 20, 0, 20, v.undoBar()))
	}
	line := kit.Pad(0, 0, 0, 0, v.timeline())
	if v.narrow {
		body := fyne.CanvasObject(line)
		if v.details {
			body = v.facts()
		}
		top = append(top, kit.Pad(6, 20, 0, 20, kit.Row(20,
			newRecordTab("Timeline", !v.details, func() { v.tab(false) }),
			newRecordTab("Details", v.details, func() { v.tab(true) }))), kit.NewHairline())
		return kit.Column(0, append(top, kit.Grow(body))...)
	}
	top = append(top, kit.Gap(12), kit.NewHairline(),
		kit.Grow(kit.RowAligned(0, kit.Stretch, kit.Grow(line), kit.NewHairline(), kit.Sized(260, 0, v.facts()))))
	return kit.Column(0, top...)
}

func (v *recordView) tab(details bool) {
	v.details = details
	v.draw()
}

func (v *recordView) facts() fyne.CanvasObject {
	var column []fyne.CanvasObject
	for _, f := range v.rec.Facts {
		column = append(column, v.fact(f))
	}
	if len(column) == 0 {
		column = append(column, kit.NewLabel("No details yet.", kit.Secondary))
	}
	if v.changeable() {
		column = append(column, kit.NewHairline(), kit.Row(0, kit.NewButton("Edit all fields", kit.Link, v.edit), kit.Spacer()))
	}
	return kit.Scroll(kit.Pad(16, 16, 16, 20, kit.Column(15, column...)))
}

// factGap brings a value nearer to its label than the lines' own heights would.
const factGap = -1

// fact is a value under its label, with what can be done about it at the right.
func (v *recordView) fact(f desk.Fact) fyne.CanvasObject {
	label := kit.NewData(text.Say(f.Label), kit.Caption)
	small := func(key text.Key, icon theme.IconName, do func()) *kit.Button {
		return kit.NewIconButton(key, icon, kit.Ghost, do).Small()
	}
	value, style, does := f.Value, kit.Body, []fyne.CanvasObject(nil)
	switch {
	case f.Value == "":
		return kit.NewData(text.Say(f.Label), kit.Quiet).Shrink(40)
	case f.Dial != "":
		call := small(text.Key("Call this number"), theme.IconHandset, func() { v.opt.Desk.Dial(f.Dial, "") })
		call.SetEnabled(v.why == "", v.why)
		does = append(does, small(text.Key("Copy"), theme.IconCopy, func() { v.copied(f.Value) }), call)
	case f.Mail != "":
		style = kit.Body.In(theme.Accent)
		does = append(does, small(text.Key("Copy"), theme.IconCopy, func() { v.copied(f.Value) }), small(text.Key("Write to this address"), theme.IconMail, func() { v.writeTo(f.Mail) }))
	case f.Ref != (desk.Ref{}):
		does = append(does, small(text.Key("Open this record"), theme.IconChevronRight, func() { v.host.open(f.Ref) }))
	case f.Label.Key == "Responsible":
		return kit.Column(factGap, label, kit.Row(6, kit.NewAvatar(value, 20), kit.Grow(kit.NewData(value, kit.Body).Shrink(40))))
	default:
		return kit.Column(factGap, label, kit.NewProseData(factValue(f), kit.Body))
	}
	// A sum, or the end of an address, is what one looks for: it goes on below.
	return kit.Row(0, append([]fyne.CanvasObject{kit.Grow(kit.Column(factGap, label, kit.NewProseData(value, style).MaxLines(3)))}, does...)...)
}

// factValue is a fact as it is shown: the standard sources are the program's words.
func factValue(f desk.Fact) string {
	if key, ok := standardSources[f.Value]; ok && f.Label.Key == "Source" {
		return text.T(key)
	}
	return shownValue(f.Type, f.Value)
}

// recordSub is the line below the title: who, and where the record is from.
func recordSub(r desk.Record, now time.Time) string {
	var parts []string
	if r.Sub != "" {
		parts = append(parts, r.Sub)
	}
	if r.Origin.Key != "" {
		parts = append(parts, text.Say(r.Origin))
	} else if !r.Created.IsZero() {
		parts = append(parts, text.T("created {when}", "when", text.Ago(r.Created, now)))
	}
	return strings.Join(parts, " · ")
}
