package desk

import "sync"

// mailbox is a queue without end that one goroutine empties. Putting never
// blocks: neither a SIP event nor a keystroke waits for the disk.
type mailbox struct {
	mu     sync.Mutex
	wake   *sync.Cond
	queue  []func()
	closed bool
	ended  chan struct{}
}

func newMailbox() *mailbox {
	m := &mailbox{ended: make(chan struct{})}
	m.wake = sync.NewCond(&m.mu)
	return m
}

// put appends f. After close it is dropped.
func (m *mailbox) put(f func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.queue = append(m.queue, f)
		m.wake.Signal()
	}
}

// close lets run end when the queue is empty.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	m.wake.Broadcast()
}

// wait returns when run has ended.
func (m *mailbox) wait() { <-m.ended }

// run does what is in the queue until close; after each batch it calls batch, if any.
func (m *mailbox) run(batch func()) {
	defer close(m.ended)
	for {
		m.mu.Lock()
		for len(m.queue) == 0 && !m.closed {
			m.wake.Wait()
		}
		work := m.queue
		m.queue = nil
		m.mu.Unlock()
		if len(work) == 0 {
			return
		}
		for _, f := range work {
			f()
		}
		if batch != nil {
			batch()
		}
	}
}
