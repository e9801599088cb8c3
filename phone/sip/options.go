package sip

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Options is one account, as the signalling needs it.
type Options struct {
	Address   string // sip:user@host[:port]; the scheme may be missing
	AuthUser  string // "" means the user of Address
	Password  string
	Transport string      // "udp" (also ""), "tcp" or "tls"
	Bind      string      // local host:port; "" or an unspecified host: the one that leads to the registrar
	Proxy     string      // outbound proxy, host[:port] or sip URI; "" for none
	TLS       *tls.Config // nil: the system's roots
	UserAgent string
	Log       *slog.Logger // nil: nothing is logged

	LineHeader  string // header that names the line that was called
	DefaultLine string

	// Incoming is called for each new call after its 180 went out, or was refused
	// by Check. It returns what is to be told of the dialog. It must not block.
	Incoming func(*Dialog) Events
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
	case "udp", "tcp", "tls":
	default:
		return a, fmt.Errorf("transport %q: want udp, tcp or tls", o.Transport)
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

// firstHop is where requests go first, as host:port.
func (a account) firstHop() string {
	host, port := a.host, a.port
	if a.route != nil {
		host, port = a.route.Host, a.route.Port
	}
	if port == 0 {
		port = 5060
		if a.transport == "tls" {
			port = 5061
		}
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port))
}

// CheckTarget reports why a target (see [Target]) can't be dialled from this account.
func (o Options) CheckTarget(to string) error {
	a, err := o.parse()
	if err != nil {
		return err
	}
	_, err = target(to, a.host, a.port)
	return err
}

// CheckAddress reports what is wrong with the account's address, transport, bind
// and proxy, without touching the network.
func (o Options) CheckAddress() error {
	_, err := o.parse()
	return err
}
