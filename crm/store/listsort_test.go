package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

func TestListsAreOrderedByAnyColumn(t *testing.T) {
	s := seeded(t)
	zora := crm.User{ID: s.NewID(), Name: "Zora Zimt"}
	ok(t, s.Do(ctx, crm.SaveUser{User: zora}))
	for i, position := range []string{"buyer", "", "Accountant", "Clerk"} {
		c := crm.Contact{ID: s.NewID(), LastName: fmt.Sprint("Zz ", i), Position: position}
		if i == 2 {
			c.Responsible = zora.ID
		}
		ok(t, s.Do(ctx, crm.CreateContact{Contact: c}))
	}
	names := func(o crm.Order) string {
		t.Helper()
		p := must(s.Contacts(ctx, crm.Query{Order: o, Limit: 128}))(t)
		if p.Total != len(p.Rows) {
			t.Errorf("%s: %d of %d", o, len(p.Rows), p.Total)
		}
		var all []string
		for _, r := range p.Rows {
			if strings.HasPrefix(r.Name, "Zz") {
				all = append(all, r.Name[3:])
			}
		}
		return strings.Join(all, "")
	}
	for order, want := range map[crm.Order]string{
		crm.By(crm.ColumnName, false): "0123", crm.By(crm.ColumnName, true): "3210",
		crm.By(crm.ColumnPosition, false): "2031", crm.By(crm.ColumnPosition, true): "3021", // what has none comes last in both
	} {
		if got := names(order); got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
	if p := must(s.Contacts(ctx, crm.Query{Order: crm.By(crm.ColumnResponsible, true), Limit: 1}))(t); p.Rows[0].Name != "Zz 2" {
		t.Errorf("Zora's comes after %+v", p.Rows)
	}
	all := must(s.Contacts(ctx, crm.Query{Order: crm.By(crm.ColumnPosition, false), Limit: 128}))(t)
	page := must(s.Contacts(ctx, crm.Query{Order: crm.By(crm.ColumnPosition, false), Offset: 2, Limit: 2}))(t)
	if len(page.Rows) != 2 || page.Rows[0].Ref != all.Rows[2].Ref {
		t.Errorf("page %+v", page)
	}
	for kind, columns := range sortedBy {
		l, err := listOf(kind)
		ok(t, err)
		for column := range columns {
			for _, filter := range []crm.Filter{crm.FilterAll, crm.FilterMine} {
				must(s.page(ctx, l, crm.Query{Order: crm.By(column, true), Filter: filter, Limit: 5}))(t)
			}
		}
	}
	if _, err := s.Contacts(ctx, crm.Query{Order: "by magic", Limit: 5}); err == nil {
		t.Error("an order that there is not is taken")
	}
	over, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Leads(over, crm.Query{Order: crm.By(crm.ColumnSource, false), Limit: 5}); !errors.Is(err, context.Canceled) {
		t.Errorf("sorted though nobody waits: %v", err)
	}
}

func TestTheLogOfCallsIsOrderedByAnyColumn(t *testing.T) {
	s := seeded(t)
	for _, e := range []struct {
		line, agent, result string
		at, waits, talks    int // minutes; talks -1: not answered
		outcome             crm.Outcome
	}{
		{"Verkauf", "Zora", "Quote", 1, 1, 5, crm.Answered},
		{"ärger", "Anna", "", 2, 3, -1, crm.Missed},
		{"Verkauf", "", "Callback", 3, 0, 1, crm.Answered},
		{"", "Özlem", "", 4, 9, 4, crm.Answered},
	} {
		began := time.Date(2036, 1, 2, 10, 0, 0, 0, time.UTC).Add(time.Duration(e.at) * time.Minute)
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(fmt.Sprint("030209488", 10+e.at), "DE"), LineName: e.line, AgentName: e.agent, Began: began}
		_, _, err := s.BeginCall(ctx, c)
		ok(t, err)
		answered := began.Add(time.Duration(e.waits) * time.Minute)
		if e.talks >= 0 {
			ok(t, s.AnswerCall(ctx, c.ID, answered))
		}
		ok(t, s.EndCall(ctx, c.ID, answered.Add(time.Duration(max(e.talks, 0))*time.Minute), e.outcome, ""))
		ok(t, s.SaveResult(ctx, c.ID, e.result))
	}
	numbers := func(q crm.Query) string {
		t.Helper()
		var all []string
		for _, r := range must(s.Calls(ctx, q))(t).Rows {
			if began := r.Call.Began.UTC(); began.Year() == 2036 {
				all = append(all, strconv.Itoa(began.Minute()))
			}
		}
		return strings.Join(all, "")
	}
	for order, want := range map[crm.Order]string{
		crm.OrderUsual: "4321", crm.By(crm.ColumnBegan, true): "4321", crm.By(crm.ColumnBegan, false): "1234",
		crm.By(crm.ColumnLine, false): "2314", crm.By(crm.ColumnLine, true): "3124", // the newest of a line first
		crm.By(crm.ColumnAgent, false): "2341", crm.By(crm.ColumnResult, false): "3142",
		crm.By(crm.ColumnLength, false): "3241", crm.By(crm.ColumnLength, true): "1423", crm.By(crm.ColumnStatus, true): "2431",
	} {
		if got := numbers(crm.Query{Order: order, Limit: 128}); got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
	// Upwards it goes on at its bookmark, and a column's order at its offset; filters hold.
	first := must(s.Calls(ctx, crm.Query{Order: crm.By(crm.ColumnBegan, false), Limit: 3}))(t)
	next := must(s.Calls(ctx, crm.Query{Order: crm.By(crm.ColumnBegan, false), After: first.End, Limit: 128}))(t)
	if all := must(s.Calls(ctx, crm.Query{Order: crm.By(crm.ColumnBegan, false), Limit: 128}))(t); len(next.Rows) != len(all.Rows)-3 || next.Rows[0].Call.ID != all.Rows[3].Call.ID {
		t.Errorf("%d of %d rows follow", len(next.Rows), len(all.Rows))
	}
	if got := numbers(crm.Query{Order: crm.By(crm.ColumnLength, true), Offset: 1, Limit: 2, Calls: crm.CallCriteria{From: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)}}); got != "42" {
		t.Errorf("the second page is %s", got)
	}
	if _, err := s.Calls(ctx, crm.Query{Order: crm.By(crm.ColumnCompany, false), Limit: 5}); err == nil {
		t.Error("an order that there is not is taken")
	}
}

func TestTheMissedCallsAreOrderedByAnyColumn_H6(t *testing.T) {
	s := open(t)
	day := time.Date(2036, 1, 2, 10, 0, 0, 0, time.UTC)
	for _, e := range []struct {
		number, line string
		at, waited   time.Duration
	}{
		{"030 20948811", "Sales", 0, 9 * time.Second}, {"030 20948811", "Workshop", time.Minute, 5 * time.Second},
		{"030 20948822", "Sales", 2 * time.Minute, 20 * time.Second}, {"030 20948833", "", 3 * time.Minute, 2 * time.Second},
	} {
		c := crm.Call{ID: s.NewID(), Direction: crm.Incoming, Party: crm.Parse(e.number, "DE"), LineName: e.line, Began: day.Add(e.at)}
		_, _, err := s.BeginCall(ctx, c)
		ok(t, err)
		ok(t, s.EndCall(ctx, c.ID, c.Began.Add(e.waited), crm.Missed, ""))
	}
	for order, want := range map[crm.Order]string{
		crm.OrderUsual: "321", crm.By(crm.ColumnBegan, false): "123", crm.By(crm.ColumnAttempts, true): "132",
		crm.By(crm.ColumnLength, true): "213", crm.By(crm.ColumnLine, true): "123",
	} {
		var got string
		for _, r := range must(s.Missed(ctx, crm.Query{Order: order, Limit: 9}))(t).Rows {
			got += r.Call.Party.DialString()[len(r.Call.Party.DialString())-1:]
		}
		if got != want {
			t.Errorf("%s: %s, want %s", order, got, want)
		}
	}
	if _, err := s.Missed(ctx, crm.Query{Order: crm.By(crm.ColumnCompany, true), Limit: 9}); err == nil {
		t.Error("an order that there is not is taken")
	}
}
