package desk

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/phone"
)

// Telephone is what the desk asks of the phone; *phone.Phone is one.
type Telephone interface {
	Dial(account, target string) (phone.CallID, error)
	Answer(phone.CallID) error
	Decline(id phone.CallID, busy bool) error
	Redirect(id phone.CallID, target string) error
	HangUp(phone.CallID) error
	Mute(id phone.CallID, on bool) error
	Hold(id phone.CallID, on bool) error
	Transfer(id phone.CallID, target string) error
	Join(id, with phone.CallID) error
	Merge(ids ...phone.CallID) error
	Part(id phone.CallID) error
	SendDigits(id phone.CallID, digits string) error
	Record(id phone.CallID, on bool) error
	DoNotDisturb(until time.Time)
	ForwardAll(phone.Forward) error
	PickUp(account, extension string) (phone.CallID, error)
}

// Config is what a desk needs. File and Money are required.
type Config struct {
	File     File
	Money    func(crm.Money) string // an amount for the eye, in the program's language
	Region   string                 // ISO 3166, for numbers written nationally; "" means "DE"
	Language string                 // "de" or "en", for names of places
	Now      func() time.Time       // nil: time.Now
	Log      *slog.Logger           // nil: nothing is logged
}

// Desk joins calls with their cards. One goroutine owns all of its state; the
// exported methods post to it and may be called from any goroutine.
type Desk struct {
	file     File
	money    func(crm.Money) string
	region   string
	language atomic.Pointer[string]
	now      func() time.Time
	log      *slog.Logger

	headStart time.Duration

	mail   *mailbox // what happened and what is wished, for the desk's goroutine
	writer *mailbox // writes to the file, one after the other
	reader *mailbox // looks up in the file; never waits for a write
	ctx    context.Context
	stop   context.CancelFunc
	done   sync.WaitGroup

	latest atomic.Pointer[Snapshot]

	subMu   sync.Mutex
	subs    map[int]func(Snapshot)
	nextSub int
	notices []func(Notice)

	// Owned by the desk's goroutine.
	phone      Telephone
	calls      []*onDesk
	accounts   []Account
	lines      map[string]string       // default line of each account (requirements.md A3)
	picked     string                  // the line that calls go out over; "" for the account's default
	over       map[phone.CallID]string // the lines of calls that were placed and are not told of yet
	rules      rules
	sound      Sound
	sync       Sync
	presence   Presence
	diversion  Diversion
	wished     Diversion   // what was asked for; diversion is what the role allows of it
	busy       bool        // declining is for this phone only: the PBX may try another
	colleagues []Colleague // in the order in which they were told of
	mailboxes  []Mailbox   // that hold messages
	team       team
	sent       map[string]time.Time          // when callers were sent to the responsible, by sendOn
	quiet      *time.Timer                   // ends do not disturb
	began      map[phone.CallID]bool         // calls the phone has told of
	unsaved    map[*savedText]func() writing // texts that the file does not have yet, and how they are written
	refused    map[phone.CallID]bool         // calls of the blacklist that have not ended yet
	missed     int
	due        int    // follow-ups of today and before
	leads      int    // open ones of the agent
	data       uint64 // counts the changes of the file
	dirty      bool
}

// New starts a desk. It panics when something required is missing: wiring is done
// once, in cmd, and a program without a file must not start.
func New(c Config) *Desk {
	if c.File == nil || c.Money == nil {
		panic("desk.New: File and Money are required")
	}
	if c.Region == "" {
		c.Region = "DE"
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	d := &Desk{
		file: c.File, money: c.Money, region: c.Region, now: c.Now, log: c.Log,
		mail: newMailbox(), writer: newMailbox(), reader: newMailbox(),
		subs: map[int]func(Snapshot){}, headStart: headStart, began: map[phone.CallID]bool{},
		refused: map[phone.CallID]bool{}, over: map[phone.CallID]string{}, unsaved: map[*savedText]func() writing{}, rules: rules{rights: crm.AllRights},
	}
	d.SetLanguage(c.Language)
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.latest.Store(&Snapshot{})
	stopListening := d.file.OnChange(func(ch crm.Changed) { d.post(func() { d.fileChanged(ch) }) })
	context.AfterFunc(d.ctx, stopListening)
	d.done.Go(func() { d.mail.run(d.publish) })
	d.done.Go(func() { d.writer.run(nil) })
	d.done.Go(func() { d.reader.run(nil) })
	d.post(d.readRules)
	d.post(d.readTeam)
	d.write(d.recover)
	return d
}

// Connect gives the desk its telephone. Wishes that come before are refused with a Notice.
func (d *Desk) Connect(t Telephone) { d.post(func() { d.phone = t }) }

// SetLanguage changes the language of place names, from the next lookup on.
func (d *Desk) SetLanguage(lang string) { d.language.Store(&lang) }

// SoundChanged tells the desk how the sound card stands.
func (d *Desk) SoundChanged(s Sound) { d.post(func() { d.sound = s; d.dirty = true }) }

// SyncChanged tells the desk how the file stands with the shared server.
func (d *Desk) SyncChanged(s Sync) { d.post(func() { d.sync = s; d.dirty = true }) }

// Close finishes what is to be written and stops. It waits until ctx ends for a
// file that hangs; what was reported as saved is safe in any case.
func (d *Desk) Close(ctx context.Context) error {
	finished := make(chan struct{})
	go func() {
		// The mail first: what it still posts to the writer is written, too.
		d.mail.close()
		d.mail.wait()
		d.writeRest()
		d.reader.close()
		d.writer.close()
		d.done.Wait()
		close(finished)
	}()
	defer d.stop()
	select {
	case <-finished:
		return nil
	case <-ctx.Done():
		return errors.New("close the desk: the file did not finish in time")
	}
}

// Snapshot is everything in progress right now.
func (d *Desk) Snapshot() Snapshot { return *d.latest.Load() }

// Subscribe has f called with every new Snapshot, in order, from the desk's
// goroutine, beginning with the present one, until stop. f returns quickly.
func (d *Desk) Subscribe(f func(Snapshot)) (stop func()) {
	d.subMu.Lock()
	id := d.nextSub
	d.nextSub++
	d.subs[id] = f
	d.subMu.Unlock()
	d.post(func() { f(*d.latest.Load()) })
	return func() {
		d.subMu.Lock()
		delete(d.subs, id)
		d.subMu.Unlock()
	}
}

// Notices has f called with every Notice, from the desk's goroutine. f returns quickly.
func (d *Desk) Notices(f func(Notice)) {
	d.subMu.Lock()
	d.notices = append(d.notices, f)
	d.subMu.Unlock()
}

// Tell passes a Notice from elsewhere in the program on to the windows. Any goroutine may call it.
func (d *Desk) Tell(n Notice) { d.post(func() { d.notice(n) }) }

// post has f done by the desk's goroutine.
func (d *Desk) post(f func()) { d.mail.put(f) }

// write has f done by the writer, after all earlier writes.
func (d *Desk) write(f func(context.Context)) { d.writer.put(func() { f(d.ctx) }) }

// find has f done by the reader.
func (d *Desk) find(f func(context.Context)) { d.reader.put(func() { f(d.ctx) }) }

func (d *Desk) notice(n Notice) {
	d.subMu.Lock()
	fs := slices.Clone(d.notices)
	d.subMu.Unlock()
	for _, f := range fs {
		f(n)
	}
}

// warn tells the agent that something went wrong, and the log what exactly.
func (d *Desk) warn(t Text, err error) {
	d.log.Warn("desk: "+t.Key, "error", err)
	d.notice(Notice{Text: t, Warning: true})
}

// publish makes a snapshot of what changed and hands it out. Bursts of messages
// that were waiting together make one.
func (d *Desk) publish() {
	if !d.dirty || slices.ContainsFunc(d.calls, func(c *onDesk) bool { return c.awaited }) {
		return
	}
	d.dirty = false
	s := Snapshot{
		Accounts: slices.Clone(d.accounts),
		Calls:    make([]Call, len(d.calls)),
		Missed:   d.missed,
		Due:      d.due,
		Leads:    d.leads,
		Sound:    d.sound,
		Sync:     d.sync,
		Presence: d.presence,
		Diverted: d.diversion,
		Data:     d.data,
		NoLeads:  d.rules.workspace.Mode == crm.Simple,
		Out:      d.lineOut(),

		Colleagues: slices.Clone(d.colleagues),
		Mailboxes:  slices.Clone(d.mailboxes),
		Team:       d.team.shown,
	}
	for i, c := range d.calls {
		s.Calls[i] = c.view()
		s.Calls[i].NoLeads = s.NoLeads
		if c.form != nil && c.form.Touched {
			s.Unsaved++
		}
	}
	d.latest.Store(&s)
	d.subMu.Lock()
	ids := make([]int, 0, len(d.subs))
	for id := range d.subs {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	fs := make([]func(Snapshot), len(ids))
	for i, id := range ids {
		fs[i] = d.subs[id]
	}
	d.subMu.Unlock()
	for _, f := range fs {
		f(s)
	}
}
