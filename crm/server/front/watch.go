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
	sendTime  = 10 * time.Second // for one message; a slower program is disconnected
)

// watch sends a program hints over a WebSocket: that there is something to pull, and the presence of colleagues. A lost hint only costs
// time, since a pull brings the same.
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
	line := &hintLine{f: f, conn: conn, plain: plain.conn, json: encodingFor(r) == wire.TypeJSON, person: p, watcher: watcher, epoch: epoch, told: rev}
	ctx := conn.CloseRead(r.Context()) // ends when the other side does; a message from there ends it, too
	if err := line.send(wire.Hint{Epoch: epoch, Rev: rev, Presence: f.board.team(p.Workspace)}); err != nil {
		return nil
	}
	line.run(ctx)
	return nil
}

// unwrapped is the ResponseWriter below observed, which can be hijacked.
func unwrapped(w http.ResponseWriter) http.ResponseWriter {
	if o, ok := w.(*observed); ok {
		o.status = http.StatusSwitchingProtocols
		return o.ResponseWriter
	}
	return w
}

// hintLine is the WebSocket of one program. run has a goroutine of its own, which alone uses it.
type hintLine struct {
	f       *Front
	conn    *websocket.Conn
	plain   net.Conn // the TCP or TLS connection below conn
	json    bool
	person  access.Person
	watcher *watcher
	epoch   uint64
	told    uint64 // the revision of the last hint
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

// rest waits, and says whether ctx goes on.
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

// news sends hints of what the watcher has; false ends the connection.
func (l *hintLine) news(ctx context.Context) bool {
	if l.watcher.hasBranched() {
		_ = l.conn.Close(websocket.StatusServiceRestart, "the database was put back")
		return false
	}
	rev, presence, recheck := l.watcher.take()
	if recheck && !l.stillIn(ctx) {
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
	frame, err := hint.Encoded(l.kind(), l.frame)
	return err == nil && l.write(frame) == nil
}

// stillIn says whether the device is still signed in, and closes the connection of one that is not.
func (l *hintLine) stillIn(ctx context.Context) bool {
	if l.f.stillIn(ctx, l.person) != nil {
		_ = l.conn.Close(websocket.StatusPolicyViolation, "signed out")
		return false
	}
	return true
}

// alive says whether the program is still signed in and answers a ping; it then counts as heard of.
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

// The first byte of a frame that is a whole message: FIN and the opcode (RFC 6455 §5.2).
const (
	wholeText   = 0x81
	wholeBinary = 0x82
)

// frame is a hint as one WebSocket frame. A server does not mask its frames (RFC 6455 §5.3), so the same bytes can go to all programs.
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

// write sends a frame past the library, which would set up a context and a timer for each message, a thousand at a time. The library
// itself sends only pings, pongs and the close, each by one Write as here, so that no frame gets into another.
func (l *hintLine) write(frame []byte) error {
	if err := l.plain.SetWriteDeadline(time.Now().Add(sendTime)); err != nil {
		return err
	}
	if _, err := l.plain.Write(frame); err != nil {
		return err
	}
	return l.plain.SetWriteDeadline(time.Time{}) // the library has time-outs of its own
}

// hijacked is a ResponseWriter that keeps the connection which the library hijacks.
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
