package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"leadline/crm"
	"leadline/ui/text"
)

// weekdays in the order of a working week.
var weekdays = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday,
}

// hoursOf writes the working hours of a day: "8:00–12:00, 13:00–17:00"; "" is none.
func hoursOf(h crm.Hours, day time.Weekday) string {
	var spans []string
	for _, s := range h.Spans {
		if s.Day == day {
			spans = append(spans, clock(s.From)+"–"+clock(s.To))
		}
	}
	return strings.Join(spans, ", ")
}

// weekOf writes the working hours of a week, days of the same hours together: "Mon–Fri 8:00–17:00, Sat 9:00–12:00".
func weekOf(h crm.Hours) string {
	var week []string
	for first := 0; first < len(weekdays); {
		last, hours := first, hoursOf(h, weekdays[first])
		for last+1 < len(weekdays) && hoursOf(h, weekdays[last+1]) == hours {
			last++
		}
		days := text.DayName(weekdays[first])
		if last > first {
			days += "–" + text.DayName(weekdays[last])
		}
		if hours != "" {
			week = append(week, days+" "+hours)
		}
		first = last + 1
	}
	return strings.Join(week, ", ")
}

func clock(minutes int) string { return fmt.Sprintf("%d:%02d", minutes/60, minutes%60) }

// parseHours reads what hoursOf writes, and what people write: "8-12, 13.30 - 17".
func parseHours(day time.Weekday, written string) (spans []crm.Span, ok bool) {
	for part := range strings.SplitSeq(strings.NewReplacer("–", "-", "—", "-", ";", ",").Replace(written), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, two := strings.Cut(part, "-")
		s := crm.Span{Day: day}
		var fromOK, toOK bool
		s.From, fromOK = parseClock(from)
		s.To, toOK = parseClock(to)
		if !two || !fromOK || !toOK || s.From >= s.To {
			return nil, false
		}
		spans = append(spans, s)
	}
	return spans, true
}

// parseClock is the minute of the day of "8", "8:30", "08.30" or "24:00".
func parseClock(written string) (minutes int, ok bool) {
	hour, minute, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(written), ".", ":"), ":")
	h, err := strconv.Atoi(hour)
	if err != nil {
		return 0, false
	}
	m := 0
	if minute != "" {
		if m, err = strconv.Atoi(minute); err != nil {
			return 0, false
		}
	}
	if h < 0 || h > 24 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, false
	}
	return h*60 + m, true
}

// dialRulesOf writes the rules of dialling out, one per line: "+49 = 0".
func dialRulesOf(rules []crm.DialRule) string {
	var b strings.Builder
	for _, r := range rules {
		fmt.Fprintf(&b, "%s = %s\n", r.From, r.To)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// parseDialRules reads what dialRulesOf writes; wrong is the first line that is none.
func parseDialRules(written string) (rules []crm.DialRule, wrong string) {
	for line := range strings.Lines(written) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		from, to, two := strings.Cut(strings.ReplaceAll(line, "→", "="), "=")
		r := crm.DialRule{From: strings.TrimSpace(from), To: strings.TrimSpace(to)}
		if !two || !dials(strings.TrimPrefix(r.From, "+")) || r.From == "" || !dials(strings.TrimPrefix(r.To, "+")) {
			return nil, line
		}
		rules = append(rules, r)
	}
	return rules, ""
}

// dials says whether something holds nothing but what a keypad has.
func dials(s string) bool { return strings.Trim(s, "0123456789*#") == "" }
