package desk

import (
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
		d.desk.FollowUp(call.ID, due)
		d.call("it is on the desk", func(c Call) bool { return c.FollowUp.Equal(due) })
		want := 0
		if due.Equal(today) {
			want = 1
		}
		d.until("it is counted", func(s Snapshot) bool { return s.Due == want })
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
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
