package desk

import (
	"context"
	"slices"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// sentFor is how long a caller is not sent to the same person again: a call that comes back is one that nobody took there.
const sentFor = time.Minute

// sendToResponsible sends a call that rings here on to whose customer it is (requirements.md D3), with 302: where the line says
// so, and that person is there and free by what the server and the lamps tell. In doubt it rings here.
func (d *Desk) sendToResponsible(c *onDesk) {
	p := c.phone
	if p.Direction != phone.Incoming || p.State != phone.Ringing || c.called == "" || c.shown.Withheld || d.sentHere(p) {
		return
	}
	caller, called, team, free := c.party.DialString(), c.called, d.team, d.team.free(d.colleagues)
	d.find(func(ctx context.Context) {
		var to crm.User
		route, err := d.file.Route(ctx, caller, called, func(u crm.User) bool {
			to = u
			return u.ID != team.me && free[u.ID]
		})
		if err != nil {
			d.log.Warn("find out whose customer calls", "error", err)
			return
		}
		if route.Extension == "" {
			return
		}
		line, ok, err := d.file.LineByNumber(ctx, called)
		if err != nil || !ok || !team.sends(line, to.ID, free) {
			return
		}
		d.post(func() { d.sendOn(c, caller, route) })
	})
}

// sendOn answers with 302, unless something has become of the call meanwhile.
func (d *Desk) sendOn(c *onDesk, caller string, route crm.Route) {
	key, now := caller+" "+route.Extension, d.now()
	if d.phone == nil || c.gone || c.phone.State != phone.Ringing || now.Sub(d.sent[key]) < sentFor {
		return
	}
	if d.sent == nil || len(d.sent) > 1000 {
		d.sent = map[string]time.Time{}
	}
	d.sent[key] = now
	if err := d.phone.Redirect(c.phone.ID, route.Extension); err != nil {
		d.log.Warn("send a call to the responsible person", "error", err) // it rings on
		return
	}
	c.reason, d.dirty = Text(route.Reason), true
	d.notice(Notice{Text: Text(route.Reason)})
}

// sentHere says whether a person has sent a call here, by transfer or because they did not take it: it stays then, and
// goes in no circle (RFC 5806 Diversion, RFC 7044 History-Info, RFC 3892 Referred-By). That it came by a queue or a line is no
// person's doing.
func (d *Desk) sentHere(p phone.Call) bool {
	if p.ReferredBy != "" {
		return true
	}
	return slices.ContainsFunc(p.Diversions, func(by phone.Diversion) bool {
		return slices.ContainsFunc(d.team.users, func(u crm.User) bool {
			from := partyOf(by.From, d.region)
			return u.Extension != "" && (from.Short == u.Extension || by.From.User == u.Extension) ||
				slices.ContainsFunc(u.Numbers, func(n crm.Number) bool { return n.Party().Key() != "" && n.Party().Key() == from.Key() })
		})
	})
}

// free are the users who can be called now.
func (t team) free(lamps []Colleague) map[crm.ID]bool {
	free := map[crm.ID]bool{}
	for _, u := range t.users {
		state, _ := t.stateOf(u, lamps)
		free[u.ID] = state == TeamFree
	}
	return free
}

// sends says whether it is this phone that sends a call of a line on. Where a queue rings all at once, one does, the first
// that is there: else the responsible would be called by each. If they are among those, it rings there already.
func (t team) sends(line crm.Line, responsible crm.ID, free map[crm.ID]bool) bool {
	i := slices.IndexFunc(t.queues, func(q crm.Queue) bool { return q.ID == line.Queue && q.ID != "" })
	if i < 0 || t.queues[i].Ringing != crm.AllAtOnce {
		return true
	}
	members := t.queues[i].Members
	if slices.Contains(members, responsible) {
		return false
	}
	first := slices.IndexFunc(members, func(u crm.ID) bool { return u == t.me || free[u] })
	return first < 0 || members[first] == t.me
}
