package ui

import (
	"context"
	"slices"
	"strconv"
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
	Keep   int  // days after which the file is removed; 0: never
}

// RecordingSettings is what the page about recordings asks of the program.
type RecordingSettings interface {
	Recording() RecordingChoice
	// SaveRecording is used for recordings that begin from now on.
	SaveRecording(RecordingChoice) error
	// MayDeleteRecordings tells whether the roles of who works here let recordings be deleted
	// (requirements.md G1); where not, they are kept.
	MayDeleteRecordings() bool
	Recordings
}

// Recordings are the sound of calls.
type Recordings interface {
	// OpenRecording makes a recording ready to be played. It waits for the disk: call it on a
	// goroutine of your own, and for the server where the file isn't here. The error says that
	// it isn't there, is none, or may not be heard; a *TestFailure does in words.
	OpenRecording(ctx context.Context, r desk.Recorded) (RecordingPlayer, error)
	// RecordingLength is how long a recording on this computer is. It waits for the disk, and a moment for the end of one that
	// is being written.
	RecordingLength(ctx context.Context, r desk.Recorded) (time.Duration, error)
	// CopyRecording writes a recording to another file, whole or not at all. It waits for the disk.
	CopyRecording(ctx context.Context, r desk.Recorded, to string) error
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
	keep  *kit.Select
	kept  *kit.Prose // why it can't be chosen how long
	error *kit.Prose
}

// keepDays are offered; the file with the settings may have any other number.
var keepDays = []int{0, 30, 90, 180, 365}

func keepOptions(chosen int) []kit.Option {
	days := keepDays
	if !slices.Contains(days, chosen) {
		days = append(slices.Clone(days), chosen)
	}
	var options []kit.Option
	for _, d := range days {
		label := text.T("For ever")
		if d > 0 {
			label = text.Tn(d, "{n} day", "{n} days")
		}
		options = append(options, kit.Option{ID: strconv.Itoa(d), Label: label})
	}
	return options
}

// newSettingsRecording makes it; company shows where it is set how long the company keeps recordings, nil for nowhere.
func newSettingsRecording(opt MainOptions, company func()) *settingsRecordingView {
	v := &settingsRecordingView{opt: opt}
	change := func(put func(*RecordingChoice)) {
		save := func() error {
			c := opt.Settings.Recording()
			put(&c)
			return opt.Settings.SaveRecording(c)
		}
		keepChoice(opt, save, func(err error) {
			v.error.SetText(notKept(err))
			setShown(v.error, err != nil)
			v.Enter()
		})
	}
	v.calls = kit.NewSegmented("Record calls", []kit.Option{
		{ID: recordByHand, Key: text.Key("By hand only")}, {ID: recordAlways, Key: text.Key("Every call")},
	}, func(id string) { change(func(c *RecordingChoice) { c.Always = id == recordAlways }) })
	v.beep = kit.NewCheck("Tone as a recording begins", func(on bool) { change(func(c *RecordingChoice) { c.Beep = on }) }).
		WithHelp("Both sides hear it.")
	v.keep = kit.NewBareSelect("Keep recordings", keepOptions(0), func(id string) {
		days, _ := strconv.Atoi(id) // ours
		change(func(c *RecordingChoice) { c.Keep = days })
	})
	v.kept = kit.NewProse("Your role does not let you delete recordings, so they are kept.", kit.Quiet)
	v.error = kit.NewProseData("", kit.Secondary.In(theme.DangerText))
	v.error.Hide()
	ofCompany := kit.Stack()
	if company != nil {
		ofCompany.Add(settingsRow("Recordings of the company", kit.Column(4, kit.Row(0, kit.NewButton("CRM mode", kit.Link, company), kit.Spacer()),
			kit.NewProse("There it is set how long the server and all computers keep them.", kit.Quiet))))
	}
	v.box = kit.Column(0, settingsTitle("Recording"), kit.Grow(kit.Scroll(kit.Pad(20, 24, 20, 24, kit.Column(20,
		settingsRow("Record calls", kit.Column(6, kit.Row(0, v.calls, kit.Spacer()),
			kit.NewProse("In many countries the other side has to agree before a call is recorded. A recording can be paused in the call window, for a card number, say.", kit.Quiet))),
		settingsRow("Announcement", v.beep),
		settingsRow("Keep recordings", kit.Column(6, kit.Row(0, kit.Sized(200, 0, v.keep), kit.Spacer()), v.kept,
			kit.NewProse("What is older is removed from this computer. Recordings of a person whose data is erased are removed too.", kit.Quiet))),
		ofCompany, v.error)))))
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
	may := v.opt.Settings.MayDeleteRecordings()
	v.keep.SetOptions(keepOptions(c.Keep))
	v.keep.SetChosen(strconv.Itoa(c.Keep))
	setShown(v.keep, may)
	setShown(v.kept, !may)
}

// Leave does nothing.
func (v *settingsRecordingView) Leave() {}

// Draw does nothing: how calls are recorded is in no snapshot.
func (v *settingsRecordingView) Draw(desk.Snapshot) {}
