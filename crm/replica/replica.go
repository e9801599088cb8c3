package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// Config is what a replica needs. Only File, Server and Address have no default.
type Config struct {
	File    File
	Server  Server
	Address string // of the server, by which the file knows it
	Program string // "leadline 1.4.0", for the server's log

	// Recordings are the recordings kept beside File; nil when there are none. The server is told of an erasure only
	// after the recordings of the erased person, or all of a revoked device, have been removed (requirement I4).
	Recordings Recordings

	Snapshots string                               // the directory for downloaded snapshots; "" is the system's for temporary files
	Log       *slog.Logger                         // nil: nothing is logged
	Now       func() time.Time                     // nil: time.Now
	After     func(time.Duration) <-chan time.Time // nil: time.After
	Jitter    func(time.Duration) time.Duration    // a random part of a duration; nil: math/rand/v2

	// OnStatus is called after each change of the status, in the order of the changes, on a goroutine of the replica's; it must be quick.
	OnStatus func(Status)
	// OnWelcome gets the server's answer at the beginning of each session; nil when nobody wants it.
	OnWelcome func(wire.Welcome)
	// OnPresence gets the availability of users: of all of them when whole is set, else of those whose availability has
	// changed.
	OnPresence func(users []wire.Presence, whole bool)
	// OnSilence is called when the connection has ended and the availability of users is no longer known.
	OnSilence func()
}

// Replica keeps one file in step with its server.
type Replica struct {
	c Config

	session   lock // held while it is found out where both stand, and while a page is taken over
	greeted   bool // under session
	greetings int  // under session
	took      int  // hints with their rows, under session
	welcome   wire.Welcome
	erased    []crm.ID // erasures to be acknowledged with the next push
	purged    []crm.ID // erasures whose recordings are still to be removed before they are acknowledged
	unclean   bool     // at the last greeting the file still held data of an erased person

	trip time.Duration // the shortest round trip to the server so far
	skew time.Duration // the server's clock minus ours, measured on that round trip

	gone    atomic.Bool // the server has revoked the device
	erasing sync.Mutex
	clean   bool // the file and what lies beside it are erased; under erasing

	saying  lock // held until OnStatus has returned, so that it gets the changes of two loops in their order
	telling sync.Mutex
	status  Status

	team *team // how colleagues are

	pulled chan struct{} // has a value when there may be something to pull
	retry  chan struct{} // has a value when the next try is not to wait for its back-off
	owed   chan struct{} // has a value when the server waits for the acknowledgement of an erasure
}

// New makes a replica; it panics when something is missing.
func New(c Config) *Replica {
	if c.File == nil || c.Server == nil || c.Address == "" {
		panic("replica: a file, a server and its address are needed")
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.After == nil {
		c.After = time.After
	}
	if c.Jitter == nil {
		c.Jitter = func(d time.Duration) time.Duration { return rand.N(max(d, 1)) }
	}
	if c.OnPresence == nil {
		c.OnPresence = func([]wire.Presence, bool) {}
	}
	if c.OnSilence == nil {
		c.OnSilence = func() {}
	}
	if c.Snapshots == "" {
		c.Snapshots = os.TempDir()
	}
	r := &Replica{c: c, session: newLock(), saying: newLock(), status: Status{State: Offline, Since: c.Now()}, pulled: make(chan struct{}, 1), retry: make(chan struct{}, 1), owed: make(chan struct{}, 1)}
	r.team = &team{c: &r.c}
	return r
}

// Status is where the replica stands now.
func (r *Replica) Status() Status {
	r.telling.Lock()
	defer r.telling.Unlock()
	return r.status
}

// Push sends one batch of the outbox. more says that there may be another. Commands that the server refuses go to the
// tray and hold up nothing.
func (r *Replica) Push(ctx context.Context) (more bool, err error) {
	w, erased, err := r.greet(ctx)
	if err != nil {
		return false, err
	}
	commands, err := r.c.File.Outbox(ctx, wire.MostCommands, wire.MostBytes)
	if err != nil || len(commands)+len(erased) == 0 {
		return false, err
	}
	if len(commands) > 0 && len(commands[0].Args) > wire.MostBytes {
		split, err := r.c.File.Split(ctx, commands[0].Seq)
		if err == nil && !split {
			err = r.giveUp(ctx, commands[0])
		}
		return true, err
	}
	client, err := r.c.File.Standing(ctx)
	if err != nil {
		return false, err
	}
	if len(commands) > 0 {
		if err := r.c.File.MarkSent(ctx, commands[len(commands)-1].Seq); err != nil {
			return false, err
		}
	}
	pushed, err := r.c.Server.Push(ctx, wire.Push{Client: client.Client, Epoch: w.Epoch, Commands: commands, Erased: erased})
	if err != nil {
		return false, r.pushFailed(ctx, err)
	}
	r.forget(erased)
	if err := r.c.File.Acknowledge(ctx, pushed.Results); err != nil {
		return false, err
	}
	signal(r.pulled) // for the rows that it made, with the acknowledgement
	return len(commands) > 0, nil
}

// pushFailed gives the file a new client id and numbers its outbox anew when the server says that another program has
// used its sequence numbers (Forked) or that some are missing (Gap).
func (r *Replica) pushFailed(ctx context.Context, err error) error {
	if c := code(err); c == wire.Forked || c == wire.Gap {
		r.session.Lock()
		defer r.session.Unlock()
		r.greeted = false
		r.greetings++
		return errors.Join(err, r.c.File.Fork(ctx))
	}
	return r.failed(err)
}

// giveUp puts a command that is too large for any push into the tray. The others are numbered anew.
func (r *Replica) giveUp(ctx context.Context, c wire.Command) error {
	err := r.c.File.Acknowledge(ctx, []wire.Result{{ID: c.ID, Status: wire.Rejected, Code: wire.RejectInvalid, Reason: crm.Say(crm.TooLargeToSend)}})
	if err == nil {
		err = r.c.File.Fork(ctx)
	}
	r.mustGreet()
	return err
}

// forget drops the erasures that the server has been told of.
func (r *Replica) forget(erased []crm.ID) {
	r.session.Lock()
	defer r.session.Unlock()
	r.erased = r.erased[min(len(erased), len(r.erased)):]
}

// Pull takes over one page of what is new; when nothing is, the server may wait for it for a while. more says that there is
// more at once.
func (r *Replica) Pull(ctx context.Context, wait time.Duration) (more bool, err error) {
	w, _, err := r.greet(ctx)
	if err != nil {
		return false, err
	}
	r.session.Lock()
	greeting, took := r.greetings, r.took
	at, err := r.c.File.Standing(ctx)
	r.session.Unlock()
	if err != nil {
		return false, err
	}
	page, err := r.c.Server.Pull(ctx, wire.Pull{Client: at.Client, Epoch: w.Epoch, Cursor: at.Cursor, View: w.View, Wait: wait, Team: r.team.asked(wait)})
	if err != nil {
		return false, r.failed(err)
	}
	r.team.polled(page.Team)
	r.session.Lock()
	defer r.session.Unlock()
	if greeting != r.greetings || took != r.took {
		return true, nil // asked before, for what no longer holds
	}
	if page.Epoch != w.Epoch {
		r.greeted = false
		return true, nil
	}
	if err := r.c.File.ApplyPage(ctx, page); err != nil {
		return false, fmt.Errorf("take over what is new on the server: %w", err)
	}
	if slices.ContainsFunc(page.Rows, func(row wire.Row) bool { return row.Entity == wire.User && row.ID == w.User }) {
		r.greeted = false // what who signed in may do, and which telephones they have, is said in greeting
		return true, nil
	}
	// What was not clean at the last greeting is looked at again once nothing waits to be sent.
	if page.Greet && len(r.erased)+len(r.purged) == 0 && (!r.unclean || at.Waiting == 0) {
		r.greeted = false
		signal(r.owed)
		return !r.unclean || page.Rev > at.Cursor, nil
	}
	return page.More, nil
}

// takeHint takes over the rows that came with a hint, if they follow directly on what is here: that is as good as a pull that
// reached the head. While a command waits for its acknowledgement, which only a pull brings, it takes none.
func (r *Replica) takeHint(ctx context.Context, h wire.Hint) (taken bool) {
	if h.PrevRev == 0 {
		return false
	}
	r.session.Lock()
	defer r.session.Unlock()
	if !r.greeted || h.Epoch != r.welcome.Epoch {
		return false
	}
	taken, err := r.c.File.ApplyHint(ctx, h, r.welcome.View)
	if err != nil {
		r.c.Log.Warn("rows that came with a hint are pulled instead", "error", err)
	}
	if !taken {
		return false
	}
	r.took++
	if slices.ContainsFunc(h.Rows, func(row wire.Row) bool { return row.Deleted }) {
		signal(r.pulled) // a person may have been erased, which only a pull tells (I4)
	}
	return true
}

// failed passes on an error of the server's, and has the next call greet again when the error calls for it.
func (r *Replica) failed(err error) error {
	if needsGreeting(err) {
		r.mustGreet()
	}
	return err
}

func (r *Replica) mustGreet() {
	r.session.Lock()
	defer r.session.Unlock()
	r.greeted = false
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
