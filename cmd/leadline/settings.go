package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/phone"
	"leadline/phone/audio"
	"leadline/ui"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// settings is what the windows may change of the configuration; it is ui.Settings
// and ui.Importer.
type settings struct{ *program }

// Accounts are the saved accounts, without their passwords.
func (s settings) Accounts() []ui.AccountSettings {
	var out []ui.AccountSettings
	for _, a := range s.config().Accounts {
		out = append(out, ui.AccountSettings{
			Was: a.Name, Name: a.Name, Address: a.Address, PasswordKept: true, Transport: a.Transport,
			AuthUser: a.AuthUser, OutboundProxy: a.OutboundProxy, LineHeader: a.LineHeader, DefaultLine: a.DefaultLine,
		})
	}
	return out
}

// account is what the agent filled in, as the file has it: on top of the saved
// account, so that what the form doesn't show is kept.
func (s settings) account(a ui.AccountSettings) (config.Account, error) {
	var out config.Account
	for _, saved := range s.config().Accounts {
		if a.Was != "" && saved.Name == a.Was {
			out = saved
		}
	}
	if a.Password == "" && a.PasswordKept && out.Password == "" {
		kept, err := s.secrets.Get(secretName(out))
		if err != nil && !errors.Is(err, secret.ErrNotFound) {
			return out, err
		}
		out.Password = kept
	}
	if a.Password != "" {
		out.Password = secret.Secret(a.Password)
	}
	out.Name, out.Address, out.Transport, out.AuthUser = a.Name, a.Address, a.Transport, a.AuthUser
	out.OutboundProxy, out.LineHeader, out.DefaultLine = a.OutboundProxy, a.LineHeader, a.DefaultLine
	return out, nil
}

// TestAccount registers at the PBX and unregisters again.
func (s settings) TestAccount(ctx context.Context, a ui.AccountSettings) error {
	filled, err := s.account(a)
	if err != nil {
		return err
	}
	if filled.Name == "" {
		filled.Name = "test"
	}
	// Through the file's own check, so that a test fails for what saving would refuse.
	filled, err = config.CheckAccount(filled)
	if err != nil {
		return failure(ui.FieldAddress, err)
	}
	account, err := s.phoneAccount(filled)
	if err != nil {
		return err
	}
	account.Password = filled.Password.Reveal()
	return testFailure(s.phone.Try(ctx, account))
}

// testFailure says why a registration failed, and in which field to look.
func testFailure(err error) error {
	var failed *phone.RegistrationError
	if !errors.As(err, &failed) {
		return err
	}
	field := ui.FieldNone
	switch failed.Cause {
	case phone.RegUnreachable, phone.RegTimeout, phone.RegBadAccount, phone.RegNameNotFound, phone.RegUntrusted:
		field = ui.FieldAddress
	case phone.RegWrongPassword, phone.RegForbidden:
		field = ui.FieldPassword
	}
	detail := failed.Reason
	if failed.Code != 0 {
		detail = fmt.Sprintf("%d %s", failed.Code, failed.Reason)
	}
	return &ui.TestFailure{Field: field, Why: desk.WhyNotRegistered(failed.Cause), Detail: detail}
}

// failure is a problem of the file's as the form shows it.
func failure(field ui.AccountField, err error) error {
	return &ui.TestFailure{Field: field, Why: desk.Text{Key: "This address cannot be used"}, Detail: err.Error()}
}

// SaveAccounts replaces all accounts: passwords go to the keyring, the rest to the
// file, and the telephone works with them at once.
func (s settings) SaveAccounts(accounts []ui.AccountSettings) error {
	next := s.config()
	next.Accounts = nil
	passwords := map[string]secret.Secret{}
	for _, a := range accounts {
		filled, err := s.account(a)
		if err != nil {
			return err
		}
		passwords[secretName(filled)] = filled.Password
		filled.Password = ""
		next.Accounts = append(next.Accounts, filled)
	}
	for name, password := range passwords {
		if err := s.secrets.Set(name, password); err != nil {
			return err
		}
	}
	if err := s.save(next); err != nil {
		return err
	}
	return s.useAccounts()
}

// save writes the configuration and takes over what was read back, defaults included.
func (s settings) save(next config.Config) error {
	if err := config.Save(s.opts.File, next); err != nil {
		return fmt.Errorf("save the settings: %w", err)
	}
	read, err := config.Load(s.opts.File)
	if err != nil {
		return fmt.Errorf("read the settings back: %w", err)
	}
	s.mu.Lock()
	s.cfg = read
	s.mu.Unlock()
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
	next := s.config()
	a := &next.Audio
	a.Microphone, a.Speaker, a.Ringer = c.Microphone, c.Speaker, c.Ringer
	a.EchoCancellation, a.NoiseSuppression, a.GainControl = c.Echo, c.Noise, c.Gain
	switch {
	case !c.HoldMusic:
		a.HoldMusic = audio.NoHoldMusic
	case a.HoldMusic == audio.NoHoldMusic:
		a.HoldMusic = ""
	}
	if err := s.useSound(*a); err != nil {
		return err
	}
	return s.save(next)
}

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
	p.phone.SetHoldMusic(music)
	return nil
}

// Look is language and theme.
func (s settings) Look() ui.Look {
	u := s.config().UI
	return ui.Look{Language: u.Language, Theme: u.Theme}
}

// SaveLook keeps language and theme.
func (s settings) SaveLook(l ui.Look) error {
	next := s.config()
	next.UI.Language, next.UI.Theme = l.Language, l.Theme
	if err := s.save(next); err != nil {
		return err
	}
	if err := text.SetLanguage(l.Language); err != nil {
		return err
	}
	s.desk.SetLanguage(text.Language())
	return nil
}
