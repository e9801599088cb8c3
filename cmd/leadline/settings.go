package main

import (
	"cmp"
	"fmt"
	"slices"

	"leadline/cmd/leadline/config"
	"leadline/phone/audio"
	"leadline/ui"
	"leadline/ui/hotkey"
)

// settings is what the windows may change of the configuration; it is ui.Settings
// and ui.Importer.
type settings struct{ *program }

// change has put change the configuration, unless that fails, writes it and takes over what was read back, defaults included. One
// change waits for the other, so that none is lost to what another goroutine had read before it.
func (p *program) change(put func(*config.Config) error) error {
	p.saving.Lock()
	defer p.saving.Unlock()
	next := p.config()
	if err := put(&next); err != nil {
		return err
	}
	if err := config.Save(p.opts.File, next); err != nil {
		return fmt.Errorf("save the settings: %w", err)
	}
	read, err := config.Load(p.opts.File)
	if err != nil {
		return fmt.Errorf("read the settings back: %w", err)
	}
	p.mu.Lock()
	p.cfg = read
	p.mu.Unlock()
	return nil
}

// AudioDevices are the names of the devices that are plugged in now.
func (s settings) AudioDevices() (microphones, speakers []string) {
	for _, d := range s.audio.Devices() {
		if d.Kind == audio.Microphone {
			microphones = append(microphones, d.Name)
		} else {
			speakers = append(speakers, d.Name)
		}
	}
	return slices.Compact(microphones), slices.Compact(speakers)
}

// AudioChoice is the saved choice of devices.
func (s settings) AudioChoice() ui.AudioChoice {
	a := s.config().Audio
	return ui.AudioChoice{
		Microphone: a.Microphone, Speaker: a.Speaker, Ringer: a.Ringer,
		Echo: a.EchoCancellation, Noise: a.NoiseSuppression, Gain: a.GainControl, HoldMusic: a.HoldMusic != audio.NoHoldMusic,
	}
}

// SaveAudio changes the devices at once, also in a call.
func (s settings) SaveAudio(c ui.AudioChoice) error {
	return s.change(func(next *config.Config) error {
		a := &next.Audio
		a.Microphone, a.Speaker, a.Ringer = c.Microphone, c.Speaker, c.Ringer
		a.EchoCancellation, a.NoiseSuppression, a.GainControl = c.Echo, c.Noise, c.Gain
		switch {
		case !c.HoldMusic:
			a.HoldMusic = audio.NoHoldMusic
		case a.HoldMusic == audio.NoHoldMusic:
			a.HoldMusic = ""
		}
		return s.useSound(*a)
	})
}

// ListenToLevels opens microphone and speaker for their levels.
func (s settings) ListenToLevels() (release func()) { return s.audio.Listen() }

// SoundLevels are how loud microphone and speaker are.
func (s settings) SoundLevels() (microphone, speaker float64) {
	return s.audio.InputLevel(), s.audio.OutputLevel()
}

// Rehearse records the microphone and plays it.
func (s settings) Rehearse(told func(ui.Rehearsal)) (stop func()) {
	steps := map[audio.RehearsalStep]ui.RehearsalStep{
		audio.RehearsalSpeaking: ui.RehearsalSpeaking, audio.RehearsalListening: ui.RehearsalListening, audio.RehearsalOver: ui.RehearsalOver,
	}
	return s.audio.Rehearse(func(step audio.RehearsalStep, loudest float64) {
		told(ui.Rehearsal{Step: steps[step], Loudest: loudest})
	})
}

// TryRinger rings until stop is called.
func (s settings) TryRinger() (stop func()) { return s.audio.Ring() }

// CanEnhance reports whether this build can change the microphone's sound.
func (s settings) CanEnhance() bool { return audio.CanEnhance() }

// useSound has the sound card and the telephone work as the configuration says, also in
// the middle of a call.
func (p *program) useSound(a config.Audio) error {
	music, err := audio.HoldMusic(a.HoldMusic)
	if err != nil {
		return err
	}
	if err := p.audio.Choose(audio.Choice{Microphone: a.Microphone, Speaker: a.Speaker, Ringer: a.Ringer}); err != nil {
		return err
	}
	p.audio.Enhance(audio.Enhancement{Echo: a.EchoCancellation, Noise: a.NoiseSuppression, Gain: a.GainControl})
	p.audio.RingAt(cmp.Or(a.RingVolume, 100))
	p.phone.SetHoldMusic(music)
	return nil
}

// Look is language and theme.
func (s settings) Look() ui.Look {
	u := s.config().UI
	return ui.Look{Language: u.Language, Theme: u.Theme}
}

// Sight is how large and how strong things are drawn.
func (s settings) Sight() ui.Sight {
	u := s.config().UI
	return ui.Sight{TextSize: u.TextSize, Contrast: u.Contrast}
}

// SaveSight keeps how large and how strong things are drawn.
func (s settings) SaveSight(v ui.Sight) error {
	return s.change(func(next *config.Config) error {
		next.UI.TextSize, next.UI.Contrast = v.TextSize, v.Contrast
		return nil
	})
}

// Hotkeys are the keys that work everywhere.
func (s settings) Hotkeys() map[hotkey.Action]string {
	k := s.config().Hotkeys
	return map[hotkey.Action]string{hotkey.Answer: k.Answer, hotkey.Decline: k.Decline, hotkey.HangUp: k.HangUp, hotkey.Mute: k.Mute, hotkey.Hold: k.Hold}
}

// SaveHotkeys keeps the keys that work everywhere.
func (s settings) SaveHotkeys(k map[hotkey.Action]string) error {
	return s.change(func(next *config.Config) error {
		next.Hotkeys = config.Hotkeys{Answer: k[hotkey.Answer], Decline: k[hotkey.Decline], HangUp: k[hotkey.HangUp], Mute: k[hotkey.Mute], Hold: k[hotkey.Hold]}
		return nil
	})
}

// SaveLook keeps language and theme, and names places in that language.
func (s settings) SaveLook(l ui.Look) error {
	err := s.change(func(next *config.Config) error {
		next.UI.Language, next.UI.Theme = l.Language, l.Theme
		return nil
	})
	if err != nil {
		return err
	}
	s.desk.SetLanguage(ui.Spoken(l.Language))
	return nil
}
