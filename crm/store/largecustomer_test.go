package store

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

// largeCustomer is a contact, of a company of its own, who called so often and was never answered. Notes and deals are as many as
// a long time leaves, and a tenth of the calls waits to be called back.
func largeCustomer(t testing.TB, s *Store, calls int) (party crm.Party, r crm.Ref) {
	t.Helper()
	party = crm.Parse("0221 7654321", "DE")
	company := crm.Company{ID: s.NewID(), Name: "Large GmbH"}
	contact := crm.Contact{ID: s.NewID(), LastName: "Large", Company: company.ID, Numbers: []crm.Number{{E164: party.E164}}}
	ok(t, s.Do(ctx, crm.CreateCompany{Company: company}, crm.CreateContact{Contact: contact}))
	r = crm.Ref{Kind: crm.KindContact, ID: contact.ID}
	k := must(keyOf(reader{s}, r))(t)
	of := must(keyOf(reader{s}, crm.Ref{Kind: crm.KindCompany, ID: company.ID}))(t)
	first := must(s.numberOf("SELECT coalesce(max(rid), 0) FROM call"))(t)
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{"CREATE TEMP TABLE IF NOT EXISTS n(i INTEGER PRIMARY KEY)", nil},
		{"DELETE FROM temp.n", nil},
		{"INSERT INTO n WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM c WHERE i < ?) SELECT i FROM c", []any{calls}},
		{`INSERT INTO call(rid, id, incoming, peer, party, account, line_name, queue, began, ended, outcome, detail, note, result, agent_name, waits)
			SELECT ?1+i, randomblob(16), 1, ?2, json_object('kind', 'phone', 'e164', ?3), '', '', '', 1600000000000+i*1000, 1600000000000+i*1000+500, 2, '', '', '', '', i%10 = 0
			FROM temp.n`, []any{first, party.Key(), int64(party.E164)}},
		{"INSERT INTO call_link(key, began, call, pos) SELECT ?1, 1600000000000+i*1000, ?2+i, 0 FROM temp.n", []any{int64(k), first}},
		{"INSERT INTO call_link(key, began, call, pos) SELECT ?1, 1600000000000+i*1000, ?2+i, 1 FROM temp.n", []any{int64(of), first}},
		{"INSERT INTO note(id, key, at, data) SELECT randomblob(16), ?1, 1600000000000+i, '{}' FROM temp.n WHERE i <= 10000", []any{int64(k)}},
		{`INSERT INTO deal(id, title, stage, open, cents, currency, contact, company, source, comment, created, updated, active)
			SELECT randomblob(16), 'Deal ' || i, 'New', 1, i, 'EUR', ?1, ?2, '', '', 0, 0, 0 FROM temp.n WHERE i <= 500`, []any{k.rid(), of.rid()}},
	} {
		if _, err := s.writer.ExecContext(ctx, step.sql, step.args...); err != nil {
			t.Fatalf("%s: %v", step.sql, err)
		}
	}
	return party, r
}

// numberOf is the number that a question of a test gives.
func (s *Store) numberOf(query string) (n int64, err error) {
	err = s.readDB.QueryRow(query).Scan(&n)
	return n, err
}

// However often nobody answered, when there was last a conversation is the end of a range of the index.
func TestWhenLastSpokenToIsOneLook_C3(t *testing.T) {
	s := seeded(t)
	for _, query := range []string{lastSpokenTo, matchByPhone} {
		if plan := strings.Join(planOf(t, s, query), "; "); !strings.Contains(plan, "INDEX call_link_spoken (key=?)") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// When there was last a conversation is known however it became known, of whichever record the call is.
func TestWhenLastSpokenToFollowsTheCall_C3(t *testing.T) {
	s := seeded(t)
	party, r := largeCustomer(t, s, 10)
	other := contactWith(t, s, "Other", "Person", "0221 5550000", "", "")
	third := contactWith(t, s, "Third", "Person", "0221 5550001", "", "")
	last := func(r crm.Ref) time.Time { return must(lastSpoken(reader{s}, must(keyOf(reader{s}, r))(t)))(t) }
	expect := func(when string, r crm.Ref, want time.Time) {
		t.Helper()
		if got := last(r); !got.Equal(want) {
			t.Errorf("%s: last spoken to at %v, not %v", when, got, want)
		}
	}
	expect("never answered", r, time.Time{})
	call, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: party, Began: noon})
	ok(t, err)
	expect("it rings", r, time.Time{})
	ok(t, s.AnswerCall(ctx, call.ID, noon.Add(5*time.Second)))
	expect("answered", r, noon)
	if m := must(s.Match(ctx, party))(t); len(m) != 1 || !m[0].Last.Equal(noon) {
		t.Errorf("matches %+v", m)
	}
	ok(t, s.EndCall(ctx, call.ID, noon.Add(time.Minute), crm.Answered, ""))
	ok(t, s.LinkCall(ctx, call.ID, other))
	expect("moved away", r, time.Time{})
	expect("moved here", other, noon)
	ok(t, s.Do(ctx, crm.RemoveRecord{Ref: other, Instead: third}))
	expect("its record was merged", third, noon)
	earlier := crm.Call{Direction: crm.Outgoing, Party: party, Began: noon.Add(-time.Hour), Answered: noon.Add(-time.Hour), Ended: noon, Outcome: crm.Answered}
	_, _, err = s.BeginCall(ctx, earlier)
	ok(t, err)
	expect("over when it was saved", r, earlier.Began)
}

// The calls of a customer are counted as far as a person would, and those that ring are none of them. The window says that there are more.
func TestACardCountsSoManyCalls_H1(t *testing.T) {
	s := seeded(t)
	party, r := largeCustomer(t, s, mostCountedCalls-1)
	expect := func(when string, want int, more bool) {
		t.Helper()
		if card := must(s.Card(ctx, r, 5, ""))(t); card.Calls != want || card.MoreCalls != more {
			t.Errorf("%s: %d calls, more: %t", when, card.Calls, card.MoreCalls)
		}
	}
	expect("one less", mostCountedCalls-1, false)
	for n, want := range []struct {
		calls int
		more  bool
	}{{mostCountedCalls, false}, {mostCountedCalls, true}} {
		call, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: party, Began: noon.Add(time.Duration(n) * time.Minute)})
		ok(t, err)
		expect("it rings", mostCountedCalls-1+n, false)
		ok(t, s.EndCall(ctx, call.ID, noon.Add(time.Hour), crm.Missed, ""))
		expect("it has ended", want.calls, want.more)
	}
}

// The largest of many open deals are the beginning of an index, and nothing is sorted while it rings.
func TestTheLargestDealsAreTheBeginningOfAnIndex_H1(t *testing.T) {
	s := seeded(t)
	contact, company := makeKey(crm.KindContact, 1), makeKey(crm.KindCompany, 1)
	for where, index := range map[string]string{ofCustomer(contact, true): "deal_largest_of_contact ", ofCustomer(company, true): "deal_largest_of_company ",
		ofCustomer(company, false): "deal_largest_of_company_alone "} {
		for _, query := range []string{"SELECT d.id FROM deal d " + where, "SELECT " + dealColumns + dealTables + where} {
			plan := strings.Join(planOf(t, s, query), "; ")
			if !strings.Contains(plan, "USING INDEX "+index) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: %s", query, plan)
			}
		}
	}
}

// BenchmarkLargeCustomer measures the processor's time from the ring to the card, of a customer who called ten and fifty thousand times.
func BenchmarkLargeCustomer(b *testing.B) {
	for _, calls := range []int{10, 2000, 50_000} {
		b.Run(strconv.Itoa(calls), func(b *testing.B) {
			s := openAt(b, b.TempDir()+"/leadline.db")
			party, r := largeCustomer(b, s, calls)
			k := must(keyOf(reader{s}, r))(b)
			numbers := []crm.Number{{E164: party.E164}}
			q := reader{s}
			measure := func(name string, f func() error) {
				const rounds = 200
				ok(b, f())
				before := processorTime(b)
				for range rounds {
					ok(b, f())
				}
				b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/1000/rounds, name+"-cpu-µs")
			}
			for b.Loop() {
				measure("match", func() error { _, err := s.Match(ctx, party); return err })
				measure("last-calls", func() error { _, err := lastCalls(q, k, 5, 0); return err })
				measure("count-calls", func() error { _, _, err := countCalls(q, k, 0); return err })
				measure("last-notes", func() error { _, err := lastNotes(q, k, 5, 0); return err })
				measure("missed", func() error { _, err := missedBy(q, numbers, nil); return err })
				measure("deals", func() error { _, err := openDealRefs(q, k, true); return err })
				measure("count-deals", func() error { _, err := countOpenDeals(q, k); return err })
				measure("open-leads", func() error { _, err := openLeads(q, numbers); return err })
				measure("card", func() error { _, err := s.Card(ctx, r, 5, ""); return err })
				measure("begin", func() error {
					_, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: party, Began: time.UnixMilli(1500000000000)})
					return err
				})
			}
		})
	}
}

// manyClosedLeads is a contact with a number that has had so many leads, all of them junk.
func manyClosedLeads(t testing.TB, s *Store, leads int) (party crm.Party, contact, last crm.Ref) {
	t.Helper()
	party = crm.Parse("0221 7654321", "DE")
	numbers := []crm.Number{{E164: party.E164}}
	contact = crm.Ref{Kind: crm.KindContact, ID: s.NewID()}
	do := []crm.Change{crm.CreateContact{Contact: crm.Contact{ID: contact.ID, LastName: "Switchboard", Numbers: numbers}}}
	for range leads {
		last = crm.Ref{Kind: crm.KindLead, ID: s.NewID()}
		do = append(do, crm.CreateLead{Lead: crm.Lead{ID: last.ID, LastName: "Advertiser", Status: crm.LeadJunk, Numbers: numbers}})
	}
	ok(t, s.Do(ctx, do...))
	return party, contact, last
}

// Who is open among very many closed leads of a number is found without a look at those, when they open, close, change or go.
func TestAnOpenLeadIsFoundAmongVeryManyClosed_C3(t *testing.T) {
	s := seeded(t)
	party, contact, last := manyClosedLeads(t, s, 2*mostMatches)
	expect := func(when string, open ...crm.Ref) {
		t.Helper()
		m := must(s.Match(ctx, party))(t)
		if len(m) < mostMatches || m[0].Ref != contact || m[1].Closed != (len(open) == 0) || len(open) > 0 && m[1].Ref != open[0] {
			t.Errorf("%s: %d matches, %+v", when, len(m), m[:min(len(m), 2)])
		}
		if card := must(s.Card(ctx, contact, 5, ""))(t); card.OpenLeads != len(open) {
			t.Errorf("%s: %d open leads", when, card.OpenLeads)
		}
		if wrong := must(s.numberOf(leadsOpenWrongly))(t); wrong > 0 {
			t.Errorf("%s: %d numbers do not say whether their lead is open", when, wrong)
		}
	}
	expect("all are closed")
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: last.ID, From: crm.LeadJunk, To: crm.LeadNew}))
	expect("one was opened", last)
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: last.ID, From: crm.LeadNew, To: crm.LeadInProgress}))
	expect("and worked on", last)
	lead := *must(s.Record(ctx, last))(t).Lead
	other := lead
	other.Numbers = nil
	ok(t, s.Do(ctx, crm.UpdateLead{Lead: other}))
	expect("it has another number")
	ok(t, s.Do(ctx, crm.UpdateLead{Lead: lead}))
	expect("it has its number again", last)
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: last.ID, From: crm.LeadInProgress, To: crm.LeadJunk}))
	expect("it was closed")
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: last.ID, From: crm.LeadJunk, To: crm.LeadNew}, crm.RemoveRecord{Ref: last}))
	expect("it is gone")
	for _, query := range []string{"SELECT count(*) " + fromOpenLeads, "SELECT key " + fromOpenLeads} {
		if plan := strings.Join(planOf(t, s, query), "; "); !strings.HasPrefix(plan, "SEARCH phone USING PRIMARY KEY (e164=?)") {
			t.Errorf("%s: %s", query, plan)
		}
	}
}

// BenchmarkManyClosedLeads measures the processor's time from a number that has had twenty thousand leads to the card.
func BenchmarkManyClosedLeads(b *testing.B) {
	s := openAt(b, b.TempDir()+"/leadline.db")
	party, contact, _ := manyClosedLeads(b, s, 20_000)
	const rounds = 200
	for b.Loop() {
		before := processorTime(b)
		for range rounds {
			if m := must(s.Match(ctx, party))(b); m[0].Ref != contact {
				b.Fatal(m[0])
			}
			must(s.Card(ctx, contact, 5, ""))(b)
		}
		b.ReportMetric(float64((processorTime(b)-before).Nanoseconds())/1000/rounds, "cpu-µs")
	}
}
