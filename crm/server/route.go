package server

import (
	"context"
	"slices"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Route says where an incoming call goes (D3). caller is the caller's number or SIP address; line is the name or the number of the line
// that was called. Numbers may be written in any way. ready says whether a user's telephone is registered and free.
func (e *Engine) Route(ctx context.Context, workspace crm.ID, caller, line string, ready func(user crm.ID) bool) (route crm.Route, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		q := question{ctx: ctx, t: t, rows: t.Rows(ctx), region: head.Region}
		f := crm.RouteFacts{At: e.Now()}
		known := false
		if f.Line, known, err = q.line(line); err != nil || !known || !f.Line.SendToResponsible {
			route = crm.DecideRoute(f)
			return err
		}
		if f.Line.Region != "" {
			q.region = f.Line.Region
		}
		f.Party = crm.Parse(caller, q.region)
		if err := q.party(&f); err != nil {
			return err
		}
		f.Ready = f.Responsible.ID != "" && ready(f.Responsible.ID)
		route = crm.DecideRoute(f)
		return nil
	})
	return route, err
}

// question is a question of a PBX, answered from one snapshot of the database.
type question struct {
	ctx    context.Context
	t      *database.Tx
	rows   *database.Rows
	region string
}

func (q question) line(written string) (crm.Line, bool, error) {
	rows, err := q.rows.All(wire.Line)
	if err != nil || written == "" {
		return crm.Line{}, false, err
	}
	peer := crm.Parse(written, q.region).Key()
	var byNumber *crm.Line
	for _, r := range rows {
		l, err := ledger.Read[crm.Line](r)
		if err != nil {
			return l, false, err
		}
		if l.Name == written {
			return l, true, nil
		}
		if peer != "" && l.Number.Party().Key() == peer {
			byNumber = &l
		}
	}
	if byNumber == nil {
		return crm.Line{}, false, nil
	}
	return *byNumber, true, nil
}

// party finds out whose customer the caller is: an exception, or the records with that number or address, best match first, and who
// is responsible for the best.
func (q question) party(f *crm.RouteFacts) (err error) {
	if f.Exception, err = q.exception(f.Party); err != nil || f.Exception != "" || f.Party.Kind == crm.Withheld {
		return err
	}
	keys, err := q.rows.Peer(f.Party.Key())
	if err != nil {
		return err
	}
	if err := q.rows.Prefetch(keys); err != nil {
		return err
	}
	for _, k := range keys {
		m, err := q.match(k)
		if err != nil {
			return err
		}
		if m.Ref.ID != "" {
			f.Matches = append(f.Matches, m)
		}
	}
	if err := q.rank(f.Matches); err != nil || len(f.Matches) == 0 {
		return err
	}
	f.Responsible, err = q.responsible(f.Matches[0].Ref)
	return err
}

func (q question) exception(p crm.Party) (string, error) {
	rows, err := q.rows.All(wire.Entry)
	if err != nil {
		return "", err
	}
	exceptions, err := ledger.Exceptions(rows)
	if err != nil {
		return "", err
	}
	hit, ok := exceptions.Find(p)
	if !ok {
		return "", nil
	}
	return hit.String(), nil
}

// match makes a Match of a record; the zero Match for a row that is none: a user, or one that was removed.
func (q question) match(k ledger.Key) (m crm.Match, err error) {
	r, err := q.rows.Row(k)
	if err != nil || r == nil || r.Deleted {
		return m, err
	}
	switch k.Entity {
	case wire.Contact:
		c, err := ledger.Read[crm.Contact](r)
		return crm.Match{Ref: k.Ref(), Name: c.Name()}, err
	case wire.Company:
		c, err := ledger.Read[crm.Company](r)
		return crm.Match{Ref: k.Ref(), Name: c.Name}, err
	case wire.Lead:
		l, err := ledger.Read[crm.Lead](r)
		return crm.Match{Ref: k.Ref(), Name: l.Name(), Closed: !r.Open()}, err
	}
	return m, nil
}

// rank orders matches best first (C3). When there was last a conversation is asked only where it decides.
func (q question) rank(matches []crm.Match) error {
	crm.Rank(matches)
	alike := len(matches) > 1 && matches[0].Ref.Kind == matches[1].Ref.Kind && matches[0].Closed == matches[1].Closed
	if !alike {
		return nil
	}
	for i, m := range matches {
		if m.Ref.Kind != matches[0].Ref.Kind || m.Closed != matches[0].Closed {
			break
		}
		last, err := q.lastSpoken(ledger.KeyOf(m.Ref))
		if err != nil {
			return err
		}
		matches[i].Last = last
	}
	crm.Rank(matches)
	return nil
}

func (q question) lastSpoken(of ledger.Key) (last time.Time, err error) {
	keys, err := q.rows.Children(of)
	if err != nil {
		return last, err
	}
	keys = slices.DeleteFunc(keys, func(k ledger.Key) bool { return k.Entity != wire.Call })
	if err := q.rows.Prefetch(keys); err != nil {
		return last, err
	}
	for _, k := range keys {
		r, err := q.rows.Row(k)
		if err != nil || r == nil || r.Deleted {
			return last, err
		}
		c, err := ledger.Read[crm.Call](r)
		if err != nil {
			return last, err
		}
		if !c.Answered.IsZero() && c.Began.After(last) {
			last = c.Began
		}
	}
	return last, nil
}

func (q question) responsible(of crm.Ref) (u crm.User, err error) {
	r, err := q.rows.Row(ledger.KeyOf(of))
	if err != nil {
		return u, err
	}
	record, err := ledger.Read[struct {
		Responsible crm.ID `json:"responsible"`
	}](r)
	if err != nil || record.Responsible == "" {
		return u, err
	}
	r, err = q.rows.Row(ledger.Key{Entity: wire.User, ID: record.Responsible})
	if err != nil || r == nil || r.Deleted {
		return u, err
	}
	return ledger.Read[crm.User](r)
}

// Head is the epoch and the last revision of a workspace.
func (e *Engine) Head(ctx context.Context, workspace crm.ID) (epoch, rev uint64, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, false)
		epoch, rev = head.Epoch, head.Rev
		return err
	})
	return epoch, rev, err
}
