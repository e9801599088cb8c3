package pbxtest

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/locate"
	"leadline/phone/rig"
)

// domain is a Resolver that knows the servers of one domain, in the order of priority.
type domain []string

func (d domain) LookupNAPTR(context.Context, string) ([]locate.NAPTR, error) { return nil, nil }

func (d domain) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	var records []*net.SRV
	for _, server := range d {
		at := netip.MustParseAddrPort(server)
		records = append(records, &net.SRV{Target: at.Addr().String(), Port: at.Port()})
	}
	return "", records, nil
}

func (d domain) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	ip, err := netip.ParseAddr(host)
	return []netip.Addr{ip}, err
}

// Of two proxies of a domain the first dies, and the account goes on at the second.
func TestTheSecondProxyOfADomainTakesOver(t *testing.T) {
	t.Parallel()
	first := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
	second := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: people})
	office := account(first, "tcp")
	office.Address = "sip:101@example.test"
	a := newAgentWith(t, func(c *phone.Config) { c.Resolver = domain{first.Addr(), second.Addr()} }, office)
	a.registration("Office", phone.Registered, soon)
	first.Registered("101", 1, soon)
	first.Kill()
	second.Registered("101", 1, soon)
	a.registration("Office", phone.Registered, soon)

	other := account(second, "udp")
	other.Address, other.Password = "sip:102@"+second.Addr(), "two"
	b := newAgent(t, other)
	b.registration("Office", phone.Registered, soon)
	out := a.dial("102")
	in := b.incoming(1)
	b.do(b.Answer(in.ID))
	a.reaches(out, phone.Active, soon)
	a.do(a.HangUp(out))
	b.ends(in.ID, soon)
}

// Everything goes through the outbound proxy, calls to us included (RFC 3327).
func TestOutboundProxyStaysInTheWay(t *testing.T) {
	t.Parallel()
	edge := rig.StartKamailio(t, rig.KamailioOptions{Edge: true})
	p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people})
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			office := account(p, transport)
			office.OutboundProxy = edge.Addr()
			a := newAgentWith(t, func(c *phone.Config) { c.Timing.Answer = 2 * time.Second }, office)
			a.registration("Office", phone.Registered, soon)
			p.Registered("101", 1, soon)
			p.Call(rig.Caller{To: "101", Number: "+493020948812"})
			in := a.incoming(1)
			a.do(a.Answer(in.ID))
			a.reaches(in.ID, phone.Active, soon)
			a.do(a.HangUp(in.ID))
			out := a.dial("609")
			a.reaches(out, phone.Active, soon)
			a.ends(out, soon)
			edge.Freeze()
			err := a.Try(t.Context(), office)
			edge.Thaw()
			if err == nil {
				t.Error("it registers around the proxy")
			}
		})
	}
}

// The machine gets another address in the middle of a call with Asterisk: both hear each
// other again.
func TestCallGoesOnFromAnotherAddress(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			p := rig.StartAsterisk(t, rig.AsteriskOptions{Endpoints: people})
			var elsewhere atomic.Bool
			office := account(p, transport)
			office.Bind = "0.0.0.0:0"
			a := newAgentWith(t, func(c *phone.Config) {
				c.Timing.Look = 50 * time.Millisecond
				c.LocalAddr = func(context.Context, string) (netip.Addr, error) {
					if elsewhere.Load() {
						return netip.MustParseAddr("127.0.0.2"), nil
					}
					return netip.MustParseAddr("127.0.0.1"), nil
				}
			}, office)
			a.registration("Office", phone.Registered, soon)
			name := p.Call(rig.Caller{To: "101", Number: "+493020948812"})
			in := a.incoming(1)
			a.do(a.Answer(in.ID))
			a.reaches(in.ID, phone.Active, soon)
			elsewhere.Store(true)
			rig.Eventually(t, soon, "the PBX knows the new address", func() (bool, string) {
				c := p.Contacts("101")
				return len(c) == 2 || len(c) == 1 && strings.Contains(c[0], "127.0.0.2"), ""
			})
			time.Sleep(time.Second) // the jitter buffer fills
			a.hears("we hear them", 440)
			a.do(a.HangUp(in.ID))
			a.ends(in.ID, soon)
			rig.Eventually(t, soon, "the PBX has no call", func() (bool, string) { return p.Channels() == 0, "some" })
			heard := p.Heard(name)
			hums(t, "they heard us to the end", heard.Cut(heard.Seconds()-2, heard.Seconds()), ourTone)
		})
	}
}
