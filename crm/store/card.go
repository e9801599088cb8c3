package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"leadline/crm"
)

// Card is what the window shows of a record, with at most n last calls, deals
// and notes each. Calls under way are not among the last calls, nor is this, the window's own; "" is none.
func (s *Store) Card(ctx context.Context, r crm.Ref, n int, this crm.ID) (card crm.Card, err error) {
	q, err := s.read(ctx)
	if err != nil {
		return card, err
	}
	k, err := keyOf(q, r)
	if err != nil {
		return card, err
	}
	var own int64 // the row of this
	if this != "" {
		if own, err = ridOf(q, "call", this); err != nil && !errors.Is(err, ErrNotFound) {
			return card, err
		}
	}
	card.Ref = r
	if err := fillCard(q, &card, k, n); err != nil {
		return card, err
	}
	card.LastCalls, err = lastCalls(q, k, n, own)
	if err != nil {
		return card, err
	}
	if card.Calls, card.MoreCalls, err = countCalls(q, k, own); err != nil {
		return card, err
	}
	card.Notes, err = lastNotes(q, k, n, own)
	return card, err
}

// fillCard fills in what depends on the kind of the record.
func fillCard(q querier, card *crm.Card, k key, n int) error {
	var numbers []crm.Number
	var sip []string
	var deals []dealRow
	var err error
	switch k.kind() {
	case crm.KindContact:
		c, err := contactByRid(q, k.rid())
		if err != nil {
			return err
		}
		card.Ref.ID = c.ID // it may have been merged into another
		card.Name, card.Position, card.Company, card.Marks = c.Name(), c.Position, c.companyName, c.Marks
		card.Responsible, card.ResponsibleID = c.responsible, c.Responsible
		if c.Company != "" {
			card.CompanyRef = crm.Ref{Kind: crm.KindCompany, ID: c.Company}
		}
		card.Origin, card.Created = c.Origin, c.Created
		numbers, sip = c.Numbers, c.SIP
	case crm.KindCompany:
		c, err := companyByRid(q, k.rid())
		if err != nil {
			return err
		}
		card.Ref.ID = c.ID
		card.Name, card.Marks, card.Responsible, card.ResponsibleID = c.Name, c.Marks, c.responsible, c.Responsible
		card.Origin, card.Created = c.Origin, c.Created
		numbers, sip = c.Numbers, c.SIP
	case crm.KindLead:
		l, err := leadByRid(q, k.rid())
		if err != nil {
			return err
		}
		card.Ref.ID = l.ID
		card.Name, card.Company, card.Status = l.Name(), l.CompanyName, l.Status
		if card.Company == card.Name {
			card.Company = personOf(l.Lead)
		}
		card.Responsible, card.ResponsibleID = l.responsible, l.Responsible
		card.Origin, card.Created = l.Origin, l.Created
		numbers, sip = l.Numbers, l.SIP
	case crm.KindDeal:
		d, err := dealByRid(q, k.rid())
		if err != nil {
			return err
		}
		card.Ref.ID = d.ID
		card.Name, card.Company, card.Responsible, card.ResponsibleID = d.Title, d.companyName, d.responsible, d.Responsible
	}
	if deals, err = openDeals(q, k, n); err != nil {
		return err
	}
	for _, d := range deals {
		card.Deals = append(card.Deals, d.Deal)
	}
	if card.DealsInAll = len(deals); len(deals) == n {
		if card.DealsInAll, err = countOpenDeals(q, k); err != nil {
			return err
		}
	}
	if card.OpenLeads, err = openLeads(q, numbers); err != nil {
		return err
	}
	card.Missed, err = missedBy(q, numbers, sip)
	return err
}

// openLeads is how many open leads have one of the numbers.
func openLeads(q querier, numbers []crm.Number) (n int, err error) {
	for _, number := range numbers {
		if number.E164 == 0 {
			continue
		}
		var some int
		if err := q.row("SELECT count(*) "+fromOpenLeads, int64(number.E164)).Scan(&some); err != nil {
			return 0, explain(err)
		}
		n += some
	}
	return n, nil
}

func lastCalls(q querier, k key, n int, but int64) (calls []crm.PastCall, err error) {
	err = each(q, `SELECT c.id, c.incoming, c.outcome, c.began, c.answered, c.ended, c.note, c.agent_name
		FROM call_link k JOIN call c ON c.rid = k.call WHERE k.key = ? AND k.call <> ? AND c.outcome <> 0
		ORDER BY k.began DESC LIMIT ?`, []any{int64(k), but, n}, func(rows *sql.Rows) error {
		var c crm.Call
		var incoming bool
		err := rows.Scan(idBlob{&c.ID}, &incoming, &c.Outcome, unixMilli{&c.Began}, unixMilli{&c.Answered}, unixMilli{&c.Ended},
			&c.Note, &c.AgentName)
		past := crm.PastCall{ID: c.ID, Direction: crm.Outgoing, Outcome: c.Outcome, Began: c.Began, Length: c.Length(),
			Title: firstLine(c.Note), Agent: c.AgentName}
		if incoming {
			past.Direction = crm.Incoming
		}
		calls = append(calls, past)
		return err
	})
	return calls, err
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(line)
}

// mostCountedCalls are the calls of a customer that are counted. Somebody may have had fifty thousand, and to count each of them took
// longer than all else on the card.
const mostCountedCalls = 1000

const howManyCalls = `SELECT count(*) FROM (SELECT 1 FROM call_link
	WHERE key = ? AND call <> ? AND call NOT IN (SELECT rid FROM call WHERE outcome = 0) LIMIT ?)`

// countCalls is how many calls were saved on a record, but those under way and one; more says that there are more than mostCountedCalls.
func countCalls(q querier, k key, but int64) (n int, more bool, err error) {
	err = q.row(howManyCalls, int64(k), but, mostCountedCalls+1).Scan(&n)
	return min(n, mostCountedCalls), n > mostCountedCalls, explain(err)
}

// notedCalls are the last calls of a customer of which the notes are shown. Somebody may have had fifty thousand without any, and all
// of them would be read while it rings.
const notedCalls = 500

func lastNotes(q querier, k key, n int, but int64) (notes []crm.PastNote, err error) {
	err = each(q, `SELECT coalesce(c.noted, c.began), c.agent_name, c.note
		FROM (SELECT call, began FROM call_link WHERE key = ? AND call <> ? ORDER BY began DESC LIMIT ?) k JOIN call c ON c.rid = k.call
		WHERE c.note <> '' AND c.outcome <> 0 ORDER BY k.began DESC LIMIT ?`, []any{int64(k), but, notedCalls, n}, func(rows *sql.Rows) error {
		var note crm.PastNote
		err := rows.Scan(unixMilli{&note.At}, &note.Who, &note.Text)
		notes = append(notes, note)
		return err
	})
	return notes, err
}
