package crm

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	anna     = User{ID: "u-anna", Name: "Anna Krüger"}
	petra    = User{ID: "u-petra", Name: "Petra Weiß"}
	stranger = Party{Kind: Phone, E164: 492219876543}
	contact  = Match{Ref: Ref{KindContact, "c1"}, Name: "Jürgen Müller-Lüdenscheidt"}
	company  = Match{Ref: Ref{KindCompany, "f1"}, Name: "Meier GmbH"}
	openLead = Match{Ref: Ref{KindLead, "l1"}, Name: "Heating Weilimdorf"}
	closed   = Match{Ref: Ref{KindLead, "l2"}, Closed: true}
	deal1    = Ref{KindDeal, "d1"}
	deal2    = Ref{KindDeal, "d2"}
	suggests = Line{Name: "Head office", Source: "Call"}
	repeats  = Workspace{RepeatLeads: true}
	makes    = Line{Name: "Sales", Mode: Auto, Source: "Advertising", QueueName: "Sales queue"}
)

func TestDecide(t *testing.T) {
	in := LeadForIncoming
	out := LeadForOutgoing
	with := func(l Line, f LeadFor) Line { l.LeadFor = f; return l }
	for _, c := range []struct {
		row     string
		facts   Facts
		create  Kind
		suggest bool
		attach  []Ref
		who     ID
		source  string
		reason  string
	}{
		{row: "B2 an unknown caller is suggested, nothing is made",
			facts:   Facts{Line: suggests, Direction: Incoming, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Call", reason: ReasonSuggest},
		{row: "B2 an unknown number called is suggested",
			facts:   Facts{Line: suggests, Direction: Outgoing, Reached: true, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Call", reason: ReasonSuggest},
		{row: "A4 an account without a line suggests, source Call",
			facts:   Facts{Direction: Incoming, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Call", reason: ReasonSuggest},
		{row: "B2 an unknown SIP address is suggested",
			facts:   Facts{Line: suggests, Direction: Incoming, Party: Party{Kind: SIPAddress, Address: "a@b"}, Agent: anna},
			suggest: true, who: "u-anna", source: "Call", reason: ReasonSuggest},
		{row: "B1 an incoming call makes a lead when it rings; D1 the first in the queue owns it",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Agent: anna, First: petra},
			create: KindLead, who: "u-petra", source: "Advertising", reason: ReasonNewLeadQueue},
		{row: "B1 without a queue the agent owns it",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLead},
		{row: "B1 an outgoing call makes none before it rings there",
			facts:   Facts{Line: makes, Direction: Outgoing, Party: stranger, Agent: anna, First: petra},
			suggest: true, who: "u-anna", source: "Advertising", reason: ReasonNotReached},
		{row: "B1 an outgoing call makes one when it rings there; D1 the agent owns it",
			facts:  Facts{Line: makes, Direction: Outgoing, Reached: true, Party: stranger, Agent: anna, First: petra},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLeadOut},
		{row: "B3 leads for incoming only: an outgoing call suggests",
			facts:   Facts{Line: with(makes, in), Direction: Outgoing, Reached: true, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Advertising", reason: ReasonNotThisWay},
		{row: "B3 leads for incoming only: an incoming call makes one",
			facts:  Facts{Line: with(makes, in), Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLead},
		{row: "B3 leads for outgoing only: an incoming call suggests",
			facts:   Facts{Line: with(makes, out), Direction: Incoming, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Advertising", reason: ReasonNotThisWay},
		{row: "B5 a withheld caller makes nothing",
			facts: Facts{Line: makes, Direction: Incoming, Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonWithheld},
		{row: "B5 a colleague makes nothing",
			facts: Facts{Line: makes, Direction: Incoming, Party: Party{Kind: Internal, Short: "102"}, Colleague: "Petra Weiß", Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonColleague},
		{row: "B5 a colleague's mobile makes nothing, though a contact has it",
			facts: Facts{Line: makes, Direction: Incoming, Party: stranger, Colleague: "Petra Weiß", Matches: []Match{contact}, Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonColleague},
		{row: "B5 an internal number of nobody makes nothing",
			facts: Facts{Line: makes, Direction: Incoming, Party: Party{Kind: Internal, Short: "199"}, Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonInternal},
		{row: "B6 every lead closed, repeat off: the call is on the old one",
			facts:   Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{closed}, Agent: anna},
			suggest: true, attach: []Ref{closed.Ref}, who: "u-anna", source: "Advertising", reason: ReasonClosedLead},
		{row: "B6 every lead closed, repeat on: a new one",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{closed}, Workspace: repeats, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonRepeat},
		{row: "B6 repeat on, but the line only suggests",
			facts:   Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{closed}, Workspace: repeats, Agent: anna},
			suggest: true, attach: []Ref{closed.Ref}, who: "u-anna", source: "Call", reason: ReasonClosedLead},
		{row: "C1 a known contact with company and two deals",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{contact}, Company: company, Deals: []Ref{deal1, deal2}, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref, deal1, deal2}, who: "u-anna", source: "Advertising", reason: ReasonContactCompanyDeals},
		{row: "B1 a SIP address makes a lead as a number does",
			facts:  Facts{Line: makes, Direction: Incoming, Party: Party{Kind: SIPAddress, Address: "a@b"}, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLead},
		{row: "A4 a line without a source gives Call",
			facts:  Facts{Line: Line{Name: "Plain", Mode: Auto}, Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, who: "u-anna", source: SourceCall, reason: ReasonNewLead},
		{row: "B1 B4 the far end answers after the lead was made when it rang there",
			facts:  Facts{Line: makes, Direction: Outgoing, Reached: true, Party: stranger, Matches: []Match{openLead}, Agent: anna},
			attach: []Ref{openLead.Ref}, who: "u-anna", source: "Advertising", reason: ReasonLead},
		{row: "B3 leads for outgoing only: an outgoing call makes one",
			facts:  Facts{Line: with(makes, out), Direction: Outgoing, Reached: true, Party: stranger, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLeadOut},
		{row: "B3 leads for outgoing only: not before it rings there",
			facts:   Facts{Line: with(makes, out), Direction: Outgoing, Party: stranger, Agent: anna},
			suggest: true, who: "u-anna", source: "Advertising", reason: ReasonNotReached},
		{row: "B3 leads for all: an incoming call makes one",
			facts:  Facts{Line: with(makes, LeadForAll), Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, who: "u-anna", source: "Advertising", reason: ReasonNewLead},
		{row: "B5 a withheld number called by mistake makes nothing",
			facts: Facts{Line: makes, Direction: Outgoing, Reached: true, Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonWithheld},
		{row: "B5 a colleague who is called makes nothing",
			facts: Facts{Line: makes, Direction: Outgoing, Reached: true, Party: Party{Kind: Internal, Short: "102"}, Colleague: "Petra Weiß", Agent: anna},
			who:   "u-anna", source: "Advertising", reason: ReasonColleague},
		{row: "B5 C1 an internal number that a contact has is the contact's",
			facts:  Facts{Line: makes, Direction: Incoming, Party: Party{Kind: Internal, Short: "199"}, Matches: []Match{contact}, Agent: anna},
			attach: []Ref{contact.Ref}, who: "u-anna", source: "Advertising", reason: ReasonContact},
		{row: "B6 repeat on, but not in this direction: the call is on the old one",
			facts:   Facts{Line: with(makes, out), Direction: Incoming, Party: stranger, Matches: []Match{closed}, Workspace: repeats, Agent: anna},
			suggest: true, attach: []Ref{closed.Ref}, who: "u-anna", source: "Advertising", reason: ReasonClosedLead},
		{row: "B6 repeat on and an open lead beside the closed: no new one",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{openLead, closed}, Workspace: repeats, Agent: anna},
			attach: []Ref{openLead.Ref}, who: "u-anna", source: "Advertising", reason: ReasonSeveralLead},
		{row: "B6 repeat on and a contact beside the closed lead: no new one",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{contact, closed}, Workspace: repeats, Agent: anna},
			attach: []Ref{contact.Ref}, who: "u-anna", source: "Advertising", reason: ReasonSeveralContact},
		{row: "B6 D1 the repeat lead is owned by the first in the queue",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{closed}, Workspace: repeats, Agent: anna, First: petra},
			create: KindLead, who: "u-petra", source: "Advertising", reason: ReasonRepeat},
		{row: "C1 an outgoing call to a known contact, whether it rings there or not",
			facts:  Facts{Line: makes, Direction: Outgoing, Party: stranger, Matches: []Match{contact}, Company: company, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref}, who: "u-anna", source: "Advertising", reason: ReasonContactCompany},
		{row: "C1 a contact without a company, with two deals",
			facts:  Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{contact}, Deals: []Ref{deal1, deal2}, Agent: anna},
			attach: []Ref{contact.Ref, deal1, deal2}, who: "u-anna", source: "Call", reason: ReasonContactDeals},
		{row: "C1 a company with a deal",
			facts:  Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{company}, Deals: []Ref{deal1}, Agent: anna},
			attach: []Ref{company.Ref, deal1}, who: "u-anna", source: "Call", reason: ReasonCompanyDeal},
		{row: "C1 C3 an open lead and a deal of the contact",
			facts:  Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{contact, openLead}, Deals: []Ref{deal1}, Agent: anna},
			attach: []Ref{contact.Ref, deal1, openLead.Ref}, who: "u-anna", source: "Call", reason: ReasonSeveralContact},
		{row: "C1 one deal",
			facts:  Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{contact}, Company: company, Deals: []Ref{deal1}, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref, deal1}, who: "u-anna", source: "Call", reason: ReasonContactCompanyDeal},
		{row: "C1 the company has the number too: no choice to make",
			facts:  Facts{Line: suggests, Direction: Incoming, Party: stranger, Matches: []Match{contact, company}, Company: company, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref}, who: "u-anna", source: "Call", reason: ReasonContactCompany},
		{row: "C1 a company alone",
			facts:  Facts{Line: suggests, Direction: Outgoing, Party: stranger, Matches: []Match{company}, Agent: anna},
			attach: []Ref{company.Ref}, who: "u-anna", source: "Call", reason: ReasonCompany},
		{row: "C1 B4 an open lead: no second one",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{openLead}, Agent: anna},
			attach: []Ref{openLead.Ref}, who: "u-anna", source: "Advertising", reason: ReasonLead},
		{row: "C3 contact, company and open lead: on the contact, and the open lead (C1)",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{contact, company, openLead}, Company: company, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref, openLead.Ref}, who: "u-anna", source: "Advertising", reason: ReasonSeveralContact},
		{row: "C3 a closed lead beside a contact gets nothing",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{contact, closed}, Agent: anna},
			attach: []Ref{contact.Ref}, who: "u-anna", source: "Advertising", reason: ReasonSeveralContact},
	} {
		t.Run(c.row, func(t *testing.T) {
			d := Decide(c.facts)
			if d.Create != c.create || d.Suggest != c.suggest || !slices.Equal(d.Attach, c.attach) ||
				d.Responsible != c.who || d.Source != c.source || d.Reason.Key != c.reason {
				t.Errorf("decided %+v", d)
			}
			for place := range placeholders(d.Reason.Key) {
				if d.Reason.Args[place] == "" {
					t.Errorf("reason %q has nothing for {%s}", d.Reason.Key, place)
				}
			}
		})
	}
}

// A contact or company that got the number while the call went on has it from its end on, beside what it was on.
func TestAtEnd_C1(t *testing.T) {
	call := Facts{Line: makes, Direction: Incoming, Party: stranger, Agent: anna}
	matched := func(f Facts, matches ...Match) Facts { f.Matches = matches; return f }
	belong := func(f Facts, c Match, deals ...Ref) Facts { f.Company, f.Deals = c, deals; return f }
	excepted, colleague, listed := call, call, call
	excepted.Exception, colleague.Colleague, listed.Blacklist = "0221*", "Petra Weiß", "0221*"
	another := Match{Ref: Ref{KindContact, "c2"}}
	for _, c := range []struct {
		row    string
		facts  Facts
		on     []Ref
		attach []Ref // nil: it stays
		reason string
	}{
		{row: "C1 the lead's caller has become a contact: on both, the contact first (C3)",
			facts: matched(call, contact, openLead), on: []Ref{openLead.Ref},
			attach: []Ref{contact.Ref, openLead.Ref}, reason: ReasonSeveralContact},
		{row: "C1 with the contact's company and deals",
			facts: belong(matched(call, contact, openLead), company, deal1), on: []Ref{openLead.Ref},
			attach: []Ref{contact.Ref, company.Ref, deal1, openLead.Ref}, reason: ReasonSeveralContact},
		{row: "C1 a company alone", facts: matched(call, company, openLead), on: []Ref{openLead.Ref},
			attach: []Ref{company.Ref, openLead.Ref}, reason: ReasonSeveralCompany},
		{row: "C1 the lead was closed meanwhile: the call stays on it", facts: matched(call, contact, closed), on: []Ref{closed.Ref},
			attach: []Ref{contact.Ref, closed.Ref}, reason: ReasonSeveralContact},
		{row: "C1 C3 a contact of the company's number", facts: matched(call, contact, company), on: []Ref{company.Ref, deal2},
			attach: []Ref{contact.Ref, company.Ref, deal2}, reason: ReasonSeveralContact},
		{row: "C1 a caller who was on nothing (B2)", facts: matched(call, contact), attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "C1 an outgoing call as well", facts: matched(Facts{Direction: Outgoing, Party: stranger}, contact, openLead), on: []Ref{openLead.Ref},
			attach: []Ref{contact.Ref, openLead.Ref}, reason: ReasonSeveralContact},
		{row: "decided once more, nothing changes", facts: belong(matched(call, contact, openLead), company, deal1),
			on: []Ref{contact.Ref, company.Ref, deal1, openLead.Ref}},
		{row: "C3 another of two contacts was spoken to last meanwhile", facts: matched(call, another, contact), on: []Ref{contact.Ref}},
		{row: "C1 still a lead alone", facts: matched(call, openLead), on: []Ref{openLead.Ref}},
		{row: "B2 still a stranger", facts: call},
		{row: "C3 on a deal, where only an agent puts it", facts: matched(call, contact), on: []Ref{deal1}},
		{row: "E1 an exception stays out", facts: matched(excepted, contact)},
		{row: "E1 and where it is, if it became one meanwhile", facts: matched(excepted, contact, openLead), on: []Ref{openLead.Ref}},
		{row: "B5 a withheld number stays out", facts: matched(Facts{Line: makes, Direction: Incoming, Agent: anna}, contact)},
		{row: "B5 a colleague stays out", facts: matched(colleague, contact)},
		{row: "E3 the blacklist stays out", facts: matched(listed, contact)},
	} {
		d, gained := AtEnd(c.facts, c.on)
		if gained != (c.attach != nil) || !slices.Equal(d.Attach, c.attach) || d.Reason.Key != c.reason {
			t.Errorf("%s: decided %v %+v", c.row, gained, d)
		}
		if again, more := AtEnd(c.facts, d.Attach); gained && more {
			t.Errorf("%s: decided twice it is on %v", c.row, again.Attach)
		}
	}
}

func placeholders(key string) map[string]bool {
	found := map[string]bool{}
	for {
		_, rest, ok := strings.Cut(key, "{")
		if !ok {
			return found
		}
		place, rest, _ := strings.Cut(rest, "}")
		found[place], key = true, rest
	}
}

func TestRank_C3(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	older, newer := contact, Match{Ref: Ref{KindContact, "c2"}, Last: day(20)}
	older.Last = day(3)
	got := []Match{closed, openLead, older, company, newer}
	Rank(got)
	want := []Ref{newer.Ref, older.Ref, company.Ref, openLead.Ref, closed.Ref}
	for i, m := range got {
		if m.Ref != want[i] {
			t.Fatalf("place %d is %v, want %v", i, m.Ref, want[i])
		}
	}
}
