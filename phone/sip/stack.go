package sip

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/diago"
	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"leadline/phone/locate"
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
func SetTimers(t1, t2, t4 time.Duration) {
	sip.SetTimers(t1, t2, t4)
	sip.Timer_D = 64 * t1 // which the library keeps at 32 s
}

// Stack is one user agent of one account. It outlives a change of the network: [Stack.Move]
// goes on from another address, or to another target, with the calls there are.
type Stack struct {
	opts     Options
	acc      account
	authUser string
	log      *slog.Logger

	ua     *sipgo.UserAgent
	client *sipgo.Client
	server *sipgo.Server
	diago  *diago.Diago

	strangers strangers

	served atomic.Pointer[[]sip.Uri] // the way of what begins something, as the registrar says (RFC 3608); nil: as the account does

	moving sync.Mutex   // held by Open, Move and Close
	using  sync.RWMutex // held for reading while a request leaves, and by Close: the library would open a socket of its own for one that comes after
	shut   bool         // of using: the socket is freed
	udp    *mobileConn  // of mu, too
	door   *door        // of TCP and TLS

	mu            sync.Mutex
	target        locate.Target
	local         netip.AddrPort // of our socket or connection
	moves         chan struct{}  // closed when local is another one
	public        netip.AddrPort // where the PBX sees us, when that is somewhere else
	formerly      netip.AddrPort // of the Contact that has to be unregistered; invalid when none
	key           netip.AddrPort // under which the library knows the UDP socket
	stream        *streamConn    // of TCP and TLS
	down          chan struct{}  // closed when the socket or the connection broke
	closed        bool
	working       int           // goroutines of spawn
	idle          chan struct{} // made by Close, closed when none is left
	dialogs       map[string]*Dialog
	invites       map[string]*invite // incoming ones, while their transaction lives
	past          map[string]bool    // keys of their transactions, for 64·T1 after that
	subscriptions []*Subscription
	others        []locate.Target          // see Alternatives
	machines      []locate.Target          // see Machines
	registrar     netip.AddrPort           // that has answered our REGISTER
	realms        map[string]bool          // of the PBX's challenges
	detours       map[string]locate.Target // of calls that go through another target, by Call-ID
	forsaken      []forsaken               // the newest last
	partial       map[string][]byte        // beginnings of messages, by the stream they came over
	register      registration
}

// Open makes a user agent that is reached through target, one of [Options.Locate]. Over
// TCP and TLS it connects, for which it waits until ctx ends. Close must be called.
func Open(ctx context.Context, opts Options, target locate.Target) (*Stack, error) {
	acc, err := opts.parse()
	if err != nil {
		return nil, err
	}
	s := &Stack{
		opts: opts, acc: acc, authUser: opts.AuthUser, log: opts.Log,
		dialogs: map[string]*Dialog{},
		detours: map[string]locate.Target{},
		realms:  map[string]bool{},
		invites: map[string]*invite{},
		past:    map[string]bool{},
		moves:   make(chan struct{}),
	}
	if s.authUser == "" {
		s.authUser = unescapeUser(acc.user)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.acc.transport = target.Transport
	if s.opts.Linger == 0 {
		s.opts.Linger = 3 * time.Second
	}
	if err := s.start(ctx, target); err != nil {
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

func (s *Stack) start(ctx context.Context, target locate.Target) (err error) {
	config, err := s.opts.tls(target.Transport)
	if err != nil {
		return err
	}
	s.ua, err = sipgo.NewUA(
		sipgo.WithUserAgent(s.acc.user),
		sipgo.WithUserAgentHostname(s.acc.host),
		sipgo.WithUserAgenTLSConfig(config),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerUnhandledResponseHandler(s.answeredLate)),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerReadFilter(s.screen), sip.WithTransportLayerTransports(sip.TransportsConfig{
			TCP: &sip.TransportTCP{DialerCreate: s.dialer, WriteTimeout: writePatience()},
			TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{DialerCreate: s.dialer, WriteTimeout: writePatience()}},
		})),
	)
	if err != nil {
		return err
	}
	if s.server, err = sipgo.NewServer(s.ua); err != nil {
		return err
	}
	s.client, err = sipgo.NewClient(s.ua, sipgo.WithClientNAT())
	if err != nil {
		return err
	}
	s.client.TxRequester = hook{s}
	s.moving.Lock()
	defer s.moving.Unlock()
	way, err := s.connect(ctx, target)
	if err != nil {
		_ = s.ua.Close()
		return err
	}
	s.diago = diago.NewDiago(s.ua,
		diago.WithClient(s.client),
		diago.WithServer(s.server),
		diago.WithTransport(diago.Transport{
			Transport: s.acc.transport, TLSURINoSIPS: true,
			BindHost: s.local.Addr().String(), BindPort: int(s.local.Port()),
		}),
		diago.WithServerRequestMiddleware(s.middleware),
	)
	s.diago.HandleFunc(s.serve)
	for _, method := range []sip.RequestMethod{sip.UPDATE, sip.MESSAGE, sip.SUBSCRIBE, sip.PRACK, sip.REGISTER, sip.PUBLISH} {
		s.server.OnRequest(method, s.middleware(notAllowed))
	}
	s.server.OnNoRoute(s.middleware(notAllowed))
	way()
	return nil
}

// Close gives calls that are being hung up until ctx ends, then frees the socket.
func (s *Stack) Close(ctx context.Context) {
	s.mu.Lock()
	for _, sub := range s.subscriptions {
		sub.Close()
	}
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
		d.leaveUnheard()
		d.finish()
	}
	s.moving.Lock()
	defer s.moving.Unlock()
	s.using.Lock()
	defer s.using.Unlock()
	s.shut = true
	s.disconnect()
	if s.udp == nil {
		_ = s.ua.Close()
		return
	}
	// Nor may it miss its own for the answer to a request that has just come.
	time.AfterFunc(byePatience(), func() {
		defer s.recovered("a socket that closes")
		s.udp.breaks(net.ErrClosed)
		_ = s.ua.Close()
	})
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

// remember finds the dialog by the tag of a far end from now on.
func (s *Stack) remember(d *Dialog, theirTag string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dialogs[dialogKey(d.callID, d.localTag, theirTag)] = d
}

func (s *Stack) forget(d *Dialog) {
	s.forgetEarly(d, "")
	their := d.their()
	s.mu.Lock()
	defer s.mu.Unlock()
	if key := dialogKey(d.callID, d.localTag, their); s.dialogs[key] == d {
		delete(s.dialogs, key)
	}
	delete(s.detours, d.callID)
}

// forgetEarly ends the early dialogs of a call of ours, but for that of the phone that has answered.
func (s *Stack) forgetEarly(d *Dialog, answered string) {
	d.mu.Lock()
	tags := slices.Collect(maps.Keys(d.early))
	clear(d.early)
	d.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, tag := range tags {
		if tag != answered {
			delete(s.dialogs, dialogKey(d.callID, d.localTag, tag))
		}
	}
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
func (s *Stack) contact() *sip.ContactHeader { return s.contactAt(s.Reached()) }

func (s *Stack) contactAt(at netip.AddrPort) *sip.ContactHeader {
	host := at.Addr().String()
	if at.Addr().Is6() {
		host = "[" + host + "]"
	}
	uri := sip.Uri{Scheme: "sip", User: s.acc.user, Host: host, Port: int(at.Port()), UriParams: sip.NewParams()}
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

// routeOut is route for what is more than between us and the registrar: on from there it goes as that has said
// (RFC 3608 §6.1).
func (s *Stack) routeOut(req *sip.Request) {
	s.route(req)
	if served := s.served.Load(); served != nil {
		for i, uri := range *served {
			if i == 0 && s.acc.route != nil && sameHost(uri, *s.acc.route) {
				continue // it is the outbound proxy
			}
			req.AppendHeader(&sip.RouteHeader{Address: *uri.Clone()})
		}
	}
}

// mostServed is how many proxies a registrar may name.
const mostServed = 8

// learnRoute takes over the Service-Route of an answer to REGISTER; without one there is none any more.
func (s *Stack) learnRoute(res *sip.Response) {
	var served []sip.Uri
	for _, h := range res.GetHeaders("Service-Route") {
		for _, item := range splitList(h.Value()) {
			text := bareURI(item)
			uri, err := parseURI(text)
			if hasScheme(text) && err == nil && uri.Host != "" && len(served) < mostServed {
				uri.Headers = nil
				served = append(served, uri)
			}
		}
	}
	s.served.Store(&served)
}

func (s *Stack) network() string { return strings.ToUpper(s.acc.transport) }
