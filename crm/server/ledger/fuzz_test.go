package ledger

import (
	"errors"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// FuzzCommand: whatever a program sends is done or refused; it never panics, and never leaves two open leads of a number.
func FuzzCommand(f *testing.F) {
	names := []string{"contact.create/1", "contact.update/1", "company.create/1", "lead.create/1", "lead.update/1", "lead.ensure/1", "lead.convert/1", "lead.status/1",
		"deal.create/1", "deal.stage/1", "record.update/1", "record.merge/1", "record.remove/1", "record.assign/1", "recordnote.save/1", "followup.save/1",
		"call.begin/1", "call.update/1", "call.link/1", "call.end/1", "contacts.import/1", "list.add/1", "user.save/1", "role.save/1", "pipeline.save/1", "setup.remove/1"}
	for i := range names {
		for _, args := range []string{`{}`, `null`, `{"id":"00000000-0000-7000-8000-000000000009","status":"New","numbers":[{"e164":493020948812}],"sip":["a@b"]}`,
			`{"ref":{"kind":"lead","id":"` + string(leadOf(1)) + `"},"set":{"status":"Junk","numbers":[]},"add":{"numbers":[{"e164":493020948812}]},"to":"x","keep":{"kind":"lead","id":"a"},"gone":{"kind":"lead","id":"` + string(leadOf(1)) + `"},"lead":{"id":"a"}}`,
			`{"lead":{"id":"` + string(leadOf(1)) + `","numbers":[{"written":"030 20948812"}]},"peer":"+493020948812","generation":-5}`} {
			f.Add(uint8(i), []byte(args))
		}
	}
	f.Fuzz(func(t *testing.T, name uint8, args []byte) {
		change, err := crm.DecodeChange(names[int(name)%len(names)], args)
		if err != nil {
			return
		}
		c := newCompany(t)
		c.rings(c.anna, 1, c.now)
		for _, from := range []Sender{c.as(c.anna), c.as(c.admin), {}} {
			err := c.tryAt(from, change, c.now.Add(time.Hour))
			var refusal *Refusal
			if err != nil && !errors.As(err, &refusal) {
				t.Errorf("%s %s: %v", change.CommandName(), args, err)
			}
			for peer := range c.m.peers {
				if open := c.openLeads(peer); len(slices.Compact(open)) > 1 {
					t.Errorf("%s %s: open leads of %s: %v", change.CommandName(), args, peer, open)
				}
			}
		}
	})
}
