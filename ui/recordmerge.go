package ui

import (
	"cmp"
	"context"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
)

// recordMerge puts another record into the one that is shown, field by field.
type recordMerge struct {
	v      *recordView
	task   *recordTask
	keep   crm.Ref
	picker *recordPicker
	rows   *fyne.Container
	asking asker[crm.Ref, mergeAnswer]
	take   map[string]bool
	ready  bool // the differences are those of the chosen record
}

// mergeAnswer are the fields in which two records differ, in words.
type mergeAnswer struct {
	diffs []mergeDiff
}

type mergeDiff struct {
	field      string
	name       string
	keep, gone string
}

// merge opens the form; with is the other record, nil to look for it.
func (v *recordView) merge(with *crm.Duplicate) {
	f := &recordMerge{v: v, keep: crmRef(v.rec.Ref), rows: kit.Column(18), take: map[string]bool{}}
	f.asking = asker[crm.Ref, mergeAnswer]{do: v.opt.Do, ask: f.differences}
	f.picker = newRecordPicker(v.opt, pickerName(f.keep.Kind), v.rec.Ref.Kind, v.rec.Ref, f.look)
	f.task = newRecordTask("Merge two records", "Merge", f.submit, v.end,
		kit.NewProse("What is chosen here is put into the record that is shown and then gone. Its calls, notes, follow-ups and deals move along; numbers and addresses are kept of both.", kit.Secondary),
		settingsRow("Merge with", f.picker.box), f.rows)
	f.task.stop = func() { f.asking.Stop(); f.picker.Stop() }
	if with != nil {
		f.picker.choose(desk.Row{Ref: deskRef(with.Ref), Title: doubleName(*with, v.opt.Region), Sub: with.Sub})
	} else {
		f.picker.Find(v.rec.Title)
		f.picker.field.SelectAll()
	}
	v.begin(f.task, f.picker.field)
}

// look asks for the differences of the chosen record.
func (f *recordMerge) look() {
	f.ready = false
	f.take = map[string]bool{}
	f.rows.Objects = nil
	f.refit()
	if f.picker.Chosen() == (desk.Ref{}) {
		return
	}
	f.asking.Ask(crmRef(f.picker.Chosen()), func(a mergeAnswer, err error) {
		if err != nil {
			f.task.Failed(companyWhy(err))
			return
		}
		f.ready = true
		f.show(a.diffs)
	})
}

func (f *recordMerge) refit() {
	if f.task != nil {
		f.task.Failed("")
	}
}

func (f *recordMerge) show(diffs []mergeDiff) {
	f.rows.Objects = nil
	for _, d := range diffs {
		choice := kit.NewRadioGroup(text.Key(d.name), []kit.Option{{ID: "keep", Label: d.keep}, {ID: "gone", Label: d.gone}}, func(id string) {
			f.take[d.field] = id == "gone"
		})
		choice.SetChosen("keep")
		f.rows.Add(settingsRow(text.Key(d.name), choice))
	}
	if len(diffs) == 0 {
		f.rows.Add(kit.NewProse("They contradict each other in nothing.", kit.Secondary))
	}
	f.refit()
}

// differences are the fields to choose in, with names instead of ids.
func (f *recordMerge) differences(ctx context.Context, gone crm.Ref) (a mergeAnswer, err error) {
	c := f.v.opt.Customers
	_, diffs, err := c.MergeOf(ctx, f.keep, gone, nil)
	if err != nil {
		return a, err
	}
	fields, err := c.Fields(ctx)
	if err != nil {
		return a, err
	}
	users, err := c.Users(ctx)
	if err != nil {
		return a, err
	}
	for _, d := range diffs {
		shown := mergeDiff{field: d.Field, name: text.T(differenceName(d.Field)), keep: d.Keep, gone: d.Gone}
		for _, custom := range fields {
			if string(custom.ID) == d.Field {
				shown.name, shown.keep, shown.gone = custom.Name, shownValue(custom.Type, d.Keep), shownValue(custom.Type, d.Gone)
			}
		}
		for _, value := range []*string{&shown.keep, &shown.gone} {
			if *value, err = f.valueName(ctx, d.Field, *value, users); err != nil {
				return a, err
			}
		}
		a.diffs = append(a.diffs, shown)
	}
	return a, nil
}

// valueName is a value for the eye: a user or a company by name, a standard source translated; others are as they are.
func (f *recordMerge) valueName(ctx context.Context, field, value string, users []crm.User) (string, error) {
	switch field {
	case "responsible":
		for _, u := range users {
			if string(u.ID) == value {
				return u.Name, nil
			}
		}
		return text.T("Somebody who has left"), nil
	case "company":
		rec, err := f.v.opt.Customers.Record(ctx, crm.Ref{Kind: crm.KindCompany, ID: crm.ID(value)})
		return rec.Name, err
	case "source":
		if key, ok := standardSources[value]; ok {
			return text.T(key), nil
		}
	}
	return value, nil
}

// differenceName is a field of Difference in words; a custom field's is its own.
func differenceName(field string) text.Key {
	names := map[string]text.Key{
		"first_name": text.Key("First name"), "last_name": text.Key("Last name"), "position": text.Key("Position"),
		"source": text.Key("Source"), "company": text.Key("Company"), "responsible": text.Key("Responsible"),
		"name": text.Key("Name"), "title": text.Key("Title"), "company_name": text.Key("Company"),
	}
	return cmp.Or(names[field], text.Key(field))
}

func (f *recordMerge) submit() {
	if !f.ready {
		f.task.Failed(text.T("Choose the other record first."))
		return
	}
	gone, take := crmRef(f.picker.Chosen()), map[string]bool{}
	for field, on := range f.take {
		take[field] = on
	}
	f.task.Busy()
	c := f.v.opt.Customers
	fileAsk(f.v.opt, func(ctx context.Context) (crm.Undo, error) {
		m, _, err := c.MergeOf(ctx, f.keep, gone, take)
		if err != nil {
			return crm.Undo{}, err
		}
		return c.Merge(ctx, m)
	}, func(u crm.Undo, err error) {
		if err != nil {
			f.task.Failed(companyWhy(err))
			return
		}
		f.v.did(f.task, u)
	})
}
