package desk

import (
	"context"
	"errors"

	"leadline/crm"
)

// records are all of some kinds.
func (w *walk) records(kinds ...crm.Kind) (all []crm.Ref) {
	w.t.Helper()
	ctx := context.Background()
	for _, kind := range kinds {
		ask := map[crm.Kind]func(context.Context, crm.Query) (crm.RecordPage, error){
			crm.KindContact: w.file.Contacts, crm.KindCompany: w.file.Companies, crm.KindLead: w.file.Leads, crm.KindDeal: w.file.Deals,
		}[kind]
		for {
			page, err := ask(ctx, crm.Query{Limit: 128, Offset: len(all)})
			w.must(page, err)
			for _, row := range page.Rows {
				all = append(all, row.Ref)
			}
			if len(page.Rows) < 128 {
				break
			}
		}
	}
	return all
}

// leads are all leads.
func (w *walk) leads() (all []crm.Lead) {
	w.t.Helper()
	for _, ref := range w.records(crm.KindLead) {
		record, err := w.file.Record(context.Background(), ref)
		w.must(record, err)
		all = append(all, *record.Lead)
	}
	return all
}

// openLeads are those that are worked on.
func (w *walk) openLeads() (open []crm.Lead) {
	for _, l := range w.leads() {
		if l.Status.Open() {
			open = append(open, l)
		}
	}
	return open
}

// edits changes a record in its own window, or makes one there.
func (w *walk) edits() string {
	w.meddled++
	ctx := context.Background()
	ref := some(w, w.records(crm.KindContact, crm.KindLead))
	if w.r.IntN(3) == 0 || ref.None() {
		c := crm.Contact{ID: w.file.NewID(), LastName: w.typed()}
		number := some(w, walkStrangers)
		if w.r.IntN(2) == 0 {
			c.Numbers = walkNumber(number)
		}
		did := w.tell("makes the contact %q, %d numbers of %s", c.LastName, len(c.Numbers), number)
		w.must(nil, w.file.Change(ctx, crm.CreateContact{Contact: c}))
		return did
	}
	record, err := w.file.Record(ctx, ref)
	w.must(record, err)
	number, name := some(w, walkStrangers), w.typed()
	with := w.r.IntN(3) == 0
	did := w.tell("calls the %s %q %q, gives it %s: %t", ref.Kind, record.Name, name, number, with)
	switch {
	case record.Contact != nil:
		c := *record.Contact
		if c.LastName = name; with {
			c.Numbers = append(c.Numbers, walkNumber(number)...)
		}
		w.may(nil, w.file.Change(ctx, crm.UpdateContact{Contact: c}))
	case record.Lead != nil:
		l := *record.Lead
		if l.LastName = name; with {
			l.Numbers = append(l.Numbers, walkNumber(number)...)
		}
		w.may(nil, w.file.Change(ctx, crm.UpdateLead{Lead: l}))
	}
	return did
}

func (w *walk) converts() string {
	w.meddled++
	open := w.openLeads()
	if len(open) == 0 {
		return ""
	}
	ctx, lead := context.Background(), some(w, open)
	kinds := some(w, [][]crm.Kind{{crm.KindContact}, {crm.KindContact, crm.KindDeal}, {crm.KindCompany}, {crm.KindContact, crm.KindCompany, crm.KindDeal}})
	var into []crm.Ref
	if w.r.IntN(3) == 0 {
		into, kinds = []crm.Ref{some(w, w.records(crm.KindContact))}, []crm.Kind{crm.KindDeal}
		if into[0].None() {
			return ""
		}
	}
	did := w.tell("converts the lead %q of %v into %v and %v", lead.Name(), lead.Numbers, kinds, into)
	c, err := w.file.ConversionOf(ctx, lead.ID, kinds, into, "")
	w.must(c, err)
	w.may(w.file.Convert(ctx, c))
	return did
}

func (w *walk) merges() string {
	w.meddled++
	all := w.records(some(w, []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindLead}))
	keep, gone := some(w, all), some(w, all)
	if keep == gone {
		return ""
	}
	ctx := context.Background()
	m, _, err := w.file.MergeOf(ctx, keep, gone, nil)
	w.must(m, err)
	did := w.tell("merges the %s %s into %s", gone.Kind, gone.ID, keep.ID)
	w.may(w.file.Merge(ctx, m))
	return did
}

func (w *walk) removes() string {
	w.meddled++
	ref := some(w, w.records(crm.KindContact, crm.KindCompany, crm.KindLead, crm.KindDeal))
	if ref.None() || w.r.IntN(2) == 0 {
		return ""
	}
	ctx := context.Background()
	record, err := w.file.Record(ctx, ref)
	w.must(record, err)
	did := w.tell("deletes the %s %q", ref.Kind, record.Name)
	w.may(w.file.Remove(ctx, ref))
	return did
}

func (w *walk) takesBack() string {
	w.meddled++
	ctx := context.Background()
	if w.r.IntN(2) == 0 {
		undos, err := w.file.Undos(ctx)
		w.must(undos, err)
		if len(undos) == 0 {
			return ""
		}
		u := some(w, undos)
		did := w.tell("takes back: %s %v", u.Title.Key, u.Title.Args)
		w.may(nil, w.file.Undo(ctx, u.ID))
		return did
	}
	ref := some(w, w.records(crm.KindContact, crm.KindLead, crm.KindDeal))
	if ref.None() {
		return ""
	}
	record, err := w.file.Record(ctx, ref)
	w.must(record, err)
	for _, e := range record.Timeline {
		if e.Undoable {
			did := w.tell("takes back a change of the %s %q", ref.Kind, record.Name)
			w.may(nil, w.file.TakeBack(ctx, e.Note))
			return did
		}
	}
	return ""
}

// status closes a lead, or opens one again.
func (w *walk) status() string {
	w.meddled++
	leads := w.leads()
	if len(leads) == 0 {
		return ""
	}
	l := some(w, leads)
	if w.mode() == crm.Simple { // there are none in the interface
		return ""
	}
	to := some(w, []crm.LeadStatus{crm.LeadJunk, crm.LeadNew, crm.LeadInProgress})
	did := w.tell("the lead %q of %v is %s and not %s", l.Name(), l.Numbers, to, l.Status)
	w.may(nil, w.file.Change(context.Background(), crm.SetLeadStatus{Lead: l.ID, From: l.Status, To: to}))
	return did
}

func (w *walk) mode() crm.CRMMode {
	s, err := w.file.Workspace(context.Background())
	w.must(s, err)
	return s.Mode
}

// lists has numbers on the list of exceptions, or no more, as an administrator edits it.
func (w *walk) lists() string {
	if w.r.IntN(2) == 0 {
		return ""
	}
	ctx := context.Background()
	text := some(w, []string{"", "", walkStrangers[0], walkStrangers[1] + "\n" + walkKnown, "089555000*"})
	entries, _ := crm.ParseEntries(crm.Exceptions, text, "DE")
	did := w.tell("the exceptions are %q", text)
	w.must(nil, w.file.SetEntries(ctx, crm.Exceptions, entries))
	list := crm.NewBlocklist(entries)
	for _, c := range w.calls {
		if _, still := list.Find(partyOf(c.now.Remote, "DE")); !still {
			c.alone = false
		}
	}
	return did
}

// setsUp changes what the company set up, or the agent for himself.
func (w *walk) setsUp() string {
	w.meddled++
	ctx := context.Background()
	switch w.r.IntN(4) {
	case 0:
		s, err := w.file.Workspace(ctx)
		w.must(s, err)
		s.Mode = some(w, []crm.CRMMode{crm.Classic, crm.Simple})
		s.ConvertTo = some(w, []crm.ConvertTo{crm.ToContact, crm.ToCompany, crm.ToBoth})
		s.Owner = some(w, []crm.Owner{crm.FirstInQueue, crm.WhoAnswers})
		s.RepeatLeads = w.r.IntN(2) == 0
		var asked []crm.ID
		for _, l := range w.openLeads() {
			asked = append(asked, l.ID)
		}
		did := w.tell("the company is %+v", s)
		if _, err := w.file.SetWorkspace(ctx, s, asked); err != nil && !errors.As(err, &crm.LeadsOpen{}) { // one was made meanwhile
			w.t.Error(err)
		}
		return did
	case 1, 2:
		w.line.Mode = some(w, []crm.Mode{crm.Auto, crm.Auto, crm.Suggest})
		w.line.LeadFor = some(w, []crm.LeadFor{crm.LeadForAll, crm.LeadForIncoming, crm.LeadForOutgoing})
		w.line.ChangeResponsible = w.r.IntN(2) == 0
		did := w.tell("the line is %s for %s, hands over: %t", w.line.Mode, w.line.LeadFor, w.line.ChangeResponsible)
		w.do(crm.SaveLine{Line: w.line})
		return did
	}
	lang := some(w, []string{"de", "en"})
	rights := crm.Rights{Call: some(w, []crm.CallRight{crm.CallNobody, crm.CallCRM, crm.CallAnyone}), SeeCalls: crm.ReachOwn}
	did := w.tell("the language is %s, agents may call %d", lang, rights.Call)
	w.desk.SetLanguage(lang)
	w.do(crm.SaveRole{Role: crm.Role{ID: crm.Agent, Name: "Agent", Rights: rights}})
	return did
}
