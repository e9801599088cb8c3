package phone_test

import (
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// A far end that is held, and gone without a BYE, is not held for ever. One that is there is left alone, whatever it
// thinks of the question.
func TestTheFarEndOfAHeldCallIsAskedWhetherItIsThere(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		asked, invited int // how OPTIONS and the re-INVITE after it are answered; 0: they aren't
		cause          phone.Cause
		code           int
	}{
		"it is there":                         {200, 0, phone.NotEnded, 0},
		"it is there, and refuses OPTIONS":    {405, 0, phone.NotEnded, 0},
		"it is there, and loses OPTIONS":      {481, 200, phone.NotEnded, 0},
		"it has lost the call":                {481, 481, phone.Failed, 481},
		"it is gone":                          {0, 0, phone.MediaLost, 408},
		"a proxy in between says it is gone":  {408, 408, phone.Failed, 408},
		"it is there, and answers no OPTIONS": {0, 200, phone.NotEnded, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d := newDesk(t, pbx, calm, func(c *phone.Config, _ *phone.Account) { c.Timing.MediaAlive = 300 * time.Millisecond }).registered()
			caller := pbx.NewCall()
			caller.Invite(siptest.SDP(4000))
			c := d.rings()
			d.do(d.Answer(c.ID))
			caller.Answered("")
			d.do(d.Hold(c.ID, true))
			caller.Reply(caller.Expect("INVITE"), 200, "OK", siptest.SDP(4000, "a=recvonly"))
			caller.Expect("ACK")
			d.state(phone.HeldHere)
			var asked, invited atomic.Int32
			var last atomic.Int64 // between the last two questions
			before := time.Now()
			pbx.Handle(func(m siptest.Message) bool {
				if m.Get("Call-ID") != caller.ID {
					return false
				}
				switch m.Method() {
				case "OPTIONS":
					asked.Add(1)
					last.Store(int64(time.Since(before)))
					before = time.Now()
					if tt.asked != 0 {
						pbx.Send(m.From, m.Response(tt.asked, "Whatever", "", ""))
					}
				case "INVITE":
					invited.Add(1)
					if tt.invited == 200 {
						pbx.Reply(m, 200, "OK", siptest.SDP(4000, "a=recvonly"))
					} else if tt.invited != 0 {
						pbx.Reply(m, tt.invited, "Whatever", "")
					}
				case "BYE":
					pbx.Reply(m, 200, "OK", "")
				default:
					return false
				}
				return true
			})
			if tt.cause != phone.NotEnded {
				if end := d.ended(tt.cause); end.SIPCode != tt.code {
					t.Errorf("ended with %d %s", end.SIPCode, end.SIPReason)
				}
				return
			}
			if tt.asked == 481 {
				d.eventually("it is asked less and less often", func() bool { return asked.Load() >= 4 })
				if rest := time.Duration(last.Load()); rest < 2*time.Second {
					t.Errorf("asked for the fourth time after %s", rest)
				}
			}
			d.eventually("it is asked more than once", func() bool { return asked.Load() >= 2 && (tt.invited == 0 || invited.Load() >= 1) })
			if tt.invited == 0 && invited.Load() != 0 {
				t.Error("it was disturbed")
			}
			if got := d.last(c.ID).State; got != phone.HeldHere {
				t.Errorf("the call is %s", got)
			}
			pbx.Handle(nil)
			stillWorks(t, d, caller, c)
		})
	}
}
