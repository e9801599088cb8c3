package replica

import (
	"context"
	"errors"
	"sync"
	"time"

	"leadline/crm/wire"
)

const (
	apart      = time.Millisecond // between the starts of the loops, so that always the same one greets
	firstRetry = time.Second      // the first back-off
	lastRetry  = 2 * time.Minute  // the longest one
	look       = 30 * time.Second // the loops run at least that often, should a signal or a hint be lost
	longPoll   = 25 * time.Second // wire.Pull.Wait
)

// Run keeps the file in step until ctx ends: pushing, pulling and watching, each in a loop of its own, so that none
// waits for another.
func (r *Replica) Run(ctx context.Context) {
	if err := r.removeReady(); err != nil {
		r.c.Log.Warn("a ready file of before stays", "error", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	watched := make(chan bool, 1)
	var loops sync.WaitGroup
	for i, loop := range []func(context.Context){
		r.pushLoop,
		func(ctx context.Context) { r.pullLoop(ctx, watched) },
		func(ctx context.Context) { r.watchLoop(ctx, watched) },
	} {
		loops.Go(func() {
			select {
			case <-ctx.Done():
			case <-r.c.After(time.Duration(i) * apart):
			}
			loop(ctx)
		})
	}
	loops.Wait()
}

// Retry ends a back-off: the network is there again, or somebody asks for it. It may be called from any goroutine.
func (r *Replica) Retry() {
	signal(r.retry)
	signal(r.pulled)
}

func (r *Replica) pushLoop(ctx context.Context) {
	wait := firstRetry
	for ctx.Err() == nil {
		more, err := r.Push(ctx)
		switch {
		case err != nil:
			wait = r.rest(ctx, err, wait, r.retry)
			continue
		case !more:
			r.count(ctx)
			select {
			case <-ctx.Done():
			case <-r.c.File.Queued():
				r.count(ctx)
			case <-r.owed:
			case <-r.c.After(look):
			}
		}
		wait = firstRetry
	}
}

// pullLoop pulls until the head, then waits for a hint. Without a connection for hints it polls: the server holds each
// pull back until there is something new.
func (r *Replica) pullLoop(ctx context.Context, watched <-chan bool) {
	wait, watching := firstRetry, false
	poll := time.Duration(0)
	defer r.team.unpolled()
	for ctx.Err() == nil {
		more, err := r.Pull(ctx, poll)
		if err != nil {
			poll = 0
			wait = r.rest(ctx, err, wait, r.pulled)
			continue
		}
		wait, poll = firstRetry, 0
		if more {
			r.tell(CatchUp, nil)
			continue
		}
		r.tell(Live, nil)
		r.count(ctx)
		select {
		case watching = <-watched:
			continue // what came between the pull and the connection brought no hint
		default:
		}
		if !watching {
			poll = longPoll
			continue
		}
		select {
		case <-ctx.Done():
		case <-r.pulled:
		case watching = <-watched:
		case <-r.c.After(look):
		}
	}
}

// watchLoop keeps up the connection for hints.
func (r *Replica) watchLoop(ctx context.Context, watched chan bool) {
	set := func(is bool) {
		select {
		case <-watched:
		default:
		}
		watched <- is
	}
	wait := firstRetry
	for ctx.Err() == nil {
		if _, _, err := r.greet(ctx); err == nil {
			stands := false
			err = r.c.Server.Watch(ctx, func(h wire.Hint) {
				wait = firstRetry
				first := !stands
				if first || len(h.Presence) > 0 {
					r.team.hinted(h.Presence, first) // the first hint has everybody
				}
				if !stands {
					stands = true
					set(true)
				}
				if (first || h.Rev > 0) && !r.takeHint(ctx, h) {
					signal(r.pulled)
				}
			})
			if ctx.Err() == nil {
				r.c.Log.Info("the connection for hints has ended", "error", err)
			}
			r.team.unheard()
			set(false)
		}
		select {
		case <-ctx.Done():
		case <-r.c.After(wait + r.c.Jitter(wait)):
		}
		wait = min(2*wait, lastRetry)
	}
}

// rest reports an error as the status and waits before the next try, at most until at has a value. It returns the
// back-off after that one.
func (r *Replica) rest(ctx context.Context, err error, wait time.Duration, at <-chan struct{}) time.Duration {
	if ctx.Err() != nil {
		return wait
	}
	if needsGreeting(err) && wait == firstRetry {
		return 2 * wait // at once, but not for ever
	}
	if at == r.pulled {
		r.team.unpolled()
	}
	state, left := stateAfter(err), false
	if state == Revoked {
		r.gone.Store(true) // first: the other loop will hear that nobody is signed in
		left = !r.erase(ctx)
	}
	if !left {
		r.tell(state, err)
	}
	r.count(ctx)
	r.c.Log.Info("the server is not to be had", "state", state, "error", err, "again in", wait)
	pause := wait/2 + r.c.Jitter(wait)
	if state != Offline && !left {
		pause = lastRetry
	}
	select {
	case <-ctx.Done():
	case <-at:
	case <-r.c.After(pause):
	}
	return min(2*wait, lastRetry)
}

// erase empties the file of a revoked device, removes what lies beside it, and tells the server so. done is false when
// something failed and is to be tried again.
func (r *Replica) erase(ctx context.Context) (done bool) {
	r.erasing.Lock()
	defer r.erasing.Unlock()
	if r.clean {
		return true
	}
	err := errors.Join(r.c.File.Wipe(ctx), r.removeLoaded())
	if err == nil && r.c.Recordings != nil {
		err = r.c.Recordings.RemoveAll(ctx)
	}
	if err != nil {
		r.c.Log.Error("erase the copy of a device that may no more", "error", err)
		return false
	}
	r.clean = true
	if err := r.c.Server.Erased(ctx); err != nil {
		r.c.Log.Warn("tell the server that the copy is erased", "error", err)
	}
	return true
}

// tell changes the state. Revoked lasts until somebody signs in anew.
func (r *Replica) tell(s State, err error) {
	if r.gone.Load() && s != Revoked {
		return
	}
	r.change(func(now *Status) {
		if now.State != s {
			now.Since = r.c.Now()
		}
		now.State, now.Problem = s, err
	})
}

// count updates how many commands wait and how many were refused.
func (r *Replica) count(ctx context.Context) {
	at, err := r.c.File.Standing(ctx)
	if err != nil {
		return
	}
	r.change(func(now *Status) { now.Waiting, now.Refused = at.Waiting, at.Refused })
}

func (r *Replica) change(edit func(*Status)) {
	r.saying.Lock()
	defer r.saying.Unlock()
	r.telling.Lock()
	before := r.status
	edit(&r.status)
	now := r.status
	r.telling.Unlock()
	if r.c.OnStatus != nil && (before.State != now.State || before.Waiting != now.Waiting || before.Refused != now.Refused) {
		r.c.OnStatus(now)
	}
}
