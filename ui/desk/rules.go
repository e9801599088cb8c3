package desk

import (
	"context"
	"errors"

	"leadline/crm"
	"leadline/phone"
)

// rules are what the company set up and the desk needs without asking the file: a
// call of the blacklist must not ring until the disk has answered. They belong to
// the desk's goroutine and are read anew when they change.
type rules struct {
	blacklist crm.Blocklist
	rights    crm.Rights
	lines     map[string]crm.Line // default line of each account, by the account's name
}

// readRules asks the file for the rules. They are in force a moment later.
func (d *Desk) readRules() {
	lines := d.lines
	d.find(func(ctx context.Context) {
		now := rules{lines: map[string]crm.Line{}}
		entries, err1 := d.file.Entries(ctx, crm.Blacklist)
		rights, err2 := d.file.Rights(ctx)
		for account, written := range lines {
			if line, ok, err := d.file.LineByNumber(ctx, written); err == nil && ok {
				now.lines[account] = line
			}
		}
		now.blacklist, now.rights = crm.NewBlocklist(entries), rights
		d.post(func() {
			if err := errors.Join(err1, err2); err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
				return
			}
			d.rules = now
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
	if _, listed := d.rules.blacklist.Find(partyOf(p.Remote, d.region)); !listed {
		return false
	}
	if err := d.phone.Decline(p.ID, false); err != nil {
		d.log.Warn("decline a call of the blacklist", "error", err)
		return false
	}
	d.refused[p.ID] = true
	return true
}

// mayCall has place done when the agent's role allows a call to the target
// (requirements.md G1), else says why not.
func (d *Desk) mayCall(target string, place func()) {
	rights := d.rules.rights
	if rights.Call >= crm.CallAnyone {
		place()
		return
	}
	party := crm.Parse(target, d.region)
	d.find(func(ctx context.Context) {
		matches, err1 := d.file.Match(ctx, party)
		colleague, err2 := d.file.Colleague(ctx, party)
		d.post(func() {
			if err := errors.Join(err1, err2); err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
				return
			}
			var refused crm.Invalid
			if errors.As(rights.MayCall(len(matches) > 0, colleague.ID != ""), &refused) {
				d.notice(Notice{Text: Text(refused.Text), Warning: true})
				return
			}
			place()
		})
	})
}

// dialOver is what to send for a target over an account's line, which may want
// numbers of the outside world in a way of its own (requirements.md A1).
func (d *Desk) dialOver(account, target string) string {
	line := d.rules.lines[account]
	if !line.DialOut.None() {
		region := line.Region
		if region == "" {
			region = d.region
		}
		if p := crm.Parse(target, region); p.Kind == crm.Phone {
			return line.DialOut.Rewrite(p)
		}
	}
	return DialTarget(target, d.region)
}
