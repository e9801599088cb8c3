package store

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// begin saves that a stranger's or a customer's call began.
func begin(t *testing.T, s *Store, d crm.Direction, number string, line crm.Line) (crm.Call, crm.Decision) {
	t.Helper()
	c, decision, err := s.BeginCall(ctx, crm.Call{Direction: d, Party: crm.Parse(number, "DE"), Line: line.ID})
	ok(t, err)
	return c, decision
}

func lineOf(t *testing.T, s *Store, mode crm.Mode) crm.Line {
	t.Helper()
	l := crm.Line{ID: s.NewID(), Name: "Line " + string(mode), Mode: mode, Source: "Website", Region: "DE"}
	ok(t, s.Do(ctx, crm.SaveLine{Line: l}))
	return l
}

func TestAStrangerOnALineThatSuggestsLeavesOnlyTheCall_B2(t *testing.T) {
	s := seeded(t)
	_, d := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Suggest))
	if !d.Suggest || d.Create != "" || len(must(s.Match(ctx, crm.Parse(DemoUnknown, "DE")))(t)) != 0 {
		t.Errorf("decided %+v", d)
	}
}

func TestARecordSavedAtAnyMomentIsLinkedToTheCall_B2(t *testing.T) {
	for _, kind := range []crm.Kind{crm.KindLead, crm.KindContact} {
		for _, moment := range []string{"ringing", "talking", "ended"} {
			t.Run(string(kind)+" while "+moment, func(t *testing.T) {
				s := seeded(t)
				line := lineOf(t, s, crm.Suggest)
				earlier, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
				ok(t, s.EndCall(ctx, earlier.ID, noon, crm.Missed, ""))
				c, _ := begin(t, s, crm.Incoming, "+49 221 9876543", line)
				if moment != "ringing" {
					ok(t, s.AnswerCall(ctx, c.ID, c.Began.Add(time.Second)))
				}
				if moment == "ended" {
					ok(t, s.EndCall(ctx, c.ID, c.Began.Add(time.Minute), crm.Answered, ""))
				}
				form := crm.Form{Call: c.ID, Kind: kind, FirstName: "Jörg", LastName: "Groß", Company: "Groß & Söhne Köln", Party: c.Party, Source: "Website"}
				ok(t, s.SaveDraft(ctx, form))
				ref := must(s.Create(ctx, form))(t)
				if got := must(s.Call(ctx, c.ID))(t); !slices.Contains(got.Call.Refs, ref) || got.Ref != ref {
					t.Errorf("the call is on %v, not on %v", got.Call.Refs, ref)
				}
				if got := must(s.Call(ctx, earlier.ID))(t); got.Ref != ref {
					t.Error("the earlier call of the number is not on the new record")
				}
				if left := must(s.Drafts(ctx))(t); len(left) != 0 {
					t.Errorf("draft left behind: %+v", left)
				}
				next := must(s.Match(ctx, crm.Parse("0221/9876543", "DE")))(t)
				if len(next) != 1 || next[0].Ref != ref {
					t.Errorf("the next call matches %+v", next)
				}
				rec := must(s.Record(ctx, ref))(t)
				if rec.Responsible != "Anna Krüger" || rec.CompanyName != "Groß & Söhne Köln" || len(rec.Timeline) != 3 {
					t.Errorf("record %+v", rec)
				}
			})
		}
	}
}

// A line makes leads for the calls in the direction that it is set to, and no others; by hand they are made in both.
func TestALineMakesLeadsInItsDirectionOnlyAndByHandInBoth_B3(t *testing.T) {
	for _, tt := range []struct {
		leads    crm.LeadFor
		incoming bool
		outgoing bool
	}{
		{crm.LeadForIncoming, true, false}, {crm.LeadForOutgoing, false, true}, {crm.LeadForAll, true, true}, {"", true, true},
	} {
		t.Run("for "+string(tt.leads), func(t *testing.T) {
			s := seeded(t)
			line := lineOf(t, s, crm.Auto)
			line.LeadFor = tt.leads
			ok(t, s.Do(ctx, crm.SaveLine{Line: line}))
			for number, way := range map[string]struct {
				direction crm.Direction
				made      bool
			}{"0221 9876541": {crm.Incoming, tt.incoming}, "0221 9876542": {crm.Outgoing, tt.outgoing}} {
				c, _ := begin(t, s, way.direction, number, line)
				c, d, err := s.RingCall(ctx, c.ID)
				ok(t, err)
				if made := len(c.Refs) == 1 && c.Refs[0].Kind == crm.KindLead; made != way.made || d.Suggest == way.made {
					t.Errorf("%v: the call is on %v, %+v", way.direction, c.Refs, d)
				}
				if way.made {
					continue
				}
				ref := must(s.Create(ctx, crm.Form{Call: c.ID, Kind: crm.KindLead, LastName: "Groß", Party: c.Party}))(t)
				if row := must(s.Call(ctx, c.ID))(t); !slices.Contains(row.Call.Refs, ref) {
					t.Errorf("%v: the lead made by hand is not on the call: %v", way.direction, row.Call.Refs)
				}
			}
		})
	}
}

func TestOneCallerMakesOneLead_B1_B4(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	first, d := begin(t, s, crm.Incoming, DemoUnknown, line)
	if d.Create != crm.KindLead || len(first.Refs) != 1 {
		t.Fatalf("decided %+v", d)
	}
	for range 5 {
		again, d := begin(t, s, crm.Incoming, DemoUnknown, line)
		if d.Create != "" || !slices.Equal(again.Refs, first.Refs) {
			t.Errorf("again %+v on %v", d, again.Refs)
		}
	}
	twice, _, err := s.BeginCall(ctx, first)
	ok(t, err)
	if !slices.Equal(twice.Refs, first.Refs) {
		t.Errorf("the same call twice is on %v", twice.Refs)
	}
	if leads := must(s.Match(ctx, first.Party))(t); len(leads) != 1 {
		t.Errorf("%d leads", len(leads))
	}
	if n := must(s.Calls(ctx, crm.Query{Text: "0221987", Limit: 100}))(t); n.Total != 6 {
		t.Errorf("%d calls in the log", n.Total)
	}
}

func TestAnOutgoingCallMakesALeadWhenItRingsThere_B1(t *testing.T) {
	s := seeded(t)
	c, d := begin(t, s, crm.Outgoing, DemoUnknown, lineOf(t, s, crm.Auto))
	if d.Create != "" || len(c.Refs) != 0 {
		t.Fatalf("a mistyped number left %+v", d)
	}
	c, d, err := s.RingCall(ctx, c.ID)
	ok(t, err)
	if d.Create != crm.KindLead || len(c.Refs) != 1 {
		t.Fatalf("rang: %+v", d)
	}
	ok(t, s.AnswerCall(ctx, c.ID, noon))
	if leads := must(s.Match(ctx, c.Party))(t); len(leads) != 1 {
		t.Errorf("%d leads", len(leads))
	}
}

func TestAKnownCallerIsSavedOnContactCompanyAndDeals_C1(t *testing.T) {
	s := seeded(t)
	c, d := begin(t, s, crm.Incoming, DemoKnown, lineOf(t, s, crm.Auto))
	var kinds []crm.Kind
	for _, r := range c.Refs {
		kinds = append(kinds, r.Kind)
	}
	if !slices.Equal(kinds, []crm.Kind{crm.KindContact, crm.KindCompany, crm.KindDeal, crm.KindDeal}) {
		t.Errorf("saved on %v", kinds)
	}
	if d.Reason.Key != crm.ReasonContactCompanyDeals || d.Reason.Args["company"] != "Meier GmbH" || d.Reason.Args["deals"] != "2" {
		t.Errorf("reason %+v", d.Reason)
	}
}

func TestPickingAnotherMovesTheCall_C3(t *testing.T) {
	s := seeded(t)
	c, d := begin(t, s, crm.Incoming, DemoSeveral, crm.Line{})
	if d.Reason.Key != crm.ReasonSeveralContact {
		t.Errorf("reason %+v", d.Reason)
	}
	matches := must(s.Match(ctx, c.Party))(t)
	ok(t, s.LinkCall(ctx, c.ID, matches[2].Ref))
	got := must(s.Call(ctx, c.ID))(t)
	if !slices.Equal(got.Call.Refs, []crm.Ref{matches[2].Ref}) || got.Call.Reason.Key != crm.ReasonLead {
		t.Errorf("the call is on %v because %v", got.Call.Refs, got.Call.Reason)
	}
}

func TestMissedCallsAreWorkedOff_H6(t *testing.T) {
	number := "0176 99 88 77 6"
	miss := func(t *testing.T, s *Store) {
		c, _ := begin(t, s, crm.Incoming, number, crm.Line{})
		ok(t, s.EndCall(ctx, c.ID, c.Began.Add(20*time.Second), crm.Missed, ""))
	}
	for _, c := range []struct {
		later     string
		direction crm.Direction
		outcome   crm.Outcome
		closes    bool
	}{
		{"they call again and we answer", crm.Incoming, crm.Answered, true},
		{"a colleague answers", crm.Incoming, crm.AnsweredElsewhere, true},
		{"we call back and they answer", crm.Outgoing, crm.Answered, true},
		{"we call back and nobody answers", crm.Outgoing, crm.NoAnswer, false},
		{"we call back and it is busy", crm.Outgoing, crm.Busy, false},
		{"they call and we decline", crm.Incoming, crm.Declined, false},
	} {
		t.Run(c.later, func(t *testing.T) {
			s := open(t)
			miss(t, s)
			miss(t, s)
			if page := must(s.Missed(ctx, crm.Query{Limit: 10}))(t); page.Total != 1 || page.Rows[0].Attempts != 2 {
				t.Fatalf("waiting: %+v", page)
			}
			later, _ := begin(t, s, c.direction, number, crm.Line{})
			if c.outcome == crm.Answered {
				ok(t, s.AnswerCall(ctx, later.ID, later.Began.Add(time.Second)))
			}
			ok(t, s.EndCall(ctx, later.ID, later.Began.Add(time.Minute), c.outcome, ""))
			if left := must(s.MissedCount(ctx))(t); (left == 0) != c.closes {
				t.Errorf("%d wait", left)
			}
		})
	}
	t.Run("a colleague is calling back", func(t *testing.T) {
		s := open(t)
		miss(t, s)
		petra := crm.User{ID: s.NewID(), Name: "Petra Weiß"}
		ok(t, s.Do(ctx, crm.SaveUser{User: petra}))
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Outgoing, Party: crm.Parse(number, "DE"), Agent: petra.ID, AgentName: petra.Name, Began: s.now()})
		ok(t, err)
		who := func(want string) {
			t.Helper()
			if page := must(s.Missed(ctx, crm.Query{Limit: 10}))(t); page.Total != 1 || page.Rows[0].Calling != want {
				t.Errorf("%q is to be calling: %+v", want, page)
			}
		}
		who("Petra Weiß")
		now := s.now
		s.now = func() time.Time { return now().Add(ringsAtMost + time.Second) } // her program fell out
		who("")
		s.now = now
		ok(t, s.EndCall(ctx, c.ID, now().Add(time.Minute), crm.NoAnswer, ""))
		who("")
		begin(t, s, crm.Outgoing, number, crm.Line{}) // one's own call is in one's own window
		who("")
	})
	t.Run("withheld callers are in the log only", func(t *testing.T) {
		s := open(t)
		c, _ := begin(t, s, crm.Incoming, "anonymous", crm.Line{})
		ok(t, s.EndCall(ctx, c.ID, noon, crm.Missed, ""))
		if n := must(s.MissedCount(ctx))(t); n != 0 {
			t.Errorf("%d wait", n)
		}
		if page := must(s.Calls(ctx, crm.Query{Limit: 10}))(t); page.Total != 1 || page.Rows[0].Call.Outcome != crm.Missed {
			t.Errorf("log %+v", page)
		}
	})
}

func TestAColleagueIsNamedAndMakesNothing_B5(t *testing.T) {
	s := seeded(t)
	c, d := begin(t, s, crm.Incoming, "102", lineOf(t, s, crm.Auto))
	if d.Reason.Key != crm.ReasonColleague || d.Reason.Args["name"] != "Petra Weiß" || len(c.Refs) != 0 {
		t.Errorf("decided %+v", d)
	}
	if row := must(s.Call(ctx, c.ID))(t); row.Name != "Petra Weiß" {
		t.Errorf("the log says %q", row.Name)
	}
}

func TestAnInterruptedCallSaysSo_H4(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leadline.db")
	s := openAt(t, path)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, crm.Line{})
	ok(t, s.AnswerCall(ctx, c.ID, c.Began.Add(time.Second)))
	ok(t, s.SaveNote(ctx, c.ID, "wants 40 brackets"))
	ok(t, s.SaveDraft(ctx, crm.Form{Call: c.ID, Kind: crm.KindLead, LastName: "Gro", Party: c.Party}))
	ok(t, s.Close())

	s = openAt(t, path)
	calls := must(s.Interrupted(ctx))(t)
	if len(calls) != 1 || calls[0].Outcome != crm.Interrupted || calls[0].Note != "wants 40 brackets" || calls[0].Ended.IsZero() {
		t.Errorf("interrupted %+v", calls)
	}
	if drafts := must(s.Drafts(ctx))(t); len(drafts) != 1 || drafts[0].LastName != "Gro" || drafts[0].Party.E164 != 492219876543 {
		t.Errorf("drafts %+v", drafts)
	}
	if again := must(s.Interrupted(ctx))(t); len(again) != 0 {
		t.Errorf("interrupted twice: %+v", again)
	}
}

func TestANoteOfNoCallIsRefused(t *testing.T) {
	s := open(t)
	if err := s.SaveNote(ctx, s.NewID(), "lost"); !errors.Is(err, ErrNotFound) {
		t.Errorf("said %v", err)
	}
	if _, err := s.Create(ctx, crm.Form{Kind: crm.KindContact}); !errors.As(err, new(crm.Invalid)) {
		t.Errorf("an empty form: %v", err)
	}
}

// Who has got the number by the end of a call, here or at a colleague's, has the call as well; asked again, nothing changes.
func TestACallIsSettledAtItsEnd_C1(t *testing.T) {
	s := seeded(t)
	c, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	lead := c.Refs[0]
	if gained := must(s.SettleCall(ctx, c.ID))(t); gained {
		t.Error("a call of a lead alone gained something")
	}
	mill := crm.Company{ID: s.NewID(), Name: "Mühle"}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: mill}))
	contact := contactWith(t, s, "Ida", "Ofen", DemoUnknown, "", mill.ID)
	if gained := must(s.SettleCall(ctx, c.ID))(t); !gained {
		t.Error("the contact's call gained nothing")
	}
	want := []crm.Ref{contact, {Kind: crm.KindCompany, ID: mill.ID}, lead}
	row := must(s.Call(ctx, c.ID))(t)
	if !slices.Equal(row.Call.Refs, want) || row.Call.Reason.Key != crm.ReasonSeveralContact {
		t.Errorf("it is on %v: %s", row.Call.Refs, row.Call.Reason.Key)
	}
	if again := must(s.SettleCall(ctx, c.ID))(t); again {
		t.Error("asked again, it gained once more")
	}
	except(t, s, crm.Exceptions, DemoUnknown)
	other, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	if gained := must(s.SettleCall(ctx, other.ID))(t); gained || len(must(s.Call(ctx, other.ID))(t).Call.Refs) > 0 {
		t.Error("an exception's call is on a record (E1)")
	}
}
