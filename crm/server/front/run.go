package front

import (
	"context"
	"time"
)

const (
	// pollEvery is how soon a front hears what another server, or the command line, has committed.
	pollEvery   = 200 * time.Millisecond
	expireEvery = 5 * time.Second
)

// Run does what has to be done from time to time, until the context ends.
func (f *Front) Run(ctx context.Context) {
	poll, expire := time.NewTicker(pollEvery), time.NewTicker(expireEvery)
	defer poll.Stop()
	defer expire.Stop()
	for {
		select {
		case <-poll.C:
			f.poll(ctx)
		case <-expire.C:
			f.expire()
		case <-ctx.Done():
			return
		}
	}
}

// poll asks where the workspaces stand in which somebody waits. Commits of this server are heard without.
func (f *Front) poll(ctx context.Context) {
	for _, workspace := range f.hub.watched() {
		_, rev, err := f.Engine.Head(ctx, workspace)
		if err != nil {
			if ctx.Err() == nil {
				f.Log.Warn("the database does not say where a workspace stands", "error", err)
			}
			return
		}
		f.hub.advance(workspace, rev)
	}
}

func (f *Front) expire() {
	for workspace, gone := range f.board.expire() {
		for _, p := range gone {
			f.hub.tell(workspace, p)
		}
	}
}
