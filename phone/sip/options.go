package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"leadline/phone/locate"
)

// Options is one account, as the signalling needs it.
type Options struct {
	Address   string // sip:user@host[:port]; the scheme may be missing
	AuthUser  string // "" means the user of Address
	Password  string
	Transport string // "udp" (also ""), "tcp", "tls", or "auto": what DNS says
	Bind      string // local host:port; "" or an unspecified host: the one that leads to the registrar
	Proxy     string // outbound proxy, host[:port] or sip URI; "" for none
	UserAgent string
	Log       *slog.Logger // nil: nothing is logged

	// TLS is asked at each connection, since certificates are renewed; nil, or what it gives: the system's roots and no
	// certificate of ours.
	TLS func() (*tls.Config, error)

	// LocalAddr finds the address from which packets to host:port leave; nil: [LocalAddr].
	LocalAddr func(ctx context.Context, hostport string) (netip.Addr, error)

	// Session is for how long a session lives without a refresh, and MinSession the least
	// that we take (RFC 4028); 0: 30 minutes and 90 seconds.
	Session, MinSession time.Duration
	// Linger is how long what is on its way to an address of before is still taken; 0: 3 seconds,
	// which is longer than a round trip anywhere, and shorter than anybody takes to come back to it.
	Linger time.Duration

	Asserted Asserted // whose word for the caller's identity is taken

	LineHeader  string // header that names the line that was called
	DefaultLine string

	// Incoming is called for each new call after its 180 went out, or was refused
	// by Check. It returns what is to be told of the dialog. It must not block.
	Incoming func(*Dialog) Events
	// Abilities describes our sound to who asks by OPTIONS; nil: nothing is said of it.
	Abilities func() []byte
	// Notified is called for a NOTIFY that belongs to no subscription. It must not block.
	Notified func(Notice)
	// Message is called for a MESSAGE. It must not block.
	Message func(Text)
	// Check looks at the offer of a new call before it rings (an empty one for an
	// INVITE without a body); a code other than 0 refuses it. It must not block.
	Check func(Body) (code int, reason string)
}

// account is what Options says, taken apart.
type account struct {
	user, host string
	port       int // 0: the transport's default
	transport  string
	route      *sip.Uri // the outbound proxy
	bind       netip.AddrPort
}

func (o Options) parse() (account, error) {
	var a account
	uri, err := parseURI(o.Address)
	if err != nil || uri.User == "" || uri.Host == "" {
		return a, fmt.Errorf("address %q: want sip:user@host", o.Address)
	}
	a.user, a.host, a.port = uri.User, uri.Host, uri.Port
	switch a.transport = strings.ToLower(o.Transport); a.transport {
	case "":
		a.transport = "udp"
	case "udp", "tcp", "tls", "auto":
	default:
		return a, fmt.Errorf("transport %q: want udp, tcp, tls or auto", o.Transport)
	}
	if o.Proxy != "" {
		proxy, err := parseURI(o.Proxy)
		if err != nil || proxy.Host == "" {
			return a, fmt.Errorf("outbound proxy %q: want host[:port]", o.Proxy)
		}
		proxy.User = ""
		proxy.UriParams.Add("lr", "")
		a.route = &proxy
	}
	if o.Bind != "" {
		host, port, err := net.SplitHostPort(o.Bind)
		if err != nil {
			host, port = o.Bind, "0"
		}
		ip, err := netip.ParseAddr(host)
		n, err2 := strconv.ParseUint(port, 10, 16)
		if err != nil || err2 != nil {
			return a, fmt.Errorf("bind %q: want ip:port", o.Bind)
		}
		a.bind = netip.AddrPortFrom(ip, uint16(n))
	}
	return a, nil
}

// tls is what a connection is made with; nil over UDP and TCP.
func (o Options) tls(transport string) (*tls.Config, error) {
	if o.TLS == nil || transport != "tls" {
		return nil, nil
	}
	return o.TLS()
}

// CheckRedirect reports why calls to this account can't be sent on to a target (see [Target]).
func (o Options) CheckRedirect(to string) error {
	a, err := o.parse()
	if err != nil {
		return err
	}
	_, err = a.elsewhere(to)
	return err
}

// elsewhere is a target that a call to this account may be sent on to: not the account itself, where it would come back
// as fast as the PBX can.
func (a account) elsewhere(to string) (sip.Uri, error) {
	uri, err := target(to, a.host, a.port)
	if err == nil && uri.User == a.user && sameHost(uri, sip.Uri{Scheme: uri.Scheme, Host: a.host, Port: a.port}) {
		err = fmt.Errorf("%q %w: it is this telephone, and the call would come back", to, ErrTarget)
	}
	return uri, err
}

// CheckAddress reports what is wrong with the account's address, transport, bind
// and proxy, without touching the network.
func (o Options) CheckAddress() error {
	_, err := o.parse()
	return err
}

// Locate finds the targets through which the account may be reached, in the order in
// which they are to be tried (RFC 3263). It waits until ctx ends.
func (o Options) Locate(ctx context.Context, r locate.Resolver) ([]locate.Target, error) {
	a, err := o.parse()
	if err != nil {
		return nil, err
	}
	q := locate.Query{Host: a.host, Port: a.port, Transport: a.transport}
	if a.route != nil {
		q.Host, q.Port = a.route.Host, a.route.Port
	}
	if q.Transport == "auto" {
		q.Transport = ""
	}
	found, err := locate.Find(ctx, r, q)
	if err != nil {
		return nil, err
	}
	// A bound address reaches its own family only.
	if ip := a.bind.Addr(); ip.IsValid() && !ip.IsUnspecified() {
		found = slices.DeleteFunc(found, func(t locate.Target) bool { return t.Addr.Addr().Is4() != ip.Unmap().Is4() })
		if len(found) == 0 {
			return nil, fmt.Errorf("%s has no address that %s could reach", q.Host, ip)
		}
	}
	return found, nil
}
