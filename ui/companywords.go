package ui

import (
	"strings"
	"time"

	"leadline/crm"
	"leadline/ui/text"
)

// weekdayKey is a day of the week as it is written in full.
func weekdayKey(d time.Weekday) text.Key {
	switch d {
	case time.Monday:
		return text.Key("Monday")
	case time.Tuesday:
		return text.Key("Tuesday")
	case time.Wednesday:
		return text.Key("Wednesday")
	case time.Thursday:
		return text.Key("Thursday")
	case time.Friday:
		return text.Key("Friday")
	case time.Saturday:
		return text.Key("Saturday")
	}
	return text.Key("Sunday")
}

// pipelineName is how a pipeline is called; the one that every company begins with is
// translated until it is given another name.
func pipelineName(p crm.Pipeline) string {
	if p.ID == crm.StandardPipelineID && p.Name == crm.StandardPipeline().Name {
		return text.T("Standard pipeline")
	}
	return p.Name
}

// regionOf is a country as ISO 3166 writes it.
func regionOf(typed string) string { return strings.ToUpper(strings.TrimSpace(typed)) }
