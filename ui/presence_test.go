package ui

import (
	"context"
	"strings"
	"testing"
	"time"

	"leadline/ui/desk"
)

func (d *mainDesk) Available() { d.did = append(d.did, "available") }
func (d *mainDesk) Away()      { d.did = append(d.did, "away") }
func (d *mainDesk) DoNotDisturb(until time.Time) {
	d.did = append(d.did, "quiet until "+until.Format("02 15:04"))
}
func (d *mainDesk) ForwardAll(target string) { d.did = append(d.did, "forward to "+target) }
func (d *mainDesk) MaySendOn(_ context.Context, target string) error {
	if d.sendOn == nil {
		return nil
	}
	return d.sendOn(target)
}

func TestPresenceIsToldInWords(t *testing.T) {
	fullBench(t) // for the language
	for _, c := range []struct {
		is    desk.Presence
		words string
	}{
		{desk.Presence{}, "Available"},
		{desk.Presence{Away: true}, "Away"},
		{desk.Presence{Quiet: true}, "Do not disturb"},
		{desk.Presence{Quiet: true, Until: mainNow.Add(time.Hour)}, "Do not disturb until 11:44"},
		{desk.Presence{Quiet: true, Until: nextMorning(mainNow)}, "Do not disturb until Tue 08:00"},
		{desk.Presence{Forward: "102"}, "Calls go on to 102"},
	} {
		if it := presenceStatus(c.is, mainNow); it.words != c.words {
			t.Errorf("%+v: %q, want %q", c.is, it.words, c.words)
		}
	}
}

func TestPresenceIsChosenInTheStrip(t *testing.T) {
	b := fullBench(t)
	b.desk.did = nil
	for _, choice := range []string{"Do not disturb for 30 minutes", "Do not disturb for an hour", "Do not disturb until Tue 08:00", "Do not disturb until I end it", "Away (calls still ring here)", "Available"} {
		b.tap("item", "Presence")
		b.tap("item", choice)
	}
	want := "quiet until 23 11:14, quiet until 23 11:44, quiet until 24 08:00, quiet until 01 00:00, away, available"
	if got := strings.Join(b.desk.did, ", "); got != want {
		t.Errorf("did %s\nwant %s", got, want)
	}
}

func TestCallsAreSentOnFromTheStrip(t *testing.T) {
	b := fullBench(t)
	b.desk.did = nil
	b.tap("item", "Presence")
	b.tap("button", "Send on")
	b.type_("Send every call on to", "nobody in particular")
	b.tap("button", "Send on")
	if len(b.desk.did) != 0 {
		t.Errorf("what can't be dialled was taken: %s", b.desk.did)
	}
	if !b.m.layer.PopupOpen() {
		t.Fatal("the popup closed over the mistake")
	}
	b.type_("Send every call on to", "102")
	b.tap("button", "Send on")
	if got := strings.Join(b.desk.did, ", "); got != "forward to 102" {
		t.Errorf("did %s", got)
	}
	if b.m.layer.PopupOpen() {
		t.Error("the popup stays")
	}
}
