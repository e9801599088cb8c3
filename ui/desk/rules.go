package desk

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"leadline/crm"
	"leadline/phone"
)

// rules are what the company set up and the desk needs without asking the file: a
// call of the blacklist must not ring until the disk has answered. They belong to
// the desk's goroutine and are read anew when they change.
type rules struct {
	blacklist crm.Blocklist
	rights    crm.Rights
	workspace crm.Workspace
	lines     map[string]crm.Line // by name and by number, as Party.Key writes it
	names     []string            // of the lines, in the file's order
}

// lineOf is the line called by that name or number; the zero Line when none is.
func (d *Desk) lineOf(called string) crm.Line {
	if l, ok := d.rules.lines[called]; ok {
		return l
	}
	return d.rules.lines[crm.Parse(called, d.region).Key()]
}

// calledBy is the line that an incoming call belongs to (requirements.md A2): the first that the PBX reveals of those that the
// company has. A queue or an internal number, which a header may name as well, is none. Where no line is told, it is what the
// header says first.
func (d *Desk) calledBy(p phone.Call) string {
	for _, name := range p.Lines {
		if d.lineOf(name).ID != "" {
			return name
		}
	}
	return p.Line()
}

// regionOf is where numbers written nationally are from on a line (requirements.md A1).
func (d *Desk) regionOf(called string) string {
	if region := d.lineOf(called).Region; region != "" {
		return region
	}
	return d.region
}

// readRules asks the file for the rules. They are in force a moment later.
func (d *Desk) readRules() {
	d.find(func(ctx context.Context) {
		now := rules{lines: map[string]crm.Line{}}
		entries, err1 := d.file.Entries(ctx, crm.Blacklist)
		rights, err2 := d.file.Rights(ctx)
		workspace, err4 := d.file.Workspace(ctx)
		now.workspace = workspace
		lines, err3 := d.file.Lines(ctx)
		for _, l := range lines {
			if key := l.Number.Party().Key(); key != "" {
				now.lines[key] = l
			}
		}
		for _, l := range lines { // a name is stronger
			now.lines[l.Name] = l
			now.names = append(now.names, l.Name)
		}
		now.blacklist, now.rights = crm.NewBlocklist(entries), rights
		d.post(func() {
			if err := errors.Join(err1, err2, err3, err4); err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
				return
			}
			over := d.lineOut()
			mode, call := d.rules.workspace.Mode, d.rules.rights.Call
			d.rules = now
			d.dirty = d.dirty || now.workspace.Mode != mode || !reflect.DeepEqual(over, d.lineOut())
			if now.rights.Call != call {
				d.rightsChanged()
			}
		})
	})
}

// refuses declines an incoming call of the blacklist (requirements.md E3): it gets no
// window, and is in the log when it has ended.
func (d *Desk) refuses(p phone.Call) bool {
	if d.refused[p.ID] {
		if p.State == phone.Ended {
			delete(d.refused, p.ID)
		}
		return p.State != phone.Ended
	}
	if p.Direction != phone.Incoming || p.State != phone.Ringing || d.phone == nil {
		return false
	}
	if !d.blacklisted(p) {
		return false
	}
	if err := d.phone.Decline(p.ID, false); err != nil {
		d.log.Warn("decline a call of the blacklist", "error", err)
		return false
	}
	d.refused[p.ID] = true
	return true
}

func (d *Desk) blacklisted(p phone.Call) bool {
	_, listed := d.rules.blacklist.Find(partyOf(p.Remote, d.regionOf(d.calledBy(p))))
	return listed
}

// mayCall has place done when the agent's role allows a call to the target by an account
// (requirements.md G1), else says why not. Help may be called by everybody, also when the customers' file can't be read.
func (d *Desk) mayCall(account, target string, place func()) {
	if region := d.regionOf(d.lineOver(account)); crm.Parse(target, region).Emergency(region) {
		place()
		return
	}
	d.allowed(account, target, crm.Rights.MayCall, place)
}

// mayPassOn has pass done when the agent's role allows that a call of an account is passed or sent on to the target, else
// says why not. The company pays for such a call as for one that the agent dials.
func (d *Desk) mayPassOn(account, target string, pass func()) {
	d.allowed(account, target, crm.Rights.MayPassOn, pass)
}

// right is one of crm.Rights' to have to do with somebody.
type right func(r crm.Rights, known, colleague bool) error

func (d *Desk) allowed(account, target string, may right, do func()) {
	d.judgeTarget(account, target, may, func(err error) {
		var refused crm.Invalid
		switch {
		case err == nil:
			do()
		case errors.As(err, &refused):
			d.notice(Notice{Text: Text(refused.Text), Warning: true})
		}
	})
}

// judgeTarget is judge for what was typed, over the line of an account.
func (d *Desk) judgeTarget(account, target string, may right, say func(error)) {
	if d.rules.rights.Call >= crm.CallAnyone {
		say(nil)
		return
	}
	d.judge(crm.Parse(target, d.regionOf(d.lineOver(account))), may, say)
}

// judge says whether the agent's role allows something with a party: nil, or a crm.Invalid, or what
// kept the file from being read, of which the agent is told.
func (d *Desk) judge(party crm.Party, may right, say func(error)) {
	rights := d.rules.rights
	d.find(func(ctx context.Context) {
		matches, err1 := d.file.Match(ctx, party)
		colleague, err2 := d.file.Colleague(ctx, party)
		d.post(func() {
			if err := errors.Join(err1, err2); err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
				say(err)
				return
			}
			say(may(rights, len(matches) > 0, colleague.ID != ""))
		})
	})
}

// MayCall is phone.Config's: whom the far end sends a call on to is called only if the agent's
// role allows that, too (requirements.md G1).
func (d *Desk) MayCall(ctx context.Context, account string, to phone.Party) error {
	said := make(chan error, 1)
	d.post(func() {
		if d.rules.rights.Call >= crm.CallAnyone {
			said <- nil
			return
		}
		d.judge(partyOf(to, d.regionOf(d.lineOver(account))), crm.Rights.MayCall, func(err error) { said <- err })
	})
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return fmt.Errorf("ask whether a call may go on: %w", ctx.Err())
	}
}

// dialOver is what to send for a target over an account's line, which may want
// numbers of the outside world in a way of its own (requirements.md A1).
func (d *Desk) dialOver(account, target string) string {
	called := d.lineOver(account)
	if rewrite := d.lineOf(called).DialOut; !rewrite.None() {
		if p := crm.Parse(target, d.regionOf(called)); p.Kind == crm.Phone {
			return rewrite.Rewrite(p)
		}
	}
	return DialTarget(target, d.region)
}
