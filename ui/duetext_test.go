package ui

import (
	"testing"
	"time"

	"leadline/ui/text"
)

func TestDaysAndTimesOfFollowUpsAreReadAsTyped_H3(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"26.11.2026", "2026-11-26"}, {"2026-11-26", "2026-11-26"}, {" 26.11. ", "2026-11-26"}, {"26.11", "2026-11-26"},
		{"23.11.", "2026-11-23"}, {"22.11.", "2027-11-22"}, {"3.1.", "2027-01-03"}, {"31.2.", ""}, {"soon", ""}, {"", ""}, {"29.2.2027", ""},
	} {
		day, ok := dayOf(c.typed, mainNow)
		if got := day.Format(time.DateOnly); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%q is %s, %v", c.typed, got, ok)
		}
	}
	for _, c := range []struct {
		typed        string
		hour, minute int
		ok           bool
	}{{"14:30", 14, 30, true}, {"14.30", 14, 30, true}, {"9", 9, 0, true}, {"", 9, 0, true}, {"24:00", 0, 0, false}, {"10:61", 0, 0, false}, {"noon", 0, 0, false}} {
		h, m, ok := timeOfDay(c.typed)
		if ok != c.ok || ok && (h != c.hour || m != c.minute) {
			t.Errorf("%q is %d:%02d, %v", c.typed, h, m, ok)
		}
	}
}

func TestFollowUpsStandUnderTheirDay(t *testing.T) {
	for _, c := range []struct {
		due  time.Time
		want text.Key
	}{
		{at("2026-11-22", "23:59"), "Overdue"}, {at("2026-11-23", "00:00"), "Today"}, {at("2026-11-23", "08:00"), "Today"},
		{at("2026-11-24", "00:00"), "Tomorrow"}, {at("2026-11-24", "23:59"), "Tomorrow"}, {at("2026-11-25", "00:00"), "Later"},
	} {
		if got := dueGroup(c.due, mainNow); got != c.want {
			t.Errorf("%s is %s", c.due, got)
		}
	}
}
