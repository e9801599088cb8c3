package phone_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/siptest"
)

// sleeper is a phone whose machine can be put to sleep: no timer runs on meanwhile, only the clock on the wall.
func sleeper(t *testing.T, pbx *siptest.Peer, change ...func(*phone.Config, *phone.Account)) (d *desk, sleep func(time.Duration)) {
	var ahead atomic.Int64
	wall := func(c *phone.Config, _ *phone.Account) {
		c.Wall = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}
	return newDesk(t, pbx, append(change, wall)...), func(span time.Duration) { ahead.Add(int64(span)) }
}

// The far end has hung up while the lid was closed, and nobody has told us; or it is still there.
func TestAfterASleepTheFarEndIsAskedWhetherItIsStillThere(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]struct {
		reply func(*siptest.Call, siptest.Message)
		state phone.CallState
	}{
		"gone":        {func(c *siptest.Call, m siptest.Message) { c.Reply(m, 481, "Call Does Not Exist", "") }, phone.Ended},
		"still there": {func(c *siptest.Call, m siptest.Message) { c.Reply(m, 200, "OK", siptest.SDP(4000)) }, phone.Active},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pbx := siptest.New(t)
			d, sleep := sleeper(t, pbx)
			d.registered()
			caller := pbx.NewCall()
			caller.Invite(siptest.SDP(4000))
			c := d.rings()
			d.do(d.Answer(c.ID))
			caller.Answered("")
			d.state(phone.Active)
			sleep(time.Hour)
			again := caller.Expect("INVITE")
			if !strings.Contains(again.Body, "a=sendrecv") {
				t.Errorf("asked with\n%s", again.Body)
			}
			answer.reply(caller, again)
			caller.Expect("ACK")
			d.eventually(answer.state.String(), func() bool { return d.last(c.ID).State == answer.state })
		})
	}
}

// Nobody waits at the other end any more: it doesn't ring on at whoever opens the lid, and nobody is called anew.
func TestACallThatRangBeforeASleepIsOver(t *testing.T) {
	t.Parallel()
	t.Run("incoming", func(t *testing.T) {
		t.Parallel()
		pbx := siptest.New(t)
		d, sleep := sleeper(t, pbx)
		d.registered()
		caller := pbx.NewCall()
		caller.Invite(siptest.SDP(4000))
		c := d.rings()
		sleep(10 * time.Second)
		if m, refused := caller.Await("480", 200*time.Millisecond); refused {
			t.Errorf("a caller who may still be there is refused: %s", m.Start)
		}
		sleep(time.Hour)
		caller.Refused(480)
		d.ended(phone.Missed)
		if got := d.last(c.ID).SIPReason; !strings.Contains(got, "slept") {
			t.Errorf("%q", got)
		}
	})
	t.Run("outgoing", func(t *testing.T) {
		t.Parallel()
		pbx := siptest.New(t)
		d, sleep := sleeper(t, pbx)
		d.registered()
		_, invite := dialled(t, d, pbx, "102")
		sleep(time.Hour)
		pbx.Reply(pbx.Expect("CANCEL"), 200, "OK", "")
		pbx.Reply(invite, 487, "Request Terminated", "")
		d.ended(phone.Failed)
		if m, again := pbx.Await("INVITE", 200*time.Millisecond); again {
			t.Errorf("called anew: %s", m.Start)
		}
	})
}

// The PBX has forgotten who is watched, while our timer of an hour stood still.
func TestLampsAreAskedForAnewAfterASleep(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d, sleep := sleeper(t, pbx, func(c *phone.Config, a *phone.Account) { c.Lamps, a.Watch = &lit{}, []string{"102"} })
	d.registered()
	first := pbx.Expect("SUBSCRIBE")
	pbx.Reply(first, 200, "OK", "", "Expires: 3600")
	sleep(2 * time.Hour)
	again := pbx.Expect("SUBSCRIBE")
	if again.Get("Call-ID") != first.Get("Call-ID") {
		t.Errorf("not the same subscription")
	}
	pbx.Reply(again, 481, "Subscription Does Not Exist", "")
	if anew := pbx.Expect("SUBSCRIBE"); anew.Get("Call-ID") == first.Get("Call-ID") {
		t.Error("the PBX is asked for what it has forgotten")
	}
}

// waitsLong is for a phone that tries again only after a long time, so that an answer may be as late as a busy machine makes it.
func waitsLong(c *phone.Config, _ *phone.Account) {
	c.Timing.RetryMin, c.Timing.RetryMax, c.Timing.Answer = time.Hour, time.Hour, siptest.Patience
}

func (d *desk) retries() {
	d.t.Helper()
	d.eventually("retrying", func() bool { return d.Registrations()[0].State == phone.Retrying })
}

func TestAMachineThatWakesTriesAtOnce(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var there atomic.Bool
	registrar(pbx, func(_ int, m siptest.Message) {
		if there.Load() {
			accept(pbx, m, "300")
			return
		}
		pbx.Send(m.From, m.Response(503, "Service Unavailable", "r", ""))
	})
	d, sleep := sleeper(t, pbx, waitsLong)
	d.retries()
	there.Store(true)
	sleep(time.Hour)
	d.registered()
}

// networkOf gives the phone a network as local says: which address of this machine, if any, leads to another.
func networkOf(local func(to string) (string, error)) func(*phone.Config, *phone.Account) {
	return func(c *phone.Config, a *phone.Account) {
		a.Bind = "0.0.0.0:0"
		c.LocalAddr = func(_ context.Context, to string) (netip.Addr, error) {
			at, err := local(to)
			if err != nil {
				return netip.Addr{}, err
			}
			return netip.ParseAddr(at)
		}
	}
}

var errNoNetwork = errors.New("network is unreachable")

// A network that has IPv6 only is one, too.
func TestANetworkOfIPv6OnlyIsNoticed(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var there atomic.Bool
	d := newDesk(t, pbx, waitsLong, networkOf(func(to string) (string, error) {
		switch {
		case !there.Load() || strings.HasPrefix(to, "192.0.2."):
			return "", errNoNetwork
		case strings.HasPrefix(to, "["):
			return "2001:db8::2", nil
		}
		return "127.0.0.1", nil
	}))
	d.retries()
	there.Store(true)
	d.registered()
}

// The network comes while a try fails that has begun before: what is told of the failure is old already.
func TestANetworkThatComesDuringATryIsNoticed(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	var there atomic.Bool
	d := newDesk(t, pbx, waitsLong, networkOf(func(to string) (string, error) {
		if !there.Load() {
			there.Store(to == pbx.Addr())
			return "", errNoNetwork
		}
		return "127.0.0.1", nil
	}))
	d.registered()
	if all := d.registrations(); all[1].State != phone.Retrying {
		t.Errorf("the first try has not failed: %+v", all)
	}
}
