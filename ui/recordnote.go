package ui

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// recordNote is where a note on a record is written, above its timeline. What is typed stays a draft until it is added:
// at another record, and at the next start.
type recordNote struct {
	v      *recordView
	drafts *noteDrafts
	ref    desk.Ref
	mail   string // the record's first e-mail address; "" for none
	box    *fyne.Container
	foot   *fyne.Container // its buttons
	field  *kit.Field
	write  *kit.Button
	add    *kit.Button
	busy   bool
}

const (
	noteLow  = 66  // px, while nobody writes
	noteHigh = 118 // px
	noteFoot = 32  // px, the buttons in the field
)

func newRecordNote(v *recordView, drafts *noteDrafts) *recordNote {
	n := &recordNote{v: v, drafts: drafts}
	n.field = kit.NewNoteField("Note", noteLow, func(s string) {
		n.drafts.set(n.ref, s)
		n.look()
	}).WithPlaceholder("Write a note…").WithFoot(noteFoot)
	n.field.OnFocus(func(bool) { n.look() })
	n.field.OnShortcut(func(s fyne.Shortcut) bool {
		c, is := s.(*desktop.CustomShortcut)
		if !is || c.Modifier != fyne.KeyModifierShortcutDefault || c.KeyName != fyne.KeyReturn && c.KeyName != fyne.KeyEnter {
			return false
		}
		n.submit()
		return true
	})
	up := kit.NewButton("Follow-up", kit.Ghost, func() { v.followUp(crm.FollowUp{}) }).WithIcon(theme.IconFollowUp).Small()
	n.write = kit.NewButton("E-mail", kit.Ghost, func() { v.writeTo(n.mail) }).WithIcon(theme.IconMail).Small()
	n.add = kit.NewButton("Add", kit.Line, n.submit).Small()
	n.foot = kit.RowAligned(2, kit.End, up, n.write, kit.Spacer(), n.add)
	n.box = kit.Stack(n.field, kit.Column(0, kit.Spacer(), kit.Sized(0, noteFoot, kit.Pad(0, 4, 4, 2, n.foot))))
	return n
}

// show brings the draft of a record.
func (n *recordNote) show(r desk.Ref, mail string) {
	n.mail = mail
	setShown(n.write, mail != "")
	n.foot.Refresh() // a button that comes has no place yet
	if n.ref != r {
		n.ref, n.busy = r, false
	}
	n.field.SetText(n.drafts.of(r)) // another place may show the same record, and write there
	n.look()
}

// look makes room for who writes.
func (n *recordNote) look() {
	high := float32(noteLow)
	if n.field.Focused() || n.field.Text() != "" {
		high = noteHigh
	}
	if n.box.MinSize().Height != high {
		n.field.SetHeight(high)
		n.v.fit()
	}
	switch {
	case n.busy:
		n.add.SetEnabled(false, text.T("Saving"))
	default:
		n.add.SetEnabled(strings.TrimSpace(n.field.Text()) != "", text.T("Nothing is written yet"))
	}
}

// submit adds what is written; it can be taken back.
func (n *recordNote) submit() {
	words := strings.TrimSpace(n.field.Text())
	if words == "" || n.busy {
		return
	}
	v, ref := n.v, n.ref
	note := crm.Note{ID: v.opt.Customers.NewID(), Ref: crmRef(ref), At: v.opt.Now(), Text: words}
	n.busy = true
	n.look()
	fileDo(v.opt, func(ctx context.Context) error {
		me, err := v.opt.Customers.Me(ctx)
		if err != nil {
			return err
		}
		note.By = me.ID
		return v.opt.Customers.Do(ctx, crm.SaveRecordNote{Note: note})
	}, func(err error) {
		if n.ref == ref {
			n.busy = false
		}
		if err != nil {
			v.host.warn(text.T("The note was not added: {why}", "why", companyWhy(err)))
			n.look()
			return
		}
		n.draft(ref, "")
		v.Reload()
		v.host.offer(text.T("Note added"), "Undo", func() { n.takeBack(note) })
	})
}

// takeBack removes a note that was added, and has what it said in the field again, unless something else is there.
func (n *recordNote) takeBack(note crm.Note) {
	words, ref := note.Text, deskRef(note.Ref)
	note.Text = ""
	fileDo(n.v.opt, func(ctx context.Context) error { return n.v.opt.Customers.Do(ctx, crm.SaveRecordNote{Note: note}) }, func(err error) {
		if err != nil {
			n.v.host.warn(companyWhy(err))
			return
		}
		if n.drafts.of(ref) == "" {
			n.draft(ref, words)
		}
		n.v.Reload()
	})
}

// draft changes what is written for a record.
func (n *recordNote) draft(r desk.Ref, words string) {
	n.drafts.set(r, words)
	if n.ref == r {
		n.field.SetText(words)
	}
	n.look()
}

// noteDrafts are notes that were begun and not added, in what the windows remember.
type noteDrafts struct {
	kept  Kept
	texts map[string]string // by kind and id of the record
}

const prefDrafts = "notes.drafts"

func readNoteDrafts(kept Kept) *noteDrafts {
	d := &noteDrafts{kept: kept}
	if json.Unmarshal([]byte(kept.String(prefDrafts)), &d.texts) != nil || d.texts == nil {
		d.texts = map[string]string{}
	}
	return d
}

func draftKey(r desk.Ref) string { return string(r.Kind) + "/" + string(r.ID) }

func (d *noteDrafts) of(r desk.Ref) string { return d.texts[draftKey(r)] }

func (d *noteDrafts) set(r desk.Ref, words string) {
	if strings.TrimSpace(words) == "" {
		delete(d.texts, draftKey(r))
	} else {
		d.texts[draftKey(r)] = words
	}
	if len(d.texts) == 0 {
		d.kept.RemoveValue(prefDrafts)
		return
	}
	b, err := json.Marshal(d.texts)
	if err != nil {
		return // a map of texts has nothing that could fail
	}
	d.kept.SetString(prefDrafts, string(b))
}

// forget drops all of them: the company has had this device's copy of its data erased (I4).
func (d *noteDrafts) forget() {
	clear(d.texts)
	d.kept.RemoveValue(prefDrafts)
}

// prune drops those of records that are gone: what was typed about a person goes with the person's data (I4). Those of a
// record that was merged into another go there.
func (d *noteDrafts) prune(opt MainOptions) {
	if len(d.texts) == 0 || opt.Customers == nil {
		return
	}
	var refs []desk.Ref
	for key := range d.texts {
		kind, id, _ := strings.Cut(key, "/")
		refs = append(refs, desk.Ref{Kind: desk.RecordKind(kind), ID: id})
	}
	fileAsk(opt, func(ctx context.Context) (now map[desk.Ref]desk.Ref, err error) {
		now = map[desk.Ref]desk.Ref{} // where else than before; zero for nowhere
		for _, r := range refs {
			is, err := draftNow(ctx, opt.Customers, r)
			switch {
			case errors.Is(err, crm.ErrNotFound):
				now[r] = desk.Ref{}
			case err == nil && is != r:
				now[r] = is
			}
		}
		return now, nil
	}, func(now map[desk.Ref]desk.Ref, _ error) {
		for was, is := range now {
			words := d.of(was)
			d.set(was, "")
			if is != (desk.Ref{}) {
				d.set(is, strings.TrimSpace(d.of(is)+"\n"+words))
			}
		}
	})
}

// draftNow is what a draft is of now: a record may have become a part of another. An error that is crm.ErrNotFound says that it is
// gone, or has no note to change any more.
func draftNow(ctx context.Context, c Customers, of desk.Ref) (desk.Ref, error) {
	switch of.Kind {
	case draftOfNote:
		_, err := c.Note(ctx, crm.ID(of.ID))
		return of, err
	case draftOfCall:
		row, err := c.Call(ctx, crm.ID(of.ID))
		if err == nil && row.Call.Note == "" {
			err = crm.ErrNotFound
		}
		return of, err
	}
	rec, err := c.Record(ctx, crmRef(of))
	return deskRef(rec.Ref), err
}
