package sip

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"time"
)

// Traced is a message of a call as it went over the wire, without what is secret.
type Traced struct {
	At   time.Time
	Sent bool
	Peer string // host:port of the other end
	Text string
}

const (
	tracedCalls = 32      // the newest are kept
	tracedBytes = 1 << 16 // of a call; then its oldest messages are dropped, but for the INVITE
)

// traces are the messages of the calls of all stacks, in bounds.
type traces struct {
	mu    sync.Mutex
	calls map[string]*trace // by Call-ID
	order []string          // oldest first
}

type trace struct {
	messages []tracedRaw
	size     int
}

// tracedRaw is one as it was: redacting it would hold up the 180, so that is left to who reads it.
type tracedRaw struct {
	at   time.Time
	sent bool
	peer string
	raw  []byte
}

var traced = traces{calls: map[string]*trace{}}

// Trace is what was said of a call, by its Call-ID, oldest first; nil when nothing is kept. Any
// goroutine.
func Trace(callID string) []Traced {
	traced.mu.Lock()
	defer traced.mu.Unlock()
	t := traced.calls[callID]
	if t == nil {
		return nil
	}
	var all []Traced
	for _, m := range t.messages {
		all = append(all, Traced{At: m.at, Sent: m.sent, Peer: m.peer, Text: redact(m.raw)})
	}
	return all
}

// note keeps a message if it is of a call. A piece of a message that a stream was cut into isn't.
func (t *traces) note(sent bool, peer net.Addr, raw []byte) {
	if len(raw) < 20 || !bytes.Contains(raw, []byte("\r\n\r\n")) {
		return
	}
	start, _, _ := bytes.Cut(raw, []byte("\r\n"))
	if !bytes.Contains(start, []byte("SIP/2.0")) {
		return
	}
	head, _, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
	callID := headerOf(head, "call-id", "i")
	if callID == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	call := t.calls[callID]
	if call == nil {
		if !bytes.HasPrefix(raw, []byte("INVITE ")) {
			return
		}
		call = &trace{}
		t.calls[callID] = call
		if t.order = append(t.order, callID); len(t.order) > tracedCalls {
			delete(t.calls, t.order[0])
			t.order = append(t.order[:0], t.order[1:]...)
		}
	}
	call.messages = append(call.messages, tracedRaw{at: time.Now(), sent: sent, peer: peer.String(), raw: bytes.Clone(raw)})
	call.size += len(raw)
	for call.size > tracedBytes && len(call.messages) > 2 {
		call.size -= len(call.messages[1].raw)
		call.messages = append(call.messages[:1], call.messages[2:]...)
	}
}

// headerOf is the value of the first header of a name, or its compact form.
func headerOf(head []byte, names ...string) string {
	for line := range strings.SplitSeq(string(head), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		name = strings.ToLower(strings.TrimSpace(name))
		for _, n := range names {
			if name == n {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}
