package phone

import (
	"time"

	"leadline/phone/audio"
)

// Sound is the part of the sound system that a phone uses; *audio.System is one. Its
// methods must return at once, whatever the devices do.
type Sound interface {
	// Attach mixes a voice into speaker and microphone until detach is called.
	Attach(audio.Voice) (detach func())
	// Warm keeps the devices open, so that an answered call has no cold start.
	Warm() (release func())
	// Ring plays the ring on the ringer's device.
	Ring() (stop func())
	// Tone plays a call progress tone to the speaker.
	Tone(audio.Tone) (stop func())
}

// microphone is a Sound that knows for how long its microphone has been silent, whatever is
// taken out of what it hears: who suppresses echo or noise makes silence, too. *audio.System is one.
type microphone interface {
	Silence() time.Duration
}

// noTone is the absence of a tone.
const noTone audio.Tone = -1

// heard is what one call wants to be heard of it.
type heard struct {
	warm  bool
	ring  bool
	tone  audio.Tone
	voice bool
	in    *conference // where the voice is heard; nil: by us alone
}

// sounds keeps what is heard of one call as it should be. It belongs to the call's
// goroutine.
type sounds struct {
	sound Sound
	now   heard

	unwarm, unring, untone, detach func()
}

func newSounds(s Sound) *sounds { return &sounds{sound: s, now: heard{tone: noTone}} }

// want starts what is missing and stops what is too much; voice is attached when wanted.
func (s *sounds) want(w heard, voice audio.Voice) {
	w.voice = w.voice && voice != nil
	if w.in != s.now.in {
		toggle(&s.detach, s.now.voice, false, nil)
		s.now.voice = false
	}
	toggle(&s.detach, s.now.voice, w.voice, func() func() {
		if w.in != nil {
			return w.in.attach(s.sound, voice)
		}
		return s.sound.Attach(voice)
	})
	toggle(&s.unring, s.now.ring, w.ring, s.sound.Ring)
	if w.tone != s.now.tone {
		toggle(&s.untone, s.now.tone != noTone, false, nil)
		toggle(&s.untone, false, w.tone != noTone, func() func() { return s.sound.Tone(w.tone) })
	}
	toggle(&s.unwarm, s.now.warm, w.warm, s.sound.Warm)
	s.now = w
}

// drop forgets what is heard, and gives what stops it.
func (s *sounds) drop() (stops []func()) {
	for _, stop := range []*func(){&s.detach, &s.unring, &s.untone, &s.unwarm} {
		if *stop != nil {
			stops = append(stops, *stop)
			*stop = nil
		}
	}
	s.now = heard{tone: noTone}
	return stops
}

func toggle(stop *func(), is, want bool, start func() func()) {
	switch {
	case want && !is:
		*stop = start()
	case is && !want:
		(*stop)()
		*stop = nil
	}
}
