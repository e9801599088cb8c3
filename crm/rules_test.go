package crm

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The rules that TestDecide has no rows for: exceptions, blacklist, the simple mode,
// and who is responsible after an answer or a transfer.
func TestDecideByMode(t *testing.T) {
	simple := func(to ConvertTo) Workspace { return Workspace{Mode: Simple, ConvertTo: to, Pipeline: "p1"} }
	answering := Workspace{Owner: WhoAnswers}
	passing := Line{Name: "Sales", Mode: Auto, ChangeResponsible: true, Source: "Call"}
	madeLead := []Made{{Ref{KindLead, "l9"}, "u-petra"}}
	madeDeal := []Made{{Ref{KindContact, "c9"}, "u-petra"}, {Ref{KindDeal, "d9"}, "u-anna"}}
	own := Line{Name: "Service", Mode: Auto, Pipeline: "p2"}
	handed := func(ref Ref, from, to ID) Assign { return Assign{ref, from, to} }
	known := []Match{contact}
	gone := User{ID: "u-gone", Name: "Gone", Left: true}
	for _, c := range []struct {
		row      string
		facts    Facts
		decline  bool
		suggest  bool
		create   Kind
		convert  []Kind
		repeat   bool
		attach   []Ref
		pipeline ID
		assign   []Assign
		reason   string
	}{
		{row: "E3 an incoming call of the blacklist is declined and makes nothing",
			facts:   Facts{Line: makes, Direction: Incoming, Party: stranger, Blacklist: "0900*", Agent: anna},
			decline: true, reason: ReasonBlacklist},
		{row: "E3 C1 also when a contact has the number",
			facts:   Facts{Line: makes, Direction: Incoming, Party: stranger, Blacklist: "0900*", Matches: known, Agent: anna},
			decline: true, reason: ReasonBlacklist},
		{row: "E3 an outgoing call to a number of the blacklist is as any other",
			facts:  Facts{Line: makes, Direction: Outgoing, Reached: true, Party: stranger, Blacklist: "0900*", Agent: anna},
			create: KindLead, reason: ReasonNewLeadOut},
		{row: "E1 an incoming exception makes nothing and suggests nothing",
			facts: Facts{Line: makes, Direction: Incoming, Party: stranger, Exception: "030 1*", Agent: anna}, reason: ReasonException},
		{row: "E1 an outgoing exception makes nothing",
			facts: Facts{Line: makes, Direction: Outgoing, Reached: true, Party: stranger, Exception: "030 1*", Agent: anna}, reason: ReasonException},
		{row: "E1 C1 an exception is not saved on a contact with the number",
			facts: Facts{Line: makes, Direction: Incoming, Party: stranger, Exception: "030 1*", Matches: known, Deals: []Ref{deal1}, Agent: anna}, reason: ReasonException},
		{row: "E1 E3 the blacklist comes before the exceptions",
			facts:   Facts{Line: makes, Direction: Incoming, Party: stranger, Exception: "0900*", Blacklist: "0900*", Agent: anna},
			decline: true, reason: ReasonBlacklist},
		{row: "E1 B6 an exception makes no repeat lead",
			facts: Facts{Line: makes, Workspace: repeats, Direction: Incoming, Party: stranger, Exception: "x", Matches: []Match{closed}, Agent: anna}, reason: ReasonException},
		{row: "E1 F2 an exception makes no customer",
			facts: Facts{Line: makes, Workspace: simple(ToBoth), Direction: Incoming, Party: stranger, Exception: "x", Agent: anna}, pipeline: "p1", reason: ReasonException},
		{row: "E1 D2 what an exception's call made before it was one stays where it is",
			facts: Facts{Line: passing, Direction: Incoming, Party: stranger, Exception: "x", Made: madeLead, PassedTo: anna}, reason: ReasonException},
		{row: "B5 F2 a withheld caller makes no customer",
			facts: Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Agent: anna}, pipeline: "p1", reason: ReasonWithheld},
		{row: "B5 F2 a colleague makes no customer",
			facts: Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Colleague: "Petra", Agent: anna}, pipeline: "p1", reason: ReasonColleague},
		{row: "F2 an unknown caller makes contact and deal",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, convert: []Kind{KindContact, KindDeal}, pipeline: "p1", reason: ReasonNewCustomer},
		{row: "F2 D1 or company and deal, owned by the first in the queue",
			facts:  Facts{Line: makes, Workspace: simple(ToCompany), Direction: Incoming, Party: stranger, Agent: anna, First: petra},
			create: KindLead, convert: []Kind{KindCompany, KindDeal}, pipeline: "p1", reason: ReasonNewCustomerQueue},
		{row: "F2 B1 or both, when it rings there",
			facts:  Facts{Line: makes, Workspace: simple(ToBoth), Direction: Outgoing, Reached: true, Party: stranger, Agent: anna},
			create: KindLead, convert: []Kind{KindContact, KindCompany, KindDeal}, pipeline: "p1", reason: ReasonNewCustomerOut},
		{row: "F2 B1 not before it rings there",
			facts:   Facts{Line: makes, Workspace: simple(ToBoth), Direction: Outgoing, Party: stranger, Agent: anna},
			suggest: true, pipeline: "p1", reason: ReasonCustomerWhenRings},
		{row: "F2 B2 a line that suggests makes no customer",
			facts:   Facts{Line: suggests, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Agent: anna},
			suggest: true, pipeline: "p1", reason: ReasonSuggestContact},
		{row: "F2 B3 nor one that makes none this way",
			facts:   Facts{Line: Line{Name: "L", Mode: Auto, LeadFor: LeadForOutgoing}, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Agent: anna},
			suggest: true, pipeline: "p1", reason: ReasonNoCustomerThisWay},
		{row: "F4 the line's own pipeline before the workspace's",
			facts:  Facts{Line: own, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Agent: anna},
			create: KindLead, convert: []Kind{KindContact, KindDeal}, pipeline: "p2", reason: ReasonNewCustomer},
		{row: "F2 B6 all leads closed, repeat on: a customer again",
			facts:  Facts{Line: makes, Workspace: Workspace{Mode: Simple, RepeatLeads: true}, Direction: Incoming, Party: stranger, Matches: []Match{closed}, Agent: anna},
			create: KindLead, convert: []Kind{KindContact, KindDeal}, repeat: true, reason: ReasonRepeatCustomer},
		{row: "F2 B6 all leads closed, repeat off: on the old one",
			facts:   Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: []Match{closed}, Agent: anna},
			suggest: true, attach: []Ref{closed.Ref}, pipeline: "p1", reason: ReasonClosedLead},
		{row: "B6 classic, repeat on, outgoing, not reached yet: on the old one",
			facts:   Facts{Line: makes, Workspace: repeats, Direction: Outgoing, Party: stranger, Matches: []Match{closed}, Agent: anna},
			suggest: true, attach: []Ref{closed.Ref}, reason: ReasonClosedLead},
		{row: "B6 classic, repeat on, outgoing, reached: a repeat lead",
			facts:  Facts{Line: makes, Workspace: repeats, Direction: Outgoing, Reached: true, Party: stranger, Matches: []Match{closed}, Agent: anna},
			create: KindLead, repeat: true, reason: ReasonRepeat},
		{row: "F3 a known contact with an open deal: saved on both",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: known, Company: company, Deals: []Ref{deal1}, Agent: anna},
			attach: []Ref{contact.Ref, company.Ref, deal1}, pipeline: "p1", reason: ReasonContactCompanyDeal},
		{row: "F3 a known contact without an open deal: one is made",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: known, Company: company, Agent: anna},
			create: KindDeal, attach: []Ref{contact.Ref, company.Ref}, pipeline: "p1", reason: ReasonNewDeal},
		{row: "F3 F4 for a known company in the line's pipeline",
			facts:  Facts{Line: own, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: []Match{company}, Agent: anna},
			create: KindDeal, attach: []Ref{company.Ref}, pipeline: "p2", reason: ReasonNewDeal},
		{row: "F3 B1 calling a customer makes one when it rings there",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Outgoing, Reached: true, Party: stranger, Matches: known, Agent: anna},
			create: KindDeal, attach: []Ref{contact.Ref}, pipeline: "p1", reason: ReasonNewDeal},
		{row: "F3 B1 and not before",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Outgoing, Party: stranger, Matches: known, Agent: anna},
			attach: []Ref{contact.Ref}, pipeline: "p1", reason: ReasonContact},
		{row: "F3 B2 a line that suggests makes no deal",
			facts:  Facts{Line: suggests, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: known, Agent: anna},
			attach: []Ref{contact.Ref}, pipeline: "p1", reason: ReasonContact},
		{row: "F3 B3 nor one that makes none this way",
			facts:  Facts{Line: Line{Name: "L", Mode: Auto, LeadFor: LeadForIncoming}, Workspace: simple(ToContact), Direction: Outgoing, Reached: true, Party: stranger, Matches: known, Agent: anna},
			attach: []Ref{contact.Ref}, pipeline: "p1", reason: ReasonContact},
		{row: "F3 an open lead of before the switch is no customer yet",
			facts:  Facts{Line: makes, Workspace: simple(ToContact), Direction: Incoming, Party: stranger, Matches: []Match{openLead}, Agent: anna},
			attach: []Ref{openLead.Ref}, pipeline: "p1", reason: ReasonLead},
		{row: "F1 C1 classic: a known contact without a deal gets none",
			facts:  Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: known, Agent: anna},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "D1 who answers: the lead goes to them",
			facts:  Facts{Line: makes, Workspace: answering, Direction: Incoming, Reached: true, Party: stranger, Matches: []Match{openLead}, Made: madeLead, AnsweredBy: anna},
			attach: []Ref{openLead.Ref}, assign: []Assign{handed(madeLead[0].Ref, "u-petra", "u-anna")}, reason: ReasonAnswered},
		{row: "D1 first in queue: an answer changes nothing",
			facts:  Facts{Line: makes, Direction: Incoming, Reached: true, Party: stranger, Matches: []Match{openLead}, Made: madeLead, AnsweredBy: anna},
			attach: []Ref{openLead.Ref}, reason: ReasonLead},
		{row: "D1 who answers: a record that was there before keeps its own",
			facts:  Facts{Line: makes, Workspace: answering, Direction: Incoming, Reached: true, Party: stranger, Matches: []Match{openLead}, AnsweredBy: anna},
			attach: []Ref{openLead.Ref}, reason: ReasonLead},
		{row: "D1 who answers: of an outgoing call the agent who called has it already",
			facts:  Facts{Line: makes, Workspace: answering, Direction: Outgoing, Reached: true, Party: stranger, Matches: []Match{openLead}, Made: madeLead, AnsweredBy: anna},
			attach: []Ref{openLead.Ref}, reason: ReasonLead},
		{row: "D2 a completed transfer gives what the call made to the colleague",
			facts:  Facts{Line: passing, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeDeal, PassedTo: anna},
			attach: []Ref{contact.Ref}, assign: []Assign{handed(madeDeal[0].Ref, "u-petra", "u-anna")}, reason: ReasonPassedOn},
		{row: "D2 outgoing as well",
			facts:  Facts{Line: passing, Direction: Outgoing, Reached: true, Party: stranger, Matches: known, Made: madeLead, PassedTo: anna},
			attach: []Ref{contact.Ref}, assign: []Assign{handed(madeLead[0].Ref, "u-petra", "u-anna")}, reason: ReasonPassedOn},
		{row: "D2 with the setting off nothing changes",
			facts:  Facts{Line: makes, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeLead, PassedTo: anna},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "D2 a record that was there before keeps its own",
			facts:  Facts{Line: passing, Direction: Incoming, Reached: true, Party: stranger, Matches: known, PassedTo: anna},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "D2 a transfer to outside or a failed one names nobody",
			facts:  Facts{Line: passing, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeLead},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "D2 D1 a transfer is stronger than who answered",
			facts:  Facts{Line: passing, Workspace: answering, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeLead, AnsweredBy: petra, PassedTo: anna},
			attach: []Ref{contact.Ref}, assign: []Assign{handed(madeLead[0].Ref, "u-petra", "u-anna")}, reason: ReasonPassedOn},
		{row: "D2 D1 a transfer with the setting off leaves it with who answered",
			facts:  Facts{Line: makes, Workspace: answering, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeLead, AnsweredBy: anna, PassedTo: petra},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
		{row: "D2 D4 nothing goes to somebody who has left",
			facts:  Facts{Line: passing, Direction: Incoming, Reached: true, Party: stranger, Matches: known, Made: madeLead, PassedTo: gone},
			attach: []Ref{contact.Ref}, reason: ReasonContact},
	} {
		t.Run(c.row, func(t *testing.T) {
			d := Decide(c.facts)
			got := []any{d.Decline, d.Suggest, d.Create, d.Convert, d.Repeat, d.Attach, d.Pipeline, d.Assign, d.Reason.Key}
			want := []any{c.decline, c.suggest, c.create, c.convert, c.repeat, c.attach, c.pipeline, c.assign, c.reason}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("decided %+v", d)
			}
			for place := range placeholders(d.Reason.Key) {
				if d.Reason.Args[place] == "" && !(place == "queue" && c.facts.Line.QueueName == "") {
					t.Errorf("reason %q has nothing for {%s}", d.Reason.Key, place)
				}
			}
		})
	}
}

func TestAnExceptionIsSavedOnNothingByHandEither_E1(t *testing.T) {
	if d := Attach(Facts{Exception: "x", Matches: []Match{contact}}); len(d.Attach) != 0 || d.Reason.Key != ReasonException {
		t.Errorf("%+v", d)
	}
}

// By hand a call goes to the record that is picked and to what belongs to it, and says so (C1, C3).
func TestACallPutOnARecordByHandIsOnWhatBelongsToIt_C3(t *testing.T) {
	for _, tt := range []struct {
		facts  Facts
		attach []Ref
		reason string
	}{
		{Facts{Matches: []Match{contact}, Company: company, Deals: []Ref{deal1}}, []Ref{contact.Ref, company.Ref, deal1}, ReasonContactCompanyDeal},
		{Facts{Matches: []Match{company}, Deals: []Ref{deal1, deal2}}, []Ref{company.Ref, deal1, deal2}, ReasonCompanyDeals},
		{Facts{Matches: []Match{contact}, Deals: []Ref{deal1}}, []Ref{contact.Ref, deal1}, ReasonContactDeal},
		{Facts{Matches: []Match{openLead}}, []Ref{openLead.Ref}, ReasonLead},
		{Facts{Matches: []Match{{Ref: deal1}}}, []Ref{deal1}, ReasonDeal},
	} {
		d := Attach(tt.facts)
		if !slices.Equal(d.Attach, tt.attach) || d.Reason.Key != tt.reason {
			t.Errorf("on %v because %q, want %v because %q", d.Attach, d.Reason.Key, tt.attach, tt.reason)
		}
	}
	if d := Decide(Facts{Line: makes, Direction: Incoming, Party: stranger, Matches: []Match{company, openLead}, Agent: anna}); d.Reason.Key != ReasonSeveralCompany {
		t.Errorf("of a company and a lead it says %q", d.Reason.Key)
	}
}

func TestRoute_D3(t *testing.T) {
	sends := Line{Name: "Sales", SendToResponsible: true, Hours: Hours{Zone: "UTC", Spans: []Span{{time.Monday, 540, 1020}}}}
	monday := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	with := func(u User) User { u.Extension = "101"; return u }
	left := with(anna)
	left.Left = true
	good := RouteFacts{Line: sends, At: monday, Party: stranger, Matches: []Match{contact}, Responsible: with(anna), Ready: true}
	change := func(f func(*RouteFacts)) RouteFacts { c := good; f(&c); return c }
	for _, c := range []struct {
		row    string
		facts  RouteFacts
		to     string
		reason string
	}{
		{"an identified caller goes to the responsible", good, "101", RouteResponsible},
		{"not where the line does not say so", change(func(f *RouteFacts) { f.Line.SendToResponsible = false }), "", RouteSettingOff},
		{"an unknown caller the normal way", change(func(f *RouteFacts) { f.Matches = nil }), "", RouteUnknown},
		{"a withheld one too", change(func(f *RouteFacts) { f.Party = Party{} }), "", RouteUnknown},
		{"E1 an exception too", change(func(f *RouteFacts) { f.Exception = "x" }), "", RouteUnknown},
		{"nobody is responsible", change(func(f *RouteFacts) { f.Responsible = User{} }), "", RouteNobody},
		{"D4 never to who has left", change(func(f *RouteFacts) { f.Responsible = left }), "", RouteLeft},
		{"a user without a telephone", change(func(f *RouteFacts) { f.Responsible = anna }), "", RouteNoExtension},
		{"outside the working hours", change(func(f *RouteFacts) { f.At = monday.Add(8 * time.Hour) }), "", RouteAfterHours},
		{"busy, or not at work", change(func(f *RouteFacts) { f.Ready = false }), "", RouteNotReady},
	} {
		got := DecideRoute(c.facts)
		if got.Extension != c.to || got.Reason.Key != c.reason {
			t.Errorf("%s: %+v", c.row, got)
		}
		for place := range placeholders(got.Reason.Key) {
			if got.Reason.Args[place] == "" {
				t.Errorf("%s: nothing for {%s}", c.row, place)
			}
		}
	}
	nameless := DecideRoute(change(func(f *RouteFacts) { f.Matches = []Match{openLead}; f.Matches[0].Name = "" }))
	if nameless.Reason.Args["customer"] != stranger.DialString() {
		t.Errorf("who has no name is called %q", nameless.Reason.Args["customer"])
	}
}

// someFacts draws facts that can be, and some that cannot.
func someFacts(t *rapid.T) Facts {
	flip := func(name string) bool { return rapid.Bool().Draw(t, name) }
	f := Facts{
		Line: Line{Name: "L", Mode: rapid.SampledFrom([]Mode{"", Suggest, Auto}).Draw(t, "mode"), ChangeResponsible: flip("change"),
			LeadFor: rapid.SampledFrom([]LeadFor{"", LeadForAll, LeadForIncoming, LeadForOutgoing}).Draw(t, "for")},
		Workspace: Workspace{Mode: rapid.SampledFrom([]CRMMode{Classic, Simple}).Draw(t, "crm mode"), RepeatLeads: flip("repeat"),
			ConvertTo: rapid.SampledFrom([]ConvertTo{ToContact, ToCompany, ToBoth}).Draw(t, "to"),
			Owner:     rapid.SampledFrom([]Owner{FirstInQueue, WhoAnswers}).Draw(t, "owner")},
		Direction: rapid.SampledFrom([]Direction{Incoming, Outgoing}).Draw(t, "direction"), Reached: flip("reached"), Agent: anna,
		Party: rapid.SampledFrom([]Party{stranger, {}, {Kind: Internal, Short: "1"}, {Kind: SIPAddress, Address: "a@b"}}).Draw(t, "party"),
	}
	for _, m := range []Match{contact, company, openLead, closed} {
		if flip("match") {
			f.Matches = append(f.Matches, m)
		}
	}
	if flip("deal") && len(f.Matches) > 0 {
		f.Deals = []Ref{deal1}
	}
	for field, value := range map[*string]string{&f.Colleague: "Petra", &f.Exception: "030*", &f.Blacklist: "0900*"} {
		if rapid.IntRange(0, 3).Draw(t, "rare") == 0 {
			*field = value
		}
	}
	for _, u := range []*User{&f.First, &f.AnsweredBy, &f.PassedTo} {
		if flip("user") {
			*u = rapid.SampledFrom([]User{anna, petra, {ID: "u-gone", Left: true}}).Draw(t, "who")
		}
	}
	if flip("made") {
		f.Made = []Made{{openLead.Ref, "u-petra"}}
	}
	return f
}

func TestDecideKeepsItsPromisesForAnyFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := someFacts(t)
		d := Decide(f)
		makes := d.Create != "" || len(d.Convert) > 0
		known := slices.ContainsFunc(f.Matches, func(m Match) bool { return !m.Closed })
		switch {
		case !reflect.DeepEqual(d, Decide(f)):
			t.Fatal("the same facts, another decision")
		case d.Create == KindLead && known:
			t.Fatal("a known caller makes no lead (C1)")
		case f.Exception != "" && (makes || len(d.Attach) > 0 || d.Suggest || len(d.Assign) > 0):
			t.Fatal("an exception leaves a trace (E1)")
		case makes && (f.Colleague != "" || f.Party.Kind == Withheld):
			t.Fatal("colleagues and withheld numbers make nothing (B5)")
		case makes && f.Line.Mode != Auto:
			t.Fatal("a line that suggests makes nothing (B2)")
		case makes && !f.Line.LeadFor.Includes(f.Direction):
			t.Fatal("made in the wrong direction (B3)")
		case makes && f.Direction == Outgoing && !f.Reached:
			t.Fatal("made before it rings there (B1)")
		case d.Create == KindLead && len(d.Attach) > 0:
			t.Fatal("a new lead, and attached to an old record")
		case makes && d.Suggest:
			t.Fatal("made and suggested")
		case d.Create == KindLead && (f.Workspace.Mode == Simple) != (len(d.Convert) > 0):
			t.Fatal("the simple mode converts at once, the classic never (F1, F2)")
		case len(d.Convert) > 0 && d.Convert[len(d.Convert)-1] != KindDeal:
			t.Fatal("half a conversion (F2)")
		case d.Create == KindDeal && (f.Workspace.Mode != Simple || len(f.Deals) > 0 || len(d.Attach) == 0):
			t.Fatal("a deal is made in the simple mode for a customer without one (F3)")
		case d.Decline && (f.Blacklist == "" || f.Direction != Incoming || makes || len(d.Attach) > 0):
			t.Fatal("declined what is not on the blacklist, or made something of it (E3)")
		case !slices.Contains(Reasons, d.Reason.Key):
			t.Fatalf("reason %q is not in the list", d.Reason.Key)
		}
		for _, a := range d.Assign {
			if !slices.ContainsFunc(f.Made, func(m Made) bool { return m.Ref == a.Ref }) || a.From == a.To || a.To == "u-gone" {
				t.Fatalf("assigned %+v", a)
			}
		}
	})
}

// What a decision makes, asked about again, makes nothing more and gives nobody anything else.
func TestADecisionTakenTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := someFacts(t)
		Rank(f.Matches)
		d := Decide(f)
		after := f
		after.Matches = slices.Clone(f.Matches)
		switch {
		case d.Create == KindDeal:
			after.Deals = []Ref{{KindDeal, "new"}}
		case len(d.Convert) > 0:
			after.Deals = []Ref{{KindDeal, "new"}}
			after.Matches = append(after.Matches, Match{Ref: Ref{d.Convert[0], "new"}}, Match{Ref: Ref{KindLead, "new"}, Closed: true})
		case d.Create == KindLead:
			after.Matches = append(after.Matches, Match{Ref: Ref{KindLead, "new"}})
		}
		Rank(after.Matches)
		after.Made = nil
		for _, m := range f.Made {
			for _, a := range d.Assign {
				if a.Ref == m.Ref {
					m.Responsible = a.To
				}
			}
			after.Made = append(after.Made, m)
		}
		again := Decide(after)
		if again.Create != "" || len(again.Convert) > 0 || len(again.Assign) > 0 {
			t.Fatalf("first %+v, then %+v", d, again)
		}
		if d.Create != "" && len(again.Attach) == 0 {
			t.Fatalf("what was made is not found again: %+v", again)
		}
	})
}
