package ui

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"leadline/ui/kit"
	"leadline/ui/text"
	"leadline/ui/theme"
)

// SoundTests are how the page about sound is tried out. All return at once.
type SoundTests interface {
	// ListenToLevels opens microphone and speaker until release is called.
	ListenToLevels() (release func())
	// SoundLevels are how loud they are, 0 to 1; 0 while they are closed.
	SoundLevels() (microphone, speaker float64)
	// Rehearse records for some seconds and plays it; told hears of its steps from any
	// goroutine. stop has to be called in any case.
	Rehearse(told func(Rehearsal)) (stop func())
	// TryRinger rings until stop is called.
	TryRinger() (stop func())
}

// Rehearsal is where a test of microphone and speaker stands.
type Rehearsal struct {
	Step    RehearsalStep
	Loudest float64 // that the microphone heard, 0 to 1
}

// RehearsalStep is what happens in it.
type RehearsalStep int

// The steps, in order.
const (
	RehearsalSpeaking RehearsalStep = iota
	RehearsalListening
	RehearsalOver
)

const (
	meterPace  = 60 * time.Millisecond // how often a meter is drawn
	ringerTry  = 2 * time.Second
	heardLeast = 0.02 // of full scale: less is a microphone that is muted, or the wrong one
)

// soundTestView shows the levels while it is seen, and tries microphone, speaker and ringer.
type soundTestView struct {
	opt      MainOptions
	box      *fyne.Container
	mic      *kit.Meter
	speaker  *kit.Meter
	rehearse *kit.Button
	ring     *kit.Button
	number   *kit.Field // of the PBX's echo
	call     *kit.Button
	said     *kit.StateSentence

	after func(time.Duration, func())
	quit  chan struct{} // ends the meters; nil while they rest
	stops []func()      // of what is being tried
	round int           // of tries; what an earlier one tells no longer counts
}

func newSoundTestView(opt MainOptions) *soundTestView {
	v := &soundTestView{opt: opt, mic: kit.NewMeter("Microphone"), speaker: kit.NewMeter("Speaker")}
	v.after = func(d time.Duration, do func()) { time.AfterFunc(d, do) }
	v.rehearse = kit.NewButton("Test microphone and speaker", kit.Line, v.try).WithIcon(theme.IconMic)
	v.ring = kit.NewButton("Ring", kit.Line, v.tryRinger).WithIcon(theme.IconBell)
	v.number = kit.NewBareField("Number of the PBX's echo test", func(string) { v.callable() }).WithPlaceholder("Number of the PBX's echo test")
	v.number.SetText(opt.Kept.String(prefEchoNumber))
	v.number.OnSubmit(func(string) { v.testCall() })
	v.call = kit.NewButton("Test call", kit.Line, v.testCall).WithIcon(theme.IconHandset)
	v.said = kit.NewStateSentence(kit.Secondary)
	level := func(name text.Key, m *kit.Meter) fyne.CanvasObject {
		return kit.Row(12, kit.Sized(90, 18, kit.NewLabel(name, kit.Secondary)), kit.Sized(218, 18, m), kit.Spacer())
	}
	v.box = kit.Column(8, level(text.Key("Microphone"), v.mic), level(text.Key("Speaker"), v.speaker), kit.Gap(2),
		kit.Row(8, v.rehearse, v.ring, kit.Spacer()), kit.Sized(0, 34, v.said.Container),
		kit.Row(8, kit.Sized(222, 32, v.number), v.call, kit.Spacer()),
		kit.NewProse("You hear yourself with the delay of the network: *43, 600 or 9196 at many a PBX.", kit.Quiet))
	v.rest()
	v.callable()
	return v
}

// Enter starts the meters.
func (v *soundTestView) Enter() {
	if v.quit != nil {
		return
	}
	quit := make(chan struct{})
	v.quit = quit
	release := v.opt.Settings.ListenToLevels()
	go func() {
		defer release()
		_, _ = guardedAsk(context.Background(), quit, v.measure)
	}()
}

// measure has the meters drawn until quit, never faster than the window can.
func (v *soundTestView) measure(_ context.Context, quit chan struct{}) (none struct{}, err error) {
	tick := time.NewTicker(meterPace)
	defer tick.Stop()
	var waits atomic.Bool
	for {
		select {
		case <-quit:
			return none, nil
		case <-tick.C:
		}
		mic, speaker := v.opt.Settings.SoundLevels()
		if waits.Swap(true) {
			continue
		}
		v.opt.Do.Do(func() {
			waits.Store(false)
			if v.quit == quit {
				v.mic.Set(mic)
				v.speaker.Set(speaker)
			}
		})
	}
}

// Leave ends everything.
func (v *soundTestView) Leave() {
	v.stop()
	if v.quit != nil {
		close(v.quit)
		v.quit = nil
	}
	v.mic.Set(0)
	v.speaker.Set(0)
	v.rest()
}

func (v *soundTestView) stop() {
	v.round++
	for _, stop := range v.stops {
		stop()
	}
	v.stops = nil
}

func (v *soundTestView) rest() {
	v.said.Set(text.T("You speak for three seconds, and then hear yourself as others do."), theme.IconInfo, kit.Neutral)
	v.free(true)
}

func (v *soundTestView) free(on bool) {
	v.rehearse.SetEnabled(on, text.T("The test runs"))
	v.ring.SetEnabled(on, text.T("The test runs"))
}

// prefEchoNumber is where the number of the PBX's echo is kept.
const prefEchoNumber = "sound.echo"

// callable lets one call a number that is there.
func (v *soundTestView) callable() {
	_, ok := dialable(v.number.Text())
	v.call.SetEnabled(ok, text.T("Type the number that the PBX has for it"))
}

// testCall calls the PBX's echo as any number is called, and keeps the number for the next time.
func (v *soundTestView) testCall() {
	to, ok := dialable(v.number.Text())
	if !ok {
		return
	}
	v.opt.Kept.SetString(prefEchoNumber, v.number.Text())
	v.opt.Desk.Dial(to, "")
}

// try begins a rehearsal.
func (v *soundTestView) try() {
	v.stop()
	v.free(false)
	v.said.Set(text.T("Speak now"), theme.IconMic, kit.Accent)
	round := v.round
	v.stops = append(v.stops, v.opt.Settings.Rehearse(func(r Rehearsal) {
		v.opt.Do.Do(func() {
			if round == v.round {
				v.rehearsed(r)
			}
		})
	}))
}

func (v *soundTestView) rehearsed(r Rehearsal) {
	switch {
	case r.Step == RehearsalListening:
		v.said.Set(text.T("Listen: this is what others hear"), theme.IconHeadset, kit.Accent)
	case r.Step == RehearsalOver && r.Loudest < heardLeast:
		v.ended()
		v.said.Set(text.T("The microphone heard next to nothing. Is it muted, or the wrong one?"), theme.IconWarning, kit.Warn)
	case r.Step == RehearsalOver:
		v.ended()
		v.said.Set(text.T("The microphone works. If you heard nothing, choose another speaker."), theme.IconStatusDone, kit.Good)
	}
}

func (v *soundTestView) ended() {
	v.stop()
	v.free(true)
}

// tryRinger rings for a moment.
func (v *soundTestView) tryRinger() {
	v.stop()
	v.free(false)
	v.said.Set(text.T("It rings"), theme.IconBell, kit.Accent)
	v.stops = append(v.stops, v.opt.Settings.TryRinger())
	round := v.round
	v.after(ringerTry, func() {
		v.opt.Do.Do(func() {
			if round == v.round {
				v.ended()
				v.rest()
			}
		})
	})
}
