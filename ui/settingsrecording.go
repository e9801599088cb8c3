package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/desk"
	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// RecordingChoice is how calls are recorded.
type RecordingChoice struct {
	Always bool // every call, from its answer on; else by hand only
	Beep   bool // both sides hear a tone as a recording begins
}

// RecordingSettings is what the page about recordings asks of the program.
type RecordingSettings interface {
	Recording() RecordingChoice
	// SaveRecording is used for recordings that begin from now on.
	SaveRecording(RecordingChoice) error
	Recordings
}

// Recordings are the files, by the names that their calls know.
type Recordings interface {
	// OpenRecording makes a recording ready to be played. It waits for the disk: call it on a
	// goroutine of your own. The error says that it isn't there, or is none.
	OpenRecording(ctx context.Context, name string) (RecordingPlayer, error)
	// CopyRecording writes a recording to another file, whole or not at all. It waits for the disk.
	CopyRecording(ctx context.Context, name, to string) error
}

// RecordingPlayer plays one recording. All but Close return at once.
type RecordingPlayer interface {
	Shape() RecordingShape
	Play()
	Pause()
	Seek(to time.Duration)
	State() RecordingState
	Close()
}

// RecordingShape is how long a recording is, and who speaks when.
type RecordingShape struct {
	Length       time.Duration
	Ours, Theirs []uint8 // how loud, 0..255, in even steps
}

// RecordingState is where a player stands.
type RecordingState struct {
	At      time.Duration
	Playing bool
	Over    bool
	Err     error // why it can't go on
}

const (
	recordByHand = "hand"
	recordAlways = "always"
)

// settingsRecordingView chooses how calls are recorded.
type settingsRecordingView struct {
	opt   MainOptions
	box   *fyne.Container
	calls *kit.Segmented
	beep  *kit.Check
	error *kit.Prose
}

func newSettingsRecording(opt MainOptions) *settingsRecordingView {
	v := &settingsRecordingView{opt: opt}
	change := func(put func(*RecordingChoice)) {
		c := opt.Settings.Recording()
		put(&c)
		v.error.Hide()
		if err := opt.Settings.SaveRecording(c); err != nil {
			v.error.SetText(text.T("The choice could not be kept: {reason}", "reason", err.Error()))
			v.error.Show()
		}
		v.Enter()
	}
	v.calls = kit.NewSegmented("Record calls", []kit.Option{
		{ID: recordByHand, Key: text.Key("By hand only")}, {ID: recordAlways, Key: text.Key("Every call")},
	}, func(id string) { change(func(c *RecordingChoice) { c.Always = id == recordAlways }) })
	v.beep = kit.NewCheck("Tone as a recording begins", func(on bool) { change(func(c *RecordingChoice) { c.Beep = on }) }).
		WithHelp("Both sides hear it.")
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	v.box = kit.Column(0, settingsTitle("Recording"), kit.Pad(20, 24, 20, 24, kit.Column(20,
		settingsRow("Record calls", kit.Column(6, kit.Row(0, v.calls, kit.Spacer()),
			kit.NewProse("In many countries the other side has to agree before a call is recorded. A recording can be paused in the call window, for a card number, say.", kit.Quiet))),
		settingsRow("Announcement", v.beep), v.error)))
	v.Enter()
	return v
}

// Object is the view.
func (v *settingsRecordingView) Object() fyne.CanvasObject { return v.box }

// Enter shows what is chosen.
func (v *settingsRecordingView) Enter() {
	c := v.opt.Settings.Recording()
	id := recordByHand
	if c.Always {
		id = recordAlways
	}
	v.calls.SetChosen(id)
	v.beep.SetOn(c.Beep)
}

// Leave does nothing.
func (v *settingsRecordingView) Leave() {}

// Draw does nothing: how calls are recorded is in no snapshot.
func (v *settingsRecordingView) Draw(desk.Snapshot) {}
