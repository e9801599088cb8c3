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

// settingsLinesView lists the company's lines and edits one of them (requirements.md A1).
type settingsLinesView struct {
	setupPlace
	have companyLines
}

// companyLines are the lines, and what their settings choose from.
type companyLines struct {
	lines     []crm.Line
	queues    []crm.Queue
	pipelines []crm.Pipeline
	users     []crm.User
	workspace crm.Workspace
}

func newSettingsLines(opt MainOptions) *settingsLinesView {
	v := &settingsLinesView{setupPlace: newSetupPlace(opt, crm.SetupLine, mayLines)}
	v.read = func() {
		companyAsk(opt, readLines, func(have companyLines, err error) {
			v.have = have
			v.listed(err)
		})
	}
	v.list = v.lines
	return v
}

func readLines(ctx context.Context, c Company) (have companyLines, err error) {
	if have.lines, err = c.Lines(ctx); err != nil {
		return have, err
	}
	if have.queues, err = c.Queues(ctx); err != nil {
		return have, err
	}
	if have.pipelines, err = c.Pipelines(ctx); err != nil {
		return have, err
	}
	if have.users, err = c.Users(ctx); err != nil {
		return have, err
	}
	have.workspace, err = c.Workspace(ctx)
	return have, err
}

func (v *settingsLinesView) lines() {
	showList(&v.setupPlace, setupWords{"Lines", "Add line", theme.IconHandset, "No line yet",
		"A line is a number that the company is called on. What a call makes is a setting of its line."}, v.have.lines, v.add,
		func(l crm.Line) setupEntry {
			return setupEntry{id: l.ID, name: l.Name, sub: lineSummary(l, v.simple()), edit: func() { v.editLine(l) }}
		})
}

// simple tells whether the company has no leads: its lines make customers (requirements.md F2).
func (v *settingsLinesView) simple() bool { return v.have.workspace.Mode == crm.Simple }

// lineSummary is what a line does, in a line; simple: where there are no leads.
func lineSummary(l crm.Line, simple bool) string {
	does := text.T("Suggests leads and contacts")
	switch {
	case simple && l.Mode == crm.Auto:
		switch l.LeadFor {
		case crm.LeadForIncoming:
			does = text.T("Makes customers of incoming calls")
		case crm.LeadForOutgoing:
			does = text.T("Makes customers of outgoing calls")
		default:
			does = text.T("Makes customers of all calls")
		}
	case simple:
		does = text.T("Suggests contacts")
	case l.Mode == crm.Auto:
		switch l.LeadFor {
		case crm.LeadForIncoming:
			does = text.T("Makes leads of incoming calls")
		case crm.LeadForOutgoing:
			does = text.T("Makes leads of outgoing calls")
		default:
			does = text.T("Makes leads of all calls")
		}
	}
	sub := does
	if l.QueueName != "" {
		sub = l.QueueName + " · " + sub
	}
	if number := l.Number.Show(l.Region); number != "" {
		sub = number + " · " + sub
	}
	return sub
}

// lineAbout is which line it is, below its name: number, queue group and working hours.
func lineAbout(l crm.Line) string {
	group := ""
	if l.QueueName != "" {
		group = text.T("Group {name}", "name", l.QueueName)
	}
	return joined(" · ", l.Number.Show(l.Region), joined(", ", group, weekOf(l.Hours)))
}

func (v *settingsLinesView) add() {
	v.editLine(crm.Line{ID: v.opt.Company.NewID(), Mode: crm.Suggest, LeadFor: crm.LeadForAll, Source: crm.SourceCall, ChangeResponsible: true})
}

func (v *settingsLinesView) editLine(l crm.Line) {
	f := newLineForm(v, l)
	v.edit(f.editor, f.name)
}

// lineForm edits one line.
type lineForm struct {
	v      *settingsLinesView
	began  crm.Line
	value  crm.Line
	editor *companyEditor

	name, number, region *kit.Field
	hours                []*kit.Field // as weekdays
	zone, prefix, rules  *kit.Field
	leadFor              *kit.Segmented
	trial                *trialPanel
}

func newLineForm(v *settingsLinesView, l crm.Line) *lineForm {
	about := lineAbout(l)
	l.QueueName = ""
	f := &lineForm{v: v, began: l, value: l}
	title := l.Name
	if title == "" {
		title = text.T("New line")
	}
	f.trial = newTrialPanel(v.opt)
	tabs := []editorTab{{"General", f.general(), nil}, {"CRM integration", f.integration(), f.trial.box}, {"Working hours", f.working(), nil}, {"Dialling|line", f.dialling(), nil}}
	f.editor = newTabbedEditor(v.opt, title, v.close, f.changes, f.submit, func() { v.editLine(f.began) }, tabs...)
	if about != "" {
		f.editor.About(about)
	}
	f.trial.OnGrown(f.editor.Refit)
	return f
}

// field is a field of a line; its label stands at the left.
func (f *lineForm) field(key text.Key, value string) *kit.Field {
	var field *kit.Field
	field = kit.NewBareField(key, func(string) { field.SetError(""); f.look() })
	field.SetText(value)
	return field
}

// problemOf is the sentence that says below a bare field what is wrong in it.
func problemOf(field *kit.Field) *kit.Prose {
	p := kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	p.Hide()
	field.OnProblem(func(why string) {
		p.SetText(why)
		setShown(p, why != "")
	})
	return p
}

func fieldRow(label text.Key, w float32, field *kit.Field, help text.Key) fyne.CanvasObject {
	control := []fyne.CanvasObject{kit.Row(0, kit.Sized(w, 0, field), kit.Spacer()), problemOf(field)}
	if help != "" {
		control = append(control, kit.NewProse(help, kit.Quiet))
	}
	return settingsRow(label, kit.Column(4, control...))
}

func (f *lineForm) general() []fyne.CanvasObject {
	f.name = f.field("Name of the line", f.value.Name)
	f.number = f.field("Number of the line", f.value.Number.Written)
	f.region = f.field("Country of the line", f.value.Region).WithPlaceholder("DE")
	return []fyne.CanvasObject{
		fieldRow("Name", 260, f.name, ""),
		fieldRow("Number", 260, f.number, "As the PBX names it to us: the number dialled, or an extension."),
		fieldRow("Country", 80, f.region, "Of numbers that are written without one, as two letters; empty is the program's."),
	}
}

// integration are the rules by which a call becomes a record.
func (f *lineForm) integration() []fyne.CanvasObject {
	auto := kit.Option{ID: string(crm.Auto), Key: text.Key("Create a new lead automatically"), Help: text.T("The lead exists at the moment of the call, also when nobody answers.")}
	made, from, hands := text.Key("Create leads for"), text.Key("Lead source"), text.Key("Change the lead's responsible when a call is transferred by hand")
	if f.v.simple() {
		auto.Key, auto.Help = text.Key("Create a new customer automatically"), text.T("Customer and deal exist at the moment of the call, also when nobody answers.")
		made, from, hands = text.Key("Create customers for"), text.Key("Source"), text.Key("Change the responsible person when a call is transferred by hand")
	}
	mode := kit.NewRadioGroup("Unknown number", []kit.Option{
		auto,
		{ID: string(crm.Suggest), Key: text.Key("Suggest creating a record in the call window"), Help: text.T("Without saving, only the call is in the log.")},
	}, func(id string) { f.value.Mode = crm.Mode(id); f.look() })
	mode.SetChosen(string(f.value.Mode))
	if f.value.Mode == "" {
		mode.SetChosen(string(crm.Suggest))
	}
	f.leadFor = kit.NewSegmented(made, []kit.Option{
		{ID: string(crm.LeadForIncoming), Key: text.Key("Incoming calls")},
		{ID: string(crm.LeadForOutgoing), Key: text.Key("Outgoing calls")},
		{ID: string(crm.LeadForAll), Key: text.Key("All calls")},
	}, func(id string) { f.value.LeadFor = crm.LeadFor(id); f.look() })
	f.leadFor.SetChosen(string(f.value.LeadFor))
	if f.value.LeadFor == "" {
		f.leadFor.SetChosen(string(crm.LeadForAll))
	}
	source := kit.NewBareSelect(from, sourceOptions(lineSources(f.v.have.workspace, f.value.Source)), func(id string) { f.value.Source = id; f.look() })
	source.SetChosen(f.value.Source)
	first := kit.NewProseData("", kit.Quiet)
	queue := kit.NewBareSelect("Queue group", f.queueOptions(), func(id string) {
		f.value.Queue = crm.ID(id)
		first.SetText(f.firstWords())
		f.look()
	})
	queue.SetChosen(string(f.value.Queue))
	first.SetText(f.firstWords())
	pipeline := kit.NewBareSelect("Pipeline", pipelineOptions(f.v.have.pipelines, "As the company"), func(id string) { f.value.Pipeline = crm.ID(id); f.look() })
	pipeline.SetChosen(string(f.value.Pipeline))
	send := kit.NewCheck("Send an incoming call to the responsible person", func(on bool) { f.value.SendToResponsible = on; f.look() }).
		WithHelp("If they are at work and not busy; else it takes the line's normal way.")
	send.SetOn(f.value.SendToResponsible)
	change := kit.NewCheck(hands, func(on bool) { f.value.ChangeResponsible = on; f.look() }).
		WithHelp("The record that the call created goes to whom it was passed.")
	change.SetOn(f.value.ChangeResponsible)
	return []fyne.CanvasObject{
		settingsRow("Unknown number", mode),
		kit.NewHairline(),
		settingsRow(made, kit.Row(0, f.leadFor, kit.Spacer())),
		selectRow(from, source, ""),
		settingsRow("Queue group", kit.Column(4, kit.Row(0, kit.Sized(260, 32, queue), kit.Spacer()), first)),
		selectRow("Pipeline", pipeline, "Of deals that the simple CRM mode makes."),
		kit.NewHairline(),
		settingsRow("Responsible person", kit.Column(10, send, change)),
	}
}

// firstWords say who becomes responsible by the queue group (requirements.md D1).
func (f *lineForm) firstWords() string {
	for _, q := range f.v.have.queues {
		if present := q.Present(f.v.have.users); q.ID == f.value.Queue && len(present) > 0 {
			return text.T("The first person becomes responsible: {name}", "name", present[0].Name)
		}
	}
	return text.T("The first person in it becomes responsible for what an incoming call makes.")
}

func selectRow(label text.Key, s *kit.Select, help text.Key) fyne.CanvasObject {
	control := []fyne.CanvasObject{kit.Row(0, kit.Sized(260, 32, s), kit.Spacer())}
	if help != "" {
		control = append(control, kit.NewProse(help, kit.Quiet))
	}
	return settingsRow(label, kit.Column(4, control...))
}

// lineSources are the sources to choose from, and the chosen one even when the company
// has it no longer.
func lineSources(w crm.Workspace, chosen string) []string {
	all := w.Sources()
	if chosen != "" && !slices.Contains(all, chosen) {
		all = append(all, chosen)
	}
	return all
}

func (f *lineForm) queueOptions() []kit.Option {
	options := []kit.Option{{ID: "", Key: text.Key("None|queue group")}}
	for _, q := range f.v.have.queues {
		n := len(q.Present(f.v.have.users))
		options = append(options, kit.Option{ID: string(q.ID), Label: q.Name + " · " + text.Tn(n, "{n} person", "{n} people")})
	}
	return options
}

func pipelineOptions(pipelines []crm.Pipeline, none text.Key) []kit.Option {
	options := []kit.Option{{ID: "", Key: none}}
	for _, p := range pipelines {
		options = append(options, kit.Option{ID: string(p.ID), Label: pipelineName(p)})
	}
	return options
}

func (f *lineForm) working() []fyne.CanvasObject {
	f.hours = nil
	var days []fyne.CanvasObject
	for _, day := range weekdays {
		field := f.field(weekdayKey(day), hoursOf(f.value.Hours, day)).WithPlaceholder("closed")
		f.hours = append(f.hours, field)
		days = append(days, kit.Row(8, kit.Sized(110, 0, kit.NewLabel(weekdayKey(day), kit.Body)), kit.Sized(260, 0, field), kit.Spacer()),
			kit.Pad(0, 0, 0, 118, problemOf(field)))
	}
	alike := kit.NewButton("Monday to Friday alike", kit.Line, func() {
		for i := 1; i < 5; i++ {
			f.hours[i].Type(f.hours[0].Text())
		}
	}).WithIcon(theme.IconCopy).Small()
	days = append(days, kit.Row(8, kit.Sized(110, 0, kit.Spacer()), alike, kit.Spacer()))
	f.zone = f.field("Time zone", f.value.Hours.Zone).WithPlaceholder("Europe/Berlin")
	return []fyne.CanvasObject{
		settingsRow("Working hours", kit.Column(6, append(days, kit.NewProse("Such as 8:00–12:00, 13:00–17:00. Without any, the line is always open.", kit.Quiet))...)),
		fieldRow("Time zone", 260, f.zone, "Such as Europe/Berlin. If empty, that of this computer."),
	}
}

func (f *lineForm) dialling() []fyne.CanvasObject {
	f.prefix = f.field("Prefix for an outside line", f.value.DialOut.Prefix)
	f.rules = kit.NewNoteField("Numbers as they are dialled", 76, func(string) { f.look() }).WithPlaceholder("+49 = 0")
	f.rules.SetText(dialRulesOf(f.value.DialOut.Rules))
	return []fyne.CanvasObject{
		fieldRow("Outside line", 80, f.prefix, "What is dialled before an outside number, such as 0."),
		fieldRow("Numbers", 260, f.rules, "How numbers begin, and what is dialled instead: a rule per line. The longest that fits counts."),
	}
}

// typed is the line as the fields have it; what can't be read is told at its field.
func (f *lineForm) typed() (l crm.Line, ok bool) {
	l, ok = f.value, true
	say := func(field *kit.Field, wrong bool, why string) {
		if !wrong {
			why = ""
		}
		field.SetError(why)
		ok = ok && !wrong
	}
	l.Name = strings.TrimSpace(f.name.Text())
	l.Region = regionOf(f.region.Text())
	say(f.region, l.Region != "" && crm.CountryCode(l.Region) == 0, text.T("Not a country. Write its two letters, such as DE"))
	if l.Number.Written != f.number.Text() || l.Region != f.value.Region {
		number, is := crm.ParseNumber(f.number.Text(), l.Region, "")
		say(f.number, f.number.Text() != "" && !is, text.T("Not a number"))
		l.Number = number
	} else {
		f.number.SetError("")
	}
	l.Hours = crm.Hours{Zone: f.zone.Text()}
	for i, field := range f.hours {
		spans, is := parseHours(weekdays[i], field.Text())
		say(field, !is, text.T("Write hours as 8:00–17:00"))
		l.Hours.Spans = append(l.Hours.Spans, spans...)
	}
	rules, wrong := parseDialRules(f.rules.Text())
	say(f.rules, wrong != "", text.T("“{line}” is no rule: write +49 = 0", "line", wrong))
	l.DialOut = crm.Dialout{Prefix: f.prefix.Text(), Rules: rules}
	say(f.prefix, !dials(f.prefix.Text()), text.T("Digits, * and # only"))
	return l, ok
}

// twin is another line with the same number: which of them a call came in on could not be told (requirements.md A2).
func (f *lineForm) twin(l crm.Line) crm.Line {
	if l.Number.E164 == 0 && l.Number.Short == "" {
		return crm.Line{}
	}
	for _, other := range f.v.have.lines {
		if other.ID != l.ID && other.Number.E164 == l.Number.E164 && other.Number.Short == l.Number.Short {
			return other
		}
	}
	return crm.Line{}
}

// showWrong shows the part of the form with the first field that has a problem.
func (f *lineForm) showWrong() {
	for at, fields := range [][]*kit.Field{{f.name, f.number, f.region}, nil, append(slices.Clone(f.hours), f.zone), {f.prefix, f.rules}} {
		if slices.ContainsFunc(fields, func(field *kit.Field) bool { return field.Problem() != "" }) {
			f.editor.Go(at)
			return
		}
	}
}

func (f *lineForm) changes() int {
	l, ok := f.typed()
	return max(differences(l, f.began), b2i(!ok))
}

func (f *lineForm) look() {
	if f.editor == nil {
		return
	}
	f.editor.Typed()
	if l, ok := f.typed(); ok {
		f.trial.Try(crm.RuleChange{Lines: []crm.Line{l}})
	}
}

func (f *lineForm) submit() {
	l, ok := f.typed()
	switch {
	case !ok:
		f.showWrong()
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	case l.Name == "":
		f.name.SetError(text.T("A line needs a name"))
		f.showWrong()
		f.editor.Saved(text.T("Something above cannot be used as it is."))
		return
	}
	if err := l.Hours.Check(); err != nil { // the hours were read: it is the zone
		f.zone.SetError(companyWhy(err))
		f.showWrong()
		f.editor.Saved(companyWhy(err))
		return
	}
	if other := f.twin(l); other.Name != "" {
		f.number.SetError(text.T("{name} has this number", "name", other.Name))
		f.showWrong()
		f.editor.Saved(text.T("{name} has this number", "name", other.Name))
		return
	}
	f.v.save(f.editor, crm.SaveLine{Line: l})
}
