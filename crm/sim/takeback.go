package sim

import (
	"context"
	"fmt"
	"strings"

	"leadline/crm"
)

// moveNumber gives a number of one contact to another, with its calls or without.
func (w *World) moveNumber(ctx context.Context) error {
	a := w.anyone()
	from, ok, err := a.someContact(ctx)
	if err != nil || !ok || len(from.Numbers) == 0 {
		return err
	}
	to, _, err := a.someContact(ctx)
	if err != nil || to.ID == from.ID {
		return err
	}
	number := from.Numbers[w.dice.n(len(from.Numbers))]
	w.unwrote(number.Written, strings.TrimPrefix(fmt.Sprint(uint64(number.E164)), "49"))
	_, err = a.file.MoveNumber(ctx, number, crm.Ref{Kind: crm.KindContact, ID: from.ID}, crm.Ref{Kind: crm.KindContact, ID: to.ID}, w.dice.chance(0.5))
	return a.refused(err)
}

// takeBack takes back a conversion, a merge, a removal or the move of a number, which others may have gone on from.
func (w *World) takeBack(ctx context.Context) error {
	a := w.anyone()
	all, err := a.file.Undos(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	u := all[w.dice.n(len(all))]
	if u.Title.Key == crm.UndoConversion { // what hangs on what was made hangs on the lead again
		lead := u.Refs[len(u.Refs)-1]
		for _, made := range u.Refs[:len(u.Refs)-1] {
			w.merging(lead.ID, made.ID)
		}
	}
	return a.refused(a.file.Undo(ctx, u.ID))
}
