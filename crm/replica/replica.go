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

	// Recordings are the files beside File; nil when there are none. Only once they are removed that an erased person, or
	// all of a device that may no more, had there, the server is told so (requirement I4).
	Recordings Recordings

	Snapshots string // the directory in which a snapshot is loaded; default the system's for temporary files
	Log       *slog.Logger
	Now       func() time.Time
	After     func(time.Duration) <-chan time.Time
	Jitter    func(time.Duration) time.Duration // a random part of a duration

	// OnStatus is called after each change of the status, in the order of the changes, on a goroutine of the replica's; it must be quick.
	OnStatus func(Status)
	// OnWelcome is told what the server said at the beginning of a session.
	OnWelcome func(wire.Welcome)
	// OnPresence is told how users are: with whole, all who are there; else those who have changed.
	OnPresence func(users []wire.Presence, whole bool)
	// OnSilence is told that nobody says how users are any more: the connection has ended.
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
	erased    []crm.ID // that the server is to be told of
	purged    []crm.ID // the same, of whom recordings may be left
	unclean   bool     // at the last greeting the file still had something of who was erased

	trip time.Duration // the shortest way to the server and back so far
	skew time.Duration // of the server's clock from ours, as seen then

	gone    atomic.Bool // the device may no more
	erasing sync.Mutex
	clean   bool // it is erased; under erasing

	saying  lock // held until OnStatus has heard of a change, so that of two loops' changes the later one is heard last
	telling sync.Mutex
	status  Status

	team *team // how colleagues are

	pulled chan struct{} // has a value when there may be something to pull
	retry  chan struct{} // has a value when somebody wants it tried at once
	owed   chan struct{} // has a value when the server waits to hear that somebody is erased
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

// Push sends what waits, one batch of it. more says that something may still wait. What the
// server refused of it is in the tray then, and holds up nothing.
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

// pushFailed follows the server's word that another program has used our numbers, or that it misses some.
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

// giveUp puts a command into the tray that is too large ever to be taken. The others are numbered anew.
func (r *Replica) giveUp(ctx context.Context, c wire.Command) error {
	err := r.c.File.Acknowledge(ctx, []wire.Result{{ID: c.ID, Status: wire.Rejected, Code: wire.RejectInvalid, Reason: crm.Say(crm.TooLargeToSend)}})
	if err == nil {
		err = r.c.File.Fork(ctx)
	}
	r.mustGreet()
	return err
}

// forget takes erasures off the list that the server knows of now.
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
	return true
}

// failed is an error of the server's, noted when both have to find out anew where they stand.
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
