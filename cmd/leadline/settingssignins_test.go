package main

import (
	"testing"

	"leadline/crm/wire"
)

// A new colleague's telephone is offered at the PBX where all others are; where they are at several, nobody can guess.
func TestThePBXOfAllIsOffered_I3(t *testing.T) {
	of := func(address, transport string) wire.SignInOf {
		return wire.SignInOf{Telephones: []wire.SetPhone{{Account: wire.Account{Address: address, Transport: transport}}}}
	}
	for _, c := range []struct {
		all             []wire.SignInOf
		host, transport string
	}{
		{nil, "", ""}, {[]wire.SignInOf{{}, of("sip:101@pbx.example.org:5070", "tls"), of("sip:102@pbx.example.org:5070", "tls")}, "pbx.example.org:5070", "tls"},
		{[]wire.SignInOf{of("sip:101@pbx.example.org", ""), of("sip:102@other.example.org", "")}, "", ""},
		{[]wire.SignInOf{of("sip:101@pbx.example.org", "udp"), of("sip:102@pbx.example.org", "tcp")}, "", ""},
	} {
		if host, transport := commonPBX(c.all); host != c.host || transport != c.transport {
			t.Errorf("%+v: %q by %q", c.all, host, transport)
		}
	}
}
