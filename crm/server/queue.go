package server

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

// Queue is whom a PBX rings for a line's queue group (requirements.md D4): the users of one step together, the steps one after the
// other, as the group is set up. Users who have left or have no extension are not in it. line is as in Route. It is empty for an
// unknown line, for one without a group, and outside of its working hours.
func (e *Engine) Queue(ctx context.Context, workspace crm.ID, line string) (order [][]crm.User, err error) {
	err = e.DB.Read(ctx, string(workspace), func(t *database.Tx) error {
		head, err := t.Head(ctx, false)
		if err != nil {
			return err
		}
		q := question{ctx: ctx, t: t, rows: t.Rows(ctx), region: head.Region}
		l, known, err := q.line(line)
		if err != nil || !known || !l.Hours.Open(e.Now()) {
			return err
		}
		r, err := q.rows.Row(ledger.Key{Entity: wire.Queue, ID: l.Queue})
		if err != nil || r == nil || r.Deleted {
			return err
		}
		group, err := ledger.Read[crm.Queue](r)
		if err != nil {
			return err
		}
		users, err := q.withTelephone(group.Members)
		if err != nil {
			return err
		}
		var taken map[crm.ID]int
		if group.Ringing == crm.Evenly {
			if taken, err = q.taken(l.Hours.Midnight(e.Now())); err != nil {
				return err
			}
		}
		order = group.Order(users, taken)
		return nil
	})
	return order, err
}

// withTelephone are those of the users who have not left and have an extension.
func (q question) withTelephone(ids []crm.ID) (users []crm.User, err error) {
	var keys []ledger.Key
	for _, id := range ids {
		keys = append(keys, ledger.Key{Entity: wire.User, ID: id})
	}
	if err := q.rows.Prefetch(keys); err != nil {
		return nil, err
	}
	for _, k := range keys {
		r, err := q.rows.Row(k)
		if err != nil {
			return nil, err
		}
		if r == nil || r.Deleted {
			continue
		}
		u, err := ledger.Read[crm.User](r)
		if err != nil {
			return nil, err
		}
		if u.Extension != "" {
			users = append(users, u)
		}
	}
	return users, nil
}

// taken counts the incoming calls that each user has answered since a time. Ids begin with the time at which they were made, so that only
// the calls since then are read.
func (q question) taken(since time.Time) (map[crm.ID]int, error) {
	first, err := crm.NewID(since, bytes.NewReader(make([]byte, 16)))
	if err != nil {
		return nil, err
	}
	taken := map[crm.ID]int{}
	err = q.t.Each(q.ctx, "SELECT data FROM document WHERE ws = $1 AND entity = $2 AND id >= $3 AND deleted = 0",
		[]any{q.t.Workspace, string(wire.Call), string(first)}, func(scan func(...any) error) error {
			var data []byte
			var call struct {
				Direction crm.Direction `json:"direction"`
				Agent     crm.ID        `json:"agent"`
				Answered  time.Time     `json:"answered"`
			}
			if err := scan(&data); err != nil {
				return err
			}
			if err := json.Unmarshal(data, &call); err != nil {
				return err
			}
			if call.Direction == crm.Incoming && !call.Answered.Before(since) {
				taken[call.Agent]++
			}
			return nil
		})
	return taken, err
}
