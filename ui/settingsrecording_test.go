package ui

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
)

func TestHowCallsAreRecordedIsChosen(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("item", "Recording")
	if err := b.widget("select", "Record calls").(kit.Choosable).Choose("Every call"); err != nil {
		t.Fatal(err)
	}
	b.settle()
	b.tap("check", "Tone as a recording begins")
	if s.recording != (RecordingChoice{Always: true, Beep: true}) {
		t.Errorf("saved %+v", s.recording)
	}
	s.saveErr = errors.New("disk full")
	b.tap("check", "Tone as a recording begins")
	if !b.says("disk full") || b.widget("check", "Tone as a recording begins").(*kit.Check).Value() != "on" {
		t.Error("a choice that could not be kept looks kept")
	}
}

func TestG1HowLongRecordingsAreKeptIsChosenByWhoMayDeleteThem(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, recording: RecordingChoice{Keep: 7}}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("item", "Recording")
	keep := b.widget("select", "Keep recordings").(*kit.Select)
	if keep.Value() != "7 days" {
		t.Errorf("a number of days of the file's shows as %q", keep.Value())
	}
	err := keep.Choose("90 days")
	b.settle()
	if err != nil || s.recording.Keep != 90 {
		t.Errorf("saved %+v, %v", s.recording, err)
	}
	err = keep.Choose("For ever")
	b.settle()
	if err != nil || s.recording.Keep != 0 {
		t.Errorf("saved %+v, %v", s.recording, err)
	}
	s.mayNot = true
	b.tap("item", "About")
	b.tap("item", "Recording")
	if !b.says("Your role does not let you delete recordings, so they are kept.") || keep.Visible() {
		t.Error("it is offered to who may not, or nothing says why not")
	}
}

func TestARecordingIsPlayedFromTheTimeline(t *testing.T) {
	d := fullDesk()
	ref := desk.Ref{Kind: desk.Lead, ID: "1"}
	r := d.records[ref]
	r.Timeline = []desk.Event{{Kind: desk.EventCall, At: mainNow, Outcome: desk.Answered, Recordings: []desk.Recorded{{Name: "gone.flac"}}}}
	d.records[ref] = r
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount}, Look{"en", "light"})
	b.tap("item", "Leads")
	b.tap("button", "Play recording")
	b.waits("The recording cannot be played: no such file")
}

// recordedDesk has a lead with a call that was recorded, and that is known how it sounded.
func recordedDesk() *mainDesk {
	d := fullDesk()
	ref := desk.Ref{Kind: desk.Lead, ID: "1"}
	r := d.records[ref]
	r.Timeline[0].Recordings = []desk.Recorded{{Name: "a.flac"}, {Name: "b.flac"}}
	r.Timeline[0].Sounded = &desk.Sounded{Quality: 3, Codec: "Opus", Loss: 0.0123, Jitter: 14 * time.Millisecond, MOS: 3.84, Encryption: "SDES, AES_CM_128_HMAC_SHA1_80"}
	d.records[ref] = r
	return d
}

// recordedPlayer plays a minute in which we speak first, then they, then nobody.
func recordedPlayer() *mainPlayer {
	return &mainPlayer{shape: RecordingShape{Length: time.Minute, Ours: []uint8{200, 90, 3, 0, 0, 0}, Theirs: []uint8{0, 20, 180, 120, 0, 0}}}
}

func TestARecordingIsPlayedSoughtAndPausedInTheTimeline_H3(t *testing.T) {
	p := recordedPlayer()
	s := &mainSettings{accounts: oneAccount, player: p}
	b := newMainBench(t, recordedDesk(), s, Look{"en", "light"})
	b.tap("item", "Leads")
	if !b.says("Sound: Fair (MOS 3.8) · Opus · 1.2% lost · jitter 14 ms · encrypted (SDES, AES_CM_128_HMAC_SHA1_80)") {
		t.Error("it does not say how the call sounded")
	}
	track := b.widget("slider", "Place in the recording").(*kit.Soundtrack)
	if track.Enabled() {
		t.Error("one can jump in what is not open")
	}
	b.tap("button", "Play recording")
	b.waits("0:00 / 1:00, You")
	p.now(RecordingState{At: 25 * time.Second, Playing: true})
	b.waits("0:25 / 1:00, They")
	track.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	b.waits("0:28 / 1:00")
	track.Tapped(&fyne.PointEvent{Position: fyne.NewPos(track.Size().Width*0.75, 5)})
	b.waits("0:45 / 1:00")
	b.tap("button", "Pause")
	b.tap("button", "Play recording")
	p.now(RecordingState{At: time.Minute, Playing: true, Over: true})
	b.waits("Play recording")
	pumpUntil(t, b.d, func() bool { return !p.State().Playing })
	b.tap("button", "Play recording")
	if got := p.took(); got != "play, seek 28s, seek 45s, pause, play, pause, seek 0s, play" {
		t.Errorf("the player did %s", got)
	}
	p.now(RecordingState{Playing: true, Err: errors.New("the disk is gone")})
	b.waits("The recording cannot be played: the disk is gone")
	b.tap("item", "Contacts")
	pumpUntil(t, b.d, func() bool { return p.State().At == 0 })
	if got := p.took(); got != "pause, close" {
		t.Errorf("leaving the page: the player did %s", got)
	}
}

// Where the file is stands below the player; what is on a colleague's computer alone cannot be played yet.
func TestATimelineSaysWhereARecordingIs(t *testing.T) {
	d := fullDesk()
	ref := desk.Ref{Kind: desk.Lead, ID: "1"}
	r := d.records[ref]
	r.Timeline = nil
	for i, at := range []desk.RecordedAt{desk.RecordedWaiting, desk.RecordedShared, desk.RecordedAway} {
		r.Timeline = append(r.Timeline, desk.Event{Kind: desk.EventCall, At: mainNow, Outcome: desk.Answered,
			Recordings: []desk.Recorded{{Call: desk.CallID(string(rune('a' + i))), Name: "a.flac", At: at}}})
	}
	d.records[ref] = r
	b := newMainBench(t, d, &mainSettings{accounts: oneAccount, player: recordedPlayer()}, Look{"en", "light"})
	b.tap("item", "Leads")
	for _, words := range []string{"On this computer, on its way to the server", "On the server", "On a colleague's computer, not on the server yet"} {
		if !b.says(words) {
			t.Errorf("it does not say %q", words)
		}
	}
	players := b.m.pages[pageLeads].(*listPage).detail.players
	for _, e := range r.Timeline {
		one := players.Of(e.Recordings[0])
		if one.button.Enabled() != (one.file.At != desk.RecordedAway) {
			t.Errorf("at %d it can be played: %t", one.file.At, one.button.Enabled())
		}
	}
}

// Why a recording of the server's cannot be had is said in words.
func TestWhyARecordingCannotBeHeardIsSaid_G2(t *testing.T) {
	err := error(&TestFailure{Why: desk.Text{Key: "Your role does not let you listen to it"}, Detail: "forbidden"})
	if words := reasonOf(fmt.Errorf("fetch: %w", err)); words != "Your role does not let you listen to it" {
		t.Errorf("said %q", words)
	}
}

func TestARecordingIsSavedElsewhere(t *testing.T) {
	s := &mainSettings{accounts: oneAccount, player: recordedPlayer()}
	b := newMainBench(t, recordedDesk(), s, Look{"en", "light"})
	b.tap("item", "Leads")
	player := b.m.pages[pageLeads].(*listPage).detail.players.Of(desk.Recorded{Name: "a.flac"})
	s.saveErr = errors.New("no room")
	player.copyTo("/tmp/x.flac")
	b.waits("The file could not be written: no room")
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.copied != "a.flac /tmp/x.flac" {
		t.Errorf("copied %q", s.copied)
	}
}

func TestTheReportOfTheLastCallsIsCopied(t *testing.T) {
	s := &mainSettings{accounts: oneAccount}
	b := newMainBench(t, fullDesk(), s, Look{"en", "light"})
	b.tap("item", "Settings")
	b.tap("item", "About")
	b.tap("button", "Copy report of the last calls")
	if got := b.m.opt.App.Clipboard().Content(); got != "how the last calls went" || !b.says("Copied. Paste it into a letter to your network's administrator.") {
		t.Errorf("copied %q", got)
	}
	s.saveErr = errors.New("no memory")
	b.tap("button", "Copy report of the last calls")
	if !b.says("The report could not be made: no memory") {
		t.Error("the failure is not said")
	}
}
