package sip

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"leadline/phone/locate"
	"leadline/phone/siptest"
)

// A BYE, an answer and whatever else belongs to something that has begun are lost in a moment without a network as they are
// on a bad line, and sent again; what begins something says at once that there is none.
func TestOnlyWhatBeginsSomethingFailsAtOnceWithoutANetwork(t *testing.T) {
	conn, err := listenUDP(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	c := newMobileConn(conn)
	defer c.Close()
	nowhere := net.UDPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:5060")) // which the loopback doesn't lead to
	for text, fails := range map[string]bool{
		"INVITE sip:b@h SIP/2.0\r\nTo: <sip:b@h>\r\n\r\n":          true,
		"REGISTER sip:h SIP/2.0\r\nTo: <sip:b@h>\r\n\r\n":          true,
		"OPTIONS sip:h SIP/2.0\r\nTo: <sip:b@h;tag=x>\r\n\r\n":     true,
		"BYE sip:b@h SIP/2.0\r\nTo: \"B\" <sip:b@h>;tag=1\r\n\r\n": false,
		"INVITE sip:b@h SIP/2.0\r\nTo: sip:b@h;tag=1\r\n\r\n":      false,
		"CANCEL sip:b@h SIP/2.0\r\nTo: <sip:b@h>\r\n\r\n":          false,
		"ACK sip:b@h SIP/2.0\r\nTo: <sip:b@h>\r\n\r\n":             false,
		"SIP/2.0 200 OK\r\nTo: <sip:b@h>\r\n\r\n":                  false,
	} {
		if n, err := c.WriteTo([]byte(text), nowhere); (err != nil) != fails || !fails && n != len(text) {
			t.Errorf("%.20s…: %d, %v", text, n, err)
		}
	}
	_ = c.Close()
	if _, err := c.WriteTo([]byte("BYE sip:b@h SIP/2.0\r\nTo: <sip:b@h>;tag=1\r\n\r\n"), nowhere); err == nil {
		t.Error("a closed socket takes a BYE")
	}
}

// A far end that reads nothing any more, while its machine goes on: what is to be written waits, and whoever wrote it.
func TestAConnectionThatTakesNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	ours, theirs := net.Pipe()
	defer theirs.Close()
	c := &streamConn{Conn: ours, down: make(chan struct{}), pong: make(chan struct{}, 1)}
	failed := make(chan error, 2)
	for range cap(failed) {
		go func() {
			_, err := c.Write([]byte("OPTIONS sip:pbx.example SIP/2.0\r\n\r\n"))
			failed <- err
		}()
	}
	for range cap(failed) {
		select {
		case err := <-failed:
			if err == nil {
				t.Error("written to nobody")
			}
		case <-time.After(2 * writePatience()):
			t.Fatal("it waits for ever")
		}
	}
	if !closed(c.down) {
		t.Error("nobody is told that the connection is of no use")
	}
}

func open(t *testing.T, pbx *siptest.Peer, transport, bind string) (*Stack, locate.Target) {
	t.Helper()
	target := locate.Target{Transport: transport, Addr: netip.MustParseAddrPort(pbx.Addr())}
	s, err := Open(t.Context(), Options{Address: "sip:101@" + pbx.Addr(), Transport: transport, Bind: bind}, target)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := deadline(time.Second)
		defer cancel()
		s.Close(ctx)
	})
	return s, target
}

// What takes connections over panicked: the next connection is handed to another, and not waited with for ever.
func TestAListenerThatPanickedIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	pbx := siptest.NewTCP(t, nil)
	s, target := open(t, pbx, "tcp", "127.0.0.1:0")
	if _, err := s.Register(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	conn, other := net.Pipe()
	defer other.Close()
	bad := handed{conn, make(chan struct{})}
	close(bad.taken) // once more, which panics
	s.door.in <- bad
	moved := make(chan error, 1)
	go func() { moved <- s.Move(t.Context(), target) }()
	select {
	case err := <-moved:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(siptest.Patience):
		t.Fatal("it waits for ever")
	}
	if closed(s.Down()) { // it was handed to the one that panicked
		if err := s.Move(t.Context(), target); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Register(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
}

// A socket broke, and something is sent before there is another: the library must not take its place at the same address.
func TestNothingTakesThePlaceOfASocketThatBroke(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	s, target := open(t, pbx, "udp", "127.0.0.1:0")
	at := s.Local()
	_ = s.udp.current().Close()
	<-s.Down()
	if err := s.Ping(t.Context()); err == nil {
		t.Error("sent by a socket that is closed")
	}
	d := s.newDialog()
	d.callID, d.localTag = "gone@test", "ours"
	d.target, d.remote.Address = s.addressOfRecord(), s.addressOfRecord()
	d.writeAck(d.state)
	free, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatalf("its address is taken: %v", err)
	}
	_ = free.Close()
	if err := s.Move(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	if s.Local() != at {
		t.Errorf("it is at %s now, before %s", s.Local(), at)
	}
	if err := s.Ping(t.Context()); err != nil && !strings.Contains(err.Error(), "sees us") {
		t.Error(err)
	}
}
