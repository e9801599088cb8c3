package desk

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// onDesk is one call on the desk; it belongs to the desk's goroutine.
type onDesk struct {
	id    CallID // also the id of the call's record in the file
	phone phone.Call
	gone  bool // restored from the file: the phone knows nothing of it

	party   crm.Party
	shown   Party
	passed  Text   // who sent it here
	called  string // the line, as the wire or the account names it
	line    crm.Line
	name    string // of the line
	card    Card
	asked   int  // generation of the lookup whose answer is wanted
	awaited bool // its name is a moment away, and snapshots wait for it
	chosen  Ref  // the match that the agent picked; zero: the best one
	reason  Text
	saved   bool
	made    bool     // the rules have made the record that it is on for it, or a deal of that
	first   crm.Call // for which the rules have made the record, where that is another's and this file has it
	me      crm.User // who works here, then
	byHand  bool     // the record was made in its window
	linked  bool     // who calls was said by choosing a record that was there
	why     Text
	result  Outcome

	followUp crm.ID    // noted after the call; "" when none was
	due      time.Time // when; zero when it was taken back
	owner    crm.ID    // whose it is; "" who works here
	people   []Person  // who may get it; nil until the call has ended

	disposition string // one of crm.Results; "" for none
	linking     Linking
	joining     bool // the file is told which record it is

	trace *Trace // what is asked about before the number becomes an exception

	note  savedText
	form  *Form
	draft savedText // only its bookkeeping; the text is form
	sims  int       // generation of the search for similar records
}

// view is the call as windows see it.
func (c *onDesk) view() Call {
	v := Call{
		ID: c.id, Account: c.phone.Account, Line: c.name, Queue: c.line.QueueName,
		Incoming: c.phone.Direction == phone.Incoming, Waiting: c.phone.CallWaiting,
		State: states[c.phone.State], Outcome: c.result, Why: c.why, Detail: detailOf(c.phone),
		Began: c.phone.Began, Answered: c.phone.Answered, Ended: c.phone.Ended,
		Muted: c.phone.Muted, Codec: c.phone.Codec, Encrypted: c.phone.Encrypted, Exposed: c.phone.Exposed,
		Digits: c.phone.Digits, Dialled: c.phone.HeardDigits, Quality: Quality(c.phone.Stats.Quality),
		Passed: c.passed, Party: c.shown, Card: c.card, Reason: c.reason, Saved: c.saved, Excepting: c.trace,
		FollowUp: c.due, FollowUpOwner: string(c.owner), People: c.people, Result: c.disposition, Linking: c.linking,
		Note: Note{Text: c.note.text, SavedAt: c.note.savedAt, Failed: c.note.failed},
	}
	v.Transfer = transferOf(c.phone.Transfer)
	v.Recording = recordingOf(c.phone.Recording)
	if v.State != Ended {
		v.Trouble, v.WhyPoor = troubleOf(c.phone), whyPoor(c.phone.Stats)
	}
	if v.State == Ended {
		for _, name := range c.phone.Recording.Files {
			v.Recordings = append(v.Recordings, Recorded{Call: c.id, Name: name})
		}
	}
	v.Merged = c.phone.Conference
	switch v.State {
	case Talking, HeldHere, HeldThere:
		v.CanHold, v.HandsOver = true, c.handsOver()
	}
	if c.form != nil {
		form := *c.form
		form.Naming = c.nameless() == form.Kind
		v.Form = &form
	}
	return v
}

// nameless is the kind of the record of the caller when that has nothing but the number: a lead that a line has made, or what
// became of it in the simple mode. "" when it has a name, or there is none.
func (c *onDesk) nameless() RecordKind {
	switch k := c.card.Ref.Kind; {
	case !c.card.Known || c.card.Name != "" || k == Lead && !c.card.OpenLead || k != Lead && k != Contact:
		return ""
	default:
		return k
	}
}

func (d *Desk) byPhone(id phone.CallID) *onDesk {
	for _, c := range d.calls {
		if c.phone.ID == id && !c.gone {
			return c
		}
	}
	return nil
}

func (d *Desk) byID(id CallID) *onDesk {
	for _, c := range d.calls {
		if c.id == id {
			return c
		}
	}
	return nil
}

// newCall is a call as if it had just begun: follow then sees what the phone did meanwhile.
func (d *Desk) newCall(p phone.Call) *onDesk {
	fresh := p
	fresh.Rang, fresh.Answered, fresh.Recording = time.Time{}, time.Time{}, phone.Recording{}
	c := &onDesk{id: CallID(d.file.NewID()), phone: fresh, called: d.calledBy(p)}
	if p.Direction == phone.Outgoing {
		c.called = d.lineOver(p.Account)
		if over, placed := d.over[p.ID]; placed {
			c.called = over
			delete(d.over, p.ID)
		}
	}
	c.name = cmp.Or(d.lineOf(c.called).Name, d.lineWords(c.called))
	c.passed = passedBy(p, d.regionOf(c.called))
	c.party = partyOf(p.Remote, d.regionOf(c.called))
	c.shown = d.showParty(c.party, p.Remote)
	c.card = Card{Loading: !c.shown.Withheld}
	return c
}

// headStart is how long a new call waits for its name. The file answers in 1 to 3 ms;
// a window that is shown without the name and painted again has it a frame and a half
// later, 30 to 40 ms with software GL. A file that takes longer is not waited for.
const headStart = 10 * time.Millisecond

// begin puts a new call on the desk, as the wire tells it; who it is comes from the
// reader, and what it makes from the writer.
func (d *Desk) begin(p phone.Call) {
	c := d.newCall(p)
	d.calls = append(d.calls, c)
	d.dirty = true
	if c.card.Loading {
		c.awaited = true
		time.AfterFunc(d.headStart, func() { d.post(func() { c.awaited = false }) })
	}
	d.lookUp(c)
	d.sendToResponsible(c)
	d.save(c, p)
	d.follow(c, p)
}

// enter writes a call that has ended already into the file, without a place on the desk.
func (d *Desk) enter(p phone.Call) {
	c := d.newCall(p)
	d.save(c, p)
	d.follow(c, p)
}

// save begins a call in the file, by the intake rules.
func (d *Desk) save(c *onDesk, p phone.Call) {
	id, party, called := c.id, c.party, c.called
	d.write(func(ctx context.Context) {
		call := crm.Call{
			ID: crm.ID(id), Direction: crm.Incoming, Account: p.Account, Party: party, Began: p.Began, Diverted: diverted(p, d.region),
		}
		if p.Direction == phone.Outgoing {
			call.Direction = crm.Outgoing
		}
		if called != "" {
			call.LineName = called
			if line, ok, err := d.file.LineByNumber(ctx, called); err == nil && ok {
				call.Line, call.LineName, call.Queue = line.ID, line.Name, line.QueueName
			}
		}
		call, decision, err := d.file.BeginCall(ctx, call)
		d.post(func() {
			if err != nil {
				d.warn(Text{Key: "The call could not be written to the file"}, err)
				return
			}
			d.decided(c, decision)
		})
	})
}

// decided shows what the intake rules made of a call, and why.
func (d *Desk) decided(c *onDesk, decision crm.Decision) {
	if decision.Reason.Key != "" {
		c.reason, d.dirty = Text(decision.Reason), true
	}
	if decision.Create != "" { // the card of the new record
		c.made = true
		d.lookUp(c)
	}
	if decision.Decline && c.phone.State == phone.Ringing && d.phone != nil { // the blacklist was not read yet when it rang
		d.ask(c.id, func(t Telephone, p phone.CallID) error { return t.Decline(p, false) })
	}
}

// follow takes over what the phone says of a call on the desk.
func (d *Desk) follow(c *onDesk, p phone.Call) {
	before := c.phone
	c.phone = p
	d.dirty = true
	id := crm.ID(c.id)
	if p.Direction == phone.Outgoing && before.Rang.IsZero() && !p.Rang.IsZero() {
		d.write(func(ctx context.Context) { // B1: from now on it may make a lead
			_, decision, err := d.file.RingCall(ctx, id)
			d.check(err)
			if err == nil {
				d.post(func() { d.decided(c, decision) })
			}
		})
	}
	if before.Answered.IsZero() && !p.Answered.IsZero() {
		d.write(func(ctx context.Context) {
			d.check(d.file.AnswerCall(ctx, id, p.Answered))
			d.showReason(ctx, c, crm.ReasonAnswered)
		})
	}
	if to := sentOnTo(p, d.regionOf(c.called)); to.Key != "" {
		c.passed = to
	}
	if to := nowWith(p, d.regionOf(c.called)); to.Key != "" {
		c.passed = to
	} else if p.Connected != before.Connected {
		c.passed = passedBy(p, d.regionOf(c.called))
	}
	d.followRecording(c, before.Recording, p.Recording)
	if p.State == phone.Ended && c.result == Open {
		c.result, c.why = outcomeOf(p)
		if c.result == Missed && d.blacklisted(p) { // refused by do not disturb before the blacklist could (E3)
			c.result = Declined
		}
		if barred := barredFrom(p, d.regionOf(c.called)); barred.Key != "" {
			c.why = barred
		}
		outcome, detail := fileOutcome(c.result), detailOf(p)
		if to := p.Transfer.To; p.Cause == phone.Transferred && to != "" {
			d.write(func(ctx context.Context) {
				d.check(d.file.TransferCall(ctx, id, to))
				d.showReason(ctx, c, crm.ReasonPassedOn)
			})
		}
		d.settle(c)
		d.write(func(ctx context.Context) { d.check(d.file.EndCall(ctx, id, p.Ended, outcome, detail)) })
		d.keepQuality(c, p)
		d.findPeople(c)
	}
}

// settle saves a call that ends on who got its number while it went on, unless the agent has put it where it is (C3).
func (d *Desk) settle(c *onDesk) {
	if c.chosen != (Ref{}) {
		return
	}
	d.write(func(ctx context.Context) {
		gained, err := d.file.SettleCall(ctx, crm.ID(c.id))
		d.check(err)
		if gained {
			d.showReason(ctx, c)
		}
	})
}

// showReason shows why the call is where it is now, as the file has it: if it is one of
// the reasons named, or none is. It runs on the writer's goroutine.
func (d *Desk) showReason(ctx context.Context, c *onDesk, only ...string) {
	row, err := d.file.Call(ctx, crm.ID(c.id))
	d.post(func() {
		key := row.Call.Reason.Key
		if err == nil && key != "" && (len(only) == 0 || slices.Contains(only, key)) {
			c.reason, d.dirty = Text(row.Call.Reason), true
		}
	})
}

// check tells the agent that a part of a call could not be saved.
func (d *Desk) check(err error) {
	if err != nil {
		d.warn(Text{Key: "The call could not be written to the file"}, err)
	}
}

// lookUp asks the file who the call is with. An answer to an older question is dropped.
func (d *Desk) lookUp(c *onDesk) {
	c.asked++
	generation, party, chosen := c.asked, c.party, c.chosen
	called := c.called
	d.find(func(ctx context.Context) {
		var line crm.Line
		var hasLine bool
		var err error
		if called != "" {
			if line, hasLine, err = d.file.LineByNumber(ctx, called); err != nil {
				d.log.Warn("look up line", "error", err)
			}
		}
		card, err := d.card(ctx, c.id, party, chosen)
		first, me, err2 := d.madeFor(ctx, c.id, card)
		if err == nil {
			err = err2
		}
		d.post(func() {
			if c.asked != generation {
				return
			}
			if err != nil {
				d.warn(Text{Key: "The customers' file cannot be read"}, err)
			}
			if hasLine {
				c.line, c.name = line, line.Name
			}
			c.card, c.first, c.me, c.awaited = card, first, me, false
			c.shown.Internal = c.shown.Internal || card.Colleague
			d.dirty = true
		})
	})
}

// madeFor is the call for which the rules have made a record, where that is not this one, and who works here.
func (d *Desk) madeFor(ctx context.Context, this CallID, card Card) (first crm.Call, me crm.User, err error) {
	if card.MadeFor == "" || card.MadeFor == this {
		return first, me, nil
	}
	if me, err = d.file.Me(ctx); err != nil {
		return first, me, err
	}
	row, err := d.file.Call(ctx, crm.ID(card.MadeFor))
	if errors.Is(err, crm.ErrNotFound) { // a colleague's, which not every role has
		err = nil
	}
	return row.Call, me, err
}

// fileChanged has the windows ask again for what they show, and asks for the cards
// that a change may concern and for the number of missed calls.
func (d *Desk) fileChanged(ch crm.Changed) {
	d.data++
	d.dirty = true
	if ch.Lists {
		d.readRules()
		d.readTeam()
	}
	for _, c := range d.calls {
		if !c.shown.Withheld && c.concerns(ch) {
			d.lookUp(c)
		}
	}
	d.countWork()
	d.find(func(ctx context.Context) {
		n, err := d.file.MissedCount(ctx)
		if err != nil {
			d.log.Warn("count missed calls", "error", err)
			return
		}
		d.post(func() {
			if d.missed != n {
				d.missed, d.dirty = n, true
			}
		})
	})
}

// concerns says whether a change may show on the card: of a stranger any new record
// may be theirs, and any other call an earlier one of theirs. A lead gives way to a contact or company that has the number now, and
// a contact's company may be called otherwise.
func (c *onDesk) concerns(ch crm.Changed) bool {
	if ch.Lists {
		return true
	}
	if c.card.MadeFor != "" && c.card.MadeFor != c.id && slices.Contains(ch.Calls, crm.ID(c.card.MadeFor)) {
		return true
	}
	if !c.card.Known {
		return len(ch.Refs) > 0 || slices.ContainsFunc(ch.Calls, func(id crm.ID) bool { return id != crm.ID(c.id) })
	}
	return slices.ContainsFunc(ch.Refs, func(r crm.Ref) bool {
		return viewRef(r) == c.card.Ref || viewRef(r) == c.card.CompanyRef || c.card.Ref.Kind == Lead && (r.Kind == crm.KindContact || r.Kind == crm.KindCompany) || slices.ContainsFunc(c.card.Matches, func(m Match) bool { return viewRef(r) == m.Ref })
	})
}

// recover runs once at start, before any other write: calls that a killed program
// left open are closed as interrupted, and forms with something typed come back
// to the desk (requirements.md H4).
func (d *Desk) recover(ctx context.Context) {
	if _, err := d.file.Interrupted(ctx); err != nil {
		d.post(func() { d.warn(Text{Key: "The customers' file cannot be read"}, err) })
	}
	drafts, err := d.file.Drafts(ctx)
	if err != nil {
		d.post(func() { d.warn(Text{Key: "The customers' file cannot be read"}, err) })
	}
	for _, f := range drafts {
		row, err := d.file.Call(ctx, f.Call)
		if err != nil {
			d.log.Warn("draft without its call", "call", f.Call, "error", err)
			continue
		}
		due, err := d.followUpOf(ctx, row.Call)
		if err != nil {
			d.log.Warn("read the follow-up of a call", "call", f.Call, "error", err)
		}
		d.post(func() { d.restore(row.Call, f, due) })
	}
	d.post(func() { d.fileChanged(crm.Changed{}) })
}

// restore lays an ended call with its unsaved form back on the desk.
func (d *Desk) restore(call crm.Call, f crm.Form, due crm.FollowUp) {
	c := &onDesk{
		id: CallID(call.ID), gone: true, party: call.Party, name: d.lineWords(call.LineName),
		line: crm.Line{ID: call.Line, Name: call.LineName, QueueName: call.Queue}, reason: Text(call.Reason),
		result: viewOutcome(call.Outcome), disposition: call.Result, followUp: due.ID, due: due.Due, owner: due.Responsible,
		phone: phone.Call{
			Account: call.Account, State: phone.Ended, Began: call.Began, Answered: call.Answered, Ended: call.Ended,
		},
	}
	if call.Direction == crm.Outgoing {
		c.phone.Direction = phone.Outgoing
	}
	if call.Outcome == crm.Interrupted {
		c.why = Text{Key: "The program ended in the middle of this call"}
	}
	c.shown = d.showParty(c.party, phone.Party{Display: call.Party.Display})
	c.note = savedText{text: call.Note, savedAt: call.Ended}
	c.card = Card{Loading: !c.shown.Withheld}
	d.calls = append(d.calls, c)
	form := Form{
		Kind: RecordKind(f.Kind), FirstName: f.FirstName, LastName: f.LastName, Company: f.Company,
		Source: f.Source, Touched: true, DraftSaved: true, Number: c.shown.Number,
	}
	c.form = &form
	d.fillChoices(c, f.Responsible)
	d.findPeople(c)
	d.lookUp(c)
	d.dirty = true
}

// CloseCall puts an ended call away. One with typed text that isn't saved stays.
func (d *Desk) CloseCall(id CallID) {
	d.post(func() {
		c := d.byID(id)
		if c == nil || c.phone.State != phone.Ended {
			return
		}
		if c.form != nil && c.form.Touched {
			d.notice(Notice{Text: Text{Key: "Save the form or cancel it first"}, Warning: true})
			return
		}
		d.calls = slices.DeleteFunc(d.calls, func(o *onDesk) bool { return o == c })
		c.asked++ // answers that are still on their way are dropped
		d.dirty = true
	})
}
