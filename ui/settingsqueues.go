package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsQueuesView lists the queue groups and edits one of them (requirements.md D4).
type settingsQueuesView struct {
	setupPlace
	have companyLines
}

func newSettingsQueues(opt MainOptions) *settingsQueuesView {
	v := &settingsQueuesView{setupPlace: newSetupPlace(opt, crm.SetupQueue, mayLines)}
	v.read = func() {
		companyAsk(opt, readLines, func(have companyLines, err error) {
			v.have = have
			v.listed(err)
		})
	}
	v.list = v.queues
	return v
}

func (v *settingsQueuesView) queues() {
	about := text.Key("Who is in a group answers for its lines; its first person becomes responsible for new leads.")
	if v.have.workspace.Mode == crm.Simple {
		about = text.Key("Who is in a group answers for its lines; its first person becomes responsible for new customers.")
	}
	showList(&v.setupPlace, setupWords{"Queue groups", "Add queue group", theme.IconUsers, "No queue group yet", about}, v.have.queues, v.add,
		func(q crm.Queue) setupEntry {
			return setupEntry{id: q.ID, name: q.Name, sub: v.summary(q), edit: func() { v.editQueue(q) }, loses: v.losers(q)}
		})
}

// losers say which lines would have no group without this one.
func (v *settingsQueuesView) losers(q crm.Queue) string {
	var names []string
	for _, l := range v.have.lines {
		if l.Queue == q.ID {
			names = append(names, l.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return text.T("Without a group then: {names}", "names", strings.Join(names, ", "))
}

// summary is who is in a group, in a line.
func (v *settingsQueuesView) summary(q crm.Queue) string {
	present := q.Present(v.have.users)
	if len(present) == 0 {
		return text.T("Nobody is in it")
	}
	words := present[0].Name
	for _, u := range present[1:] {
		words += ", " + u.Name
	}
	return words
}

func (v *settingsQueuesView) add() { v.editQueue(crm.Queue{ID: v.opt.Company.NewID()}) }

func (v *settingsQueuesView) editQueue(q crm.Queue) {
	f := newQueueForm(v, q)
	v.edit(f.editor, f.name)
}

// queueForm edits one group.
type queueForm struct {
	v       *settingsQueuesView
	began   crm.Queue
	value   crm.Queue
	editor  *companyEditor
	name    *kit.Field
	members *fyne.Container
}

func newQueueForm(v *settingsQueuesView, q crm.Queue) *queueForm {
	f := &queueForm{v: v, began: q, value: q, members: kit.Column(6)}
	f.value.Members = slices.Clone(q.Members)
	title := q.Name
	if title == "" {
		title = text.T("New queue group")
	}
	f.name = kit.NewBareField("Name of the group", func(s string) { f.value.Name = strings.TrimSpace(s); f.look() })
	f.name.SetText(q.Name)
	ringing := kit.NewRadioGroup("Ringing|queue group", []kit.Option{
		{ID: string(crm.InOrder), Key: text.Key("In order"), Help: text.T("The first person, then the next.")},
		{ID: string(crm.Evenly), Key: text.Key("Evenly"), Help: text.T("Who has had the fewest calls today comes first.")},
		{ID: string(crm.AllAtOnce), Key: text.Key("All at once")},
	}, func(id string) { f.value.Ringing = crm.Ringing(id); f.look() })
	ringing.SetChosen(string(q.Ringing))
	f.list()
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changes, f.submit, func() { v.editQueue(f.began) },
		fieldRow("Name", 260, f.name, ""),
		settingsRow("Ringing|queue group", ringing),
		settingsRow("People", f.members))
	return f
}

// list shows the members in their order, and who can be added; the keyboard stays where it is.
func (f *queueForm) list() { kit.Redraw(f.members, f.fill) }

func (f *queueForm) fill() {
	f.members.Objects = nil
	for i, id := range f.value.Members {
		buttons := rowButtons(i, func() {
			moveUp(f.value.Members, i)
			f.list()
			f.look()
		}, func() {
			f.value.Members = slices.Delete(f.value.Members, i, i+1)
			f.list()
			f.look()
		})
		f.members.Add(kit.Row(8, append([]fyne.CanvasObject{kit.Sized(260, 0, kit.NewData(f.nameOf(id), kit.Body))}, append(buttons, kit.Spacer())...)...))
	}
	options := []kit.Option{{ID: "", Key: text.Key("Add a person")}}
	for _, u := range f.v.have.users {
		if !u.Left && !slices.Contains(f.value.Members, u.ID) {
			options = append(options, kit.Option{ID: string(u.ID), Label: u.Name})
		}
	}
	if len(options) > 1 {
		add := kit.NewBareSelect("Add a person", options, func(id string) {
			if id != "" {
				f.value.Members = append(f.value.Members, crm.ID(id))
				f.list()
				f.look()
			}
		})
		add.SetChosen("")
		f.members.Add(kit.Row(0, kit.Sized(260, 32, add), kit.Spacer()))
	}
	f.members.Refresh()
}

func (f *queueForm) nameOf(id crm.ID) string {
	for _, u := range f.v.have.users {
		if u.ID == id && u.Left {
			return text.T("{name} (has left)", "name", u.Name)
		}
		if u.ID == id {
			return u.Name
		}
	}
	return text.T("Somebody who is not known here")
}

func (f *queueForm) changes() int { return differences(f.value, f.began) }

func (f *queueForm) look() {
	f.name.SetError("")
	if f.editor != nil {
		f.editor.Typed()
	}
}

func (f *queueForm) submit() {
	if f.value.Name == "" {
		f.name.SetError(text.T("A queue group needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	}
	f.v.save(f.editor, crm.SaveQueue{Queue: f.value})
}
