package store

import (
	"errors"
	"testing"
	"time"

	"leadline/crm"
)

// linking is a file with a line that makes leads, and somebody to link a caller to.
type linking struct {
	s       *Store
	contact crm.Ref
	company crm.Ref
	lead    crm.Ref
	line    crm.Line
}

func newLinking(t *testing.T, mode crm.Mode) linking {
	s := open(t)
	l := linking{s: s, line: crm.Line{ID: s.NewID(), Name: "Zentrale", Mode: mode, LeadFor: crm.LeadForAll}}
	must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	c := crm.Contact{ID: s.NewID(), LastName: "Groß", Numbers: []crm.Number{num("030 1234567", crm.LabelWork)}}
	f := crm.Company{ID: s.NewID(), Name: "Groß & Söhne KG"}
	d := crm.Lead{ID: s.NewID(), Title: "Konsolen", Status: crm.LeadInProgress, Numbers: []crm.Number{num("030 7654321", crm.LabelWork)}}
	ok(t, s.Do(ctx, crm.SaveLine{Line: l.line}, crm.CreateContact{Contact: c}, crm.CreateCompany{Company: f}, crm.CreateLead{Lead: d}))
	l.contact, l.company, l.lead = crm.Ref{Kind: crm.KindContact, ID: c.ID}, crm.Ref{Kind: crm.KindCompany, ID: f.ID}, crm.Ref{Kind: crm.KindLead, ID: d.ID}
	return l
}

func (l linking) call(t *testing.T) crm.Call {
	c, _, err := l.s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("0176 1234567", "DE"), Line: l.line.ID, Began: time.Now()})
	ok(t, err)
	return c
}

// C3, F1: a stranger is linked to whom the agent knows; the number finds them from then on, and a lead
// that the call had made is that record's.
func TestC3AStrangerIsLinkedToARecordThatIsThere(t *testing.T) {
	for _, mode := range []crm.Mode{crm.Suggest, crm.Auto} {
		for _, pick := range []func(linking) crm.Ref{func(l linking) crm.Ref { return l.contact }, func(l linking) crm.Ref { return l.company }, func(l linking) crm.Ref { return l.lead }} {
			l := newLinking(t, mode)
			to := pick(l)
			before := l.call(t)
			ok(t, l.s.EndCall(ctx, before.ID, time.Now(), crm.Missed, ""))
			if mode == crm.Auto { // its lead is there already: made by that call, and linked with it
				ok(t, l.s.LinkParty(ctx, before.ID, to))
			} else {
				ok(t, l.s.LinkParty(ctx, l.call(t).ID, to))
			}
			m := must(l.s.Match(ctx, crm.Parse("+49 176 1234567", "DE")))(t)
			if len(m) == 0 || m[0].Ref != to {
				t.Fatalf("%s, %s: the number finds %+v", mode, to.Kind, m)
			}
			if row := must(l.s.Call(ctx, before.ID))(t); row.Ref != to {
				t.Errorf("%s, %s: the call is on %+v", mode, to.Kind, row.Ref)
			}
			open := must(l.s.Leads(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 9}))(t)
			if open.Total != 1 || open.Rows[0].Ref != l.lead {
				t.Errorf("%s, %s: open leads %+v", mode, to.Kind, open.Rows)
			}
			done := must(l.s.Leads(ctx, crm.Query{Filter: crm.FilterDone, Limit: 9}))(t)
			if want := mode == crm.Auto && to.Kind != crm.KindLead; want != (done.Total == 1) || want && done.Rows[0].Status != string(crm.LeadConverted) {
				t.Errorf("%s, %s: closed leads %+v", mode, to.Kind, done.Rows)
			}
			// Again, it changes nothing.
			ok(t, l.s.LinkParty(ctx, before.ID, to))
			if rec := must(l.s.Record(ctx, to))(t); to.Kind == crm.KindContact && len(rec.Contact.Numbers) != 2 {
				t.Errorf("numbers %+v", rec.Contact.Numbers)
			}
		}
	}
}

func TestC3NoCallIsLinkedToADealOrToWhatIsNotThere(t *testing.T) {
	l := newLinking(t, crm.Auto)
	c := l.call(t)
	var wrong crm.Invalid
	if err := l.s.LinkParty(ctx, c.ID, crm.Ref{Kind: crm.KindDeal, ID: l.s.NewID()}); !errors.As(err, &wrong) {
		t.Errorf("a deal: %v", err)
	}
	if err := l.s.LinkParty(ctx, c.ID, crm.Ref{Kind: crm.KindContact, ID: l.s.NewID()}); err == nil {
		t.Error("a contact that is not there is linked")
	}
	if open := must(l.s.Leads(ctx, crm.Query{Filter: crm.FilterOpen, Limit: 9}))(t); open.Total != 2 {
		t.Errorf("half of it was done: open leads %+v", open.Rows)
	}
}
