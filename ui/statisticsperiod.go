package ui

import (
	"time"

	"leadline/ui/text"
)

// statisticsPeriod is a choice of days to count.
type statisticsPeriod string

const (
	periodToday statisticsPeriod = "today"
	periodWeek  statisticsPeriod = "week"
	periodMonth statisticsPeriod = "month"
	periodFrom  statisticsPeriod = "from"
)

// span is a period with the one that it is compared with, which is as long.
type span struct{ from, to, before time.Time }

// spanOf is a period as it stands now; what is still to come is not in it, so that it is compared
// with as much of the one before. Weeks begin on Monday.
func spanOf(p statisticsPeriod, now time.Time) span {
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	s := span{from: midnight, to: now.Truncate(time.Minute).Add(time.Minute), before: midnight.AddDate(0, 0, -1)}
	switch p {
	case periodWeek:
		s.from = midnight.AddDate(0, 0, -(int(now.Weekday())+6)%7)
		s.before = s.from.AddDate(0, 0, -7)
	case periodMonth:
		s.from = midnight.AddDate(0, 0, 1-now.Day())
		s.before = s.from.AddDate(0, -1, 0)
	}
	return s
}

// spanBetween is from one day to another, both in it as far as they are over; the days before it are compared.
func spanBetween(first, last, now time.Time) span {
	s := span{from: first, to: last.AddDate(0, 0, 1)}
	days := 0
	for d := first; d.Before(s.to); d = d.AddDate(0, 0, 1) {
		days++
	}
	s.before = first.AddDate(0, 0, -days)
	if soon := now.Truncate(time.Minute).Add(time.Minute); soon.After(first) && soon.Before(s.to) {
		s.to = soon
	}
	return s
}

// days says whether it is more than one day.
func (s span) days() bool { return s.to.After(s.from.AddDate(0, 0, 1)) }

// beforeEnd is where the period before ends: with as much of it as there is of this one, or where this one begins.
func (s span) beforeEnd() time.Time {
	if to := s.before.Add(s.to.Sub(s.from)); to.Before(s.from) {
		return to
	}
	return s.from
}

// beforeWords are the days of the period before in words, with the time of day where it ends within one.
func (s span) beforeWords(now time.Time) string {
	was := span{from: s.before, to: s.beforeEnd()}
	if t := was.to; t.Hour() != 0 || t.Minute() != 0 {
		return text.T("{period} until {time}", "period", was.words(now), "time", text.Time(t))
	}
	return was.words(now)
}

// words are its days in words.
func (s span) words(now time.Time) string {
	last := s.to.Add(-time.Minute)
	if !s.days() {
		return text.Weekday(s.from) + " " + text.Date(s.from, now)
	}
	return text.Date(s.from, now) + " – " + text.Date(last, now)
}
