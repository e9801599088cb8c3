package front

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// pollEvery is how often the database is asked for commits of others while the server does not listen to them, and safetyPoll while it
	// does. The latter is needed since a server may be killed between a commit and its notification, and the command line notifies nobody.
	pollEvery   = 200 * time.Millisecond
	safetyPoll  = time.Second
	expireEvery = 5 * time.Second
	tidyEvery   = time.Minute
	forgetEvery = 6 * time.Hour
)

// Run does the server's periodic work until ctx ends: polling, presence, snapshots, compaction, what erasures still owe, and listening to other servers.
func (f *Front) Run(ctx context.Context) {
	poll, expire := time.NewTicker(pollEvery), time.NewTicker(expireEvery)
	tidy, forget := time.NewTicker(tidyEvery), time.NewTicker(forgetEvery)
	defer poll.Stop()
	defer tidy.Stop()
	defer expire.Stop()
	defer forget.Stop()
	var others sync.WaitGroup
	others.Go(func() { f.buildJobs(ctx) })
	others.Go(func() { f.settleRemains(ctx) })
	if f.Shared {
		others.Go(func() { f.listen(ctx) })
		others.Go(func() { f.tellOthers(ctx) })
	}
	defer others.Wait()
	var polled time.Time
	f.tidy(ctx)
	for {
		select {
		case now := <-poll.C:
			if !f.neighbours.listening.Load() || now.Sub(polled) >= f.safetyPoll {
				f.poll(ctx)
				polled = now
			}
		case <-expire.C:
			f.expire()
		case <-tidy.C:
			f.tidy(ctx)
			f.saveUses(ctx)
		case <-forget.C:
			f.forget(ctx)
			others.Go(func() { f.settleRemains(ctx) })
		case <-ctx.Done():
			f.saveUses(context.WithoutCancel(ctx))
			return
		}
	}
}

// saveUses keeps when keys were used.
func (f *Front) saveUses(ctx context.Context) {
	if err := f.Access.SaveUses(ctx); err != nil && ctx.Err() == nil {
		f.Log.Warn("when keys were used could not be kept", "error", err)
	}
}

// poll asks the database for the head of each workspace with a watcher. It finds commits of other servers; those of this one come by
// committed.
func (f *Front) poll(ctx context.Context) {
	for _, workspace := range f.hub.watched() {
		epoch, rev, err := f.Engine.Head(ctx, workspace)
		if err != nil {
			if ctx.Err() == nil && f.unanswered.Due() {
				f.Log.Error("the database does not say where a workspace stands", "error", err)
			}
			return
		}
		if f.unanswered.Over() {
			f.Log.Info("the database says again where workspaces stand")
		}
		f.hub.setHead(workspace, epoch, rev)
		f.learn(ctx, workspace)
	}
}

func (f *Front) expire() {
	for workspace, gone := range f.board.expire() {
		for _, p := range gone {
			f.hub.setPresence(workspace, p)
		}
	}
}

// buildJobs makes the snapshots that no program waits for.
func (f *Front) buildJobs(ctx context.Context) {
	for {
		select {
		case job := <-f.builder.jobs:
			job(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// tidy removes snapshots from which no program can go on.
func (f *Front) tidy(ctx context.Context) {
	if f.Snapshots == nil {
		return
	}
	if err := f.Snapshots.Tidy(ctx); err != nil && ctx.Err() == nil {
		f.Log.Error("old snapshots could not be removed", "error", err)
	}
}

// forget compacts every workspace and drops old presence.
func (f *Front) forget(ctx context.Context) {
	heads, err := f.Engine.Heads(ctx)
	for workspace := range heads {
		if err == nil {
			err = errors.Join(f.Engine.Compact(ctx, workspace), f.forgetPresence(ctx, workspace))
		}
	}
	if err != nil && ctx.Err() == nil {
		f.Log.Error("old removals could not be forgotten", "error", err)
	}
}
