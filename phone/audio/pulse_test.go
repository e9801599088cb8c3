package audio_test

import (
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"leadline/phone/audio"
	"leadline/phone/rig"
)

// ear is a voice that plays a tone and keeps what it hears.
type ear struct {
	mu    sync.Mutex
	heard []int16
	plays int
	tone  []int16
	at    int
}

func (e *ear) Play(dst []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.plays++
	if len(e.tone) > 0 {
		for i := range dst {
			dst[i] = e.tone[e.at]
			e.at = (e.at + 1) % len(e.tone)
		}
	}
}

func (e *ear) Capture(src []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, src...)
}

// last is the last seconds heard.
func (e *ear) last(seconds float64) rig.Sound {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := min(len(e.heard), int(seconds*audio.Rate))
	return rig.Sound{Rate: audio.Rate, Samples: append([]int16{}, e.heard[len(e.heard)-n:]...)}
}

func open(t *testing.T, c audio.Choice) *audio.System {
	t.Helper()
	s, err := audio.Open(c, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func hears(t *testing.T, e *ear, hertz float64) {
	t.Helper()
	rig.Eventually(t, 20*time.Second, fmt.Sprintf("%v Hz in the microphone", hertz), func() (bool, string) {
		share := e.last(0.4).Share(hertz)
		return share > 0.9, fmt.Sprint(share)
	})
}

// waited is how long f takes, without what a clock that runs beside it was late by: so long the machine did something else.
func waited(f func()) time.Duration {
	const tick = 5 * time.Millisecond
	done, late := make(chan struct{}), make(chan time.Duration)
	go func() {
		var sum time.Duration
		for {
			began := time.Now()
			select {
			case <-done:
				late <- sum
				return
			case <-time.After(tick):
				sum += time.Since(began) - tick
			}
		}
	}()
	began := time.Now()
	f()
	took := time.Since(began)
	close(done)
	return took - <-late
}

func becomes(t *testing.T, s *audio.System, what string, is func(audio.State) bool) {
	t.Helper()
	rig.Eventually(t, 20*time.Second, what, func() (bool, string) {
		now := s.State()
		return is(now), fmt.Sprintf("%+v", now)
	})
}

func TestAToneInTheMicrophoneIsHeardByAVoice(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{}
	defer s.Attach(e)()
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
	rig.Eventually(t, 20*time.Second, "the input level of a tone of 0.5", func() (bool, string) {
		l := s.InputLevel()
		return l > 0.4 && l < 0.6, fmt.Sprint(l)
	})
	becomes(t, s, "names of the devices", func(s audio.State) bool {
		return s.Microphone == audio.Use{Device: "microphone", Condition: audio.Working} &&
			s.Speaker == audio.Use{Device: "speaker", Condition: audio.Working}
	})
}

func TestWhatAVoicePlaysIsHeardOnTheSpeaker(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	defer s.Attach(e)()
	becomes(t, s, "speaker", func(s audio.State) bool { return s.Speaker.Condition == audio.Working })
	p.Hears(t, rig.PulseSpeaker, 600)
	rig.Eventually(t, 20*time.Second, "the output level of a tone of 0.5", func() (bool, string) {
		l := s.OutputLevel()
		return l > 0.4 && l < 0.6, fmt.Sprint(l)
	})
}

func TestTheRingtoneAndTheWarmDevicesAreOpenedAndClosed(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	began := time.Now()
	stopRing, release := s.Ring(), s.Warm()
	becomes(t, s, "all open", func(s audio.State) bool {
		return s.Microphone.Condition == audio.Working && s.Ringer.Condition == audio.Working
	})
	t.Logf("all devices open after %v", time.Since(began))
	rig.Eventually(t, 20*time.Second, "the ringtone is heard", func() (bool, string) {
		rec := p.Record(t, rig.PulseSpeaker)
		time.Sleep(3 * time.Second)
		level := rec().Level()
		return level >= 0.01, fmt.Sprintf("level %.4f", level)
	})
	stopRing()
	release()
	rig.Eventually(t, 20*time.Second, "devices are let go", func() (bool, string) {
		playing, recording := p.Streams(t)
		return playing == 0 && recording == 0, fmt.Sprint(playing, recording)
	})
}

func TestAHeadsetIsPulledOutInACallAndComesBack(t *testing.T) {
	p := rig.StartPulse(t)
	p.PlugSource(t, "headset")
	p.PlugSink(t, "headphones")
	s := open(t, audio.Choice{Microphone: "headset", Speaker: "headphones"})
	e := &ear{}
	defer s.Attach(e)()
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)

	p.Unplug(t, "headset")
	p.Unplug(t, "headphones")
	pulled := time.Now()
	becomes(t, s, "the default devices", func(s audio.State) bool {
		return s.Microphone == audio.Use{Device: "microphone", Wanted: "headset", Condition: audio.Replaced} &&
			s.Speaker == audio.Use{Device: "speaker", Wanted: "headphones", Condition: audio.Replaced}
	})
	t.Logf("the default devices are in their place after %v", time.Since(pulled))
	if problem, _ := s.State().Problem(); problem != audio.MicrophoneReplaced {
		t.Errorf("problem %v", problem)
	}
	hears(t, e, 440)

	p.PlugSource(t, "headset")
	p.PlugSink(t, "headphones")
	plugged := time.Now()
	becomes(t, s, "the chosen devices again", func(s audio.State) bool {
		return s.Microphone.Device == "headset" && s.Microphone.Condition == audio.Working &&
			s.Speaker.Device == "headphones" && s.Speaker.Condition == audio.Working
	})
	t.Logf("the chosen ones are back after %v", time.Since(plugged))
	hears(t, e, 440)
}

func TestDevicesAreChosenInTheMiddleOfACall(t *testing.T) {
	p := rig.StartPulse(t)
	p.PlugSink(t, "headphones")
	s := open(t, audio.Choice{})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	defer s.Attach(e)()
	becomes(t, s, "speaker", func(s audio.State) bool { return s.Speaker.Condition == audio.Working })
	if err := s.Choose(audio.Choice{Speaker: "headphones"}); err != nil {
		t.Fatal(err)
	}
	becomes(t, s, "headphones", func(s audio.State) bool {
		return s.Speaker == audio.Use{Device: "headphones", Condition: audio.Working}
	})
	p.Hears(t, "headphones", 600)
}

func TestACallGoesOnWhenTheSoundServerHangs(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{}
	defer s.Attach(e)()
	becomes(t, s, "both", func(s audio.State) bool {
		return s.Microphone.Condition == audio.Working && s.Speaker.Condition == audio.Working
	})
	p.Freeze()
	defer p.Thaw()
	time.Sleep(300 * time.Millisecond)
	count := func() (heard, played int) {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.heard) / audio.FrameSamples, e.plays
	}
	took := waited(func() {
		release := s.Warm()
		s.Devices()
		_ = s.Choose(audio.Choice{Speaker: "nowhere"})
		_ = s.Choose(audio.Choice{})
		stop := s.Ring()
		stop()
		release()
	})
	if took > 2*time.Second { // the server says nothing at all, however long one waits
		t.Errorf("callers waited %v", took)
	}
	h0, p0 := count()
	rig.Eventually(t, 20*time.Second, "the call goes on", func() (bool, string) {
		h1, p1 := count()
		return h1-h0 > 80 && p1-p0 > 80, fmt.Sprintf("%d frames were heard and %d played", h1-h0, p1-p0)
	})
	becomes(t, s, "told", func(s audio.State) bool { return s.Speaker.Condition == audio.Absent })
	p.Thaw()
	becomes(t, s, "both again", func(s audio.State) bool {
		return s.Microphone.Condition == audio.Working && s.Speaker.Condition == audio.Working
	})
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
}

func TestASoundServerThatIsStartedLaterIsFound(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	s := open(t, audio.Choice{})
	e := &ear{}
	defer s.Attach(e)()
	becomes(t, s, "no devices", func(s audio.State) bool {
		return s.Microphone.Condition == audio.Absent && s.Speaker.Condition == audio.Absent
	})
	if problem, _ := s.State().Problem(); problem != audio.NoMicrophone {
		t.Errorf("problem %v", problem)
	}
	p := rig.StartPulse(t)
	becomes(t, s, "devices", func(s audio.State) bool {
		return s.Microphone.Condition == audio.Working && s.Speaker.Condition == audio.Working
	})
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
}

// The sound server is started anew in the middle of a call, after an update for instance.
func TestTheSoundServerIsRestartedInACall(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	defer s.Attach(e)()
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
	p.Restart(t)
	again := time.Now()
	becomes(t, s, "both again", func(s audio.State) bool {
		return s.Microphone == audio.Use{Device: "microphone", Condition: audio.Working} &&
			s.Speaker == audio.Use{Device: "speaker", Condition: audio.Working}
	})
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
	t.Logf("heard again %v after the server was", time.Since(again))
	p.Hears(t, rig.PulseSpeaker, 600)
}

// Who has chosen no devices goes along when the system has others, as when a headset is plugged in.
func TestTheSystemsOtherDefaultIsTakenInACall(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	defer s.Attach(e)()
	becomes(t, s, "the first ones", func(s audio.State) bool {
		return s.Microphone.Device == "microphone" && s.Speaker.Device == "speaker" && s.Speaker.Condition == audio.Working
	})
	p.PlugSource(t, "headset")
	p.PlugSink(t, "headphones")
	p.Default(t, "headphones", "headset")
	changed := time.Now()
	becomes(t, s, "the others", func(s audio.State) bool {
		return s.Microphone == audio.Use{Device: "headset", Condition: audio.Working} &&
			s.Speaker == audio.Use{Device: "headphones", Condition: audio.Working}
	})
	t.Logf("taken after %v", time.Since(changed))
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
	p.Hears(t, "headphones", 600)
}

// Cheap headsets know 44.1 kHz only.
func TestDevicesOf44100HertzCarryATone(t *testing.T) {
	p := rig.StartPulse(t)
	p.PlugSourceAt(t, "headset", 44100)
	p.PlugSinkAt(t, "headphones", 44100)
	s := open(t, audio.Choice{Microphone: "headset", Speaker: "headphones"})
	e := &ear{tone: rig.Tone(48000, 600, 1, 0.5).Samples}
	defer s.Attach(e)()
	p.Play(t, rig.Tone(48000, 440, 60, 0.5))
	hears(t, e, 440)
	becomes(t, s, "the speaker", func(s audio.State) bool {
		return s.Speaker == audio.Use{Device: "headphones", Condition: audio.Working}
	})
	p.Hears(t, "headphones", 600)
}

// A microphone that is muted in the system's settings gives digital silence, which is told from a quiet room.
func TestAMicrophoneThatTheSystemMutesIsSilent(t *testing.T) {
	p := rig.StartPulse(t)
	s := open(t, audio.Choice{})
	e := &ear{}
	defer s.Attach(e)()
	p.Play(t, rig.Tone(48000, 440, 120, 0.5))
	hears(t, e, 440)
	if d := s.Silence(); d != 0 {
		t.Errorf("silent for %v while there is a tone", d)
	}
	p.Mute(t, rig.PulseMicrophone, true)
	rig.Eventually(t, 20*time.Second, "two seconds of silence", func() (bool, string) {
		d := s.Silence()
		return d > 2*time.Second, d.String()
	})
	p.Mute(t, rig.PulseMicrophone, false)
	hears(t, e, 440)
	if d := s.Silence(); d != 0 {
		t.Errorf("silent for %v after it was let in again", d)
	}
}
