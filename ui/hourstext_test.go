package ui

import (
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

func TestWorkingHoursAreReadAsPeopleWriteThem_A1(t *testing.T) {
	day := func(spans ...int) (all []crm.Span) {
		for i := 0; i < len(spans); i += 2 {
			all = append(all, crm.Span{Day: time.Monday, From: spans[i], To: spans[i+1]})
		}
		return all
	}
	for written, want := range map[string][]crm.Span{
		"":                        nil,
		"8-12":                    day(480, 720),
		"8:00–12:00, 13:30–17:00": day(480, 720, 810, 1020),
		" 08.30 - 24:00 ; 0-1":    day(510, 1440, 0, 60),
		"8:00–12:00,":             day(480, 720),
	} {
		got, ok := parseHours(time.Monday, written)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", written, got, ok, want)
		}
		again, ok := parseHours(time.Monday, hoursOf(crm.Hours{Spans: got}, time.Monday))
		if !ok || !slices.Equal(again, got) {
			t.Errorf("%q comes back as %v", written, again)
		}
	}
	for _, written := range []string{"always", "12-8", "8", "8-8", "8:60-9", "-1-3", "24:01-24:02", "8-12-13", "8:x-9"} {
		if got, ok := parseHours(time.Monday, written); ok {
			t.Errorf("%q was read as %v", written, got)
		}
	}
}

func TestDialRulesAreReadAsTheyAreWritten_A1(t *testing.T) {
	rules, wrong := parseDialRules("+49 = 0\n\n+ = 00\n+1 → 0111\n+492215557=\n")
	want := []crm.DialRule{{From: "+49", To: "0"}, {From: "+", To: "00"}, {From: "+1", To: "0111"}, {From: "+492215557", To: ""}}
	if wrong != "" || !slices.Equal(rules, want) {
		t.Errorf("%v, wrong %q", rules, wrong)
	}
	if again, _ := parseDialRules(dialRulesOf(want)); !slices.Equal(again, want) {
		t.Errorf("they come back as %v", again)
	}
	for _, line := range []string{"+49 0", "= 0", "a = 0", "+49 = zero"} {
		if _, wrong := parseDialRules("+1 = 0\n" + line); wrong != line {
			t.Errorf("%q: wrong is %q", line, wrong)
		}
	}
}

func TestTheHoursOfAWeekAreWrittenTogether_A1(t *testing.T) {
	var spans []crm.Span
	for day := time.Monday; day <= time.Thursday; day++ {
		spans = append(spans, crm.Span{Day: day, From: 480, To: 1020})
	}
	spans = append(spans, crm.Span{Day: time.Friday, From: 480, To: 720}, crm.Span{Day: time.Sunday, From: 600, To: 660}, crm.Span{Day: time.Sunday, From: 720, To: 780})
	if got, want := weekOf(crm.Hours{Spans: spans}), "Mon–Thu 8:00–17:00, Fri 8:00–12:00, Sun 10:00–11:00, 12:00–13:00"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := weekOf(crm.Hours{}); got != "" {
		t.Errorf("without hours it is %q", got)
	}
}
