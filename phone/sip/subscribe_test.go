package sip

import (
	"log/slog"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// A NOTIFY that arrives while the next SUBSCRIBE is written: each wants what the other holds, and the whole account stood still.
func TestANotifyComesWhileASubscribeIsWritten(t *testing.T) {
	s := &Stack{log: slog.New(slog.DiscardHandler), local: netip.MustParseAddrPort("127.0.0.1:5060")}
	s.acc.user, s.acc.host, s.acc.transport = "101", "pbx.example", "udp"
	sub := &Subscription{stack: s, target: s.addressOfRecord(), event: "dialog"}
	sub.dialog.callID, sub.dialog.localTag = "watch@test", "ours"
	s.subscriptions = []*Subscription{sub}
	notify := sip.NewRequest(sip.NOTIFY, sub.target)
	to := &sip.ToHeader{Address: sub.target, Params: sip.NewParams()}
	to.Params.Add("tag", "ours")
	notify.AppendHeader(to)
	id := sip.CallIDHeader("watch@test")
	notify.AppendHeader(&id)

	var both sync.WaitGroup
	both.Go(func() {
		for range 20_000 {
			sub.request(time.Minute)
		}
	})
	both.Go(func() {
		for range 20_000 {
			if s.subscription(notify) != sub {
				t.Error("the NOTIFY belongs to no subscription")
				return
			}
		}
	})
	done := make(chan struct{})
	go func() { both.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("both wait for each other")
	}
}

// What a listener does with a NOTIFY doesn't hold up the subscription for ever.
func TestASubscriptionOutlivesAListenerThatPanics(t *testing.T) {
	s := &Stack{log: slog.New(slog.DiscardHandler), local: netip.MustParseAddrPort("127.0.0.1:5060")}
	s.acc.user, s.acc.host, s.acc.transport = "101", "pbx.example", "udp"
	sub := &Subscription{stack: s, target: s.addressOfRecord(), event: "dialog", told: func(Notice) { panic("boom") }}
	notify := sip.NewRequest(sip.NOTIFY, sub.target)
	notify.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: sip.NOTIFY})
	notify.SetBody([]byte("x"))
	func() {
		defer func() { _ = recover() }()
		sub.tell(notify, "theirs")
		t.Error("it was not told")
	}()
	asked := make(chan struct{})
	go func() { sub.request(time.Minute); close(asked) }()
	select {
	case <-asked:
	case <-time.After(30 * time.Second):
		t.Fatal("the next SUBSCRIBE waits for ever")
	}
}
