package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/crm"
	"leadline/ui/desk"
)

// newsBench is notifications by a choice that a test changes. The test draws them by itself: they are not started.
type newsBench struct {
	*testing.T
	n      *callNotices
	d      *fakeDesktop
	wanted NoticeChoice
	did    []string
}

func newNewsBench(t *testing.T) *newsBench {
	b := &newsBench{T: t, d: &fakeDesktop{}}
	news := &deskNews{dial: func(to, account string) { b.did = append(b.did, "dial "+to+" over "+account) }, open: func() { b.did = append(b.did, "missed calls") }}
	b.n = newCallNotices(b.d, 0, func() NoticeChoice { return b.wanted }, news)
	return b
}

// saw is what the desktop was told since it was asked last.
func (b *newsBench) saw(want ...string) {
	b.Helper()
	got := b.d.all()
	b.d.mu.Lock()
	b.d.seen = nil
	b.d.mu.Unlock()
	if !slices.Equal(got, want) {
		b.Errorf("the desktop saw\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func missedSample() desk.Call {
	c := sample("known")
	c.State, c.Outcome, c.Account = desk.Ended, desk.Missed, "Office"
	c.Party.Dial = "+493020948812"
	return c
}

func TestAMissedCallIsToldOnceAndCalledBack(t *testing.T) {
	b := newNewsBench(t)
	missed := missedSample()
	loading := missed
	loading.Card = desk.Card{Loading: true}
	b.n.draw(desk.Snapshot{Calls: []desk.Call{loading}})
	b.saw()
	b.n.draw(desk.Snapshot{Calls: []desk.Call{missed}})
	b.n.draw(desk.Snapshot{Calls: []desk.Call{missed}, Missed: 1})
	b.saw("show missed 1: Missed: Jürgen Müller-Lüdenscheidt (Meier GmbH · 030 2094 8812 · Head office) default,call back")
	if !b.n.pressed("missed 1", "call back") || !b.n.pressed("missed 1", "default") || b.n.pressed("1", "answer") {
		t.Error("the wrong buttons are its own")
	}
	if want := []string{"dial +493020948812 over Office", "missed calls"}; !slices.Equal(b.did, want) {
		t.Errorf("its buttons did %q", b.did)
	}
	b.n.draw(desk.Snapshot{Missed: 1})
	b.saw()
	b.n.draw(desk.Snapshot{}) // a colleague has called back
	b.saw("close missed 1")
}

func TestMessagesAreToldWhenThereAreMore(t *testing.T) {
	b := newNewsBench(t)
	with := func(n int) desk.Snapshot {
		return desk.Snapshot{Mailboxes: []desk.Mailbox{{Account: "Office", New: n, Call: "*97"}}}
	}
	b.n.draw(with(2))
	b.n.draw(with(2))
	b.n.draw(with(1))
	b.saw("show mailbox Office: 2 new messages (Office) listen")
	b.n.draw(with(2))
	b.n.draw(desk.Snapshot{})
	b.n.draw(with(0)) // a PBX that does not count
	b.saw("show mailbox Office: 2 new messages (Office) listen", "show mailbox Office: Messages in the mailbox (Office) listen")
	b.n.pressed("mailbox Office", "listen")
	if want := []string{"dial *97 over Office"}; !slices.Equal(b.did, want) {
		t.Errorf("it did %q", b.did)
	}
}

func TestWhatIsNotWantedIsNotTold(t *testing.T) {
	b := newNewsBench(t)
	b.wanted = NoticeChoice{NoCalls: true, NoMissed: true, NoMessages: true, NoFollowUps: true}
	b.n.draw(desk.Snapshot{Calls: []desk.Call{sample("withheld"), missedSample()}, Mailboxes: []desk.Mailbox{{Account: "Office", New: 1}}})
	b.n.tellDue([]crm.FollowUpRow{{Name: "Meier"}}, nil)
	if len(b.n.due) > 0 {
		t.Error("a follow-up is to be told that nobody wants to hear of")
	}
	b.wanted = NoticeChoice{}
	b.n.draw(desk.Snapshot{Calls: []desk.Call{missedSample()}, Mailboxes: []desk.Mailbox{{Account: "Office", New: 1}}})
	b.saw() // what was not wanted when it came is not told later
}

func TestNotificationsWaitWhileOneTalks(t *testing.T) {
	b := newNewsBench(t)
	talk := sample("talk")
	waiting := sample("withheld")
	calls := []desk.Call{talk, waiting, missedSample()}
	b.n.draw(desk.Snapshot{Calls: calls})
	b.saw("show 5: Number withheld (Head office) answer,decline",
		"show missed 1: Missed: Jürgen Müller-Lüdenscheidt (Meier GmbH · 030 2094 8812 · Head office) default,call back")

	b = newNewsBench(t)
	b.wanted.QuietInCall = true
	b.n.draw(desk.Snapshot{Calls: calls})
	b.saw()
	talk.State = desk.Ended
	b.n.draw(desk.Snapshot{Calls: []desk.Call{talk, waiting}})
	b.saw("show 5: Number withheld (Head office) answer,decline",
		"show missed 1: Missed: Jürgen Müller-Lüdenscheidt (Meier GmbH · 030 2094 8812 · Head office) default,call back")
}

// dueCustomers has follow-ups, the longest overdue first.
type dueCustomers struct {
	Customers
	rows  []crm.FollowUpRow
	lists int
	fail  error
}

func (c *dueCustomers) FollowUpCount(_ context.Context, before time.Time) (n int, err error) {
	for _, f := range c.rows {
		if f.Due.Before(before) {
			n++
		}
	}
	return n, c.fail
}

func (c *dueCustomers) FollowUpList(_ context.Context, q crm.Query) (crm.FollowUpPage, error) {
	c.lists++
	return crm.FollowUpPage{Rows: c.rows[q.Offset:min(len(c.rows), q.Offset+q.Limit)]}, nil
}

func TestAFollowUpIsToldWhenItsTimeComes_H3(t *testing.T) {
	at := func(minutes int, name string) crm.FollowUpRow {
		return crm.FollowUpRow{FollowUp: crm.FollowUp{ID: crm.ID(name), Due: mainNow.Add(time.Duration(minutes) * time.Minute), Ref: crm.Ref{Kind: crm.KindContact, ID: "7"}}, Name: name}
	}
	c := &dueCustomers{rows: []crm.FollowUpRow{at(-60, "overdue"), at(3, "Meier"), at(4, "Groß"), at(30, "later")}}
	w := dueWatch{file: c, last: mainNow}
	var told []string
	for m := 1; m < 10; m++ {
		if m == 2 {
			c.fail = errors.New("the disk is away")
		}
		rows, err := w.at(t.Context(), mainNow.Add(time.Duration(m)*time.Minute+time.Second))
		if (err != nil) != (m == 2) {
			t.Error(err)
		}
		c.fail = nil
		for _, r := range rows {
			told = append(told, r.Name)
		}
	}
	if want := []string{"Meier", "Groß"}; !slices.Equal(told, want) || c.lists != 2 {
		t.Errorf("told %q with %d lists read, want %q with 2", told, c.lists, want)
	}

	b := newNewsBench(t)
	b.n.start()
	t.Cleanup(b.n.close)
	var opened desk.Ref
	b.n.tellDue([]crm.FollowUpRow{at(3, "Meier")}, func(r desk.Ref) { opened = r })
	for range 10_000 {
		if len(b.d.all()) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	b.saw("show follow-up Meier: Call back (Meier) default")
	b.n.pressed("follow-up Meier", "default")
	if opened != (desk.Ref{Kind: desk.Contact, ID: "7"}) {
		t.Errorf("it opens %+v", opened)
	}
}

func TestNotificationsAreChosenInTheSettings(t *testing.T) {
	b := fullBench(t)
	b.m.ShowSettings(settingsNotices)
	b.settle()
	b.shot("settings-notices")
	b.tap("check", "Calls that I missed here")
	b.tap("check", "Quiet while I talk")
	b.choose("select", "Volume of the ringtone", "40%")
	if want := (NoticeChoice{NoMissed: true, QuietInCall: true, RingVolume: 40}); b.settings.notices != want {
		t.Errorf("kept %+v, want %+v", b.settings.notices, want)
	}
	b.tap("check", "Calls that I missed here")
	if b.settings.notices.NoMissed {
		t.Error("it can't be had back")
	}
	b.settings.saveErr = errors.New("the disk is full")
	b.tap("check", "Messages in the mailbox")
	if !b.says("The choice could not be kept: the disk is full") || b.widget("check", "Messages in the mailbox").Value() != "on" {
		t.Error("a choice that was not kept is shown as kept")
	}
}

func TestTheNotificationsPageIsInGerman(t *testing.T) {
	b := newMainBench(t, fullDesk(), &mainSettings{accounts: oneAccount}, Look{"de", "dark"})
	b.m.Window().Resize(fyne.NewSize(900, 600))
	b.m.ShowSettings(settingsNotices)
	b.settle()
	b.shot("settings-notices-de-dark-900")
	if !b.says("Benachrichtigungen") {
		t.Error("no German title")
	}
}
