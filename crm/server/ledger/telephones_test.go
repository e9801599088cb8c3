package ledger

import (
	"testing"

	"leadline/crm"
	"leadline/crm/wire"
)

// The server says by a user's row that the company has changed their telephone accounts; nobody else can, and nothing else of
// the user changes (I3).
func TestOnlyTheServerTellsOfChangedTelephones_I3(t *testing.T) {
	c := newCompany(t)
	before := get[crm.User](c, wire.User, c.anna)
	c.refused(wire.RejectNotAllowed, c.try(c.as(c.admin), crm.TelephonesChanged{User: c.anna}))
	row := c.m.rows[Key{wire.User, c.anna}]
	c.do(Sender{System: true}, crm.TelephonesChanged{User: c.anna})
	after := c.m.rows[Key{wire.User, c.anna}]
	if sameFields(row.Fields, after.Fields) {
		t.Error("the row is as it was: nobody hears of it")
	}
	if now := get[crm.User](c, wire.User, c.anna); now.Name != before.Name || len(now.Roles) != len(before.Roles) {
		t.Errorf("%+v became %+v", before, now)
	}
	c.refused(wire.RejectGone, c.try(Sender{System: true}, crm.TelephonesChanged{User: c.id()}))
}
