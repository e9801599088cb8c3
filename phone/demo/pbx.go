package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

// Options are what can be different from the box's own defaults.
type Options struct {
	Addr      string        // loopback host:port over UDP; "" is 127.0.0.1 and a free port
	Extension string        // "" is 101
	Password  string        // "" is a random one
	Answers   time.Duration // how long a called customer lets it ring; 0 is 2 s
	GivesUp   time.Duration // how long the number that never answers rings; 0 is 20 s
	Numbers   []string      // more numbers that answer, say those of the seeded CRM
	Log       *slog.Logger  // nil is none
}

// PBX is a running box. Its methods may be called from any goroutine.
type PBX struct {
	opts Options
	log  *slog.Logger
	addr *net.UDPAddr
	conn net.PacketConn

	ua        *sipgo.UserAgent
	client    *sipgo.Client
	answering *sipgo.DialogServerCache // calls from the agent
	calling   *sipgo.DialogClientCache // calls to the agent

	registrar *registrar
	ctx       context.Context
	hangUp    context.CancelFunc
	actors    sync.WaitGroup
	handlers  sync.WaitGroup // requests under way; sipgo handles each in a goroutine of its own
	serving   sync.WaitGroup
	closing   sync.Once

	mu     sync.Mutex
	closed bool                     // takes no more calls
	deaf   bool                     // takes no more requests
	calls  map[string]*CustomerCall // by SIP Call-ID
	taken  chan *CustomerCall

	colleagues map[string]*PBX // the boxes of other extensions
}

// ErrNotRegistered is the answer to a Call while no telephone has registered.
var ErrNotRegistered = errors.New("no telephone is registered at the demo PBX")

// ErrClosed is the answer to a Call after Close.
var ErrClosed = errors.New("the demo PBX is closed")

var errNotLoopback = errors.New("the demo PBX listens on loopback only")

// Start opens the port and serves until Close.
func Start(o Options) (*PBX, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Extension == "" {
		o.Extension = "101"
	}
	if o.Password == "" {
		o.Password = rand.Text()
	}
	if o.Answers == 0 {
		o.Answers = 2 * time.Second
	}
	if o.GivesUp == 0 {
		o.GivesUp = 20 * time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	conn, err := net.ListenPacket("udp4", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("start the demo PBX on %s: %w", o.Addr, err)
	}
	p := &PBX{
		opts: o, log: o.Log, conn: conn, addr: conn.LocalAddr().(*net.UDPAddr),
		registrar: newRegistrar(o.Extension, o.Password), calls: map[string]*CustomerCall{}, colleagues: map[string]*PBX{},
		taken: make(chan *CustomerCall, 16),
	}
	if !p.addr.IP.IsLoopback() {
		conn.Close()
		return nil, fmt.Errorf("start the demo PBX on %s: %w", o.Addr, errNotLoopback)
	}
	if err := p.serve(); err != nil {
		conn.Close()
		return nil, fmt.Errorf("start the demo PBX on %s: %w", o.Addr, err)
	}
	return p, nil
}

func (p *PBX) serve() error {
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	var err error
	p.ua, err = sipgo.NewUA(sipgo.WithUserAgent("demo"), sipgo.WithUserAgentHostname(p.addr.IP.String()))
	if err != nil {
		return err
	}
	srv, err := sipgo.NewServer(p.ua, sipgo.WithServerLogger(quiet))
	if err != nil {
		return err
	}
	p.client, err = sipgo.NewClient(p.ua, sipgo.WithClientAddr(p.addr.String()),
		sipgo.WithClientConnectionAddr(p.addr.String()), sipgo.WithClientLogger(quiet))
	if err != nil {
		return err
	}
	contact := sip.ContactHeader{Address: p.uri("demo")}
	p.answering = sipgo.NewDialogServerCache(p.client, contact)
	p.calling = sipgo.NewDialogClientCache(p.client, contact)
	p.ctx, p.hangUp = context.WithCancel(context.Background())

	srv.OnRegister(p.guard(p.onRegister))
	srv.OnInvite(p.guard(p.onInvite))
	srv.OnAck(p.guard(p.onAck))
	srv.OnBye(p.guard(p.onBye))
	srv.OnOptions(p.guard(p.onFine))
	srv.OnInfo(p.guard(p.onInDialog))
	srv.OnUpdate(p.guard(p.onUpdate))
	srv.OnRefer(p.guard(p.onRefer))
	srv.OnNoRoute(p.guard(p.onOther))
	p.serving.Go(func() {
		if err := srv.ServeUDP(p.conn); err != nil && !errors.Is(err, net.ErrClosed) {
			p.log.Warn("demo: stopped listening", "error", err)
		}
	})
	return nil
}

// Addr is host:port.
func (p *PBX) Addr() string { return p.addr.String() }

// Account is what a telephone needs to register.
func (p *PBX) Account() (address, password string) {
	return "sip:" + p.opts.Extension + "@" + p.Addr(), p.opts.Password
}

// Registered waits until a telephone has registered.
func (p *PBX) Registered(ctx context.Context) error { return p.registrar.wait(ctx) }

// Telephones is how many have registered.
func (p *PBX) Telephones() int { return len(p.registrar.contacts()) }

// Taken gives the calls that the agent makes, in order, as they arrive. When
// nobody reads it, it forgets those after the sixteenth.
func (p *PBX) Taken() <-chan *CustomerCall { return p.taken }

// Close ends all calls and lets go of the port. It waits a few seconds at most
// for a telephone that does not answer. When it returns, nothing of the box runs
// or logs any more.
func (p *PBX) Close() {
	p.closing.Do(func() {
		p.mu.Lock()
		p.closed = true
		p.mu.Unlock()
		p.hangUp()
		ended := make(chan struct{})
		go func() { p.actors.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(2 * time.Second):
		}
		p.ua.Close() // ends transactions that wait for a telephone which is gone
		p.conn.Close()
		p.serving.Wait()
		<-ended
		p.mu.Lock()
		p.deaf = true
		p.mu.Unlock()
		p.handlers.Wait()
	})
}

func (p *PBX) uri(user string) sip.Uri {
	return sip.Uri{Scheme: "sip", User: user, Host: p.addr.IP.String(), Port: p.addr.Port}
}

// begin counts a request that Close has to wait for; false when it is too late.
func (p *PBX) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deaf {
		return false
	}
	p.handlers.Add(1)
	return true
}

// guard lets only whole requests through and survives whatever a handler does
// with them: sipgo recovers from no panic.
func (p *PBX) guard(handle sipgo.RequestHandler) sipgo.RequestHandler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		if !p.begin() {
			return
		}
		defer p.handlers.Done()
		defer func() {
			if r := recover(); r != nil {
				p.log.Error("demo: a request was dropped", "method", req.Method, "panic", r, "stack", string(debug.Stack()))
			}
		}()
		if req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil || req.Via() == nil {
			return
		}
		handle(req, tx)
	}
}

func (p *PBX) reply(req *sip.Request, tx sip.ServerTransaction, code int, reason string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, reason, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if err := tx.Respond(res); err != nil {
		p.log.Info("demo: an answer was not sent", "method", req.Method, "code", code, "error", err)
	}
}

// find is the call that a request belongs to; nil when there is none.
func (p *PBX) find(req *sip.Request) *CustomerCall {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[req.CallID().Value()]
}

// enter lists a call until leave; false when the box is closing.
func (p *PBX) enter(id string, c *CustomerCall) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.actors.Add(1)
	p.calls[id] = c
	return true
}

func (p *PBX) leave(id string) {
	p.mu.Lock()
	delete(p.calls, id)
	p.mu.Unlock()
	p.actors.Done()
}

func (p *PBX) onFine(req *sip.Request, tx sip.ServerTransaction) { p.reply(req, tx, 200, "OK") }

func (p *PBX) onInDialog(req *sip.Request, tx sip.ServerTransaction) {
	if p.find(req) == nil {
		p.reply(req, tx, 481, "Call/Transaction Does Not Exist")
		return
	}
	p.reply(req, tx, 200, "OK")
}

func (p *PBX) onOther(req *sip.Request, tx sip.ServerTransaction) {
	p.reply(req, tx, 405, "Method Not Allowed",
		sip.NewHeader("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, REFER, REGISTER"))
}
