package ui

import (
	"context"
	"encoding/json"
	"log/slog"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// keptFilter is a filter that was given a name; they are kept in the program's preferences, for each list and user.
type keptFilter struct {
	Name string
	filterChoice
}

// Where a list keeps its filters and its order: "list.order.leads.<user>". Without a user are those of before there
// were different ones; the first who comes has them.
const (
	prefFilters = "list.filters."
	prefOrder   = "list.order."
)

// listFilters narrows a list, of records by who is responsible, status and source, of calls by when they were, on which line and
// whose, and what became of them; and keeps such filters by their names as chips.
type listFilters struct {
	p      *listPage
	open   *kit.Button
	panel  *fyne.Container
	chips  *fyne.Container
	by     []filterSelect
	choice filterChoice
	name   *kit.Field
	keep   *kit.Button
	forget *kit.Button
	kept   []keptFilter
	asking asker[struct{}, bulkChoices]
	user   crm.ID // whose filters these are
	known  bool   // it was asked who works here
	whose  asker[struct{}, crm.User]
}

func newListFilters(p *listPage) *listFilters {
	f := &listFilters{p: p, chips: kit.Column(4)}
	f.asking = asker[struct{}, bulkChoices]{do: p.opt.Do, ask: p.readChoices}
	f.open = kit.NewIconButton("Filter", theme.IconFilter, kit.Ghost, f.toggle)
	f.by = filterSelects(p, f.chosen)
	f.name = kit.NewBareField("Name of the filter", func(string) { f.enable() }).WithPlaceholder("Name of the filter")
	f.name.OnSubmit(func(string) { f.save() })
	f.keep = kit.NewButton("Keep|filter", kit.Line, f.save)
	f.forget = kit.NewButton("Forget", kit.Ghost, f.drop)
	f.panel = kit.Column(6)
	if p.spec.folded {
		f.panel.Add(p.field)
	}
	for rest := f.by; len(rest) > 0; {
		side := 1
		if p.spec.calls { // there are too many to stand one below the other in a small window
			side = min(2, len(rest))
		}
		var row []fyne.CanvasObject
		for _, by := range rest[:side] {
			row = append(row, by.Select)
		}
		f.panel.Add(kit.Columns(6, row...))
		rest = rest[side:]
	}
	f.panel.Add(kit.Row(6, kit.Grow(f.name), f.keep, f.forget))
	f.panel.Hide()
	f.whose = asker[struct{}, crm.User]{do: p.opt.Do, ask: func(ctx context.Context, _ struct{}) (crm.User, error) { return p.opt.Customers.Me(ctx) }}
	f.draw()
	return f
}

// enter shows the filters and the order of who works here now.
func (f *listFilters) enter() {
	f.whose.Ask(struct{}{}, func(u crm.User, err error) {
		if err != nil {
			slog.Warn("whose filters to show cannot be read", "list", f.p.spec.list, "error", err)
		}
		if f.known && u.ID == f.user {
			return
		}
		f.user, f.known = u.ID, true
		f.kept = nil
		if raw := f.keptPref(prefFilters); raw != "" {
			if err := json.Unmarshal([]byte(raw), &f.kept); err != nil {
				slog.Warn("the kept filters of a list cannot be read", "list", f.p.spec.list, "error", err)
			}
		}
		f.draw()
		f.p.head.Refresh()
		if order := crm.Order(f.keptPref(prefOrder)); order != f.p.order {
			f.p.order = order
			f.p.reorder()
		}
	})
}

// pref is where something is kept for the user.
func (f *listFilters) pref(what string) string {
	return what + string(f.p.spec.list) + "." + string(f.user)
}

// keptPref is what is kept for the user, "" for nothing.
func (f *listFilters) keptPref(what string) string {
	prefs, former := f.p.opt.Kept, what+string(f.p.spec.list)
	if was := prefs.String(former); was != "" {
		if prefs.String(f.pref(what)) == "" {
			prefs.SetString(f.pref(what), was)
		}
		prefs.RemoveValue(former)
	}
	return prefs.String(f.pref(what))
}

// toggle opens or closes the panel.
func (f *listFilters) toggle() {
	setShown(f.panel, !f.panel.Visible())
	f.p.head.Refresh()
	f.p.box.Refresh()
	if !f.panel.Visible() {
		return
	}
	f.asking.Ask(struct{}{}, func(c bulkChoices, err error) {
		if err != nil {
			f.p.host.warn(companyWhy(err))
			return
		}
		f.offer(c)
	})
}

func (f *listFilters) offer(c bulkChoices) {
	for _, by := range f.by {
		by.SetOptions(by.options(c))
	}
	f.show()
}

// show brings the choices in line with what the list shows.
func (f *listFilters) show() {
	for _, by := range f.by {
		by.SetChosen(*by.value(&f.choice))
	}
	f.draw()
}

// chosen narrows the list by what is chosen.
func (f *listFilters) chosen() {
	var c filterChoice
	for _, by := range f.by {
		*by.value(&c) = by.Chosen()
	}
	f.apply(c)
}

func (f *listFilters) apply(c filterChoice) {
	if f.p.counted { // a figure of the statistics is another list
		f.p.narrowTo(crm.CallCriteria{}, crm.RecordCriteria{}, "")
	}
	if c.Status != "" && len(f.p.chips) > 0 { // of all, not of the open ones
		f.p.filter = ""
		for _, chip := range f.p.chips {
			chip.SetOn(false)
		}
	}
	f.choice = c
	f.p.records = c.records()
	f.p.picked.Clear()
	f.p.list.Top()
	f.p.load()
	f.draw()
}

// clear chooses nothing, and leaves the list to who narrows it otherwise.
func (f *listFilters) clear() {
	f.choice = filterChoice{}
	f.show()
}

// at is the kept filter that the list shows, -1 for none.
func (f *listFilters) at() int {
	return slices.IndexFunc(f.kept, func(k keptFilter) bool { return k.filterChoice == f.choice && f.choice != filterChoice{} })
}

// draw makes the chips of the kept filters.
func (f *listFilters) draw() {
	f.chips.RemoveAll()
	at := f.at()
	row := kit.Row(6)
	for i, k := range f.kept {
		chip := kit.NewDataFilterChip(kit.Ellipsis(k.Name, kit.Secondary, 130), func() {
			if i == f.at() {
				f.apply(filterChoice{})
			} else {
				f.apply(k.filterChoice)
			}
			f.show()
		})
		chip.SetOn(i == at)
		row.Add(chip)
		if len(row.Objects) == 2 { // as many as stand side by side however they are called
			f.chips.Add(row)
			row = kit.Row(6)
		}
	}
	if len(row.Objects) > 0 {
		f.chips.Add(row)
	}
	setShown(f.chips, len(f.kept) > 0)
	kind := kit.Ghost
	if f.choice != (filterChoice{}) || f.p.spec.folded && f.p.text != "" {
		kind = kit.Chosen
	}
	f.open.SetKind(kind)
	f.enable()
}

func (f *listFilters) enable() {
	setShown(f.forget, f.at() >= 0)
	setShown(f.keep, f.at() < 0)
	ready := f.known && strings.TrimSpace(f.name.Text()) != "" && f.choice != filterChoice{}
	f.keep.SetEnabled(ready, text.T("Choose something to filter by, and type a name"))
}

// save keeps what is chosen by the typed name; one of that name is replaced.
func (f *listFilters) save() {
	if f.keep.Disabled() || f.at() >= 0 {
		return
	}
	k := keptFilter{strings.TrimSpace(f.name.Text()), f.choice}
	f.kept = append(slices.DeleteFunc(f.kept, func(o keptFilter) bool { return o.Name == k.Name }), k)
	f.name.SetText("")
	f.write()
}

// drop forgets the kept filter that the list shows; the list stays narrowed.
func (f *listFilters) drop() {
	if i := f.at(); i >= 0 {
		f.kept = slices.Delete(f.kept, i, i+1)
		f.write()
	}
}

func (f *listFilters) write() {
	kept, err := json.Marshal(f.kept)
	if err != nil {
		panic(err) // of strings
	}
	f.p.opt.Kept.SetString(f.pref(prefFilters), string(kept))
	f.draw()
	f.p.head.Refresh()
	f.p.box.Refresh()
}
