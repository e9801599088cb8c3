package phone_test

import (
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/siptest"
)

func keptBy(what, transport string) func(*phone.Config, *phone.Account) {
	return func(_ *phone.Config, a *phone.Account) { a.KeepAlive, a.Transport = what, transport }
}

func TestKeepAliveOverTCPNoticesADeadConnection(t *testing.T) {
	t.Parallel()
	pbx := siptest.NewTCP(t, nil)
	d := newDesk(t, pbx, keptBy("crlf", "tcp"), calm).registered()
	d.eventually("answered keep-alives", func() bool { return pbx.Pings() > 2 })
	if len(d.registrations()) > 2 {
		t.Errorf("registered again: %+v", d.registrations())
	}
	first, _ := pbx.Phone()
	pbx.Mute(true)
	d.eventually("a new connection", func() bool { now, _ := pbx.Phone(); return now != first })
	// One that has never answered isn't asked for more.
	second, _ := pbx.Phone()
	pings := pbx.Pings()
	d.eventually("more keep-alives", func() bool { return pbx.Pings() > pings+3 })
	if now, _ := pbx.Phone(); now != second {
		t.Error("a PBX that doesn't answer keep-alives is left all the time")
	}
}

func TestKeepAliveOverUDP(t *testing.T) {
	for what, keep := range map[string]struct{ crlf, options bool }{"crlf": {crlf: true}, "options": {options: true}, "off": {}} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			crlf, options := make(chan bool, 1000), make(chan bool, 1000)
			pbx.Handle(func(m siptest.Message) bool {
				switch {
				case m.Start == "":
					crlf <- true
					return true
				case strings.HasPrefix(m.Start, "OPTIONS "):
					options <- true
				}
				return false
			})
			d := newDesk(t, pbx, keptBy(what, "udp")).registered()
			d.eventually("kept alive", func() bool { return (len(crlf) > 1) == keep.crlf && (len(options) > 1) == keep.options })
			if !keep.crlf && len(crlf) > 0 || !keep.options && len(options) > 0 {
				t.Errorf("%d CRLF, %d OPTIONS", len(crlf), len(options))
			}
		})
	}
}
