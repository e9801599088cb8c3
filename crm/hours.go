package crm

import (
	"fmt"
	"time"
)

// Span is a stretch of working time on one day of the week, in minutes of the
// day: 540 is 9:00, 1440 the end of the day.
type Span struct {
	Day  time.Weekday `json:"day"`
	From int          `json:"from"`
	To   int          `json:"to"` // exclusive
}

// Hours are the working hours of a line (A1). Without a span they are always.
type Hours struct {
	Zone  string `json:"zone,omitempty"` // of the IANA: "Europe/Berlin"; "" is where the program runs
	Spans []Span `json:"spans,omitempty"`
}

// What working hours may be wrong in, as the settings window says it.
const (
	HoursWrong  = "The working hours of a day begin before they end."
	HoursNoZone = "The time zone “{zone}” is not known."
)

// HoursTexts are all sentences of Hours.Check.
var HoursTexts = []string{HoursWrong, HoursNoZone}

// Check says what is wrong; nil when nothing.
func (h Hours) Check() error {
	if _, err := h.location(); err != nil {
		return Invalid{Say(HoursNoZone, "zone", h.Zone)}
	}
	for _, s := range h.Spans {
		if s.From < 0 || s.To > 24*60 || s.From >= s.To || s.Day < time.Sunday || s.Day > time.Saturday {
			return Invalid{Say(HoursWrong)}
		}
	}
	return nil
}

func (h Hours) location() (*time.Location, error) {
	if h.Zone == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(h.Zone)
	if err != nil {
		return nil, fmt.Errorf("time zone %q: %w", h.Zone, err)
	}
	return zone, nil
}

// Midnight is when the day of at began, by the clock that the hours are told in.
func (h Hours) Midnight(at time.Time) time.Time {
	zone, err := h.location()
	if err != nil {
		zone = time.Local
	}
	year, month, day := at.In(zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

// Open says whether at is within the hours. A zone that is not known counts as the program's own.
func (h Hours) Open(at time.Time) bool {
	if len(h.Spans) == 0 {
		return true
	}
	zone, err := h.location()
	if err != nil {
		zone = time.Local
	}
	at = at.In(zone)
	minute := at.Hour()*60 + at.Minute()
	for _, s := range h.Spans {
		if s.Day == at.Weekday() && minute >= s.From && minute < s.To {
			return true
		}
	}
	return false
}
