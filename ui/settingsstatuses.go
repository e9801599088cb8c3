package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// statusesForm edits the company's own lead statuses (requirements.md F5).
type statusesForm struct {
	v      *settingsPipelinesView
	began  []crm.OwnStatus
	value  []crm.OwnStatus
	editor *companyEditor
	way    *kit.Prose
	rows   *fyne.Container
	first  *kit.Field // of the newest one
}

func (v *settingsPipelinesView) editStatuses() {
	f := &statusesForm{v: v, began: v.have.workspace.OwnStatuses, value: slices.Clone(v.have.workspace.OwnStatuses), rows: kit.Column(6)}
	f.way = kit.NewProseData("", kit.Body)
	f.list()
	f.editor = newCompanyEditor(v.opt, text.T("Lead statuses"), v.close, f.changes, f.submit, v.editStatuses,
		settingsRow("The way of a lead", f.way),
		settingsRow("Own statuses", kit.Column(6, f.rows, kit.NewProse("Leads keep a status that is taken away.", kit.Quiet))))
	v.edit(f.editor, f.first)
}

// list shows the own statuses, and the way of a lead with them; the keyboard stays where it is.
func (f *statusesForm) list() { kit.Redraw(f.rows, f.fill) }

func (f *statusesForm) fill() {
	f.rows.Objects = nil
	var after []kit.Option
	for _, s := range []crm.LeadStatus{crm.LeadNew, crm.LeadInProgress, crm.LeadProcessed} {
		after = append(after, kit.Option{ID: string(s), Label: text.T("after {status}", "status", text.T(text.Key(s)))})
	}
	for i, s := range f.value {
		name := kit.NewBareField("Status", func(typed string) { f.value[i].Name = crm.LeadStatus(typed); f.look() })
		name.SetText(string(s.Name))
		place := kit.NewBareSelect("Place of the status", after, func(id string) { f.value[i].After = crm.LeadStatus(id); f.look() })
		place.SetChosen(string(s.After))
		buttons := rowButtons(i, func() { moveUp(f.value, i); f.list(); f.look() }, func() { f.value = slices.Delete(f.value, i, i+1); f.list(); f.look() })
		row := append([]fyne.CanvasObject{kit.Sized(200, 0, name), kit.Sized(160, 32, place)}, append(buttons, kit.Spacer())...)
		f.rows.Add(kit.Row(8, row...))
		f.first = name
	}
	f.rows.Add(kit.Row(0, kit.NewButton("Add status", kit.Line, func() {
		f.value = append(f.value, crm.OwnStatus{After: crm.LeadInProgress})
		f.list()
		f.look()
		f.first.Focus()
	}).WithIcon(theme.IconPlus).Small(), kit.Spacer()))
	f.rows.Refresh()
	f.way.SetText(statusesInWords(crm.Workspace{OwnStatuses: f.value}))
	if f.editor != nil {
		f.editor.Refit()
	}
}

func (f *statusesForm) changes() int { return differences(f.value, f.began) }

func (f *statusesForm) look() {
	f.way.SetText(statusesInWords(crm.Workspace{OwnStatuses: f.value}))
	if f.editor != nil {
		f.editor.Saved("")
	}
}

func (f *statusesForm) submit() {
	seen := map[string]bool{}
	for _, s := range append(slices.Clone(crm.LeadStatuses), crm.LeadJunk) {
		seen[strings.ToLower(string(s))] = true
	}
	for _, s := range f.value {
		name := strings.ToLower(strings.TrimSpace(string(s.Name)))
		switch {
		case name == "":
			f.editor.Saved(text.T("A status needs a name"))
			return
		case seen[name]:
			f.editor.Saved(text.T("Two statuses have the same name: {status}.", "status", string(s.Name)))
			return
		}
		seen[name] = true
	}
	f.editor.Saving()
	own := f.value
	companyDo(f.v.opt, func(ctx context.Context, c Company) error {
		w, err := c.Workspace(ctx)
		if err != nil {
			return err
		}
		w.OwnStatuses = own
		_, err = c.SetWorkspace(ctx, w, nil)
		return err
	}, func(err error) {
		switch {
		case err != nil:
			f.editor.Saved(companyWhy(err))
		case f.v.editor == f.editor:
			f.v.close()
		}
	})
}
