package desk

import (
	"context"
	"errors"
	"strings"

	"leadline/crm"
)

// OpenForm opens the form that makes a lead or a contact of the caller
// (requirements.md B2), while it rings, in the call or after it. Opened again for
// the other kind it keeps what is typed.
func (d *Desk) OpenForm(id CallID, kind RecordKind) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.busy() || kind != Lead && kind != Contact {
			return
		}
		d.dirty = true
		if c.form != nil {
			c.form.Kind = kind
			if c.form.Touched {
				d.saveDraft(c)
			}
			return
		}
		c.form = &Form{Kind: kind, Number: c.shown.Number, Source: c.line.Source}
		// What the PBX calls the caller is a good guess, when it is a name.
		if name := c.shown.Display; name != "" && strings.IndexFunc(name, isDigit) < 0 {
			c.form.FirstName, c.form.LastName = splitName(name)
		}
		d.fillChoices(c, "")
	})
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// splitName takes the last word as the family name; "Groß, Jörg" is the other way round.
func splitName(name string) (first, last string) {
	if last, first, ok := strings.Cut(name, ","); ok {
		return strings.TrimSpace(first), strings.TrimSpace(last)
	}
	words := strings.Fields(name)
	if len(words) == 0 {
		return "", ""
	}
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

// fillChoices fetches the sources and people a form offers; responsible is the
// user to name, "" for the one who works here.
func (d *Desk) fillChoices(c *onDesk, responsible crm.ID) {
	d.find(func(ctx context.Context) {
		sources, err1 := d.file.Sources(ctx)
		users, err2 := d.file.Users(ctx)
		me, err3 := d.file.Me(ctx)
		if responsible == "" {
			responsible = me.ID
		}
		d.post(func() {
			if err := errors.Join(err1, err2, err3); err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
				return
			}
			if c.form == nil {
				return
			}
			d.dirty = true
			c.form.Sources = sources
			if c.form.Source == "" {
				c.form.Source = crm.SourceCall
			}
			for _, u := range users {
				c.form.People = append(c.form.People, u.Name)
				if u.ID == responsible && c.form.Responsible == "" {
					c.form.Responsible = u.Name
				}
			}
		})
	})
}

// ChangeForm takes over what is typed in the form; it is kept as a draft at once.
func (d *Desk) ChangeForm(id CallID, typed Form) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.form == nil {
			return
		}
		f := c.form
		if f.FirstName == typed.FirstName && f.LastName == typed.LastName && f.Company == typed.Company &&
			f.Source == typed.Source && f.Responsible == typed.Responsible {
			return
		}
		f.FirstName, f.LastName, f.Company = typed.FirstName, typed.LastName, typed.Company
		f.Source, f.Responsible = typed.Source, typed.Responsible
		f.Touched, f.Error = true, Text{}
		d.dirty = true
		d.saveDraft(c)
		d.findSimilar(c)
	})
}

// formOf is the form as the file takes it. It runs on the writer's goroutine, since it looks up
// the responsible by name.
func (d *Desk) formOf(ctx context.Context, id CallID, party crm.Party, line crm.ID, into Ref, f Form) (crm.Form, error) {
	out := crm.Form{
		Call: crm.ID(id), Into: fileRef(into), Kind: crm.Kind(f.Kind), FirstName: strings.TrimSpace(f.FirstName),
		LastName: strings.TrimSpace(f.LastName), Company: strings.TrimSpace(f.Company),
		Party: party, Source: f.Source, Line: line,
	}
	if f.Responsible == "" {
		return out, nil
	}
	users, err := d.file.Users(ctx)
	if err != nil {
		return out, err
	}
	for _, u := range users {
		if u.Name == f.Responsible {
			out.Responsible = u.ID
			break
		}
	}
	return out, nil
}

// into is the record without a name that the open form gives one; the zero Ref where it makes a new record.
func (c *onDesk) into() Ref {
	if c.form == nil || c.nameless() != c.form.Kind {
		return Ref{}
	}
	return c.card.Ref
}

func (d *Desk) saveDraft(c *onDesk) {
	c.form.DraftSaved = false
	d.saveText(&c.draft, func() writing {
		if c.form == nil || !c.form.Touched || c.form.Saving { // saved or cancelled meanwhile, or about to be
			return func(context.Context) error { return nil }
		}
		f, id, party, line, into := *c.form, c.id, c.party, c.line.ID, c.into()
		version := c.draft.version
		return func(ctx context.Context) error {
			draft, err := d.formOf(ctx, id, party, line, into, f)
			if err == nil {
				err = d.file.SaveDraft(ctx, draft)
			}
			if err == nil {
				d.post(func() {
					if c.form != nil && c.draft.version == version {
						c.form.DraftSaved, d.dirty = true, true
					}
				})
			}
			return err
		}
	})
}

// findSimilar looks for records that the form may double.
func (d *Desk) findSimilar(c *onDesk) {
	c.sims++
	generation := c.sims
	f := crm.Form{
		Kind: crm.Kind(c.form.Kind), FirstName: c.form.FirstName, LastName: c.form.LastName,
		Company: c.form.Company, Party: c.party,
	}
	d.find(func(ctx context.Context) {
		matches, err := d.file.Similar(ctx, f)
		if err != nil {
			d.log.Warn("look for similar records", "error", err)
			return
		}
		d.post(func() {
			if c.form == nil || c.sims != generation {
				return
			}
			c.form.Similar = nil
			for _, m := range matches {
				c.form.Similar = append(c.form.Similar, Match{Ref: viewRef(m.Ref), Name: m.Name, Sub: m.Sub, Last: m.Last})
			}
			d.dirty = true
		})
	})
}

// formStays goes on with a form that was to be done with, and keeps what was typed in it meanwhile.
func (d *Desk) formStays(c *onDesk) {
	if c.form == nil {
		return
	}
	if c.form.Saving = false; c.form.Touched {
		d.saveDraft(c)
	}
}

// busy says whether the file is about to have a record of the call, which nothing else may decide meanwhile.
func (c *onDesk) busy() bool { return c.joining || c.form != nil && c.form.Saving }

// CancelForm closes the form and forgets its draft.
func (d *Desk) CancelForm(id CallID) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.form == nil || c.form.Saving {
			return
		}
		d.dropForm(c)
	})
}

func (d *Desk) dropForm(c *onDesk) {
	c.form, d.dirty = nil, true
	id := crm.ID(c.id)
	d.write(func(ctx context.Context) { d.check(d.file.DropDraft(ctx, id)) })
}

// takeCompany fills in a company of the similar ones; by its name the file finds it
// again when the form is saved.
func (d *Desk) takeCompany(c *onDesk, ref Ref) {
	for _, m := range c.form.Similar {
		if m.Ref == ref {
			c.form.Company, c.form.Touched, d.dirty = m.Name, true, true
			c.form.Similar = nil
			d.saveDraft(c)
			return
		}
	}
}

// SaveForm makes the record, with the call and the number's earlier calls on it.
// When it can't be saved the form stays and says why.
func (d *Desk) SaveForm(id CallID) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.form == nil || c.form.Saving {
			return
		}
		f := *c.form
		d.dirty = true
		if f.Kind == Contact && strings.TrimSpace(f.FirstName+f.LastName+f.Company) == "" {
			c.form.Error = Text{Key: "A contact needs a name"}
			return
		}
		d.writeNow(&c.draft) // what is saved is no draft any more, and must not become one again
		c.form.Saving, c.form.Error = true, Text{}
		party, line, into := c.party, c.line.ID, c.into()
		d.write(func(ctx context.Context) {
			form, err := d.formOf(ctx, id, party, line, into, f)
			var ref crm.Ref
			if err == nil {
				ref, err = d.file.Create(ctx, form)
			}
			d.post(func() {
				d.dirty = true
				if err != nil {
					d.log.Error("create record", "kind", f.Kind, "error", err)
					c.form.Error = because("Not saved: {why}", err)
					d.formStays(c)
					return
				}
				c.form, c.saved = nil, true
				if into == (Ref{}) {
					c.made, c.byHand = false, true
					c.reason = Text{Key: "Created in this call. The call is saved on it."}
				}
				c.chosen = viewRef(ref)
				d.lookUp(c)
			})
		})
	})
}
