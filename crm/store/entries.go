package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"unicode"

	"leadline/crm"
)

func (t *tx) addEntries(entries []crm.Entry) error {
	for _, e := range entries {
		data, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO entry(id, list, key, prefix, data) VALUES(?, ?, ?, ?, ?)
			ON CONFLICT(id) DO UPDATE SET data = excluded.data`, e.ID.Bytes(), string(e.List), e.Key, e.Prefix, string(data)); err != nil {
			return err
		}
	}
	t.changed.Lists = true
	return nil
}

func (t *tx) removeEntries(ids []crm.ID) error {
	for _, id := range ids {
		if _, err := t.exec("DELETE FROM entry WHERE id = ?", id.Bytes()); err != nil {
			return err
		}
	}
	t.changed.Lists = true
	return nil
}

// Entries are those of the exceptions or the blacklist, by what they begin with.
func (s *Store) Entries(ctx context.Context, list crm.ListName) (entries []crm.Entry, err error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	err = each(r, "SELECT data FROM entry WHERE list = ? ORDER BY key, prefix", []any{string(list)}, func(rows *sql.Rows) error {
		var e crm.Entry
		err := rows.Scan(jsonColumn{&e})
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// SetEntries makes a list have exactly these entries, as an administrator edits it.
func (s *Store) SetEntries(ctx context.Context, list crm.ListName, entries []crm.Entry) error {
	was, err := s.Entries(ctx, list)
	if err != nil {
		return err
	}
	keep := map[crm.ID]crm.Entry{}
	for _, e := range entries {
		keep[e.ID] = e
	}
	var gone []crm.ID
	for _, e := range was {
		now, ok := keep[e.ID]
		switch {
		case !ok:
			gone = append(gone, e.ID)
		case now == e:
			delete(keep, e.ID)
		}
	}
	var changes []crm.Change
	if len(gone) > 0 {
		changes = append(changes, crm.RemoveEntries{IDs: gone})
	}
	var add crm.AddEntries
	for _, e := range entries {
		if _, ok := keep[e.ID]; ok {
			add.Entries = append(add.Entries, e)
		}
	}
	if len(add.Entries) > 0 {
		changes = append(changes, add)
	}
	return s.Do(ctx, changes...)
}

// listed is the entry of a list that a party falls under.
func listed(q querier, list crm.ListName, p crm.Party) (e crm.Entry, ok bool, err error) {
	for _, key := range crm.EntryKeys(p.DialString()) {
		err = q.row(`SELECT data FROM entry WHERE list = ?1 AND prefix = 0 AND key = ?2
			UNION ALL SELECT data FROM entry WHERE list = ?1 AND prefix = 1 AND key <= ?2 AND substr(?2, 1, length(key)) = key LIMIT 1`,
			string(list), key).Scan(jsonColumn{&e})
		if !errors.Is(err, sql.ErrNoRows) {
			return e, err == nil, explain(err)
		}
	}
	return e, false, nil
}

// TraceOf tells what AddExceptions would remove, for the question before it.
func (s *Store) TraceOf(ctx context.Context, entries []crm.Entry) (crm.ExceptTrace, error) {
	r, err := s.read(ctx)
	if err != nil {
		return crm.ExceptTrace{}, err
	}
	leads, calls, err := traceOf(r, entries)
	return crm.ExceptTrace{Leads: leads, Calls: len(calls)}, err
}

// AddExceptions adds to the exceptions; with remove, what the CRM has of them already
// is taken away in the same transaction: calls are unlinked from records, open leads
// that rules made of nothing but such a number are removed. Contacts and companies stay.
func (s *Store) AddExceptions(ctx context.Context, entries []crm.Entry, remove bool) error {
	return s.write(ctx, func(t *tx) error {
		if err := t.do(crm.AddEntries{Entries: entries}); err != nil || !remove {
			return err
		}
		leads, calls, err := traceOf(t, entries)
		if err != nil {
			return err
		}
		list := crm.NewBlocklist(entries)
		for _, c := range calls {
			e, _ := list.Find(c.Party)
			if err := t.do(crm.LinkCall{Call: c.ID, Reason: crm.Say(crm.ReasonException, "entry", e.Pattern)}); err != nil {
				return err
			}
		}
		for _, l := range leads {
			if err := t.do(crm.RemoveRecord{Ref: l}); err != nil {
				return err
			}
		}
		return nil
	})
}

// peersUnder are from where to where the peers of calls are, as Party.Key writes them, among which those are that an entry means.
func peersUnder(e crm.Entry) (from, to string) {
	switch {
	case strings.ContainsFunc(e.Key, unicode.IsLetter) || strings.Contains(e.Key, "@"): // an address may be written in capitals
		return "sip:", "sip;"
	case e.Prefix:
		return e.Key, e.Key + "~"
	}
	return e.Key, e.Key + "\x00"
}

// traceOf finds the linked calls of the entries' parties, and the open leads that rules made of them.
func traceOf(q querier, entries []crm.Entry) (leads []crm.Ref, calls []crm.Call, err error) {
	list := crm.NewBlocklist(entries)
	var ids []crm.ID
	seen := map[crm.ID]bool{}
	for _, e := range entries {
		from, to := peersUnder(e)
		err = each(q, "SELECT c.id, c.party FROM call c WHERE c.peer >= ? AND c.peer < ? AND EXISTS(SELECT 1 FROM call_link k WHERE k.call = c.rid)",
			[]any{from, to}, func(rows *sql.Rows) error {
				var c crm.Call
				err := rows.Scan(idBlob{&c.ID}, jsonColumn{&c.Party})
				if _, found := list.Find(c.Party); found && !seen[c.ID] {
					seen[c.ID] = true
					ids = append(ids, c.ID)
				}
				return err
			})
		if err != nil {
			return nil, nil, err
		}
	}
	for _, id := range ids {
		if err != nil {
			return nil, nil, err
		}
		var c callRow
		c, err = callByID(q, id)
		calls = append(calls, c.Call)
	}
	if err != nil {
		return nil, nil, err
	}
	err = each(q, "SELECT "+leadColumns+leadTables+"WHERE l.open = 1", nil, func(rows *sql.Rows) error {
		l, err := scanLead(rows)
		if l.Origin.Reason.Key != "" && l.Origin.Reason.Key != crm.ReasonByHand && onlyOf(list, l.Lead) {
			leads = append(leads, crm.Ref{Kind: crm.KindLead, ID: l.ID})
		}
		return err
	})
	return leads, calls, err
}

// onlyOf says whether all numbers and addresses of a lead are on the list, and it has one.
func onlyOf(list crm.Blocklist, l crm.Lead) bool {
	for _, n := range l.Numbers {
		if _, found := list.Find(n.Party()); !found {
			return false
		}
	}
	for _, a := range l.SIP {
		if _, found := list.FindAddress(a); !found {
			return false
		}
	}
	for _, e := range l.Emails {
		if _, found := list.FindAddress(e.Address); !found {
			return false
		}
	}
	return len(l.Numbers)+len(l.SIP) > 0
}
