package desk

import (
	"context"

	"leadline/crm"
)

// Result says what came of a call (requirements.md H3): one of crm.Results. The same again takes it back.
func (d *Desk) Result(id CallID, result string) {
	d.post(func() {
		c := d.byID(id)
		if c == nil {
			return
		}
		was := c.disposition
		if was == result {
			result = ""
		}
		c.disposition, d.dirty = result, true
		d.write(func(ctx context.Context) {
			if err := d.file.SaveResult(ctx, crm.ID(id), result); err != nil {
				d.post(func() {
					c.disposition, d.dirty = was, true
					d.warn(because("The result was not saved: {why}", err), err)
				})
			}
		})
	})
}

// linksFound is how many records are offered to link a caller to.
const linksFound = 6

// FindToLink looks for records that a caller may be (requirements.md C3); the answer is in Call.Linking.
func (d *Desk) FindToLink(id CallID, words string) {
	d.post(func() {
		c := d.byID(id)
		if c == nil {
			return
		}
		c.linking, d.dirty = Linking{Words: words}, true
		if words == "" {
			return
		}
		d.find(func(ctx context.Context) {
			found, err := d.search(ctx, words, 50)
			d.post(func() {
				if c.linking.Words != words {
					return
				}
				d.dirty = true
				if err != nil {
					d.log.Warn("look for a record to link", "error", err)
					c.linking.Error = Text{Key: "The customers' file cannot be read"}
					return
				}
				c.linking.Searched = true
				for _, f := range found {
					if f.Ref.Kind == crm.KindDeal || len(c.linking.Found) == linksFound || viewRef(f.Ref) == c.card.Ref {
						continue
					}
					m := Match{Ref: viewRef(f.Ref), Name: f.Name, Sub: f.Sub, Last: f.At}
					if m.Name == "" {
						m.Name = f.Number.Show(d.region)
					}
					c.linking.Found = append(c.linking.Found, m)
				}
			})
		})
	})
}

// LinkTo says which record an unknown caller is: it gets the number and the call, and what the call has
// made becomes it.
func (d *Desk) LinkTo(id CallID, ref Ref) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.busy() {
			return
		}
		c.joining, d.dirty = true, true
		if c.form != nil {
			d.writeNow(&c.draft)
			c.form.Saving = true
		}
		d.write(func(ctx context.Context) {
			err := d.file.LinkParty(ctx, crm.ID(id), fileRef(ref))
			d.post(func() {
				c.joining, d.dirty = false, true
				if err != nil {
					d.log.Error("link a caller to a record", "kind", ref.Kind, "error", err)
					c.linking.Error = because("Not linked: {why}", err)
					d.formStays(c)
					return
				}
				c.form, c.linking, c.saved, c.chosen = nil, Linking{}, true, ref
				c.made, c.byHand, c.linked = false, false, true
				c.reason = Text{Key: "Linked by hand: the record has the number now, and the call is saved on it."}
				d.lookUp(c)
			})
		})
	})
}
