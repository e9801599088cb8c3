package sip

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

func init() {
	// What the libraries log is for their authors, bodies and keys included.
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
	// RFC 3261 §18.1.1 wants TCP above 1300 bytes; PBXs that are set to UDP have
	// nothing listening there, and IP fragments arrive.
	sip.UDPMTUSize = 8192
}

// SetTimers sets T1, T2 and T4 of RFC 3261 §17 for every stack of the program. It
// must be called before the first [Open]; tests use it to be quick.
func SetTimers(t1, t2, t4 time.Duration) { sip.SetTimers(t1, t2, t4) }

// Stack is one user agent: one account at one local address. It doesn't outlive a
// change of the network; a new one is opened then.
type Stack struct {
	opts     Options
	acc      account
	authUser string
	log      *slog.Logger

	ua     *sipgo.UserAgent
	client *sipgo.Client
	diago  *diago.Diago
	local  netip.AddrPort // where we listen; with TLS, where we would
	socket io.Closer      // nil with TLS: calls come over the connection to the PBX

	down     chan struct{} // closed when the socket broke
	downOnce sync.Once

	mu       sync.Mutex
	closed   bool
	working  int           // goroutines of spawn
	idle     chan struct{} // made by Close, closed when none is left
	dialogs  map[string]*Dialog
	invites  map[string]*invite               // incoming ones, while their transaction lives
	sent     map[string]sip.ClientTransaction // the last INVITE, by Call-ID
	register registration
}

// Open makes a user agent and listens. It resolves the first hop's name, for which
// it waits until ctx ends. Close must be called.
func Open(ctx context.Context, opts Options) (*Stack, error) {
	acc, err := opts.parse()
	if err != nil {
		return nil, err
	}
	s := &Stack{
		opts: opts, acc: acc, authUser: opts.AuthUser, log: opts.Log,
		down:    make(chan struct{}),
		dialogs: map[string]*Dialog{},
		invites: map[string]*invite{},
		sent:    map[string]sip.ClientTransaction{},
	}
	if s.authUser == "" {
		s.authUser = unescapeUser(acc.user)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	ip := acc.bind.Addr()
	if !ip.IsValid() || ip.IsUnspecified() {
		if ip, err = LocalAddr(ctx, acc.firstHop()); err != nil {
			return nil, err
		}
	}
	if err := s.start(netip.AddrPortFrom(ip, acc.bind.Port())); err != nil {
		return nil, err
	}
	return s, nil
}

// LocalAddr is the local address from which packets to hostport leave.
func LocalAddr(ctx context.Context, hostport string) (netip.Addr, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "udp", hostport) // sends nothing
	if err != nil {
		return netip.Addr{}, fmt.Errorf("find the way to %s: %w", hostport, err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

func (s *Stack) start(bind netip.AddrPort) (err error) {
	s.ua, err = sipgo.NewUA(
		sipgo.WithUserAgent(s.acc.user),
		sipgo.WithUserAgentHostname(s.acc.host),
		sipgo.WithUserAgenTLSConfig(s.opts.TLS),
	)
	if err != nil {
		return err
	}
	server, err := sipgo.NewServer(s.ua)
	if err != nil {
		return err
	}
	ready := make(chan struct{})
	serve, err := s.listen(server, bind, ready)
	if err != nil {
		_ = s.ua.Close()
		return fmt.Errorf("listen at %s/%s: %w", s.acc.transport, bind, err)
	}
	s.client, err = sipgo.NewClient(s.ua, sipgo.WithClientNAT())
	if err != nil {
		return err
	}
	s.client.TxRequester = hook{s}
	s.diago = diago.NewDiago(s.ua,
		diago.WithClient(s.client),
		diago.WithServer(server),
		diago.WithTransport(diago.Transport{
			Transport: s.acc.transport, TLSURINoSIPS: true,
			BindHost: s.local.Addr().String(), BindPort: int(s.local.Port()),
		}),
		diago.WithServerRequestMiddleware(s.middleware),
	)
	s.diago.HandleFunc(s.serve)
	for _, method := range []sip.RequestMethod{sip.UPDATE, sip.MESSAGE, sip.SUBSCRIBE, sip.PRACK, sip.REGISTER, sip.PUBLISH} {
		server.OnRequest(method, s.middleware(notAllowed))
	}
	server.OnNoRoute(s.middleware(notAllowed))
	if serve == nil {
		return nil
	}
	go func() {
		defer s.breakDown()
		defer func() {
			if p := recover(); p != nil {
				s.log.Error("the SIP socket's reader panicked; the account is set up anew", "panic", p)
			}
		}()
		if err := serve(); err != nil {
			s.log.Debug("SIP socket", "err", err)
		}
	}()
	<-ready
	return nil
}

// listen opens the socket. The returned function serves it until it is closed; ready
// is closed when the library knows the socket and would send from it.
func (s *Stack) listen(server *sipgo.Server, bind netip.AddrPort, ready chan struct{}) (func() error, error) {
	switch s.acc.transport {
	case "udp":
		conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(bind))
		if err != nil {
			return nil, err
		}
		_ = conn.SetReadBuffer(1 << 20) // a burst of messages isn't lost; less will do
		s.socket, s.local = conn, conn.LocalAddr().(*net.UDPAddr).AddrPort()
		return func() error { return server.ServeUDP(&readyConn{UDPConn: conn, ready: ready}) }, nil
	case "tcp":
		l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(bind))
		if err != nil {
			return nil, err
		}
		s.socket, s.local = l, l.Addr().(*net.TCPAddr).AddrPort()
		close(ready)
		return func() error { return server.ServeTCP(l) }, nil
	default:
		port := bind.Port()
		if port == 0 {
			port = 5061
		}
		s.local = netip.AddrPortFrom(bind.Addr(), port)
		return nil, nil
	}
}

// readyConn says when its reader begins.
type readyConn struct {
	*net.UDPConn
	ready chan struct{}
	once  sync.Once
}

func (c *readyConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.ready) })
	for {
		n, addr, err := c.UDPConn.ReadFrom(b)
		// An ICMP "port unreachable" for an earlier datagram is no reason to stop
		// listening.
		if err != nil && !errors.Is(err, net.ErrClosed) && n == 0 && isICMP(err) {
			continue
		}
		return n, addr, err
	}
}

func isICMP(err error) bool {
	text := err.Error()
	return strings.Contains(text, "refused") || strings.Contains(text, "forcibly closed")
}

// Local is the address at which the account is reached.
func (s *Stack) Local() netip.AddrPort { return s.local }

// FirstHop is where requests go first, host:port.
func (s *Stack) FirstHop() string { return s.acc.firstHop() }

// Down is closed when the stack can't hear anything any more.
func (s *Stack) Down() <-chan struct{} { return s.down }

func (s *Stack) breakDown() { s.downOnce.Do(func() { close(s.down) }) }

// Close gives calls that are being hung up until ctx ends, then frees the socket.
func (s *Stack) Close(ctx context.Context) {
	s.mu.Lock()
	idle := make(chan struct{})
	if s.idle = idle; s.working == 0 {
		close(idle)
		s.idle = nil
	}
	s.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.closed = true
	var rest []*Dialog
	for _, d := range s.dialogs {
		rest = append(rest, d)
	}
	s.mu.Unlock()
	for _, d := range rest {
		d.finish()
	}
	if s.socket != nil {
		_ = s.socket.Close()
	}
	_ = s.ua.Close()
	s.breakDown()
}

// spawn runs f in a goroutine that Close waits for and that survives a panic.
func (s *Stack) spawn(f func()) {
	s.mu.Lock()
	s.working++
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.working--; s.working == 0 && s.idle != nil {
				close(s.idle)
				s.idle = nil
			}
		}()
		defer s.recovered("a dialog")
		f()
	}()
}

func (s *Stack) recovered(what string) {
	if p := recover(); p != nil {
		s.log.Error("panic in the signalling, survived", "in", what, "panic", p)
	}
}

func (s *Stack) remember(d *Dialog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialogs[d.key()] = d
}

func (s *Stack) forget(d *Dialog) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dialogs[d.key()] == d {
		delete(s.dialogs, d.key())
	}
	delete(s.sent, d.callID)
}

// find is the dialog that a request of the far end belongs to, or nil.
func (s *Stack) find(req *sip.Request) *Dialog {
	local, _ := req.To().Params.Get("tag")
	remote, _ := req.From().Params.Get("tag")
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dialogs[dialogKey(req.CallID().Value(), local, remote)]
}

// contact is our own Contact, never shared with the library, which changes headers.
func (s *Stack) contact() *sip.ContactHeader {
	host := s.local.Addr().String()
	if s.local.Addr().Is6() {
		host = "[" + host + "]"
	}
	uri := sip.Uri{Scheme: "sip", User: s.acc.user, Host: host, Port: int(s.local.Port()), UriParams: sip.NewParams()}
	if s.acc.transport != "udp" {
		uri.UriParams.Add("transport", s.acc.transport)
	}
	return &sip.ContactHeader{Address: uri, Params: sip.NewParams()}
}

// addressOfRecord is sip:user@host, as it stands in From and To.
func (s *Stack) addressOfRecord() sip.Uri {
	return sip.Uri{Scheme: "sip", User: s.acc.user, Host: s.acc.host, UriParams: sip.NewParams()}
}

// route puts the outbound proxy in front of a request that begins something.
func (s *Stack) route(req *sip.Request) {
	if s.acc.route != nil {
		req.AppendHeader(&sip.RouteHeader{Address: *s.acc.route.Clone()})
	}
}

func (s *Stack) network() string { return strings.ToUpper(s.acc.transport) }
