package ui

import (
	"slices"
	"testing"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestAFollowUpIsNotedAfterACall_H3(t *testing.T) {
	b := newBench(t)
	c := sample("ended")
	b.show(c)
	w := b.calls.slots[0]
	for _, want := range []string{"None", "Tomorrow", "In 2 days", "In a week"} {
		if !slices.Contains(visibleNames(w), want) {
			t.Errorf("%s is not offered", want)
		}
	}
	b.desk.took()
	named[*kit.FilterChip](b, w, "In 2 days").Tap()
	due := quickDues[1].at(b.now)
	b.took("follow up " + string(c.ID) + " " + due.Format("2006-01-02 15:04"))
	c.FollowUp = due
	b.show(c)
	if !named[*kit.FilterChip](b, w, "In 2 days").On() || named[*kit.FilterChip](b, w, "None").On() {
		t.Error("what was chosen is not shown")
	}
	named[*kit.FilterChip](b, w, "None").Tap()
	b.took("follow up " + string(c.ID) + " 0001-01-01 00:00")
}

func TestAFollowUpIsGivenToAColleagueInTheCallWindow_H3(t *testing.T) {
	b := newBench(t)
	c := sample("ended")
	c.People = []desk.Person{{ID: "", Name: "Anna Krüger"}}
	b.show(c)
	w := b.calls.slots[0]
	if slices.Contains(visibleNames(w), "Responsible") {
		t.Error("it can be given to nobody else, and is offered")
	}
	c.People = append(c.People, desk.Person{ID: "u2", Name: "Petra Weiß-Hohenstein"})
	b.show(c)
	who := named[*kit.Select](b, w, "Responsible")
	if who.Value() != "Anna Krüger" {
		t.Errorf("it is %s's", who.Value())
	}
	b.desk.took()
	if err := who.Choose("Petra Weiß-Hohenstein"); err != nil {
		t.Fatal(err)
	}
	b.took("follow up " + string(c.ID) + " 0001-01-01 00:00 u2")
	c.FollowUpOwner = "u2"
	b.show(c)
	named[*kit.FilterChip](b, w, "In 2 days").Tap()
	b.took("follow up " + string(c.ID) + " " + quickDues[1].at(b.now).Format("2006-01-02 15:04") + " u2")
	c.FollowUp = quickDues[1].at(b.now)
	b.show(c)
	if err := who.Choose("Anna Krüger"); err != nil {
		t.Fatal(err)
	}
	b.took("follow up " + string(c.ID) + " " + c.FollowUp.Format("2006-01-02 15:04"))
}

func TestNoFollowUpWhereThereIsNoRecordOrTheCallGoesOn_H3(t *testing.T) {
	b := newBench(t)
	for _, name := range []string{"elsewhere", "talk", "unknown"} {
		b.show(sample(name))
		if slices.Contains(visibleNames(b.calls.slots[0]), "In 2 days") {
			t.Errorf("%s: a follow-up is offered", name)
		}
		b.show()
	}
}
