package store

import (
	"errors"
	"testing"

	"leadline/crm"
)

// What is taken back later than the rules have gone on obeys them, too.
func TestALeadIsNotOpenAgainBesideTheNextOneOfItsNumber_B4(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	first, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	undo := must(s.Remove(ctx, first.Refs[0]))(t)
	next, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	var refused crm.Invalid
	if err := s.Undo(ctx, undo.ID); !errors.As(err, &refused) || refused.Text.Key != crm.OpenAlready {
		t.Errorf("the lead of before is open, too: %v", err)
	}
	if found := must(s.Match(ctx, next.Party))(t); len(found) != 1 || found[0].Ref != next.Refs[0] {
		t.Errorf("the number has %+v", found)
	}
	ok(t, s.Do(ctx, crm.SetLeadStatus{Lead: next.Refs[0].ID, From: crm.LeadNew, To: crm.LeadJunk}))
	ok(t, s.Undo(ctx, undo.ID)) // as soon as no other one is open
}

func TestNoLeadIsOpenAgainInTheSimpleMode_F2(t *testing.T) {
	s := seeded(t)
	line := lineOf(t, s, crm.Auto)
	removed, _ := begin(t, s, crm.Incoming, DemoUnknown, line)
	converted, _ := begin(t, s, crm.Incoming, "0221 555 12 12", line)
	c := must(s.ConversionOf(ctx, converted.Refs[0].ID, []crm.Kind{crm.KindContact}, nil, ""))(t)
	undos := []crm.Undo{must(s.Remove(ctx, removed.Refs[0]))(t), must(s.Convert(ctx, c))(t)}
	setWorkspace(t, s, crm.Workspace{Mode: crm.Simple})
	for _, u := range undos {
		var refused crm.Invalid
		if err := s.Undo(ctx, u.ID); !errors.As(err, &refused) || refused.Text.Key != crm.UndoTooLate {
			t.Errorf("%s was taken back: %v", u.Title.Key, err)
		}
	}
	if open := openLeadsOf(t, s); len(open) > 0 {
		t.Errorf("open are %v", open)
	}
	setWorkspace(t, s, crm.Workspace{Mode: crm.Classic})
	for _, u := range undos {
		ok(t, s.Undo(ctx, u.ID))
	}
}

func TestNoCallOfAnExceptionIsPutBackOnARecord_E1(t *testing.T) {
	s := seeded(t)
	call, _ := begin(t, s, crm.Incoming, DemoUnknown, lineOf(t, s, crm.Auto))
	undo := must(s.Remove(ctx, call.Refs[0]))(t)
	except(t, s, crm.Exceptions, DemoUnknown)
	ok(t, s.Undo(ctx, undo.ID))
	if row := must(s.Call(ctx, call.ID))(t); len(row.Call.Refs) > 0 {
		t.Errorf("it is on %v", row.Call.Refs)
	}
}
