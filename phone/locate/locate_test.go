package locate_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leadline/phone/locate"
)

// zone answers from records on a socket of the loopback, and is the Resolver that asks it.
type zone struct {
	*net.Resolver
	server string
}

func serve(t *testing.T, records ...string) zone {
	t.Helper()
	var all []dns.RR
	for _, text := range records {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rr)
	}
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &dns.Server{PacketConn: conn, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		for _, rr := range all {
			if rr.Header().Name == q.Question[0].Name && rr.Header().Rrtype == q.Question[0].Qtype {
				m.Answer = append(m.Answer, rr)
			}
		}
		if len(m.Answer) == 0 {
			m.Rcode = dns.RcodeNameError
		}
		_ = w.WriteMsg(m)
	})}
	go func() { _ = server.ActivateAndServe() }()
	t.Cleanup(func() { _ = server.Shutdown() })
	at := conn.LocalAddr().String()
	return zone{&net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", at)
	}}, at}
}

func (z zone) LookupNAPTR(ctx context.Context, name string) ([]locate.NAPTR, error) {
	return locate.AskNAPTR(ctx, z.server, name)
}

func TestTargetsOfADomain(t *testing.T) {
	z := serve(t,
		`example.test. 60 IN NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.example.test.`,
		`example.test. 60 IN NAPTR 10 20 "s" "SIP+D2T" "" _sip._tcp.example.test.`,
		`example.test. 60 IN NAPTR 10 10 "S" "SIPS+D2T" "" _sips._tcp.example.test.`,
		`example.test. 60 IN NAPTR 5 10 "u" "E2U+sip" "!^.*$!sip:x@y!" .`,
		`_sips._tcp.example.test. 60 IN SRV 10 10 5081 a.example.test.`,
		`_sip._tcp.example.test. 60 IN SRV 10 10 5080 a.example.test.`,
		`_sip._udp.example.test. 60 IN SRV 20 10 5070 b.example.test.`,
		`_sip._udp.example.test. 60 IN SRV 10 10 5060 a.example.test.`,
		`_sip._udp.example.test. 60 IN SRV 15 10 5060 missing.example.test.`,
		`a.example.test. 60 IN A 192.0.2.1`,
		`b.example.test. 60 IN A 192.0.2.2`,
		`b.example.test. 60 IN AAAA 2001:db8::2`,
		`plain.test. 60 IN A 192.0.2.9`,
		`_sip._tcp.srvonly.test. 60 IN SRV 1 1 5090 a.example.test.`,
		`_sip._udp.none.test. 60 IN SRV 0 0 0 .`,
		`none.test. 60 IN A 192.0.2.9`,
	)
	for name, tt := range map[string]struct {
		query locate.Query
		want  []string
	}{
		"address":                 {locate.Query{Host: "192.0.2.7"}, []string{"udp/192.0.2.7:5060"}},
		"address over TLS":        {locate.Query{Host: "192.0.2.7", Transport: "tls"}, []string{"tls/192.0.2.7:5061"}},
		"IPv6 in brackets":        {locate.Query{Host: "[::1]", Port: 5070, Transport: "tcp"}, []string{"tcp/[::1]:5070"}},
		"port: no SRV":            {locate.Query{Host: "b.example.test", Port: 5099}, []string{"udp/192.0.2.2:5099", "udp/[2001:db8::2]:5099"}},
		"SRV of a transport":      {locate.Query{Host: "example.test", Transport: "udp"}, []string{"udp/192.0.2.1:5060", "udp/192.0.2.2:5070", "udp/[2001:db8::2]:5070"}},
		"SRV of TLS":              {locate.Query{Host: "example.test", Transport: "tls"}, []string{"tls/192.0.2.1:5081"}},
		"no SRV":                  {locate.Query{Host: "plain.test", Transport: "tls"}, []string{"tls/192.0.2.9:5061"}},
		"NAPTR decides":           {locate.Query{Host: "example.test"}, []string{"tls/192.0.2.1:5081", "tcp/192.0.2.1:5080", "udp/192.0.2.1:5060", "udp/192.0.2.2:5070", "udp/[2001:db8::2]:5070"}},
		"no NAPTR: SRV decides":   {locate.Query{Host: "srvonly.test"}, []string{"tcp/192.0.2.1:5090"}},
		"neither NAPTR nor SRV":   {locate.Query{Host: "plain.test."}, []string{"udp/192.0.2.9:5060"}},
		"nobody knows the domain": {locate.Query{Host: "unknown.test"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			found, err := locate.Find(ctx, z, tt.query)
			var got []string
			for _, f := range found {
				got = append(got, f.String())
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(tt.want))
			if !slices.Equal(got, want) || (err != nil) != (len(tt.want) == 0) {
				t.Errorf("%v, %v", got, err)
			}
			for i := 1; i < len(found); i++ { // both families of one host may come in any order
				if found[i].Addr.Port() == found[i-1].Addr.Port() && found[i].Transport == found[i-1].Transport {
					continue
				}
				if index(tt.want, found[i]) < index(tt.want, found[i-1]) {
					t.Errorf("%s before %s", found[i-1], found[i])
				}
			}
		})
	}
	if _, err := locate.Find(t.Context(), z, locate.Query{Host: "none.test", Transport: "udp"}); !errors.Is(err, locate.ErrNoService) {
		t.Errorf("a domain without SIP: %v", err)
	}
}

func index(list []string, t locate.Target) int { return slices.Index(list, t.String()) }

func TestNameServerThatDoesNotAnswer(t *testing.T) {
	silent, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.MustParseAddrPort("127.0.0.1:0")))
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := locate.AskNAPTR(ctx, silent.LocalAddr().String(), "example.test"); err == nil {
		t.Error("no error")
	}
}
