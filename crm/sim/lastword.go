package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"leadline/crm"
	"leadline/crm/wire"
)

// haveLastWord has somebody who sees everything change what is there.
func (w *World) haveLastWord(ctx context.Context) error {
	a := w.agents[0]
	page, err := a.file.Contacts(ctx, crm.Query{Limit: 20})
	if err != nil {
		return err
	}
	for _, row := range page.Rows {
		r, err := a.file.Record(ctx, row.Ref)
		if err != nil {
			return err
		}
		c := *r.Contact
		c.Comment = fmt.Sprintf("the last word on %s.", c.ID)
		w.wrote(c.ID, c.Comment)
		w.last[c.ID] = c.Comment
		if err := a.file.Do(ctx, crm.UpdateContact{Contact: c}); err != nil {
			return err
		}
	}
	return nil
}

// checkLastWord: what somebody changes who has seen all that was done before stays, whatever the clocks said then.
func (w *World) checkLastWord(ctx context.Context, all map[wire.RowID]wire.Row) error {
	for _, id := range slices.Sorted(maps.Keys(w.last)) {
		r := all[wire.RowID{Entity: wire.Contact, ID: id}]
		var c crm.Contact
		if err := json.Unmarshal(r.Data, &c); err == nil && c.Comment == w.last[id] {
			continue
		}
		history, err := w.history(ctx, string(id))
		return errors.Join(fmt.Errorf("contact %s has not %q: %s%s", id, w.last[id], r.Data, history), err)
	}
	return nil
}
