package ui

import (
	"slices"
	"testing"

	"leadline/ui/desk"
)

func (d *mainDesk) CallOver(line string) { d.did = append(d.did, "call over "+line) }

func TestTheLineIsPickedInTheStrip_A3(t *testing.T) {
	b := fullBench(t)
	draw := func(out desk.LineOut) {
		snap := b.desk.Snapshot()
		snap.Out = out
		b.desk.watch(snap)
		b.settle()
	}
	draw(desk.LineOut{Name: "Sales", Lines: []string{"Sales"}})
	if b.says("Calls over Sales") {
		t.Error("there is nothing to pick from")
	}
	draw(desk.LineOut{Name: "Sales", Lines: []string{"Sales", "Service"}})
	if !b.says("Calls over Sales") {
		t.Fatal("the strip does not tell the line")
	}
	b.desk.did = nil
	b.tap("item", "Outgoing line")
	b.shot("line-out")
	b.tap("item", "Over Service")
	draw(desk.LineOut{Name: "Service", Picked: true, Lines: []string{"Sales", "Service"}})
	b.tap("item", "Outgoing line")
	b.tap("item", "The account's default line")
	if want := []string{"call over Service", "call over "}; !slices.Equal(b.desk.did, want) {
		t.Errorf("did %q, want %q", b.desk.did, want)
	}
	draw(desk.LineOut{Lines: []string{"Sales", "Service"}})
	if !b.says("Calls over no line") {
		t.Error("an account without a default line is not told")
	}
}
