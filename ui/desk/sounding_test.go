package desk

import (
	"testing"
	"time"

	"leadline/crm"
	"leadline/phone"
)

func TestTroubleWithTheSoundIsSaidAndKept(t *testing.T) {
	const number = "00491761234567"
	d := newDesk(t)
	d.ring("1", number)
	d.answered("1", number)
	talking := func(s phone.Stats) {
		d.change("1", number, func(c *phone.Call) {
			c.State, c.Answered, c.Stats = phone.Active, d.at.Add(5*time.Second), s
		})
	}
	for trouble, want := range map[phone.Trouble]string{
		phone.NothingHeard:     "You hear nothing: nothing has reached us for {n} s",
		phone.NotHeardThere:    "They can't hear you: nothing has arrived there for {n} s",
		phone.MicrophoneSilent: "They can't hear you: microphone silent for {n} s",
		phone.NoTrouble:        "",
	} {
		talking(phone.Stats{Trouble: trouble, TroubleFor: 20 * time.Second})
		c := d.call("trouble "+trouble.String(), func(c Call) bool { return c.State == Talking && c.Trouble.Key == want })
		if want != "" && c.Trouble.Args["n"] != "20" {
			t.Errorf("%s: %v", want, c.Trouble.Args)
		}
	}
	for want, p := range map[string]phone.Call{
		"Still on hold: the other side does not answer": {State: phone.HeldHere, HoldFailed: phone.HoldUnanswered},
		"Not on hold: the other side does not answer":   {State: phone.Active, HoldFailed: phone.HoldUnanswered},
		"Still on hold: the other side refuses":         {State: phone.HeldHere, HoldFailed: phone.HoldRefused},
		"Not on hold: the other side refuses":           {State: phone.HeldThere, HoldFailed: phone.HoldRefused},
		"":                                              {State: phone.Active},
	} {
		d.change("1", number, func(c *phone.Call) { c.State, c.HoldFailed = p.State, p.HoldFailed })
		d.call(want, func(c Call) bool { return c.State == states[p.State] && c.Trouble.Key == want })
	}
	for _, test := range []struct {
		stats phone.Stats
		want  string
	}{
		{phone.Stats{Quality: 4, LossPercent: 8}, ""},
		{phone.Stats{Quality: 2, LossPercent: 7.6}, "{n} % lost 8"},
		{phone.Stats{Quality: 1, RoundTrip: 500 * time.Millisecond, Delay: 100 * time.Millisecond}, "{n} ms delay 350"},
		{phone.Stats{Quality: 1}, ""},
	} {
		talking(test.stats)
		d.call(test.want, func(c Call) bool {
			return int(c.Quality) == test.stats.Quality && (c.WhyPoor.Key == "" && test.want == "" || c.WhyPoor.Key+" "+c.WhyPoor.Args["n"] == test.want)
		})
	}
	d.change("1", number, func(c *phone.Call) {
		c.State, c.Cause, c.Answered, c.Ended = phone.Ended, phone.HungUpThere, d.at.Add(5*time.Second), d.at.Add(time.Minute)
		c.Encryption = "DTLS, AES"
		c.Sounded = &phone.Summary{Codec: "Opus", Time: 50 * time.Second, Received: 2400, Lost: 100, Loss: 0.04, MOS: 3.9, WorstMOS: 2.1,
			Troubles: []phone.Trouble{phone.NotHeardThere}}
	})
	d.call("ended", func(c Call) bool { return c.State == Ended && c.Trouble.Key == "" })
	d.close()
	q := d.lastCall().Call.Quality
	if q == nil || q.Encryption != "DTLS, AES" || q.Codec != "Opus" || q.Lost != 100 || q.Worst != 2.1 || len(q.Troubles) != 1 || q.Troubles[0] != "not-heard-there" {
		t.Errorf("the record says %+v", q)
	}
}

func TestATimelineTellsHowACallSounded(t *testing.T) {
	if viewSounded(nil) != nil {
		t.Error("a call without sound sounded")
	}
	for _, c := range []struct {
		mos  float64
		want Quality
	}{{0, 0}, {1, 1}, {3.1, 2}, {3.6, 3}, {4.4, 4}} {
		got := viewSounded(&crm.SoundQuality{MOS: c.mos, Codec: "PCMA", Loss: 0.01, LossSent: 0.02, Jitter: time.Second, Encryption: "SDES"})
		if want := (Sounded{Quality: c.want, MOS: c.mos, Codec: "PCMA", Loss: 0.02, Jitter: time.Second, Encryption: "SDES"}); *got != want {
			t.Errorf("%v: %+v", c.mos, *got)
		}
	}
}
