package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/phone"
)

// List is one page of a list. It waits for the file: call it on a goroutine of your own.
func (d *Desk) List(ctx context.Context, q Query) (Page, error) {
	query := fileQuery(q)
	switch q.List {
	case CallList:
		return d.callPage(ctx, d.file.Calls, query)
	case MissedList:
		page, err := d.callPage(ctx, d.file.Missed, query)
		if q.Filter == string(crm.FilterDone) { // when somebody called back says more than when the call came
			for i := range page.Rows {
				page.Rows[i].At = page.Rows[i].closedAt
			}
		}
		return page, err
	case ContactList:
		return d.recordPage(ctx, d.file.Contacts, query)
	case CompanyList:
		return d.recordPage(ctx, d.file.Companies, query)
	case LeadList:
		return d.recordPage(ctx, d.file.Leads, query)
	case DealList:
		return d.recordPage(ctx, d.file.Deals, query)
	}
	return Page{}, fmt.Errorf("there is no list %q", q.List)
}

// fileQuery is the question as the file takes it.
func fileQuery(q Query) crm.Query {
	return crm.Query{Text: q.Text, Filter: crm.Filter(q.Filter), After: q.After, Offset: q.Offset, Limit: min(max(q.Limit, 1), 128), Order: q.Order, Calls: q.Calls, Records: q.Records}
}

// Count is how many rows a list has, all of them counted. It waits for the file, as List does.
func (d *Desk) Count(ctx context.Context, q Query) (n int, err error) {
	if q.List == MissedList {
		page, err := d.List(ctx, q)
		return page.Total, err
	}
	if n, err = d.file.Count(ctx, listed[q.List], fileQuery(q)); err != nil {
		return 0, fmt.Errorf("count the list: %w", err)
	}
	return n, nil
}

// listed is what a list is of; "" for calls.
var listed = map[List]crm.Kind{ContactList: crm.KindContact, CompanyList: crm.KindCompany, LeadList: crm.KindLead, DealList: crm.KindDeal}

func (d *Desk) callPage(ctx context.Context, ask func(context.Context, crm.Query) (crm.CallPage, error), q crm.Query) (Page, error) {
	found, err := ask(ctx, q)
	if err != nil {
		return Page{}, fmt.Errorf("read the list of calls: %w", err)
	}
	page := Page{Total: found.Total, End: found.End}
	for _, r := range found.Rows {
		page.Rows = append(page.Rows, d.callRow(r))
	}
	return page, nil
}

// callRow is a line of the call log, or of the missed calls.
func (d *Desk) callRow(r crm.CallRow) Row {
	c := r.Call
	row := Row{
		Ref: viewRef(r.Ref), Call: string(c.ID), Title: r.Name, At: c.Began, Dial: c.Party.DialString(),
		Line: d.lineWords(c.LineName), Attempts: r.Attempts, Length: c.Length(), Responsible: c.AgentName, Result: c.Result,
		Unread: c.Outcome == crm.Missed && !r.Closed, Colleague: r.Ref.None() && r.Name != "",
	}
	number := c.Party.Show(d.region)
	switch {
	case row.Title != "" && r.Sub != "" && number != "":
		row.Sub = r.Sub + " · " + number
	case row.Title != "":
		row.Sub = r.Sub + number
	case c.Party.Display != "" && c.Party.Display != number:
		row.Title, row.Sub = c.Party.Display, number
	default:
		row.Title = number
		if c.Party.Kind == crm.Phone {
			row.Sub = crm.Place(c.Party.E164, *d.language.Load())
		}
	}
	row.ClosedBy, row.closedAt, row.Calling = r.ClosedBy, r.ClosedAt, r.Calling
	row.Status, row.Tone = callStatus(c)
	return row
}

// What a call's detail begins with that did not ring, or no longer: one that was refused by itself, and one that was sent on (RFC 3261 §21.3.3).
const (
	refusedQuiet = "486 " + phone.QuietReason
	sentOn       = "302 "
)

// notTaken says why a call that is told as missed or declined never rang here: nobody chose that for this call. The zero Text is
// that it did. Before do not disturb made calls missed ones it left them as declined.
func notTaken(o crm.Outcome, detail string) Text {
	switch {
	case detail == refusedQuiet && (o == crm.Missed || o == crm.Declined):
		return Text{Key: "Do not disturb"}
	case o == crm.Declined && strings.HasPrefix(detail, sentOn):
		return Text{Key: "Sent on"}
	}
	return Text{}
}

// callStatus says in a word how a call ended, and which shape and colour that has.
func callStatus(c crm.Call) (Text, string) {
	way := "in"
	if c.Direction == crm.Outgoing {
		way = "out"
	}
	switch c.Outcome {
	case crm.Open:
		return Text{Key: "In progress|call"}, "open"
	case crm.Missed:
		return Text{Key: "Missed"}, "missed"
	case crm.AnsweredElsewhere:
		return Text{Key: "Answered elsewhere"}, way
	case crm.Declined:
		if how := notTaken(c.Outcome, c.Detail); how.Key != "" {
			return how, "lost"
		}
		if c.Reason.Key == crm.ReasonBlacklist {
			return Text{Key: "Blacklisted"}, "lost"
		}
		return Text{Key: "Declined"}, "lost"
	case crm.DeclinedThere:
		return Text{Key: "Declined there"}, "lost"
	case crm.Busy:
		return Text{Key: "Busy"}, "lost"
	case crm.NoAnswer:
		return Text{Key: "No answer"}, "lost"
	case crm.NotFound:
		return Text{Key: "Not found"}, "lost"
	case crm.Cancelled:
		return Text{Key: "Cancelled"}, "lost"
	case crm.Failed:
		return Text{Key: "Failed"}, "lost"
	case crm.Interrupted:
		return Text{Key: "Interrupted"}, "lost"
	}
	if way == "out" {
		return Text{Key: "Outgoing"}, way
	}
	return Text{Key: "Incoming"}, way
}

func (d *Desk) recordPage(ctx context.Context, ask func(context.Context, crm.Query) (crm.RecordPage, error), q crm.Query) (Page, error) {
	found, err := ask(ctx, q)
	if err != nil {
		return Page{}, fmt.Errorf("read the list: %w", err)
	}
	page := Page{Total: found.Total, End: found.End}
	for _, r := range found.Rows {
		row := Row{
			Ref: viewRef(r.Ref), Title: r.Name, Sub: r.Sub, At: r.At, Dial: r.Number.Party().DialString(),
			Company: r.Company, Position: r.Position, Number: r.Number.Show(d.region), Source: r.Source, Responsible: r.Responsible, Changed: r.Changed,
		}
		switch number := row.Number; {
		case row.Title == "": // as in the call log
			row.Title = number
			if p := r.Number.Party(); p.Kind == crm.Phone && row.Sub == "" {
				row.Sub = crm.Place(p.E164, *d.language.Load())
			}
		case number != "":
			row.Sub = strings.TrimPrefix(row.Sub+" · "+number, " · ")
		}
		switch r.Ref.Kind {
		case crm.KindLead:
			row.Status, row.Tone = leadStatus(crm.LeadStatus(r.Status))
		case crm.KindDeal:
			row.Status, row.Tone = dealStage(crm.DealStage(r.Status))
			if row.Amount = d.amount(r.Amount); row.Amount != "" {
				row.Sub = strings.TrimPrefix(row.Sub+" · "+row.Amount, " · ")
			}
		}
		page.Rows = append(page.Rows, row)
	}
	return page, nil
}

// leadStatus is a status in words. The standard ones are translated; one of the
// company's own is shown as it is.
func leadStatus(s crm.LeadStatus) (Text, string) {
	switch s {
	case crm.LeadNew:
		return Text{Key: "New"}, "new"
	case crm.LeadInProgress:
		return Text{Key: "In progress"}, "open"
	case crm.LeadProcessed:
		return Text{Key: "Processed"}, "done"
	case crm.LeadConverted:
		return Text{Key: "Converted"}, "done"
	case crm.LeadJunk:
		return Text{Key: "Junk"}, "lost"
	}
	return Text{Key: "{tag}", Args: map[string]string{"tag": string(s)}}, "open"
}

func dealStage(s crm.DealStage) (Text, string) {
	switch s {
	case crm.DealNew:
		return Text{Key: "New"}, "new"
	case crm.DealInTalks:
		return Text{Key: "In talks"}, "open"
	case crm.DealQuoteSent:
		return Text{Key: "Quote sent"}, "open"
	case crm.DealWon:
		return Text{Key: "Won"}, "done"
	case crm.DealLost:
		return Text{Key: "Lost"}, "lost"
	}
	return Text{Key: "{tag}", Args: map[string]string{"tag": string(s)}}, "open"
}

// search finds records; in the simple mode, which has no leads in the interface (requirements.md F2), what they became.
func (d *Desk) search(ctx context.Context, text string, limit int) ([]crm.Found, error) {
	if !d.Snapshot().NoLeads {
		return d.file.Search(ctx, text, limit)
	}
	found, err := d.file.Search(ctx, text, min(2*limit, 128))
	found = slices.DeleteFunc(found, func(f crm.Found) bool { return f.Ref.Kind == crm.KindLead })
	return found[:min(len(found), limit)], err
}

// Search finds records by the beginnings of words, of their notes too, and by parts of numbers. It waits for the file.
func (d *Desk) Search(ctx context.Context, text string, limit int) ([]Row, error) {
	found, err := d.search(ctx, text, min(max(limit, 1), 128))
	if err != nil {
		return nil, fmt.Errorf("search for %q: %w", text, err)
	}
	rows := make([]Row, len(found))
	for i, f := range found {
		number := f.Number.Show(d.region)
		rows[i] = Row{
			Ref: viewRef(f.Ref), Title: f.Name, Sub: strings.Trim(f.Sub+" · "+number, " ·"),
			At: f.At, Dial: f.Number.Party().DialString(),
		}
		if f.Name == "" {
			rows[i].Title, rows[i].Sub = number, f.Sub
		}
		if f.Note != "" { // why it was found
			rows[i].Sub = strings.Trim(f.Sub+" · "+f.Note, " ·")
		}
	}
	return rows, nil
}
