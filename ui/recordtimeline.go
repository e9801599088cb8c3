package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// timelineStep is by how many events the page of a timeline moves: each event that is drawn costs its widgets, so that
// those at the other end go. What is read meanwhile stays where it is.
const timelineStep = crm.TimelinePage / 2

// timeline is a page of what has happened, with the ways to the pages beside it.
func (v *recordView) timeline() fyne.CanvasObject {
	var column []fyne.CanvasObject
	if v.note != nil {
		v.note.show(v.rec.Ref, v.mail())
		column = append(column, v.note.box)
	}
	var nodes []*kit.TimelineNode
	if v.skip > 0 {
		column = append(column, v.way("Show later", true))
	} else {
		nodes = v.planned()
	}
	if nodes = append(nodes, timelineNodes(v.shownEvents(), v.opt.Now(), v.belowEvent, v.noteMore)...); len(nodes) > 0 {
		column = append(column, kit.NewTimeline(nodes...))
	} else {
		column = append(column, kit.Pad(6, 0, 0, 0, kit.NewProse("Nothing has happened yet. Calls and notes appear here.", kit.Body.In(theme.Text2))))
	}
	if v.rec.Earlier {
		column = append(column, v.way("Show earlier", false))
	}
	v.reader = kit.NewReader("Timeline", kit.Pad(18, 20, 18, 20, kit.Column(18, column...)), v.turn)
	return v.reader
}

// shownEvents are the events without the words that are being changed: these are in their field.
func (v *recordView) shownEvents() []desk.Event {
	events := slices.Clone(v.rec.Timeline)
	for i, e := range events {
		if v.editing(e) != nil {
			events[i].Body = ""
		}
	}
	return events
}

// way leads to another page, and has the keys go on there.
func (v *recordView) way(key text.Key, later bool) fyne.CanvasObject {
	b := kit.NewButton(key, kit.Link, func() {
		v.reader.Focus()
		v.turn(later)
	})
	return kit.Pad(0, 0, 0, kit.TimelineText, kit.Row(0, b, kit.Spacer()))
}

// turn asks for the events after or before those that are shown, where there are some.
func (v *recordView) turn(later bool) {
	switch {
	case v.skip != v.drawn.page.skip: // it is on its way
	case later && v.skip > 0:
		v.skip -= timelineStep
		v.load()
	case !later && v.rec.Earlier:
		v.skip += timelineStep
		v.load()
	}
}

// fit lays the timeline out anew, after what is above it became higher or lower.
func (v *recordView) fit() {
	if v.reader != nil {
		v.reader.Fit()
	}
}

// timelineNodes are a record's events under the headings of their days, newest first; below and beside are
// what is shown under an event and at its right, or nil.
func timelineNodes(events []desk.Event, now time.Time, below, beside func(desk.Event) fyne.CanvasObject) []*kit.TimelineNode {
	var nodes []*kit.TimelineNode
	day := ""
	for _, e := range events {
		if d := text.Heading(e.At, now); d != day {
			day = d
			nodes = append(nodes, kit.NewTimelineHeading(d))
		}
		icon, tone := eventShape(e)
		node := kit.NewTimelineNode(icon, tone, eventTitle(e), eventMeta(e), eventBody(e, now))
		if e.Kind == desk.EventCreated || e.Kind == desk.EventChanged {
			node.Quietly()
		}
		if o := below(e); o != nil {
			node.Below(o)
		}
		if o := beside(e); o != nil {
			node.Beside(o)
		}
		nodes = append(nodes, node)
	}
	return nodes
}

// eventShape is icon and colour of an event.
func eventShape(e desk.Event) (theme.IconName, kit.Tone) {
	switch e.Kind {
	case desk.EventNote:
		return theme.IconNote, kit.Warn
	case desk.EventCreated:
		return theme.IconLead, kit.Accent
	case desk.EventChanged:
		return theme.IconEdit, kit.Neutral
	}
	switch e.Outcome {
	case desk.Missed:
		return theme.IconMissed, kit.Bad
	case desk.Answered, desk.Open:
		if e.Incoming {
			return theme.IconIn, kit.Good
		}
		return theme.IconOut, kit.Good
	}
	if e.Incoming {
		return theme.IconIn, kit.Neutral
	}
	return theme.IconOut, kit.Neutral
}

// eventTitle is what happened; a call without a title of its own is told by its
// direction and outcome.
func eventTitle(e desk.Event) string {
	if e.Title.Key != "" {
		return text.Say(e.Title)
	}
	switch e.Kind {
	case desk.EventNote:
		return text.T("Note")
	case desk.EventCreated:
		return text.T("Created")
	case desk.EventChanged:
		return changeTitle(e)
	}
	switch {
	case e.NotTaken.Key != "" && e.Outcome == desk.Missed:
		return joined(" · ", text.T("Missed"), text.Say(e.NotTaken))
	case e.NotTaken.Key != "":
		return joined(" · ", text.T("Incoming"), text.Say(e.NotTaken))
	}
	return callTitle(e.Incoming, e.Outcome, e.Who)
}

// callTitle tells a call in words.
func callTitle(incoming bool, o desk.Outcome, who string) string {
	way := text.T("Outgoing")
	if incoming {
		way = text.T("Incoming")
	}
	switch o {
	case desk.Open:
		return way + ", " + text.T("in progress")
	case desk.Answered:
		if incoming && who != "" {
			return text.T("Incoming, answered by {agent}", "agent", who)
		}
		return way + ", " + text.T("answered")
	case desk.Missed:
		return text.T("Missed")
	case desk.AnsweredElsewhere:
		return text.T("Answered elsewhere")
	case desk.Declined:
		return way + ", " + text.T("declined")
	case desk.DeclinedThere:
		return way + ", " + text.T("declined there")
	case desk.Busy:
		return way + ", " + text.T("busy")
	case desk.NoAnswer:
		return way + ", " + text.T("no answer")
	case desk.NotFound:
		return way + ", " + text.T("number not found")
	case desk.Cancelled:
		return way + ", " + text.T("cancelled")
	case desk.Interrupted:
		return way + ", " + text.T("interrupted: the program ended")
	}
	return way + ", " + text.T("failed")
}

// eventMeta is the time and how long, or who, and whether it is as it was.
func eventMeta(e desk.Event) string {
	s := text.Time(e.At)
	switch {
	case e.Kind == desk.EventCall && e.Length > 0:
		s += " · " + text.Length(e.Length)
	case e.Kind != desk.EventCall && e.Who != "":
		s += " · " + e.Who
	}
	if !e.Edited.IsZero() {
		s += " · " + text.T("edited")
	}
	return joined(" · ", s, text.Say(e.Passed))
}

// eventBody is what was written, or by which rule and which call a record came to be.
func eventBody(e desk.Event, now time.Time) string {
	switch e.Kind {
	case desk.EventChanged:
		return changeBody(e)
	case desk.EventCreated:
	default:
		return strings.TrimSpace(e.Body)
	}
	lines := []string{text.Say(e.Reason)}
	if by := e.By; by != nil {
		lines = append(lines, joined(" · ", callTitle(by.Incoming, by.Outcome, by.Who), text.Day(by.At, now), by.Party, by.Line))
	}
	return joined("\n", lines...)
}

// newRecordTab is one of the tabs of a narrow record.
func newRecordTab(name text.Key, on bool, tapped func()) fyne.CanvasObject {
	style := kit.Body.In(theme.Text2)
	line := kit.FillRound(theme.Clear, 0).(*kit.Area)
	if on {
		style = kit.Body.Weighing(kit.SemiBold)
		line.SetColors(theme.AccentFill, theme.Clear)
	}
	content := kit.Column(0, kit.Sized(0, 30, kit.NewLabel(name, style)), kit.Sized(0, 2, line))
	p := newPressFocus("item", 4, content, tapped)
	p.english, p.shown = func() string { return text.English(name) }, func() string { return text.T(name) }
	return p
}
