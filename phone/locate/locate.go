package locate

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Target is one place to send to.
type Target struct {
	Transport string // "udp", "tcp" or "tls"
	Addr      netip.AddrPort
}

// String is "tls/192.0.2.7:5061".
func (t Target) String() string { return t.Transport + "/" + t.Addr.String() }

// Query is the domain that is looked for.
type Query struct {
	Host      string // a name or an IP address, IPv6 with or without brackets
	Port      int    // 0: what DNS says, else the transport's default
	Transport string // "udp", "tcp", "tls"; "" is what DNS says, else UDP
}

// Resolver asks the domain name system. No records are an error that is a
// *net.DNSError with IsNotFound, or an empty list.
type Resolver interface {
	LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error)
	LookupSRV(ctx context.Context, service, proto, name string) (cname string, records []*net.SRV, err error)
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// NAPTR is a naming authority pointer, RFC 3403 §4.1.
type NAPTR struct {
	Order, Preference uint16
	Flags, Service    string
	Replacement       string
}

// patience is for how long a record that may be missing is waited for.
const patience = 3 * time.Second

// Find gives the targets of a domain in the order in which they are to be tried. It asks
// until ctx ends. There is at least one, or an error that says what is missing.
func Find(ctx context.Context, r Resolver, q Query) ([]Target, error) {
	q.Host = strings.TrimSuffix(strings.Trim(q.Host, "[]"), ".")
	if ip, err := netip.ParseAddr(q.Host); err == nil {
		return []Target{q.at(ip.Unmap())}, nil
	}
	if q.Port != 0 || strings.EqualFold(q.Host, "localhost") {
		return q.addresses(ctx, r)
	}
	targets, err := q.services(ctx, r)
	if len(targets) > 0 || err != nil {
		return targets, err
	}
	return q.addresses(ctx, r)
}

// defaultPort is that of a transport (RFC 3261 §18.1.1).
func defaultPort(transport string) uint16 {
	if transport == "tls" {
		return 5061
	}
	return 5060
}

func (q Query) at(ip netip.Addr) Target {
	t := Target{Transport: q.Transport}
	if t.Transport == "" {
		t.Transport = "udp" // RFC 3263 §4.1
	}
	port := uint16(q.Port)
	if port == 0 {
		port = defaultPort(t.Transport)
	}
	t.Addr = netip.AddrPortFrom(ip, port)
	return t
}

func (q Query) addresses(ctx context.Context, r Resolver) ([]Target, error) {
	ips, err := r.LookupNetIP(ctx, "ip", q.Host)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", q.Host, err)
	}
	var targets []Target
	for _, ip := range ips {
		targets = append(targets, q.at(ip.Unmap()))
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("find %s: it has no address", q.Host)
	}
	return targets, nil
}

// service is an SRV record to ask for.
type service struct{ transport, service, proto, name string }

func serviceOf(transport, domain string) service {
	switch transport {
	case "tls":
		return service{"tls", "sips", "tcp", domain}
	case "tcp":
		return service{"tcp", "sip", "tcp", domain}
	}
	return service{"udp", "sip", "udp", domain}
}

// ErrNoService is a domain that says that it has no SIP.
var ErrNoService = errors.New("the domain says that it takes no calls by SIP")

// services finds targets by SRV records; none when there are no such records.
func (q Query) services(ctx context.Context, r Resolver) ([]Target, error) {
	wanted := []service{serviceOf(q.Transport, q.Host)}
	if q.Transport == "" {
		wanted = pointers(ctx, r, q.Host)
	}
	var targets []Target
	refused := false
	for _, s := range wanted {
		found, err := s.targets(ctx, r)
		refused = refused || errors.Is(err, ErrNoService)
		targets = append(targets, found...)
	}
	if len(targets) == 0 && refused {
		return nil, fmt.Errorf("find %s: %w", q.Host, ErrNoService)
	}
	return targets, nil
}

// pointers are the services that NAPTR records name, else all that there may be, the
// safest first.
func pointers(ctx context.Context, r Resolver, domain string) []service {
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	records, err := r.LookupNAPTR(asked, domain)
	if err != nil {
		records = nil
	}
	slices.SortStableFunc(records, func(a, b NAPTR) int {
		if a.Order != b.Order {
			return int(a.Order) - int(b.Order)
		}
		return int(a.Preference) - int(b.Preference)
	})
	var found []service
	for _, n := range records {
		if !strings.EqualFold(n.Flags, "s") {
			continue
		}
		name := strings.TrimSuffix(n.Replacement, ".")
		switch strings.ToUpper(n.Service) {
		case "SIPS+D2T":
			found = append(found, service{transport: "tls", name: name})
		case "SIP+D2T":
			found = append(found, service{transport: "tcp", name: name})
		case "SIP+D2U":
			found = append(found, service{transport: "udp", name: name})
		}
	}
	if len(found) == 0 {
		for _, transport := range []string{"tls", "tcp", "udp"} {
			found = append(found, serviceOf(transport, domain))
		}
	}
	return found
}

func (s service) targets(ctx context.Context, r Resolver) ([]Target, error) {
	asked, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, records, err := r.LookupSRV(asked, s.service, s.proto, s.name)
	if err != nil {
		return nil, err // there are none, or nobody says
	}
	var targets []Target
	for _, srv := range records { // by priority, and shuffled by weight
		host := strings.TrimSuffix(srv.Target, ".")
		if host == "" {
			return nil, ErrNoService // RFC 2782
		}
		ips, err := r.LookupNetIP(ctx, "ip", host)
		if err != nil {
			continue // the next may have an address
		}
		for _, ip := range ips {
			targets = append(targets, Target{s.transport, netip.AddrPortFrom(ip.Unmap(), srv.Port)})
		}
	}
	return targets, nil
}
