package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"leadline/crm"
)

// CardLines is how many last calls, deals and notes are on a card at most.
const CardLines = 5

func viewRef(r crm.Ref) Ref { return Ref{Kind: RecordKind(r.Kind), ID: string(r.ID)} }
func fileRef(r Ref) crm.Ref { return crm.Ref{Kind: crm.Kind(r.Kind), ID: crm.ID(r.ID)} }

// card is what the CRM knew of a party before this call: of the match that was chosen, else of the
// best one (requirements.md C3). It runs on the reader's goroutine.
func (d *Desk) card(ctx context.Context, this CallID, party crm.Party, chosen Ref) (Card, error) {
	if party.Kind == crm.Withheld && chosen == (Ref{}) {
		return Card{}, nil
	}
	var matches []crm.Match
	if party.Kind != crm.Withheld {
		var err error
		if matches, err = d.file.Match(ctx, party); err != nil {
			return Card{}, err
		}
	}
	at := slices.IndexFunc(matches, func(m crm.Match) bool { return viewRef(m.Ref) == chosen })
	ref := fileRef(chosen)
	switch {
	case at >= 0:
	case chosen != Ref{}: // linked by hand to a record without this number
	case len(matches) > 0:
		at, ref = 0, matches[0].Ref
	default:
		return d.stranger(ctx, this, party)
	}
	known, err := d.file.Card(ctx, ref, CardLines, crm.ID(this))
	if errors.Is(err, crm.ErrNotFound) && at < 0 { // it was deleted since
		return d.card(ctx, this, party, Ref{})
	}
	if err != nil {
		return Card{}, err
	}
	card := d.viewCard(known)
	if len(matches) > 1 {
		card.MatchedBy = Text{Key: "{n} records match", Args: map[string]string{"n": strconv.Itoa(len(matches))}}
		for i, m := range matches {
			card.Matches = append(card.Matches, Match{
				Ref: viewRef(m.Ref), Name: m.Name, Sub: m.Sub, Last: m.Last, Shown: i == at,
			})
		}
	} else if at >= 0 {
		card.MatchedBy = matchedBy(matches[at])
	}
	return card, nil
}

// stranger is the card of somebody the CRM doesn't know: the earlier calls of the
// number, which an agent may have closed without saving who it was (requirements.md B2).
func (d *Desk) stranger(ctx context.Context, this CallID, party crm.Party) (Card, error) {
	colleague, err := d.file.Colleague(ctx, party)
	if err != nil {
		return Card{}, err
	}
	card := Card{Name: colleague.Name, Colleague: colleague.ID != ""}
	stranger := !card.Colleague && party.Kind != crm.Internal // who has an extension that no user has is no customer either
	if stranger {
		card.Marks = []Mark{{MarkNotInCRM, Text{Key: "Not in the CRM"}}}
	}
	page, err := d.file.Calls(ctx, crm.Query{Text: party.DialString(), Limit: CardLines + 1})
	if err != nil {
		return card, err
	}
	for _, r := range page.Rows {
		c := r.Call
		if c.Ended.IsZero() || c.ID == crm.ID(this) || c.Party.DialString() != party.DialString() { // under way, this one, or a longer number
			continue
		}
		title, _, _ := strings.Cut(c.Note, "\n")
		card.LastCalls = append(card.LastCalls, PastCall{
			Incoming: c.Direction == crm.Incoming, Outcome: viewOutcome(c.Outcome), At: c.Began,
			Title: title, Agent: c.AgentName, Length: c.Length(),
		})
	}
	card.LastCalls = card.LastCalls[:min(len(card.LastCalls), CardLines)]
	card.Calls = len(card.LastCalls)
	if card.Calls == 0 && stranger {
		card.MatchedBy = Text{Key: "First call of this number"}
	}
	return card, nil
}

func matchedBy(m crm.Match) Text {
	if m.Ref.Kind == crm.KindLead {
		return Text{Key: "lead"}
	}
	if m.By.Label == "" {
		return Text{}
	}
	n := map[string]string{"n": strconv.Itoa(m.ByIndex)}
	if m.ByIndex > 1 {
		switch m.By.Label {
		case crm.LabelMobile:
			return Text{Key: "by mobile {n}", Args: n}
		case crm.LabelWork:
			return Text{Key: "by work {n}", Args: n}
		}
	}
	switch m.By.Label {
	case crm.LabelMobile:
		return Text{Key: "by mobile"}
	case crm.LabelWork:
		return Text{Key: "by work"}
	case crm.LabelHome:
		return Text{Key: "by home"}
	case crm.LabelMain:
		return Text{Key: "by main number"}
	case crm.LabelFax:
		return Text{Key: "by fax"}
	case crm.LabelPrivate:
		return Text{Key: "by private"}
	}
	return Text{Key: "by another number"}
}

func (d *Desk) viewCard(c crm.Card) Card {
	v := Card{
		Known: true, Ref: viewRef(c.Ref), Name: c.Name, Position: c.Position, Company: c.Company, CompanyRef: viewRef(c.CompanyRef),
		Responsible: c.Responsible, Calls: c.Calls, MoreCalls: c.MoreCalls, OpenDeals: c.DealsInAll, Marks: d.marks(c),
		OpenLead: c.Ref.Kind == crm.KindLead && c.Status.Open(),
	}
	if v.Company == v.Name { // a company, or a lead that is named after its company
		v.Company = ""
	}
	if c.Origin.ByRule() {
		v.MadeFor, v.Made = CallID(c.Origin.Call), c.Created
	}
	for _, p := range c.LastCalls {
		v.LastCalls = append(v.LastCalls, PastCall{
			Incoming: p.Direction == crm.Incoming, Outcome: viewOutcome(p.Outcome), At: p.Began,
			Title: p.Title, Agent: p.Agent, Length: p.Length,
		})
	}
	for _, deal := range c.Deals {
		v.Deals = append(v.Deals, DealLine{Title: deal.Title, Stage: string(deal.Stage), Amount: d.amount(deal.Amount)})
	}
	for _, n := range c.Notes {
		v.Notes = append(v.Notes, PastNote(n))
	}
	return v
}

func (d *Desk) amount(m crm.Money) string {
	if m.Minor == 0 {
		return ""
	}
	return d.money(m)
}

// marks are the chips below the name, the most telling first, at most three.
func (d *Desk) marks(c crm.Card) []Mark {
	var marks []Mark
	if c.Ref.Kind == crm.KindLead {
		marks = append(marks, Mark{MarkLead, leadMark(c.Status)})
	}
	if len(c.Deals) > 0 {
		if amount := d.amount(c.Deals[0].Amount); amount != "" {
			marks = append(marks, Mark{MarkDeal, Text{Key: "Deal {amount}", Args: map[string]string{"amount": amount}}})
		} else {
			marks = append(marks, Mark{MarkDeal, Text{Key: "Open deal"}})
		}
	}
	if c.OpenLeads > 0 && c.Ref.Kind != crm.KindLead {
		marks = append(marks, Mark{MarkLead, Text{Key: "Open lead"}})
	}
	switch {
	case c.Missed == 2:
		marks = append(marks, Mark{MarkMissed, Text{Key: "Missed twice"}})
	case c.Missed > 2:
		marks = append(marks, Mark{MarkMissed, Text{Key: "Missed {n} times", Args: map[string]string{"n": strconv.Itoa(c.Missed)}}})
	}
	for _, m := range c.Marks {
		if strings.EqualFold(m, "VIP") {
			marks = append(marks, Mark{MarkVIP, Text{Key: "VIP"}})
		} else {
			marks = append(marks, Mark{MarkPlain, Text{Key: "{tag}", Args: map[string]string{"tag": m}}})
		}
	}
	return marks[:min(len(marks), 3)]
}

func leadMark(s crm.LeadStatus) Text {
	switch s {
	case crm.LeadNew:
		return Text{Key: "Lead · New"}
	case crm.LeadInProgress:
		return Text{Key: "Lead · In progress"}
	case crm.LeadProcessed:
		return Text{Key: "Lead · Processed"}
	case crm.LeadConverted:
		return Text{Key: "Lead · Converted"}
	case crm.LeadJunk:
		return Text{Key: "Lead · Junk"}
	}
	return Text{Key: "Lead · {status}", Args: map[string]string{"status": string(s)}}
}
