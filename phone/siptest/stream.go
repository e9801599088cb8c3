package siptest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// streams are the connections of a peer that speaks TCP or TLS.
type streams struct {
	listener net.Listener
	pings    atomic.Int64
	mute     atomic.Bool

	mu    sync.Mutex
	conns map[string]net.Conn // by remote address
}

// NewTCP makes a peer that speaks TCP, or TLS with a config. Answers and requests go over
// the connection that the phone made.
func NewTCP(t testing.TB, config *tls.Config) *Peer {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Peer{t: t, via: "TCP", queue: make(chan Message, 1000)}
	if config != nil {
		listener, p.via = tls.NewListener(listener, config), "TLS"
	}
	p.streams = &streams{listener: listener, conns: map[string]net.Conn{}}
	go p.accept()
	t.Cleanup(p.Close)
	return p
}

func (p *Peer) accept() {
	for {
		conn, err := p.streams.listener.Accept()
		if err != nil {
			return
		}
		from := conn.RemoteAddr().String()
		p.streams.mu.Lock()
		p.streams.conns[from] = conn
		p.streams.mu.Unlock()
		go func() {
			defer conn.Close()
			in := bufio.NewReader(conn)
			for {
				text, err := readMessage(in)
				if err != nil {
					return
				}
				if text == "\r\n\r\n" { // RFC 5626 §3.5.1
					p.streams.pings.Add(1)
					if !p.streams.mute.Load() {
						_, _ = io.WriteString(conn, "\r\n")
					}
					continue
				}
				m := Parse(text)
				m.From = from
				p.take(m)
			}
		}()
	}
}

// Pings is how many keep-alives have come.
func (p *Peer) Pings() int { return int(p.streams.pings.Load()) }

// Mute stops or resumes answering keep-alives.
func (p *Peer) Mute(on bool) { p.streams.mute.Store(on) }

// Cut breaks the connections that there are; the phone may connect again.
func (p *Peer) Cut() {
	p.streams.mu.Lock()
	defer p.streams.mu.Unlock()
	for from, conn := range p.streams.conns {
		_ = conn.Close()
		delete(p.streams.conns, from)
	}
}

func (s *streams) send(to, text string) {
	s.mu.Lock()
	conn := s.conns[to]
	s.mu.Unlock()
	if conn != nil {
		_, _ = io.WriteString(conn, text)
	}
}

func (s *streams) close(p *Peer) {
	_ = s.listener.Close()
	p.Cut()
}

// readMessage reads one message by its Content-Length (RFC 3261 §18.3), or a keep-alive.
func readMessage(in *bufio.Reader) (string, error) {
	var head strings.Builder
	length := 0
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return "", err
		}
		head.WriteString(line)
		if name, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(name, "Content-Length") {
			length, _ = strconv.Atoi(strings.TrimSpace(value))
		}
		if line == "\r\n" && head.Len() > 2 {
			break
		}
	}
	body := make([]byte, length)
	_, err := io.ReadFull(in, body)
	return head.String() + string(body), err
}
