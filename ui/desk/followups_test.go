package desk

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

func TestAFollowUpAfterACallIsKeptMovedAndTakenBack_H3(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jörg", "Groß", "0221 987 65 43")
	d.answered("a", "0221 987 65 43")
	d.ended("a", "0221 987 65 43", phone.HungUpThere)
	call := d.call("the call has ended", func(c Call) bool { return c.State == Ended && c.Card.Known })
	today := endOfDay(d.desk.now()).Add(-time.Second)
	for _, due := range []time.Time{today, today.AddDate(0, 0, 7), {}} {
		d.desk.FollowUp(call.ID, due, "")
		d.call("it is on the desk", func(c Call) bool { return c.FollowUp.Equal(due) })
		want := 0
		if due.Equal(today) {
			want = 1
		}
		d.until("it is counted", func(s Snapshot) bool { return s.Due == want })
	}
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		all, err := d.file.FollowUps(t.Context(), fileRef(ref))
		if err != nil || len(all) != 1 || all[0].Call != crm.ID(call.ID) {
			t.Fatalf("the follow-ups are %+v, %v", all, err)
		}
		if !all[0].Done.IsZero() {
			return
		}
		if time.Now().After(end) {
			t.Fatal("it is not taken back in the file")
		}
	}
}

// It is given to a colleague before or after its day is said, and moving the day leaves it there.
func TestAFollowUpIsGivenToAColleague_H3(t *testing.T) {
	d := newDesk(t)
	ref := d.contact("Jörg", "Groß", "0221 987 65 43")
	petra := crm.User{ID: d.file.NewID(), Name: "Petra Weiß", Roles: []crm.ID{crm.Agent}}
	if err := d.file.Do(t.Context(), crm.SaveUser{User: petra}); err != nil {
		t.Fatal(err)
	}
	d.answered("a", "0221 987 65 43")
	d.ended("a", "0221 987 65 43", phone.HungUpThere)
	call := d.call("the call has ended", func(c Call) bool { return c.State == Ended && c.Card.Known && len(c.People) > 1 })
	if i := slices.IndexFunc(call.People, func(p Person) bool { return p.Name == "Petra Weiß" }); i < 0 || call.People[i].ID != string(petra.ID) {
		t.Errorf("it can be given to %+v", call.People)
	}
	kept := func(due time.Time, responsible crm.ID) {
		t.Helper()
		var all []crm.FollowUp
		for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
			var err error
			if all, err = d.file.FollowUps(t.Context(), fileRef(ref)); err != nil {
				t.Fatal(err)
			}
			if len(all) == 1 && all[0].Due.Equal(due) && all[0].Responsible == responsible {
				return
			}
		}
		t.Fatalf("the follow-ups are %+v, want one of %v due %v", all, responsible, due)
	}
	me, err := d.file.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	day := d.desk.now().AddDate(0, 0, 2).Truncate(time.Millisecond)
	d.desk.FollowUp(call.ID, time.Time{}, string(petra.ID))
	d.call("it would be hers", func(c Call) bool { return c.FollowUpOwner == string(petra.ID) })
	if all, err := d.file.FollowUps(t.Context(), fileRef(ref)); err != nil || len(all) > 0 {
		t.Fatalf("noted without a day: %+v, %v", all, err)
	}
	d.desk.FollowUp(call.ID, day, string(petra.ID))
	kept(day, petra.ID)
	d.desk.FollowUp(call.ID, day.Add(time.Hour), string(petra.ID))
	kept(day.Add(time.Hour), petra.ID)
	d.desk.FollowUp(call.ID, day.Add(time.Hour), "")
	kept(day.Add(time.Hour), me.ID)
}
