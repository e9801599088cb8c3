package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/phone"
	"leadline/ui"
	"leadline/ui/desk"
)

// Accounts are the saved accounts, without their passwords.
func (s settings) Accounts() []ui.AccountSettings {
	var out []ui.AccountSettings
	for _, a := range s.config().Accounts {
		out = append(out, ui.AccountSettings{
			Was: a.Name, Name: a.Name, Address: a.Address, PasswordKept: true, Transport: a.Transport, AuthUser: a.AuthUser,
			SRTP: a.SRTP, SRTPKeys: a.SRTPKeys, Codecs: slices.Clone(a.Codecs), DTMF: a.DTMF,
			OutboundProxy: a.OutboundProxy, KeepAlive: a.KeepAlive, STUN: a.STUN, Bind: a.Bind,
			CA: a.CA, Certificate: a.Certificate, Key: a.Key,
			AutoAnswer: a.AutoAnswer, Asserted: a.Asserted, LineHeader: a.LineHeader, DefaultLine: a.DefaultLine,
			Watch: slices.Clone(a.Watch), PickUp: a.PickUp, AskMailbox: a.MWI == mwiSubscribe,
		})
	}
	return out
}

// mwiSubscribe is the choice of config.MWIs that asks for the mailbox's messages.
const mwiSubscribe = "subscribe"

// fileAccount is what the agent filled in, as the file has it, without its password.
func fileAccount(a ui.AccountSettings) config.Account {
	out := config.Account{
		Name: a.Name, Address: a.Address, Transport: a.Transport, AuthUser: a.AuthUser,
		SRTP: a.SRTP, SRTPKeys: a.SRTPKeys, Codecs: a.Codecs, DTMF: a.DTMF,
		OutboundProxy: a.OutboundProxy, KeepAlive: a.KeepAlive, STUN: a.STUN, Bind: a.Bind,
		CA: a.CA, Certificate: a.Certificate, Key: a.Key,
		AutoAnswer: a.AutoAnswer, Asserted: a.Asserted, LineHeader: a.LineHeader, DefaultLine: a.DefaultLine,
		Watch: a.Watch, PickUp: a.PickUp,
	}
	if a.AskMailbox {
		out.MWI = mwiSubscribe
	}
	return out
}

// account is what the agent filled in, with the password that was typed or is kept.
func (s settings) account(a ui.AccountSettings) (config.Account, error) {
	var saved config.Account
	for _, it := range s.config().Accounts {
		if a.Was != "" && it.Name == a.Was {
			saved = it
		}
	}
	out := fileAccount(a)
	switch {
	case a.Password != "":
		out.Password = secret.Secret(a.Password)
	case saved.Password != "":
		out.Password = saved.Password
	case a.PasswordKept:
		kept, err := s.secrets.Get(secretName(saved))
		if err != nil && !errors.Is(err, secret.ErrNotFound) {
			return out, err
		}
		out.Password = kept
	}
	return out, nil
}

// accountFields are the fields of the form by the file's keys, with what is right there.
var accountFields = map[string]ui.TestFailure{
	"name":           {Field: ui.FieldName, Why: desk.Text{Key: "This holds a control character"}},
	"address":        {Field: ui.FieldAddress, Why: desk.Text{Key: "This address cannot be used"}},
	"auth_user":      {Field: ui.FieldAuthUser, Why: desk.Text{Key: "This holds a control character"}},
	"password":       {Field: ui.FieldPassword, Why: desk.Text{Key: "This holds a control character"}},
	"outbound_proxy": {Field: ui.FieldProxy, Why: desk.Text{Key: "Not a host. Write it as sbc.example.org:5060"}},
	"stun":           {Field: ui.FieldSTUN, Why: desk.Text{Key: "Not a host. Write it as stun.example.org"}},
	"bind":           {Field: ui.FieldBind, Why: desk.Text{Key: "Not an address and port. Write them as 192.0.2.7:5060"}},
	"ca":             {Field: ui.FieldCA, Why: desk.Text{Key: "This holds a control character"}},
	"certificate":    {Field: ui.FieldCertificate, Why: desk.Text{Key: "This holds a control character"}},
	"key":            {Field: ui.FieldKey, Why: desk.Text{Key: "The certificate of this key is missing above"}},
	"line_header":    {Field: ui.FieldLineHeader, Why: desk.Text{Key: "Not a name of a SIP header. Write it as X-Line"}},
	"default_line":   {Field: ui.FieldDefaultLine, Why: desk.Text{Key: "This holds a control character"}},
	"watch":          {Field: ui.FieldWatch, Why: desk.Text{Key: "Extensions only, each once, 100 at most"}},
	"pickup":         {Field: ui.FieldPickUp, Why: desk.Text{Key: "Not a feature code. Write it as *8 or **{extension}", Args: map[string]string{"extension": "{extension}"}}},
}

// CheckAccount says what the file would refuse; an address that is still being typed is none.
func (s settings) CheckAccount(a ui.AccountSettings) []ui.TestFailure {
	_, problems := config.AccountProblems(fileAccount(a))
	var out []ui.TestFailure
	for _, p := range problems {
		if p.Key == "address" && !ui.AddressTyped(a.Address) {
			continue
		}
		f, known := accountFields[p.Key]
		if !known {
			f = ui.TestFailure{Why: desk.Text{Key: "This account cannot be used"}, Detail: p.Reason}
		}
		out = append(out, f)
	}
	return out
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
		return &ui.TestFailure{Field: ui.FieldAddress, Why: desk.Text{Key: "This address cannot be used"}, Detail: err.Error()}
	}
	if err := checkFiles(filled); err != nil {
		return err
	}
	account, err := s.phoneAccount(filled)
	if err != nil {
		return err
	}
	account.Password = filled.Password.Reveal()
	return testFailure(s.phone.Try(ctx, account))
}

// checkFiles says at its field which certificate's file can't be opened; what is in it is
// the telephone's to judge.
func checkFiles(a config.Account) error {
	for _, file := range []struct {
		field ui.AccountField
		path  string
	}{{ui.FieldCA, a.CA}, {ui.FieldCertificate, a.Certificate}, {ui.FieldKey, a.Key}} {
		if file.path == "" {
			continue
		}
		if _, err := os.ReadFile(file.path); err != nil {
			return &ui.TestFailure{Field: file.field, Why: desk.Text{Key: "This file cannot be read"}, Detail: err.Error()}
		}
	}
	return nil
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

// SaveAccounts replaces all accounts: passwords go to the keyring, the rest to the
// file, and the telephone works with them at once.
func (s settings) SaveAccounts(accounts []ui.AccountSettings) error {
	if err := s.change(func(next *config.Config) error { return s.fillAccounts(next, accounts) }); err != nil {
		return err
	}
	return s.useAccounts()
}

// fillAccounts puts the accounts into a configuration, and their passwords into the keyring.
func (s settings) fillAccounts(next *config.Config, accounts []ui.AccountSettings) error {
	next.Accounts = nil
	names := map[string]bool{}
	passwords := map[string]secret.Secret{}
	for _, a := range accounts {
		filled, err := s.account(a)
		if err != nil {
			return err
		}
		// With its name: the user of the address, where none was given.
		if named, err := config.CheckAccount(filled); err == nil && names[named.Name] {
			return &ui.TestFailure{Field: ui.FieldName, Why: desk.Text{Key: "There is an account of that name"}}
		} else if err == nil {
			names[named.Name] = true
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
	return nil
}
