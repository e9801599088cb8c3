package main

import (
	"errors"
	"fmt"

	"leadline/cmd/leadline/config"
	"leadline/cmd/leadline/secret"
	"leadline/phone"
)

// phoneAccount is an account of the file as the phone takes it. Its password comes
// from the file, else from the keyring; one that has neither is tried without,
// since a PBX may trust an address.
func (p *program) phoneAccount(a config.Account) (phone.Account, error) {
	password := a.Password
	if password == "" {
		kept, err := p.secrets.Get(secretName(a))
		if err != nil && !errors.Is(err, secret.ErrNotFound) {
			return phone.Account{}, fmt.Errorf("account %s: %w", a.Name, err)
		}
		password = kept
	}
	return phone.Account{
		Name: a.Name, Address: a.Address, AuthUser: a.AuthUser, Password: password.Reveal(),
		Transport: a.Transport, Bind: a.Bind, OutboundProxy: a.OutboundProxy, Asserted: a.Asserted, LineHeader: a.LineHeader,
		DefaultLine: a.DefaultLine, Codecs: a.Codecs, DTMF: a.DTMF, AutoAnswer: a.AutoAnswer, SRTP: a.SRTP, SRTPKeys: a.SRTPKeys,
		CA: a.CA, Certificate: a.Certificate, Key: a.Key,
		KeepAlive: a.KeepAlive, STUN: a.STUN,
		Watch: a.Watch, PickUp: a.PickUp, MWI: a.MWI == "subscribe",
	}, nil
}

// secretName is under which name an account's password is kept.
func secretName(a config.Account) string { return "account " + a.Address }

// useAccounts has the phone and the desk work with the accounts of the configuration.
func (p *program) useAccounts() error {
	var errs []error
	var accounts []phone.Account
	for _, a := range p.config().Accounts {
		account, err := p.phoneAccount(a)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		accounts = append(accounts, account)
	}
	p.desk.SetAccounts(accounts)
	return errors.Join(append(errs, p.phone.SetAccounts(accounts))...)
}
