package desk

import (
	"context"
	"fmt"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// walkActs are what can happen, the more likely the more often it is there. Each tells what it did; "" when it could do nothing.
var walkActs = []func(*walk) string{
	(*walk).rings, (*walk).rings, (*walk).rings, (*walk).dials,
	(*walk).goesOn, (*walk).goesOn, (*walk).goesOn, (*walk).goesOn, (*walk).goesOn, (*walk).again,
	(*walk).notes, (*walk).notes, (*walk).notes,
	(*walk).form, (*walk).form, (*walk).form, (*walk).form,
	(*walk).picks, (*walk).wrapsUp, (*walk).wrapsUp, (*walk).links, (*walk).links, (*walk).puts, (*walk).puts,
	(*walk).excepts, (*walk).answersExcept,
	(*walk).edits, (*walk).edits, (*walk).converts, (*walk).merges, (*walk).removes, (*walk).takesBack, (*walk).takesBack, (*walk).status,
	(*walk).lists, (*walk).setsUp, (*walk).setsUp, (*walk).reads, (*walk).reads,
	(*walk).slows, (*walk).slows, (*walk).frees, (*walk).looks, (*walk).looks, (*walk).restarts,
}

func (w *walk) begins(number string, out bool) *walkCall {
	w.placed++
	c := &walkCall{before: w.meddled, now: phone.Call{
		ID: phone.CallID(fmt.Sprint("p", w.placed)), Account: "Office", State: phone.Ringing,
		Remote: phone.Party{User: number, Host: "pbx.example.org", Withheld: number == walkWithheld}, Lines: []string{"101"}, Began: w.clock(),
	}}
	if out {
		c.now.Direction, c.now.State, c.now.Dialled = phone.Outgoing, phone.Dialling, number
	} else {
		c.now.Direction = phone.Incoming
	}
	if entries, err := w.file.Entries(context.Background(), crm.Exceptions); err == nil {
		_, c.alone = crm.NewBlocklist(entries).Find(partyOf(c.now.Remote, "DE"))
	}
	w.calls = append(w.calls, c)
	return c
}

func (w *walk) rings() string {
	if len(w.live()) > 3 {
		return ""
	}
	number := some(w, walkNumbers)
	if w.r.IntN(2) == 0 {
		number = some(w, walkStrangers)
	}
	c := w.begins(number, false)
	if w.r.IntN(12) == 0 { // do not disturb refuses it before it rings
		c.now.State, c.now.SIPCode, c.now.SIPReason = phone.Ended, 486, phone.QuietReason
		did := w.tell("%s: %q calls and is not to disturb", c.now.ID, number)
		w.ends(c, phone.Declined)
		if number == walkUnwanted {
			c.outcome = crm.Declined
		}
		return did
	}
	c.now.Rang = w.clock()
	did := w.tell("%s: %q calls", c.now.ID, number)
	w.event(c)
	return did
}

func (w *walk) dials() string {
	if len(w.live()) > 3 {
		return ""
	}
	number := some(w, walkNumbers)
	if number == walkWithheld {
		return ""
	}
	c := w.begins(number, true)
	did := w.tell("%s: the agent calls %q", c.now.ID, number)
	w.event(c)
	return did
}

// goesOn has a call go on.
func (w *walk) goesOn() string {
	c := some(w, w.live())
	if c == nil {
		return ""
	}
	was := c.now.State
	var causes []phone.Cause
	var states []phone.CallState
	switch was {
	case phone.Ringing:
		states, causes = []phone.CallState{phone.Active}, []phone.Cause{phone.Missed, phone.Declined, phone.AnsweredElsewhere, phone.Redirected}
	case phone.Dialling:
		states, causes = []phone.CallState{phone.RingingThere, phone.RingingThere, phone.Active}, []phone.Cause{phone.Busy, phone.NotFound, phone.Failed, phone.Cancelled}
	case phone.RingingThere:
		states, causes = []phone.CallState{phone.Active}, []phone.Cause{phone.NoAnswer, phone.DeclinedThere, phone.Cancelled}
	default:
		states, causes = []phone.CallState{phone.Active, phone.HeldHere, phone.HeldThere}, []phone.Cause{phone.HungUpHere, phone.HungUpThere, phone.Transferred, phone.MediaLost}
	}
	if w.r.IntN(2) == 0 {
		cause := some(w, causes)
		switch cause {
		case phone.Transferred, phone.Redirected:
			c.now.Transfer = phone.Transfer{State: phone.TransferDone, To: walkColleague}
		}
		did := w.tell("%s: %v", c.now.ID, cause)
		w.ends(c, cause)
		return did
	}
	c.now.State = some(w, states)
	if c.now.State == phone.RingingThere {
		c.now.Rang = w.clock()
	}
	if c.now.State == phone.Active && c.now.Answered.IsZero() {
		c.now.Answered = w.clock()
	}
	did := w.tell("%s: state %d after %d", c.now.ID, c.now.State, was)
	w.event(c)
	return did
}

// again is an event that comes twice, also of a call that has been put away.
func (w *walk) again() string {
	c := some(w, w.calls)
	if c == nil || c.id == "" { // one that never was on the desk is told once
		return ""
	}
	known := false
	w.on(func(d *Desk) { known = d.began[c.now.ID] })
	if !known { // of before the program was started
		return ""
	}
	did := w.tell("%s: once more", c.now.ID)
	w.desk.CallChanged(c.now)
	return did
}

// typed is a word nobody has typed yet.
func (w *walk) typed() string {
	w.words++
	return fmt.Sprintf("word%d", w.words)
}

func (w *walk) notes() string {
	c, shown := w.aWindow()
	if c == nil {
		return ""
	}
	text := shown.Note.Text
	n := 1 + w.r.IntN(3)
	for range n {
		text += " " + w.typed()
		c.notes = append(c.notes, text)
	}
	did := w.tell("%s: %d notes, the last is %q", c.now.ID, n, text)
	for _, text := range c.notes[len(c.notes)-n:] {
		w.desk.Note(c.id, text)
	}
	return did
}

// form opens one, types into it, saves it or cancels it.
func (w *walk) form() string {
	c, shown := w.aWindow()
	if c == nil {
		return ""
	}
	if shown.Form == nil {
		if shown.Reason.Key == crm.ReasonException || shown.Card.Colleague { // the window offers none
			return ""
		}
		kind := some(w, []RecordKind{Lead, Contact})
		if shown.NoLeads {
			kind = Contact
		}
		did := w.tell("%s: opens the form for a %s", c.now.ID, kind)
		w.desk.OpenForm(c.id, kind)
		return did
	}
	switch w.r.IntN(8) {
	case 0:
		did := w.tell("%s: cancels the form", c.now.ID)
		w.desk.CancelForm(c.id)
		w.noForm(c)
		return did
	case 1:
		kind := some(w, []RecordKind{Lead, Contact})
		did := w.tell("%s: makes it the form of a %s", c.now.ID, kind)
		w.desk.OpenForm(c.id, kind)
		return did
	case 2, 3, 4:
		if w.r.IntN(2) == 0 { // Enter in a field: what was typed last goes first
			w.fillsIn(c, *shown.Form)
		}
		did := w.tell("%s: saves the form", c.now.ID)
		w.desk.SaveForm(c.id)
		w.on(func(d *Desk) {
			if on := d.byID(c.id); on != nil && on.form != nil && on.form.Saving {
				c.saving, c.meddled = on.form.LastName+" ", w.meddled
			}
		})
		return did
	}
	w.fillsIn(c, *shown.Form)
	if w.r.IntN(2) == 0 {
		w.fillsIn(c, c.forms[len(c.forms)-1])
	}
	return w.steps[len(w.steps)-1]
}

// fillsIn types into a form.
func (w *walk) fillsIn(c *walkCall, f Form) {
	f.LastName = w.typed()
	if w.r.IntN(3) == 0 {
		f.Company = some(w, []string{"", "Özdemir KG", w.typed()})
	}
	w.tell("%s: types %q, %q", c.now.ID, f.LastName, f.Company)
	w.desk.ChangeForm(c.id, f)
	w.on(func(d *Desk) {
		if on := d.byID(c.id); on != nil && on.form != nil && on.form.LastName == f.LastName {
			c.forms, c.open = append(c.forms, *on.form), true
		}
	})
}

// noForm notes that the form of a call is gone, by a wish of the agent's.
func (w *walk) noForm(c *walkCall) {
	w.on(func(d *Desk) {
		if on := d.byID(c.id); on != nil && on.form == nil {
			c.open = false
		}
	})
}

func (w *walk) picks() string {
	c, shown := w.aWindow()
	if c == nil {
		return ""
	}
	all := shown.Card.Matches
	if shown.Form != nil {
		all = shown.Form.Similar
	}
	if len(all) == 0 {
		return ""
	}
	m := some(w, all)
	did := w.tell("%s: picks the %s %q", c.now.ID, m.Ref.Kind, m.Name)
	w.desk.Choose(c.id, m.Ref)
	w.noForm(c)
	w.on(func(d *Desk) {
		if on := d.byID(c.id); on != nil && on.form != nil && on.form.Touched { // a company was filled in
			c.forms, c.open = append(c.forms, *on.form), true
		}
	})
	return did
}

func (w *walk) wrapsUp() string {
	c, shown := w.aWindow()
	if c == nil || shown.State != Ended {
		return ""
	}
	if w.r.IntN(2) == 0 {
		result := some(w, crm.Results)
		did := w.tell("%s: the result is %q", c.now.ID, result)
		w.desk.Result(c.id, result)
		return did
	}
	due := time.Time{}
	if w.r.IntN(3) > 0 {
		due = w.clock().AddDate(0, 0, w.r.IntN(4))
	}
	owner := ""
	if len(shown.People) > 0 {
		owner = some(w, shown.People).ID
	}
	did := w.tell("%s: a follow-up at %v for %q", c.now.ID, due, owner)
	w.desk.FollowUp(c.id, due, owner)
	return did
}

func (w *walk) links() string {
	c, shown := w.aWindow()
	if c == nil || shown.Party.Withheld || shown.Reason.Key == crm.ReasonException || shown.Card.Colleague {
		return ""
	}
	if len(shown.Linking.Found) == 0 {
		words := some(w, []string{"Jürgen", "Özdemir", "word", "Ayşe"})
		did := w.tell("%s: looks for %q", c.now.ID, words)
		w.desk.FindToLink(c.id, words)
		return did
	}
	m := some(w, shown.Linking.Found)
	did := w.tell("%s: is the %s %q", c.now.ID, m.Ref.Kind, m.Name)
	c.linked = true
	w.desk.LinkTo(c.id, m.Ref)
	return did
}

// puts puts an ended call away.
func (w *walk) puts() string {
	c, shown := w.aWindow()
	if c == nil || shown.State != Ended {
		return ""
	}
	did := w.tell("%s: is put away", c.now.ID)
	w.desk.CloseCall(c.id)
	return did
}

func (w *walk) excepts() string {
	c, shown := w.aWindow()
	if c == nil || shown.Excepting != nil || shown.Party.Withheld || w.r.IntN(2) == 0 {
		return ""
	}
	did := w.tell("%s: becomes an exception", c.now.ID)
	w.desk.Except(c.id)
	return did
}

func (w *walk) answersExcept() string {
	c, shown := w.aWindow()
	if c == nil || shown.Excepting == nil {
		return ""
	}
	yes := w.r.IntN(2) == 0
	did := w.tell("%s: an exception? %t", c.now.ID, yes)
	w.desk.AnswerException(c.id, yes)
	return did
}

// reads looks at a page of the main window.
func (w *walk) reads() string {
	ctx := context.Background()
	q := Query{List: some(w, []List{CallList, MissedList, ContactList, CompanyList, LeadList, DealList}), Limit: 1 + w.r.IntN(128)}
	if w.r.IntN(2) == 0 {
		q.Filter = some(w, []string{"mine", "new", "open", "done"})
	}
	if w.r.IntN(3) == 0 {
		q.Text = some(w, []string{"word", "Özd", "0895", "jür"})
	}
	did := w.tell("reads %s, %q, %q", q.List, q.Filter, q.Text)
	page, err := w.desk.List(ctx, q)
	w.must(page, err)
	w.must(w.desk.Count(ctx, q))
	w.must(w.desk.Search(ctx, q.Text, 10))
	for _, row := range page.Rows {
		if row.Ref != (Ref{}) {
			w.may(w.desk.Record(ctx, row.Ref, 0))
		}
	}
	return did
}

func (w *walk) slows() string {
	if len(w.held) > 0 || w.r.IntN(2) == 0 {
		return ""
	}
	if w.r.IntN(4) == 0 {
		w.hold(w.desk.find)
		return w.tell("nothing can be read")
	}
	w.hold(w.desk.write)
	return w.tell("nothing can be written")
}

func (w *walk) frees() string {
	if len(w.held) == 0 {
		return ""
	}
	w.free()
	return w.tell("the disk goes on")
}

func (w *walk) looks() string {
	if w.r.IntN(2) == 0 {
		return ""
	}
	did := w.tell("looks")
	w.look()
	return did
}

// restarts ends the program and starts it again.
func (w *walk) restarts() string {
	if w.r.IntN(2) == 0 {
		return ""
	}
	var kept Snapshot
	killed := w.r.IntN(2) == 0
	did := w.tell("the program is started anew; killed: %t", killed)
	if killed {
		w.on(func(d *Desk) { d.publish() })
		kept = w.desk.Snapshot()
		w.desk.stop() // nothing more reaches the file
	}
	w.close()
	w.openFile()
	if killed {
		w.lost(kept)
	}
	for _, c := range w.live() {
		c.now.State, c.outcome = phone.Ended, crm.Interrupted
	}
	w.mu.Lock()
	w.noticed = nil
	w.mu.Unlock()
	w.openDesk()
	w.look()
	return did
}
