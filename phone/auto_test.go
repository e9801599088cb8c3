package phone_test

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"leadline/phone"
	"leadline/phone/locate"
	"leadline/phone/siptest"
)

// records is a Resolver whose domain has one server for each service: "_sip._udp".
type records map[string]string

func (r records) LookupNAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

func (r records) LookupSRV(_ context.Context, service, proto, _ string) (string, []*net.SRV, error) {
	at, err := netip.ParseAddrPort(r["_"+service+"._"+proto])
	if err != nil {
		return "", nil, &net.DNSError{IsNotFound: true}
	}
	return "", []*net.SRV{{Target: at.Addr().String(), Port: at.Port()}}, nil
}

func (r records) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return directory{}.LookupNetIP(context.Background(), "", host)
}

func byDNS(r records, ca string) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, a *phone.Account) {
		patient(c, a)
		c.Resolver, a.Address, a.Transport, a.CA = r, "sip:101@example.test", "auto", ca
	}
}

func TestTransportIsWhatTheDomainSays(t *testing.T) {
	authority := siptest.NewAuthority(t)
	secure := siptest.NewTCP(t, authority.Issue("example.test").Server(t)) // for the domain, not for the server
	plain := siptest.New(t)
	for name, tt := range map[string]struct {
		domain records
		pbx    *siptest.Peer
	}{
		"TLS first": {records{"_sips._tcp": secure.Addr(), "_sip._udp": plain.Addr()}, secure},
		"UDP only":  {records{"_sip._udp": plain.Addr()}, plain},
	} {
		t.Run(name, func(t *testing.T) {
			newDesk(t, tt.pbx, byDNS(tt.domain, authority.File)).registered()
			tt.pbx.Phone()
		})
	}
}

// A certificate that isn't trusted is no reason to send the password in the clear.
func TestDistrustDoesNotLeadToTalkInTheClear(t *testing.T) {
	stranger := siptest.NewTCP(t, siptest.NewAuthority(t).Issue("example.test").Server(t))
	plain := siptest.New(t)
	asked := registrar(plain, func(_ int, m siptest.Message) { accept(plain, m, "300") })
	d := newDesk(t, plain, byDNS(records{"_sips._tcp": stranger.Addr(), "_sip._udp": plain.Addr()}, siptest.NewAuthority(t).File))
	d.eventually("told", func() bool { return d.Registrations()[0].Cause == phone.RegUntrusted })
	if asked() != 0 {
		t.Error("it registered by UDP")
	}
}
