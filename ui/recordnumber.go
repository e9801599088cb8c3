package ui

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// recordNumber gives a number of the record that is shown to who has it now.
type recordNumber struct {
	v       *recordView
	task    *recordTask
	from    crm.Ref
	number  crm.Number
	picker  *recordPicker
	callsGo bool // those of the number go along
}

// numbered says whether the record has a number that could be another's.
func (v *recordView) numbered() bool {
	return v.rec.Ref.Kind != desk.Deal && slices.ContainsFunc(v.rec.Facts, func(f desk.Fact) bool { return f.Dial != "" && !strings.Contains(f.Dial, "@") })
}

// moveNumber opens the form, if it is still wanted when the record's numbers were read.
func (v *recordView) moveNumber() {
	ref := v.rec.Ref
	fileAsk(v.opt, func(ctx context.Context) (crm.Record, error) { return v.opt.Customers.Record(ctx, crmRef(ref)) }, func(r crm.Record, err error) {
		numbers := numbersOf(r)
		switch {
		case err != nil:
			v.host.warn(companyWhy(err))
		case v.row.Ref == ref && v.changeable() && len(numbers) > 0:
			f := newRecordNumber(v, crmRef(ref), numbers)
			v.begin(f.task, f.picker.field)
		}
	})
}

// numbersOf are a record's numbers; with another extension one goes along, and is none to choose.
func numbersOf(r crm.Record) (numbers []crm.Number) {
	var all []crm.Number
	switch {
	case r.Contact != nil:
		all = r.Contact.Numbers
	case r.Company != nil:
		all = r.Company.Numbers
	case r.Lead != nil:
		all = r.Lead.Numbers
	}
	for _, n := range all {
		key := n.Party().Key()
		if key != "" && !slices.ContainsFunc(numbers, func(o crm.Number) bool { return o.Party().Key() == key }) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

func newRecordNumber(v *recordView, from crm.Ref, numbers []crm.Number) *recordNumber {
	f := &recordNumber{v: v, from: from, number: numbers[0], callsGo: true}
	options := make([]kit.Option, len(numbers))
	for i, n := range numbers {
		options[i] = kit.Option{ID: strconv.Itoa(i), Label: n.Show(v.opt.Region)}
	}
	which := kit.NewRadioGroup("Number", options, func(id string) {
		if i, err := strconv.Atoi(id); err == nil {
			f.number = numbers[i]
		}
	})
	which.SetChosen("0")
	calls := kit.NewCheck("The calls of this number go along", func(on bool) { f.callsGo = on })
	calls.SetOn(true)
	f.picker = newRecordPicker(v.opt, "Name, company or number", "", v.rec.Ref, f.refit)
	f.task = newRecordTask("Move a number", "Move number", f.submit, v.end,
		kit.NewProse("For a number that somebody else has now: the next call of it is theirs.", kit.Secondary),
		settingsRow("Number", which), settingsRow("Belongs now to", f.picker.box),
		settingsRow("Calls", kit.Row(0, calls, kit.Spacer())))
	f.task.stop = f.picker.Stop
	return f
}

func (f *recordNumber) refit() {
	if f.task != nil {
		f.task.Failed("")
	}
}

func (f *recordNumber) submit() {
	if f.picker.Chosen() == (desk.Ref{}) {
		f.task.Failed(text.T("Choose the other record first."))
		return
	}
	to, number, callsGo := crmRef(f.picker.Chosen()), f.number, f.callsGo
	f.task.Busy()
	fileAsk(f.v.opt, func(ctx context.Context) (crm.Undo, error) {
		return f.v.opt.Customers.MoveNumber(ctx, number, f.from, to, callsGo)
	}, func(u crm.Undo, err error) {
		if err != nil {
			f.task.Failed(companyWhy(err))
			return
		}
		f.v.did(f.task, u)
	})
}
