package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

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
