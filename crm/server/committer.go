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

// Committer gathers what programs push at the same time: while one transaction is on its way to
// the disk, the commands for the next one come together. So a commit costs one fsync for up to
// mostAtOnce commands.
type Committer struct {
	engine *Engine

	mu     sync.Mutex
	queues map[crm.ID][]*waiting // by workspace; an entry, even an empty one, has a goroutine
}

// waiting is one push on its way.
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
// wire.Problem says why none of it was looked at. When ctx ends first, it may still be committed.
func (c *Committer) Push(ctx context.Context, from Sender, p wire.Push) (wire.Pushed, error) {
	// Commands are read here, where many do it at the same time: what commits is the narrow part.
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

// run commits until nobody waits.
func (c *Committer) run(workspace crm.ID) {
	for {
		batch := c.next(workspace)
		if batch == nil {
			return
		}
		began := time.Now()
		c.commit(workspace, batch)
		if len(batch) > 1 {
			time.Sleep(gathering(time.Since(began)))
		}
	}
}

// gathering is how long the commands of those come together who were answered just now, before the next transaction begins: without,
// it would have the quickest of them alone in it, and all others wait for the one after. Who is alone waits for nobody.
func gathering(commit time.Duration) time.Duration { return min(commit/8, mostGathering) }

// next takes what goes into one transaction; nil when nobody waits any more.
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
	ctx, cancel := context.WithTimeout(context.Background(), commitTime) // not that of one who pushed
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
