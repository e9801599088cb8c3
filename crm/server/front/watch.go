package front

import (
	"bufio"
	"context"
	"encoding/binary"
	"math"
	"net"
	"net/http"
	"time"

	"github.com/coder/websocket"

	"leadline/crm/server/access"
	"leadline/crm/wire"
)

const (
	hintPause = 50 * time.Millisecond // at most 20 hints a second
	pingEvery = 20 * time.Second
	sendTime  = 10 * time.Second // for one message; who is slower is let go
)

// watch tells a program over a WebSocket that there is something to pull, and how colleagues are. A hint that is
// lost costs time only: the truth is what a pull brings.
func (f *Front) watch(w http.ResponseWriter, r *http.Request, p access.Person) error {
	watcher := f.hub.join(p.Workspace, p.Device)
	if watcher == nil {
		return tooMany(pingEvery)
	}
	defer f.hub.leave(watcher)
	epoch, rev, err := f.Engine.Head(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	plain := &hijacked{ResponseWriter: unwrapped(w)}
	conn, err := websocket.Accept(plain, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return nil // the library has answered
	}
	defer conn.CloseNow()
	f.metrics.watchers.Inc()
	defer f.metrics.watchers.Dec()
	conn.SetReadLimit(1 << 10)
	line := &hintLine{f: f, conn: conn, plain: plain.conn, json: accepts(r.Header.Get("Accept"), wire.TypeJSON), person: p, watcher: watcher, epoch: epoch, told: rev}
	ctx := conn.CloseRead(r.Context()) // ends when the other side does; a message from there ends it, too
	if err := line.send(wire.Hint{Epoch: epoch, Rev: rev, Presence: f.board.team(p.Workspace)}); err != nil {
		return nil
	}
	line.run(ctx)
	return nil
}

// unwrapped is the writer that can be hijacked.
func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	if o, ok := w.(*observed); ok {
		o.status = http.StatusSwitchingProtocols
		return o.ResponseWriter
	}
	return w
}

// hintLine is one connected program.
type hintLine struct {
	f       *Front
	conn    *websocket.Conn
	plain   net.Conn // what is below it
	json    bool
	person  access.Person
	watcher *watcher
	epoch   uint64
	told    uint64 // the last revision that the program was told of
}

func (l *hintLine) run(ctx context.Context) {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	last := time.Now().Add(-hintPause)
	for {
		select {
		case <-l.watcher.wake:
			if early := hintPause - time.Since(last); early > 0 && !rest(ctx, early) {
				return
			}
			last = time.Now()
			if !l.news(ctx) {
				return
			}
		case <-ping.C:
			if !l.alive(ctx) {
				return
			}
		case <-l.f.closing:
			_ = l.conn.Close(websocket.StatusGoingAway, "the server stops")
			return
		case <-ctx.Done():
			return
		}
	}
}

// rest waits, so that news are merged.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// news sends what is new; false ends the connection.
func (l *hintLine) news(ctx context.Context) bool {
	if l.watcher.hasBranched() {
		_ = l.conn.Close(websocket.StatusServiceRestart, "the database was put back")
		return false
	}
	rev, presence, doubt := l.watcher.take()
	if doubt && !l.stillIn(ctx) {
		return false
	}
	if presence != nil && l.send(wire.Hint{Presence: presence}) != nil {
		return false
	}
	if rev <= l.told {
		return true
	}
	hint := l.f.feed.Hint(ctx, sender(l.person), l.epoch, l.told, rev)
	l.told = hint.Rev
	frame, err := hint.As(l.kind(), l.frame)
	return err == nil && l.write(frame) == nil
}

// stillIn shows a device out that was revoked.
func (l *hintLine) stillIn(ctx context.Context) bool {
	if l.f.stillIn(ctx, l.person) != nil {
		_ = l.conn.Close(websocket.StatusPolicyViolation, "signed out")
		return false
	}
	return true
}

// alive says whether the program is there still, and may be.
func (l *hintLine) alive(ctx context.Context) bool {
	if !l.stillIn(ctx) {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if l.conn.Ping(ctx) != nil {
		return false
	}
	l.f.heard(ctx, l.person)
	return true
}

func (l *hintLine) send(h wire.Hint) error {
	frame, err := l.frame(h)
	if err != nil {
		return err
	}
	return l.write(frame)
}

func (l *hintLine) kind() string {
	if l.json {
		return wire.TypeJSON
	}
	return wire.TypeCBOR
}

// Opcodes of messages, with the bit that says that there is no more of it (RFC 6455 §5.2).
const (
	wholeText   = 0x81
	wholeBinary = 0x82
)

// frame is a hint as it goes over the connection: of a server the same bytes for all, since only clients mask theirs (RFC 6455 §5.3).
func (l *hintLine) frame(h wire.Hint) ([]byte, error) {
	data, err := wire.Encode(l.kind(), h)
	if err != nil {
		return nil, err
	}
	first := byte(wholeBinary)
	if l.json {
		first = wholeText
	}
	frame := make([]byte, 0, len(data)+10)
	switch n := len(data); {
	case n < 126:
		frame = append(frame, first, byte(n))
	case n <= math.MaxUint16:
		frame = binary.BigEndian.AppendUint16(append(frame, first, 126), uint16(n))
	default:
		frame = binary.BigEndian.AppendUint64(append(frame, first, 127), uint64(n))
	}
	return append(frame, data...), nil
}

// write sends a frame past the library, which has but pings, pongs and its close to send: each in one piece, as this is, so that
// none gets into another. For each message the library would set up a context and a timer, to a thousand programs at a time.
func (l *hintLine) write(frame []byte) error {
	if err := l.plain.SetWriteDeadline(time.Now().Add(sendTime)); err != nil {
		return err
	}
	if _, err := l.plain.Write(frame); err != nil {
		return err
	}
	return l.plain.SetWriteDeadline(time.Time{}) // the library has its own
}

// hijacked keeps the connection that is taken over.
type hijacked struct {
	http.ResponseWriter
	conn net.Conn
}

// Hijack is http.Hijacker's.
func (h *hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(h.ResponseWriter).Hijack()
	h.conn = conn
	return conn, buffered, err
}
