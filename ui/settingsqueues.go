package ui

import (
	"context"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// settingsQueuesView lists the queue groups and edits one of them in its place
// (requirements.md D4).
type settingsQueuesView struct {
	opt      MainOptions
	box      *fyne.Container
	queues   []crm.Queue
	users    []crm.User
	form     *queueForm
	removing crm.ID
	error    string
}

func newSettingsQueues(opt MainOptions) *settingsQueuesView {
	return &settingsQueuesView{opt: opt, box: kit.Stack()}
}

// Object is the view.
func (v *settingsQueuesView) Object() fyne.CanvasObject { return v.box }

// Enter reads the groups, unless one is being edited: what was typed stays.
func (v *settingsQueuesView) Enter() {
	if v.form == nil {
		v.read()
	}
}

// Leave does nothing.
func (v *settingsQueuesView) Leave() {}

// Draw does nothing: no queue group is in a snapshot.
func (v *settingsQueuesView) Draw(desk.Snapshot) {}

// Submit saves what is being edited.
func (v *settingsQueuesView) Submit() {
	if v.form != nil {
		v.form.editor.Submit()
	}
}

func (v *settingsQueuesView) read() {
	companyAsk(v.opt, func(ctx context.Context, c Company) (have companyLines, err error) {
		if have.queues, err = c.Queues(ctx); err != nil {
			return have, err
		}
		have.users, err = c.Users(ctx)
		return have, err
	}, func(have companyLines, err error) {
		v.error = ""
		if err != nil {
			v.error = companyWhy(err)
		}
		v.queues, v.users = have.queues, have.users
		if v.form == nil {
			v.list()
		}
	})
}

func (v *settingsQueuesView) list() {
	v.form = nil
	button := func() *kit.Button {
		return kit.NewButton("Add queue group", kit.Primary, v.add).WithIcon(theme.IconPlus)
	}
	empty := kit.NewEmptyState(theme.IconUsers, "No queue group yet", "Who is in a group answers for its lines; its first person becomes responsible for new leads.", button(), nil)
	var rows []fyne.CanvasObject
	for _, q := range v.queues {
		rows = append(rows, companyRow(q.Name, v.summary(q), v.removing == q.ID, func() { v.edit(q) },
			func() { v.removing = q.ID; v.list() }, func() { v.remove(q) }, func() { v.removing = ""; v.list() }))
	}
	if v.error != "" {
		rows = append(rows, kit.Pad(12, 24, 12, 24, kit.NewProseData(v.error, kit.Secondary.In(theme.DangerText))))
	}
	v.box.Objects = []fyne.CanvasObject{companyList("Queue groups", button(), empty, rows)}
	v.box.Refresh()
}

// summary is who is in a group, in a line.
func (v *settingsQueuesView) summary(q crm.Queue) string {
	present := q.Present(v.users)
	if len(present) == 0 {
		return text.T("Nobody is in it")
	}
	words := present[0].Name
	for _, u := range present[1:] {
		words += ", " + u.Name
	}
	return words
}

func (v *settingsQueuesView) add() { v.edit(crm.Queue{ID: v.opt.Company.NewID()}) }

func (v *settingsQueuesView) edit(q crm.Queue) {
	v.removing = ""
	v.form = newQueueForm(v, q)
	v.box.Objects = []fyne.CanvasObject{v.form.editor.box}
	v.box.Refresh()
	v.form.name.Focus()
}

func (v *settingsQueuesView) close() {
	v.form = nil
	v.read()
}

func (v *settingsQueuesView) remove(q crm.Queue) {
	v.removing = ""
	companyDo(v.opt, func(ctx context.Context, c Company) error {
		return c.Do(ctx, crm.RemoveSetup{Kind: crm.SetupQueue, ID: q.ID})
	}, func(err error) {
		if err != nil {
			v.error = companyWhy(err)
			v.list()
			return
		}
		v.read()
	})
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
	f.name = kit.NewBareField("Name of the group", func(s string) { f.value.Name = s; f.look() })
	f.name.SetText(q.Name)
	ringing := kit.NewRadioGroup("Ringing|queue group", []kit.Option{
		{ID: string(crm.InOrder), Key: text.Key("In order"), Help: text.T("The first person, then the next.")},
		{ID: string(crm.Evenly), Key: text.Key("Evenly"), Help: text.T("Who has had the fewest calls today comes first.")},
		{ID: string(crm.AllAtOnce), Key: text.Key("All at once")},
	}, func(id string) { f.value.Ringing = crm.Ringing(id); f.look() })
	ringing.SetChosen(string(q.Ringing))
	f.list()
	f.editor = newCompanyEditor(v.opt, title, v.close, f.changed, f.submit, func() { v.edit(f.began) },
		fieldRow("Name", 260, f.name, ""),
		settingsRow("Ringing|queue group", ringing),
		settingsRow("People", f.members))
	return f
}

// list shows the members in their order, and who can be added.
func (f *queueForm) list() {
	f.members.Objects = nil
	for i, id := range f.value.Members {
		move := func(to int) func() {
			return func() {
				m := f.value.Members
				m[i], m[to] = m[to], m[i]
				f.list()
				f.look()
			}
		}
		up := kit.NewIconButton("Up", theme.IconArrowUp, kit.Ghost, move(max(0, i-1)))
		up.SetEnabled(i > 0, text.T("First already"))
		out := kit.NewIconButton("Take out", theme.IconX, kit.Ghost, func() {
			f.value.Members = slices.Delete(f.value.Members, i, i+1)
			f.list()
			f.look()
		})
		f.members.Add(kit.Row(8, kit.Sized(260, 0, kit.NewData(f.nameOf(id), kit.Body)), up, out, kit.Spacer()))
	}
	options := []kit.Option{{ID: "", Key: text.Key("Add a person")}}
	for _, u := range f.v.users {
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
	for _, u := range f.v.users {
		if u.ID == id && u.Left {
			return text.T("{name} (has left)", "name", u.Name)
		}
		if u.ID == id {
			return u.Name
		}
	}
	return text.T("Somebody who is not known here")
}

func (f *queueForm) changed() bool {
	now, was := f.value, f.began
	if len(now.Members) == 0 && len(was.Members) == 0 {
		now.Members, was.Members = nil, nil
	}
	return !reflect.DeepEqual(now, was)
}

func (f *queueForm) look() {
	f.name.SetError("")
	if f.editor != nil {
		f.editor.Look()
	}
}

func (f *queueForm) submit() {
	if f.value.Name == "" {
		f.name.SetError(text.T("A queue group needs a name"))
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	}
	q := f.value
	f.editor.Saving()
	companyDo(f.v.opt, func(ctx context.Context, c Company) error { return c.Do(ctx, crm.SaveQueue{Queue: q}) }, func(err error) {
		if err != nil {
			f.editor.Saved(companyWhy(err))
			return
		}
		if f.v.form == f {
			f.v.close()
		}
	})
}
