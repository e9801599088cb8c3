package phone_test

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// guest is somebody at the other end of a call, with a socket for the sound.
type guest struct {
	*siptest.Call
	id   phone.CallID
	conn *net.UDPConn
	to   *net.UDPAddr
	cseq int // of the last INVITE of ours that was answered
}

// guests are calls that came in one after the other and were answered.
func guests(t *testing.T, d *desk, pbx *siptest.Peer, n int) []*guest {
	t.Helper()
	var all []*guest
	for range n {
		conn, port := rtpPort(t)
		g := &guest{Call: pbx.NewCall(), conn: conn}
		g.Invite(siptest.SDP(port))
		c := d.rings()
		if err := d.Answer(c.ID); err != nil {
			t.Fatalf("%v%s", err, d.history())
		}
		ok := g.Answered("")
		g.id = c.ID
		g.to = &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: audioPort(t, ok.Body)}
		d.call("it is answered", func(x phone.Call) bool { return x.ID == c.ID && x.State == phone.Active })
		if len(all) > 0 { // the one before is held by this
			last := all[len(all)-1]
			last.agrees(t, "a=sendonly", "recvonly")
			d.call("held", func(x phone.Call) bool { return x.ID == last.id && x.State == phone.HeldHere })
		}
		all = append(all, g)
	}
	return all
}

// agrees answers the re-INVITE that asks for this.
func (g *guest) agrees(t *testing.T, wants, answer string) {
	t.Helper()
	agree(t, map[*guest]string{g: wants + " " + answer})
}

// agree answers the re-INVITEs to these guests, in whatever order they come: "a=sendonly
// recvonly" is what it asks for and what the answer is. One that is repeated because a busy
// machine answered late was answered.
func agree(t *testing.T, wants map[*guest]string) {
	t.Helper()
	for len(wants) > 0 {
		var peer *siptest.Peer
		for g := range wants {
			peer = g.Peer
		}
		m := peer.Expect("INVITE")
		for g, want := range wants {
			if g.ID != m.Get("Call-ID") || m.CSeq() <= g.cseq {
				continue
			}
			asks, answer, _ := strings.Cut(want, " ")
			if !strings.Contains(m.Body, asks) {
				t.Fatalf("we ask for something else than %s:\n%s", asks, m.Body)
			}
			g.cseq = m.CSeq()
			g.Reply(m, 200, "OK", siptest.SDP(g.conn.LocalAddr().(*net.UDPAddr).Port, "a="+answer))
			delete(wants, g)
		}
	}
}

// speaks sends a loud square wave of A law until stop.
func (g *guest) speaks(t *testing.T) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for seq := uint16(1); ; seq++ {
			packet := append(rtp(seq, 8, nil)[:12], make([]byte, 160)...)
			for i := range 160 {
				packet[12+i] = 0xaa // the loudest there is, and its opposite
				if i/8%2 == 0 {
					packet[12+i] = 0x2a
				}
			}
			_, _ = g.conn.WriteToUDP(packet, g.to)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	return func() { close(done); <-ended }
}

// hears waits for a packet that is loud, or for ten in a row that are not, among those
// that come from now on.
func (g *guest) hears(t *testing.T, loud bool) bool {
	t.Helper()
	buf := make([]byte, 2000)
	quiet := 0
	_ = g.conn.SetReadDeadline(time.Now())
	for {
		if _, err := g.conn.Read(buf); err != nil {
			break
		}
	}
	_ = g.conn.SetReadDeadline(time.Now().Add(siptest.Patience))
	for {
		n, err := g.conn.Read(buf)
		if err != nil {
			return false
		}
		if n != 172 || buf[1]&0x7f != 8 {
			continue
		}
		peak := byte(0)
		for _, b := range buf[12:n] {
			peak = max(peak, (b^0x55)&0x7f)
		}
		switch {
		case loud && peak > 0x60:
			return true
		case peak > 0x60:
			quiet = 0
		default:
			if quiet++; !loud && quiet == 10 {
				return true
			}
		}
	}
}

func TestThreeCallsAreMergedAndPart(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	stop := d.sound.Run(nil, nil)
	defer stop()
	g := guests(t, d, pbx, 3)
	a, b, c := g[0], g[1], g[2]
	if err := d.Merge(a.id); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("a conference of one: %v", err)
	}
	d.do(d.Merge(c.id, a.id))
	a.agrees(t, "a=sendrecv", "sendrecv")
	d.do(d.Merge(b.id, a.id))
	b.agrees(t, "a=sendrecv", "sendrecv")
	together := d.Calls()[0].Conference
	for _, x := range d.Calls() {
		if x.Conference == "" || x.Conference != together {
			t.Errorf("%s is in conference %q, the first in %q", x.ID, x.Conference, together)
		}
	}
	quiet := a.speaks(t)
	if !b.hears(t, true) || !c.hears(t, true) {
		t.Error("the two others don't hear the first")
	}
	if !a.hears(t, false) {
		t.Error("the first hears itself")
	}
	d.do(d.Mute(b.id, true)) // is our microphone, for all of them
	d.call("muted for all", func(x phone.Call) bool { return x.ID == c.id && x.Muted })
	if !b.hears(t, true) {
		t.Error("with our microphone off the second doesn't hear the first any more")
	}
	d.do(d.Mute(a.id, false))

	d.do(d.Part(b.id))
	b.agrees(t, "a=sendonly", "recvonly")
	d.call("the second is held", func(x phone.Call) bool { return x.ID == b.id && x.State == phone.HeldHere && x.Conference == "" })
	if !b.hears(t, false) || !c.hears(t, true) {
		t.Error("the second should hear nothing now, the third the first")
	}
	quiet()
	if err := d.Part(b.id); !errors.Is(err, phone.ErrWrongState) {
		t.Errorf("part a call on its own: %v", err)
	}

	a.Do("BYE", "")
	a.Expect("200 BYE")
	d.call("the last one is on its own", func(x phone.Call) bool { return x.ID == c.id && x.State == phone.Active && x.Conference == "" })
	if n := d.sound.Voices(); n != 2 {
		t.Errorf("%d voices at the sound card for the two calls that are left", n)
	}
	stillWorks(t, d, c.Call, phone.Call{ID: c.id})
}

func TestWhoIsHeldHearsMusic(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	stop := d.sound.Run(nil, nil)
	defer stop()
	began := 0
	d.SetHoldMusic(func() func([]int16) {
		began++
		return func(frame []int16) {
			for i := range frame {
				frame[i] = 12000
				if i/24%2 == 0 {
					frame[i] = -12000
				}
			}
		}
	})
	g := guests(t, d, pbx, 2)
	if !g[0].hears(t, true) || !g[1].hears(t, false) {
		t.Error("the first is held and should hear music, the second not")
	}
	d.SetHoldMusic(nil)
	d.do(d.Hold(g[0].id, false)) // swap
	agree(t, map[*guest]string{g[0]: "a=sendrecv sendrecv", g[1]: "a=sendonly recvonly"})
	d.call("the first is back", func(x phone.Call) bool { return x.ID == g[0].id && x.State == phone.Active })
	d.call("the second is held", func(x phone.Call) bool { return x.ID == g[1].id && x.State == phone.HeldHere })
	if !g[0].hears(t, false) || !g[1].hears(t, false) {
		t.Error("there is music though it was switched off")
	}
	if began != 1 {
		t.Errorf("music began %d times for one held call", began)
	}
}

func TestAConferenceIsHeldAndResumedAsOne(t *testing.T) {
	pbx := siptest.New(t)
	d := newDesk(t, pbx).registered()
	g := guests(t, d, pbx, 2)
	d.do(d.Merge(g[0].id, g[1].id))
	g[0].agrees(t, "a=sendrecv", "sendrecv")
	d.call("back", func(x phone.Call) bool { return x.ID == g[0].id && x.State == phone.Active && x.Conference != "" })

	another := pbx.NewCall()
	another.Invite(siptest.SDP(4000))
	id := d.rings().ID
	d.do(d.Answer(id))
	another.Answered("")
	agree(t, map[*guest]string{g[0]: "a=sendonly recvonly", g[1]: "a=sendonly recvonly"})
	for _, one := range g {
		d.call("held, and still together", func(x phone.Call) bool { return x.ID == one.id && x.State == phone.HeldHere && x.Conference != "" })
	}
	another.Do("BYE", "")
	another.Expect("200 BYE")
	d.do(d.Hold(g[1].id, false))
	agree(t, map[*guest]string{g[0]: "a=sendrecv sendrecv", g[1]: "a=sendrecv sendrecv"})
	d.eventually("both are back", func() bool {
		for _, x := range d.Calls() {
			if x.State != phone.Active || x.Conference == "" {
				return false
			}
		}
		return len(d.Calls()) == 2
	})
	d.do(d.HangUp(g[0].id))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
	d.eventually("the other is on its own", func() bool { return len(d.Calls()) == 1 && d.Calls()[0].Conference == "" })
}

// Somebody who is called and has not answered yet when the agent turns to a conference is held by then, not a second conversation.
func TestACallThatIsAnsweredBesideAConferenceIsHeld(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d := newDesk(t, pbx, calm).registered()
	g := guests(t, d, pbx, 2)
	id, err := d.Dial("", "102")
	d.do(err)
	var invite siptest.Message
	for range 2 { // it, and the hold of the last one, in any order
		m := pbx.Expect("INVITE")
		if m.Tag("To") == "" {
			invite = m
			continue
		}
		pbx.Reply(m, 200, "OK", siptest.SDP(g[1].conn.LocalAddr().(*net.UDPAddr).Port, "a=recvonly"))
		g[1].cseq = m.CSeq()
	}
	pbx.Reply(invite, 180, "Ringing", "")
	d.eventually("it rings there, and both are held", func() bool {
		return d.last(id).State == phone.RingingThere && d.last(g[0].id).State == phone.HeldHere && d.last(g[1].id).State == phone.HeldHere
	})
	d.do(d.Merge(g[0].id, g[1].id))
	agree(t, map[*guest]string{g[0]: "a=sendrecv sendrecv", g[1]: "a=sendrecv sendrecv"})
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	hold := pbx.Expect("INVITE")
	if hold.Get("Call-ID") != invite.Get("Call-ID") || !strings.Contains(hold.Body, "a=sendonly") {
		t.Errorf("asked of %s:\n%s", hold.Get("Call-ID"), hold.Body)
	}
	pbx.Reply(hold, 200, "OK", siptest.SDP(4000, "a=recvonly"))
	d.eventually("held", func() bool { return d.last(id).State == phone.HeldHere })
}
