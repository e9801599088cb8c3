package media

import (
	"testing"

	"leadline/phone/sdp"
)

func TestOneWaySoundIsSeen(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	a.speaks, b.speaks = tone(400), tone(1000)
	n.run(20*s, a, b)
	if st := a.Stats(); st.Silent > s || st.Unheard != 0 || st.Quiet != 0 {
		t.Errorf("a good call: nothing for %v, unheard for %v, quiet for %v", st.Silent, st.Unheard, st.Quiet)
	}

	// From now on nothing of a's sound reaches b; b's reports do reach a.
	a.cfg.Send = func([]byte) {}
	n.run(25*s, a, b)
	sa, sb := a.Stats(), b.Stats()
	t.Logf("here: unheard for %v; there: nothing for %v", sa.Unheard, sb.Silent)
	if sa.Unheard < 10*s || sa.Unheard > 26*s || sa.Silent > s {
		t.Errorf("here: unheard for %v, nothing for %v", sa.Unheard, sa.Silent)
	}
	if sb.Silent < 24*s || sb.Silent > 26*s || sb.Unheard != 0 {
		t.Errorf("there: nothing for %v, unheard for %v", sb.Silent, sb.Unheard)
	}
}

// TestAPeerThatNeverHeardUsSaysSo is the firewall that lets nothing out from the beginning.
func TestAPeerThatNeverHeardUsSaysSo(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	a.speaks, b.speaks = tone(400), tone(1000)
	a.cfg.Send = func([]byte) {}
	n.run(20*s, a, b)
	if st := a.Stats(); st.Unheard < 5*s {
		t.Errorf("unheard for %v", st.Unheard)
	}
	held := agreed()
	held.Direction = sdp.Inactive
	if err := a.Update(held); err != nil {
		t.Fatal(err)
	}
	n.run(20*s, a, b)
	if st := a.Stats(); st.Unheard != 0 || st.Silent != 0 || st.Quiet != 0 {
		t.Errorf("on hold: unheard for %v, nothing for %v, quiet for %v", st.Unheard, st.Silent, st.Quiet)
	}
}

// TestReportsThatStayAwaySayNothing is a firewall that lets the sound through and RTCP not.
func TestReportsThatStayAwaySayNothing(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	a.speaks, b.speaks = tone(400), tone(1000)
	send, report := a.cfg.Send, b.cfg.SendRTCP
	a.cfg.SendRTCP, b.cfg.SendRTCP = func([]byte) {}, func([]byte) {}
	n.run(60*s, a, b)
	if st := a.Stats(); st.Unheard != 0 || st.Silent > s {
		t.Errorf("from the beginning: unheard for %v, nothing for %v", st.Unheard, st.Silent)
	}
	// b hears nothing for a while, and says so; then it does again, and its reports stay away.
	a.cfg.Send, b.cfg.SendRTCP = func([]byte) {}, report
	n.run(20*s, a, b)
	if st := a.Stats(); st.Unheard < 5*s {
		t.Errorf("unheard for %v", st.Unheard)
	}
	a.cfg.Send, b.cfg.SendRTCP = send, func([]byte) {}
	n.run(reportsCount+s, a, b)
	if st := a.Stats(); st.Unheard != 0 {
		t.Errorf("without reports: unheard for %v", st.Unheard)
	}
}

func TestAReportThatComesTwiceIsOne(t *testing.T) {
	var e echo
	e.heard(nil, 0, 0)
	e.heard(nil, 200, 5*s)
	e.heard(nil, 200, 5*s+s/50)
	if d := e.deafTo(6 * s); d != 0 {
		t.Errorf("unheard for %v", d)
	}
	e.heard(nil, 400, 10*s)
	if d := e.deafTo(11 * s); d != 11*s {
		t.Errorf("unheard for %v", d)
	}
}

func TestAMicrophoneThatGivesNothingIsSeen(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	b.speaks = tone(1000)
	n.run(11*s, a, b)
	if st := a.Stats(); st.Quiet < 10*s || st.Unheard != 0 {
		t.Errorf("quiet for %v, unheard for %v", st.Quiet, st.Unheard)
	}
	a.Mute(true) // that is known
	n.run(11*s, a, b)
	if st := a.Stats(); st.Quiet != 0 {
		t.Errorf("muted, and quiet for %v", st.Quiet)
	}
	a.Mute(false)
	a.speaks = func(i int) float64 { return 0.001 * float64(i%2) } // a quiet room
	n.run(11*s, a, b)
	if st := a.Stats(); st.Quiet != 0 {
		t.Errorf("a quiet room is quiet for %v", st.Quiet)
	}
}
