package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"leadline/crm"
)

// Erased is a person whose data was erased in a file without a server (requirement I4). It has only ids and counts.
type Erased struct {
	ID         crm.ID    `json:"id"`
	At         time.Time `json:"at"`
	Records    []crm.Ref `json:"records"` // contacts and leads that were the person's
	Calls      int       `json:"calls"`
	Notes      int       `json:"notes"` // follow-ups included
	Deals      int       `json:"deals"`
	Recordings int       `json:"recordings"`
}

// ErrHasServer: the server erases, so that every copy follows.
var ErrHasServer = errors.New("the file is kept in step with a server, which has to erase the person")

// settingErased has what was erased here.
const settingErased = "erased"

// Erase erases a person's data for good, in a file that has no server: the contact or lead, leads with its numbers that are nobody
// else's, and what hung on them. Calls and deals stay for the figures, without the person. Files of recordings are then among
// RecordingsGone. ErrHasServer where there is a server; crm.Invalid says that a call with the person goes on.
func (s *Store) Erase(ctx context.Context, person crm.Ref) (done Erased, err error) {
	err = s.write(ctx, func(t *tx) (err error) {
		done, err = t.erase(person)
		return err
	})
	if err != nil {
		return done, err
	}
	return done, s.scrub(ctx, optimize...)
}

// Erased are those who were erased in this file before it had a server, oldest first.
func (s *Store) Erased(ctx context.Context) (all []Erased, err error) {
	written, err := s.Setting(ctx, settingErased)
	if err != nil || written == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(written), &all); err != nil {
		return nil, fmt.Errorf("read what was erased: %w", err)
	}
	return all, nil
}

// erasing is what is the person's.
type erasing struct {
	keys  []key
	refs  []crm.Ref
	calls []callRow
	deals []dealRow
	ids   []crm.ID // of all of it, and what the records were called before a merge
	notes int
}

func (t *tx) erase(person crm.Ref) (done Erased, err error) {
	y, err := syncOf(t)
	if err != nil {
		return done, err
	}
	if y.Server != "" {
		return done, ErrHasServer
	}
	e, err := t.erasingOf(person)
	if err != nil {
		return done, err
	}
	id, err := t.s.makeID()
	if err != nil {
		return done, err
	}
	done = Erased{ID: id, At: t.s.now(), Records: e.refs, Calls: len(e.calls), Notes: e.notes, Deals: len(e.deals)}
	for _, c := range e.calls {
		if c.Outcome == crm.Open {
			return done, crm.Invalid{Text: crm.Say(crm.EraseInCall)}
		}
		done.Recordings += len(c.Recordings)
	}
	if err := t.withoutPerson(e); err != nil {
		return done, err
	}
	if err := t.unqueue(e); err != nil {
		return done, err
	}
	for _, id := range e.ids {
		if _, err := t.unmention(id); err != nil {
			return done, err
		}
	}
	return done, t.keepErased(done)
}

func (t *tx) keepErased(done Erased) error {
	var all []Erased
	written, err := setting(t, settingErased)
	if err == nil && written != "" {
		err = json.Unmarshal([]byte(written), &all)
	}
	if err != nil {
		return fmt.Errorf("read what was erased: %w", err)
	}
	text, err := json.Marshal(append(all, done))
	if err != nil {
		return err
	}
	return t.setSetting(settingErased, string(text))
}

// leastIdentifier is how many characters a number or address has at least that stands for one person alone.
const leastIdentifier = 6

// erasingOf gathers what is a person's, as the server does.
func (t *tx) erasingOf(person crm.Ref) (e erasing, err error) {
	if person.Kind != crm.KindContact && person.Kind != crm.KindLead {
		return e, fmt.Errorf("erase %s %s: %w", person.Kind, person.ID, ErrNotFound)
	}
	root, err := keyOf(t, person)
	if err != nil {
		return e, err
	}
	parties, err := partiesOf(t, root)
	if err != nil {
		return e, err
	}
	e.keys = []key{root}
	for _, p := range parties {
		same, err := keysOf(t, p)
		if err != nil {
			return e, err
		}
		others := slices.ContainsFunc(same, func(k key) bool { return k != root && k.kind() != crm.KindLead })
		for _, k := range same {
			if k.kind() == crm.KindLead && !others && !slices.Contains(e.keys, k) {
				e.keys = append(e.keys, k)
			}
		}
	}
	seen := map[int64]bool{}
	for _, k := range e.keys {
		if err := t.erasingAt(k, &e, seen); err != nil {
			return e, err
		}
	}
	for _, p := range parties {
		if peer := p.Key(); len(strings.TrimPrefix(peer, "+")) >= leastIdentifier {
			if err := t.erasingCalls(&e, seen, "c.peer = ?", peer); err != nil {
				return e, err
			}
		}
	}
	return e, nil
}

// erasingAt adds a record, and what hangs on it.
func (t *tx) erasingAt(k key, e *erasing, seen map[int64]bool) error {
	ref, err := refOf(t, k)
	if err != nil {
		return err
	}
	e.refs, e.ids = append(e.refs, ref), append(e.ids, ref.ID)
	for _, q := range []struct {
		query string
		args  []any
		notes bool
	}{{"SELECT old FROM alias WHERE kind = ? AND new = ?", []any{string(ref.Kind), ref.ID.Bytes()}, false},
		{"SELECT id FROM note WHERE key = ?", []any{int64(k)}, true}, {"SELECT id FROM followup WHERE key = ?", []any{int64(k)}, true}} {
		err := each(t, q.query, q.args, func(rows *sql.Rows) error {
			var id crm.ID
			err := rows.Scan(idBlob{&id})
			e.ids = append(e.ids, id)
			e.notes += map[bool]int{true: 1}[q.notes]
			return err
		})
		if err != nil {
			return err
		}
	}
	where, of := "d.contact = ?", any(k.rid())
	if k.kind() == crm.KindLead {
		where, of = "d.lead = ?", ref.ID.Bytes()
	}
	err = each(t, "SELECT "+dealColumns+dealTables+"WHERE "+where+" ORDER BY d.rid", []any{of}, func(rows *sql.Rows) error {
		d, err := scanDeal(rows)
		if !slices.Contains(e.ids, d.ID) {
			e.deals, e.ids = append(e.deals, d), append(e.ids, d.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	return t.erasingCalls(e, seen, "c.rid IN (SELECT call FROM call_link WHERE key = ?)", int64(k))
}

// erasingCalls adds calls for which a condition holds.
func (t *tx) erasingCalls(e *erasing, seen map[int64]bool, where string, arg any) error {
	var found []callRow
	err := each(t, "SELECT "+callColumns+callTables+"WHERE "+where+" ORDER BY c.rid", []any{arg}, func(rows *sql.Rows) error {
		c, err := scanCall(rows)
		if !seen[c.rid] {
			seen[c.rid] = true
			found = append(found, c)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.Refs, err = refsOf(t, c.rid); err != nil {
			return err
		}
		e.calls, e.ids = append(e.calls, c), append(e.ids, c.ID)
	}
	return nil
}

// withoutPerson takes the person out of the rows.
func (t *tx) withoutPerson(e erasing) error {
	for _, d := range e.deals {
		if err := t.saveDeal(e.deal(d), d.Updated, false); err != nil {
			return err
		}
	}
	for _, k := range e.keys {
		parties, err := partiesOf(t, k)
		if err != nil {
			return err
		}
		for _, p := range parties {
			if _, err := t.exec("DELETE FROM generation WHERE peer = ?", p.Key()); err != nil {
				return err
			}
		}
	}
	for _, c := range e.calls {
		if _, err := t.exec("UPDATE call SET recordings = NULL WHERE rid = ?", c.rid); err != nil { // their files are gone then
			return err
		}
		if err := t.dropCall(c.ID); err != nil {
			return err
		}
		if err := t.beginCall(e.call(c)); err != nil {
			return err
		}
	}
	for _, r := range e.refs {
		if err := t.removeRecord(crm.RemoveRecord{Ref: r}); err != nil {
			return err
		}
	}
	return nil
}

// call is a call without the person.
func (e erasing) call(c callRow) crm.Call {
	was := c.Call
	was.Party, was.Detail, was.Note, was.Result, was.Reason, was.Diverted = crm.Party{}, "", "", "", crm.Text{}, nil
	was.Recordings, was.Uploaded, was.Quality = nil, nil, nil
	was.Refs = slices.DeleteFunc(slices.Clone(was.Refs), func(r crm.Ref) bool { return slices.Contains(e.refs, r) })
	return was
}

// deal is a deal without the person.
func (e erasing) deal(d dealRow) crm.Deal {
	was := d.Deal
	was.Title, was.Comment, was.Fields, was.Origin = "", "", nil, crm.Origin{}
	for _, r := range e.refs {
		switch r.ID {
		case was.Contact:
			was.Contact = ""
		case was.Lead:
			was.Lead = ""
		}
	}
	return was
}

// unqueue takes the person out of what waits for a server that the file may have one day. What stays of calls and deals is told anew.
func (t *tx) unqueue(e erasing) error {
	told := map[crm.ID]bool{}
	for _, id := range e.ids {
		seqs, err := t.numbers("SELECT seq FROM outbox WHERE state IN (?, ?) AND instr(args, ?) ORDER BY seq", waits, onItsWay, string(id))
		if err != nil {
			return err
		}
		for _, seq := range seqs {
			if err := t.unqueueOne(e, seq, told); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) unqueueOne(e erasing, seq int64, told map[crm.ID]bool) error {
	c, err := t.commandOf(seq)
	if err != nil {
		return err
	}
	var instead crm.Change
	switch do := c.Change.(type) {
	case crm.ImportContacts:
		do.Contacts = slices.DeleteFunc(do.Contacts, func(c crm.Contact) bool { return slices.Contains(e.ids, c.ID) })
		instead = do
	case crm.BeginCall:
		if i := slices.IndexFunc(e.calls, func(c callRow) bool { return c.ID == do.ID }); i >= 0 {
			instead, told[do.ID] = crm.BeginCall{Call: e.call(e.calls[i])}, true
		}
	case crm.CreateDeal:
		if i := slices.IndexFunc(e.deals, func(d dealRow) bool { return d.ID == do.ID }); i >= 0 {
			instead, told[do.ID] = crm.CreateDeal{Deal: e.deal(e.deals[i])}, true
		}
	case crm.ConvertLead:
		instead, err = t.leftOfConversion(e, do, told)
	}
	if err != nil {
		return err
	}
	if instead == nil {
		_, err := t.exec("UPDATE outbox SET state = ?, args = '{}', error = NULL, subject = NULL WHERE seq = ?", dropped, seq)
		return err
	}
	args, err := json.Marshal(instead)
	if err != nil {
		return err
	}
	name, version, _ := strings.Cut(instead.CommandName(), "/")
	_, err = t.exec("UPDATE outbox SET cmd = ?, version = ?, args = ?, subject = NULL WHERE seq = ?", name, version, string(args), seq)
	return err
}

// leftOfConversion is what stays of a conversion whose lead was erased: the company that it made, else the deal; nil for nothing. A deal that was
// made with a company is told at the end.
func (t *tx) leftOfConversion(e erasing, c crm.ConvertLead, told map[crm.ID]bool) (crm.Change, error) {
	queue := func(d *crm.Deal) crm.Change {
		i := slices.IndexFunc(e.deals, func(o dealRow) bool { return d != nil && o.ID == d.ID })
		if i < 0 || told[d.ID] {
			return nil
		}
		told[d.ID] = true
		return crm.CreateDeal{Deal: e.deal(e.deals[i])}
	}
	deal := queue(c.Deal)
	if c.Company == nil {
		return deal, nil
	}
	create, _, err := t.asItIs(crm.Ref{Kind: crm.KindCompany, ID: c.Company.ID})
	if errors.Is(err, ErrNotFound) {
		return deal, nil
	}
	if err == nil && deal != nil {
		var cmd crm.Command
		if cmd, err = t.command(deal); err == nil {
			var args []byte
			if args, err = json.Marshal(deal); err == nil {
				_, err = t.queue(cmd, "deal.create", 1, string(args))
			}
		}
	}
	return create, err
}
