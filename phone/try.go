package phone

import (
	"context"
	"errors"
	"strings"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sip"
)

// failureOf says why an account doesn't register.
func failureOf(name string, err error) *RegistrationError {
	if err == nil {
		return &RegistrationError{Account: name}
	}
	e := &RegistrationError{Account: name, Cause: RegUnreachable, Reason: err.Error()}
	var distrust *sip.TrustError
	if errors.As(err, &distrust) {
		e.Cause, e.Reason = RegUntrusted, distrust.Reason
		return e
	}
	var f *sip.Failure
	if !errors.As(err, &f) {
		return e
	}
	e.Code, e.Reason = f.Code, f.Reason
	switch {
	case f.Code == 0 && f.Timeout:
		e.Cause, e.Reason = RegTimeout, "no answer"
	case f.Code == 0:
		e.Reason = strings.TrimPrefix(f.Error(), "REGISTER: ")
	case f.Refused:
		e.Cause = RegWrongPassword
	case f.Code == 403:
		e.Cause = RegForbidden
	case f.Code == 404:
		e.Cause = RegNameNotFound
	case f.Code >= 500 && f.Code < 600:
		e.Cause = RegServerError
	default:
		e.Cause = RegRejected
	}
	return e
}

// Try registers an account as a test, and unregisters it again. It returns nil or
// a *RegistrationError; no Listener hears of it.
func (p *Phone) Try(ctx context.Context, account Account) error {
	if account.Name == "" {
		account.Name = account.Address
	}
	if err := account.check(); err != nil {
		return &RegistrationError{Account: account.Name, Cause: RegBadAccount, Reason: err.Error()}
	}
	o := account.options()
	o.TLS = account.tls
	o.Bind = "" // a fixed port may be in use by the account that is being tried
	o.UserAgent, o.Log, o.LocalAddr = p.cfg.UserAgent, p.log, p.cfg.LocalAddr
	o.Check = func(sip.Body) (int, string) { return 480, "Temporarily Unavailable" }
	located, cancel := context.WithTimeout(ctx, p.cfg.Timing.Answer)
	defer cancel()
	targets, err := o.Locate(located, p.cfg.Resolver)
	for _, target := range targets {
		if err = p.tryAt(ctx, o, target); err == nil || !elsewhere(err) || ctx.Err() != nil {
			break
		}
		var distrust *sip.TrustError
		if errors.As(err, &distrust) {
			break
		}
	}
	if err != nil {
		return failureOf(account.Name, err)
	}
	return nil
}

// tryAt registers and unregisters through a target.
func (p *Phone) tryAt(ctx context.Context, o sip.Options, target locate.Target) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timing.Answer)
	defer cancel()
	stack, err := sip.Open(ctx, o, target)
	if err != nil {
		return err
	}
	defer stack.Close(ctx)
	if _, err := stack.Register(ctx, time.Minute); err != nil {
		return err
	}
	if _, err := stack.Register(ctx, 0); err != nil {
		p.log.Info("unregister after a test", "address", o.Address, "err", err)
	}
	return nil
}
