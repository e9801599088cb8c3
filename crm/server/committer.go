package server

import (
	"context"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"leadline/crm"
	"leadline/crm/wire"
)

// Committer commits the pushes of many programs in groups: while one transaction of a workspace is written to the disk, the pushes for
// the next one gather. So one fsync is enough for up to mostAtOnce commands. It is safe to use from several goroutines.
type Committer struct {
	engine *Engine

	mu     sync.Mutex
	queues map[crm.ID][]*waiting // by workspace; run is at work for each entry, also for an empty one
}

// waiting is a push that waits for its commit.
type waiting struct {
	pushed  Pushed
	outcome Outcome
	done    chan struct{}
}

const (
	mostAtOnce = 2048 // commands in one transaction
	commitTime = 30 * time.Second

	mostGathering = 2 * time.Millisecond
)

// NewCommitter makes one for an engine.
func NewCommitter(e *Engine) *Committer {
	return &Committer{engine: e, queues: map[crm.ID][]*waiting{}}
}

// Push commits what a program pushed, together with what others did, and answers when it is on the disk. A
// wire.Problem says why none of it was done. When ctx ends first, it may still be committed.
func (c *Committer) Push(ctx context.Context, from Sender, p wire.Push) (wire.Pushed, error) {
	// Commands are decoded here, by all callers at the same time: only one goroutine of a workspace commits.
	w := &waiting{pushed: Pushed{User: from.User, Push: p, read: readCommands(p.Commands)}, done: make(chan struct{})}
	c.enqueue(from.Workspace, w)
	select {
	case <-w.done:
		return w.outcome.Pushed, w.outcome.Err
	case <-ctx.Done():
		return wire.Pushed{}, ctx.Err()
	}
}

func (c *Committer) enqueue(workspace crm.ID, w *waiting) {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue, running := c.queues[workspace]
	c.queues[workspace] = append(queue, w)
	if !running {
		go c.run(workspace)
	}
}

// run commits a workspace's pushes until none waits.
func (c *Committer) run(workspace crm.ID) {
	for {
		batch := c.next(workspace)
		if batch == nil {
			return
		}
		began := time.Now()
		c.commit(workspace, batch)
		if len(batch) > 1 && !c.full(workspace) {
			time.Sleep(gathering(time.Since(began)))
		}
	}
}

// gathering is the pause after a group's commit, in which the programs that were just answered send their next commands. Without it, the
// next transaction would begin with the first of them alone, and the others would wait for the one after that.
// There is none where the next transaction is full anyway.
func gathering(commit time.Duration) time.Duration { return min(commit/8, mostGathering) }

// full says whether as many commands wait as one transaction takes.
func (c *Committer) full(workspace crm.ID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	commands := 0
	for _, w := range c.queues[workspace] {
		commands += len(w.pushed.Commands)
	}
	return commands >= mostAtOnce
}

// next takes the pushes for one transaction from the queue; nil, and no queue, when none waits.
func (c *Committer) next(workspace crm.ID) []*waiting {
	c.mu.Lock()
	defer c.mu.Unlock()
	queue := c.queues[workspace]
	if len(queue) == 0 {
		delete(c.queues, workspace)
		return nil
	}
	n, commands := 1, len(queue[0].pushed.Commands)
	for n < len(queue) && commands+len(queue[n].pushed.Commands) <= mostAtOnce {
		commands += len(queue[n].pushed.Commands)
		n++
	}
	batch := queue[:n:n]
	c.queues[workspace] = queue[n:]
	return batch
}

var errPanic = errors.New("the server failed over this; it is in its log")

func (c *Committer) commit(workspace crm.ID, batch []*waiting) {
	pushes := make([]Pushed, len(batch))
	for i, w := range batch {
		pushes[i] = w.pushed
		w.outcome.Err = errPanic
	}
	defer func() {
		if r := recover(); r != nil {
			c.engine.Log.Error("a commit panicked", "workspace", workspace, "panic", r, "stack", string(debug.Stack()))
		}
		for _, w := range batch {
			close(w.done)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), commitTime) // not that of one of the pushes
	defer cancel()
	outcomes, err := c.engine.Commit(ctx, workspace, pushes)
	for i, w := range batch {
		if err != nil {
			w.outcome.Err = err
			continue
		}
		w.outcome = outcomes[i]
	}
}
