package phone

import "sync"

// mailbox is a queue without bounds whose messages one goroutine does in order. Posting
// never waits, so that nothing blocks in a SIP callback.
type mailbox struct {
	mu     sync.Mutex
	wake   *sync.Cond
	queue  []func()
	closed bool
}

func newMailbox() *mailbox {
	b := &mailbox{}
	b.wake = sync.NewCond(&b.mu)
	return b
}

// post queues f; it reports false when the mailbox is closed.
func (b *mailbox) post(f func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.queue = append(b.queue, f)
	b.wake.Signal()
	return true
}

// close lets run return once everything posted before is done.
func (b *mailbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.wake.Signal()
}

// run does what is posted until the mailbox is closed and empty. A panic is told and
// survived.
func (b *mailbox) run(panicked func(any)) {
	for {
		b.mu.Lock()
		for len(b.queue) == 0 && !b.closed {
			b.wake.Wait()
		}
		todo := b.queue
		b.queue = nil
		b.mu.Unlock()
		if len(todo) == 0 {
			return
		}
		for _, f := range todo {
			func() {
				defer func() {
					if p := recover(); p != nil {
						panicked(p)
					}
				}()
				f()
			}()
		}
	}
}
