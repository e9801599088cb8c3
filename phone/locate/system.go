package locate

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// System asks the name servers of this machine, its hosts file included.
type System struct{}

// LookupSRV is net.Resolver's.
func (System) LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error) {
	return net.DefaultResolver.LookupSRV(ctx, service, proto, name)
}

// LookupNetIP is net.Resolver's.
func (System) LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, network, host)
}

// LookupNAPTR asks the servers of /etc/resolv.conf; where there is no such file, as on
// Windows, there are no records.
func (System) LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error) {
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, fmt.Errorf("find the name servers: %w", err)
	}
	for _, server := range config.Servers {
		var records []NAPTR
		if records, err = AskNAPTR(ctx, net.JoinHostPort(server, config.Port), name); err == nil {
			return records, nil
		}
	}
	return nil, err
}

// AskNAPTR asks one name server, host:port, for the NAPTR records of name.
func AskNAPTR(ctx context.Context, server, name string) ([]NAPTR, error) {
	question := new(dns.Msg).SetQuestion(dns.Fqdn(name), dns.TypeNAPTR)
	answer, _, err := new(dns.Client).ExchangeContext(ctx, question, server)
	if err == nil && answer.Truncated {
		answer, _, err = (&dns.Client{Net: "tcp"}).ExchangeContext(ctx, question, server)
	}
	if err != nil {
		return nil, fmt.Errorf("ask %s for NAPTR of %s: %w", server, name, err)
	}
	var records []NAPTR
	for _, rr := range answer.Answer {
		if n, ok := rr.(*dns.NAPTR); ok {
			records = append(records, NAPTR{
				Order: n.Order, Preference: n.Preference, Flags: n.Flags,
				Service: n.Service, Replacement: strings.TrimSuffix(n.Replacement, "."),
			})
		}
	}
	return records, nil
}
