package ui

import (
	"strconv"
	"strings"
	"time"

	"leadline/ui/text"
)

// quickDue is a day that follow-ups are often put on.
type quickDue struct {
	name text.Key
	days int
}

var quickDues = []quickDue{{text.Key("Tomorrow"), 1}, {text.Key("In 2 days"), 2}, {text.Key("In a week"), 7}}

// at is the moment it means: nine in the morning.
func (q quickDue) at(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+q.days, 9, 0, 0, 0, now.Location())
}

// dayOf is a day as typed: 26.11.2026, 26.11., 2026-11-26 or 26 Nov's numbers without a
// year, which mean the next such day. ok is false for anything else.
func dayOf(typed string, now time.Time) (day time.Time, ok bool) {
	typed = strings.TrimSpace(typed)
	for _, form := range []string{germanDay, time.DateOnly} {
		if t, err := time.ParseInLocation(form, typed, now.Location()); err == nil {
			return t, true
		}
	}
	t, err := time.Parse("2.1.2006", strings.TrimSuffix(typed, ".")+"."+strconv.Itoa(now.Year()))
	if err != nil {
		return day, false
	}
	day = time.Date(now.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
	if day.Before(time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())) {
		day = day.AddDate(1, 0, 0)
	}
	return day, true
}

// timeOfDay is a time of day as typed: 14:30, 14.30 or 14; empty is nine o'clock.
func timeOfDay(typed string) (hour, minute int, ok bool) {
	typed = strings.TrimSpace(strings.Replace(typed, ".", ":", 1))
	if typed == "" {
		return 9, 0, true
	}
	h, m, split := strings.Cut(typed, ":")
	if !split {
		m = "0"
	}
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	return hour, minute, err1 == nil && err2 == nil && hour >= 0 && hour < 24 && minute >= 0 && minute < 60
}

// typedDay is a day as dayOf reads it back.
func typedDay(t time.Time) string {
	if text.Language() == "de" {
		return t.Format(germanDay)
	}
	return t.Format(time.DateOnly)
}

// dueWords is when a follow-up is due under its heading: the time today and tomorrow, else the day, too.
func dueWords(due, now time.Time) string {
	due = due.In(now.Location())
	switch dueGroup(due, now) {
	case "Today", "Tomorrow":
		return text.Time(due)
	}
	return text.Weekday(due) + " " + text.Date(due, now) + " " + text.Time(due)
}

// dueGroup is the heading that a follow-up stands under.
func dueGroup(due, now time.Time) text.Key {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	switch {
	case due.Before(midnight):
		return text.Key("Overdue")
	case due.Before(midnight.AddDate(0, 0, 1)):
		return text.Key("Today")
	case due.Before(midnight.AddDate(0, 0, 2)):
		return text.Key("Tomorrow")
	}
	return text.Key("Later")
}
