package replica

import (
	"testing"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/wire"
)

// Rows that come with a hint are taken without a pull where they follow directly on what the file has, and nowhere else.
func TestRowsOfAHintAreTakenWhereTheyFollow(t *testing.T) {
	c, anna, petra := aCompany(t)
	feed := server.NewFeed(c.engine)
	petra.settle()
	standing := func() uint64 { return must(petra.Standing(ctx))(t).Cursor }
	hint := func(told uint64) wire.Hint {
		t.Helper()
		epoch, rev, err := c.engine.Head(ctx, c.workspace)
		ok(t, err)
		return feed.Hint(ctx, petra.from, epoch, told, rev).Hint
	}
	made := func(name string) crm.Ref {
		r := anna.contact(name)
		anna.settle()
		return r
	}
	before := standing()
	first := made("First")
	follows := hint(before)
	if !petra.r.takeHint(ctx, follows) || !petra.has(first) || standing() != follows.Rev {
		t.Fatalf("%+v was not taken over; the file is at %d", follows, standing())
	}
	again := standing()
	if petra.r.takeHint(ctx, follows) || standing() != again {
		t.Error("the same rows were taken twice")
	}
	missed := made("Missed")
	told := hint(again).Rev
	second := made("Second")
	if petra.r.takeHint(ctx, hint(told)) || petra.has(second) {
		t.Error("rows were taken that follow on a hint that was missed")
	}
	wrong := hint(again)
	wrong.Epoch++
	if petra.r.takeHint(ctx, wrong) {
		t.Error("rows of another epoch were taken")
	}
	view := petra.r.welcome.View
	petra.r.welcome.View = "another"
	if petra.r.takeHint(ctx, hint(again)) || standing() != again {
		t.Error("rows of another view were taken")
	}
	petra.r.welcome.View = view
	waiting := petra.contact("Waits for its acknowledgement")
	if petra.r.takeHint(ctx, hint(again)) {
		t.Error("rows were taken that no acknowledgement comes with")
	}
	petra.settle()
	if !petra.has(missed) || !petra.has(second) || !petra.has(waiting) {
		t.Error("not all that was made is there")
	}
}
