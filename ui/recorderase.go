package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// mayErase says whether a record is a person's, and who works here may erase it for good: administrators may (requirement I4).
func mayErase(ctx context.Context, opt MainOptions, r desk.Ref) (bool, error) {
	if opt.Erasures == nil || opt.Company == nil || r.Kind != desk.Contact && r.Kind != desk.Lead {
		return false, nil
	}
	rights, err := opt.Company.Rights(ctx)
	return mayAll(rights), err
}

// recordErase asks before a person's data is erased for good.
type recordErase struct {
	v      *recordView
	task   *recordTask
	id     crm.ID // of the erasure: tried again, it is done once
	person crm.Ref
	takes  *fyne.Container
	word   *kit.Field
	below  *fyne.Container // the word, with what is said of it
}

// erase opens the question.
func (v *recordView) erase() {
	f := &recordErase{v: v, id: v.opt.Customers.NewID(), person: crmRef(v.rec.Ref), takes: kit.Column(4)}
	f.word = kit.NewBareField("Confirmation", func(string) { f.word.SetError("") })
	f.word.OnSubmit(func(string) { f.task.Submit() })
	f.below = kit.Column(4, kit.Row(0, kit.Sized(200, 0, f.word), kit.Spacer()), problemOf(f.word), kit.NewProseData(f.ask(), kit.Quiet))
	rows := []fyne.CanvasObject{kit.NewProseData(text.T("{name} is erased for good. Nobody can take that back.", "name", v.rec.Title), kit.Body)}
	where := text.Key("On this computer, at once. Files that were exported and copies of the disk are not reached.")
	if !f.alone() {
		where = text.Key("On the server at once, and on every device when it next connects: the settings show which have done so. Files that were exported are not reached.")
	}
	rows = append(rows, settingsRow("What goes", f.takes), settingsRow("Where it goes", kit.NewProse(where, kit.Secondary)),
		settingsRow("Confirmation", f.below))
	f.task = newRecordTask("Erase for good (GDPR)", "Erase for good", f.submit, v.end, rows...)
	f.task.do.SetKind(kit.Danger)
	f.task.do.WithHint("")
	f.show(ErasureTakes{})
	v.begin(f.task, f.word)
	f.task.Failed(f.away())
	fileAsk(v.opt, func(ctx context.Context) (ErasureTakes, error) { return v.opt.Erasures.WouldErase(ctx, f.person) }, func(takes ErasureTakes, err error) {
		if err != nil {
			f.task.Failed(companyWhy(err))
			return
		}
		f.show(takes)
		f.task.Refit()
		kit.RevealWhole(f.below)
	})
}

// alone says whether there is no server.
func (f *recordErase) alone() bool {
	return f.v.opt.Desk.Snapshot().Sync.State == desk.NoServer
}

// away says that the server cannot be asked now; "" when it can, or none is needed.
func (f *recordErase) away() string {
	state := f.v.opt.Desk.Snapshot().Sync.State
	if f.alone() || signedIn(state) && state != desk.ServerAway {
		return ""
	}
	return text.T("A person is erased by the server. That works only while it can be reached.")
}

// ask is what is to be typed.
func (f *recordErase) ask() string {
	return text.T("Type “{word}” to confirm.", "word", text.T("erase|word"))
}

// show tells what goes.
func (f *recordErase) show(t ErasureTakes) {
	f.takes.Objects = nil
	for _, words := range append([]string{text.T("The record: name, numbers, addresses and fields")}, takenWords(t)...) {
		f.takes.Add(kit.RowAligned(8, kit.Start, kit.NewIcon(theme.IconTrash, 14, theme.Text3).Image, kit.Grow(kit.NewProseData(words, kit.Body))))
	}
	f.takes.Refresh()
}

// takenWords is what an erasure takes, a line for each.
func takenWords(t ErasureTakes) []string {
	return counted([]count{
		{t.Leads, "{n} lead with the same number", "{n} leads with the same number"},
		{t.Calls, "{n} call: it stays in the figures, without number and note", "{n} calls: they stay in the figures, without number and note"},
		{t.Recordings, "{n} recording", "{n} recordings"},
		{t.Notes, "{n} note or follow-up", "{n} notes and follow-ups"},
		{t.Deals, "{n} deal: stage and amount stay, without name and comment", "{n} deals: stage and amount stay, without name and comment"},
	})
}

// count is how many there are of something, in words.
type count struct {
	n         int
	one, many text.Key
}

// counted is what there is any of.
func counted(all []count) (words []string) {
	for _, c := range all {
		if c.n > 0 {
			words = append(words, text.Tn(c.n, c.one, c.many))
		}
	}
	return words
}

func (f *recordErase) submit() {
	if away := f.away(); away != "" {
		f.task.Failed(away)
		return
	}
	if !strings.EqualFold(strings.TrimSpace(f.word.Text()), text.T("erase|word")) {
		f.word.SetError(text.T("That is another word."))
		f.word.Focus()
		f.task.Refit()
		kit.RevealWhole(f.below)
		return
	}
	f.task.Busy()
	opt := f.v.opt
	fileAsk(opt, func(ctx context.Context) (Erasure, error) { return opt.Erasures.Erase(ctx, f.id, f.person) }, func(done Erasure, err error) {
		if done.ID == "" {
			why := serverWhy(err)
			if failureOf(err).Field == FieldAddress {
				why = joined(" ", strings.TrimSuffix(why, ".")+".", text.T("If the connection broke meanwhile, it may be done already; trying again does no harm."))
			}
			f.task.Failed(why)
			return
		}
		if err != nil {
			f.v.host.warn(companyWhy(err))
		}
		if f.v.task == f.task {
			f.v.Clear()
			f.v.removed()
		}
		f.v.changed()
		f.v.host.showErasure(done.ID)
	})
}
