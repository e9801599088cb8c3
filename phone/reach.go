package phone

import (
	"context"
	"errors"
	"sync"
	"time"

	"leadline/phone/locate"
	"leadline/phone/sip"
)

// register binds our contact at the first target that takes it. The target in use is
// asked first; when all have been tried in vain, DNS is asked anew the next time (RFC
// 3263 §4.3).
func (l *line) register(ctx context.Context) (granted time.Duration, err error) {
	l.awoke() // a question to the PBX may have noticed it before the clocks were looked at
	if len(l.targets) == 0 {
		if err := l.locate(ctx); err != nil {
			return 0, err
		}
	}
	secure := false
	for len(l.targets) > 0 {
		target := l.targets[0]
		if secure && target.Transport != "tls" {
			break // a certificate that we don't trust is no reason to talk in the clear
		}
		if granted, err = l.registerAt(ctx, target); err == nil || !elsewhere(err) || ctx.Err() != nil {
			return granted, err
		}
		var distrust *sip.TrustError
		secure = secure || errors.As(err, &distrust)
		l.targets, l.second = l.targets[1:], true
		l.log.Info("a target of the account is of no use", "target", target, "err", err, "left", len(l.targets))
	}
	l.targets = nil
	return 0, err
}

// elsewhere is a failure that another target may not have (RFC 3263 §4.3).
func elsewhere(err error) bool {
	var f *sip.Failure
	return !errors.As(err, &f) || f.Code == 0 || f.Code == 503
}

func (l *line) locate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.phone.cfg.Timing.Answer)
	defer cancel()
	targets, err := l.account.options().Locate(ctx, l.phone.cfg.Resolver)
	switch {
	case err == nil:
		l.located = targets
	case len(l.located) > 0 && !errors.Is(err, locate.ErrNoService):
		l.log.Info("the PBX is looked for where it was before", "err", err)
		targets, err = l.located, nil // an office whose DNS is down has its telephones still
	}
	l.targets, l.second = targets, false
	return err
}

// prefer has the next registration go back to a target that the domain puts before the one
// in use (RFC 2782: the client MUST attempt the lowest priority that it can reach), once it
// answers again. With calls in progress that waits for the registration after it.
func (l *line) prefer(ctx context.Context) {
	if !l.second || len(l.phone.callsOf(l, nil)) > 0 {
		return
	}
	wait := l.phone.cfg.Timing.Answer
	located, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	targets, err := l.account.options().Locate(located, l.phone.cfg.Resolver)
	if err != nil {
		return // what is there works
	}
	for i, target := range targets {
		if target == l.targets[0] {
			return
		}
		asked, cancel := context.WithTimeout(ctx, wait)
		err := l.current().Answers(asked, target)
		cancel()
		if err == nil {
			l.log.Info("going back to a target that is there again", "target", target)
			l.targets, l.second = targets[i:], i > 0
			return
		}
	}
}

// registerAt sends one REGISTER through a target.
func (l *line) registerAt(ctx context.Context, target locate.Target) (time.Duration, error) {
	t := l.phone.cfg.Timing
	ctx, cancel := context.WithTimeout(ctx, t.Answer)
	defer cancel()
	stack, err := l.reach(ctx, target)
	if err != nil {
		return 0, err
	}
	before, now := l.bound, l.phone.cfg.Now()
	l.bound = now.Add(t.Register)
	granted, err := stack.Register(ctx, t.Register)
	var f *sip.Failure
	switch {
	case err == nil:
		l.bound = now.Add(granted)
	case errors.As(err, &f) && f.Code != 0:
		l.bound = before // it was refused
	}
	if err == nil {
		stack.Alternatives(l.targets[1:])
		stack.Machines(l.located)
		l.findRegistrar(ctx, stack)
		l.settle()
		l.findSTUN(ctx)
	}
	if err == nil && granted <= 0 {
		err = &sip.Failure{Method: "REGISTER", Code: 200, Reason: "the registrar keeps the registration for 0 s"}
	}
	return granted, err
}

// findRegistrar looks up, behind an outbound proxy, the registrar itself: it may send directly what nobody has asked for.
// What can't be found soon is done without.
func (l *line) findRegistrar(ctx context.Context, stack *sip.Stack) {
	o := l.account.options()
	if o.Proxy == "" {
		return
	}
	o.Proxy = ""
	ctx, cancel := context.WithTimeout(ctx, l.phone.cfg.Timing.Answer/8)
	defer cancel()
	if found, err := o.Locate(ctx, l.phone.cfg.Resolver); err == nil {
		stack.Machines(append(found, l.located...))
	}
}

// reach is the stack that goes through a target: the one that there is, moved if need
// be, with the calls that go over it, or a new one.
func (l *line) reach(ctx context.Context, target locate.Target) (*sip.Stack, error) {
	stack := l.current()
	if stack != nil && stack.Transport() != target.Transport {
		l.retire(l.use(nil))
		stack = nil
	}
	if stack == nil {
		stack, err := l.open(ctx, target)
		if err != nil {
			return nil, err
		}
		l.use(stack)
		return stack, nil
	}
	down := false
	select {
	case <-stack.Down():
		down = true
	default:
	}
	if !down && !l.stale && stack.Target() == target && !stack.Moved(ctx) {
		return stack, nil
	}
	err := stack.Move(ctx, target)
	l.stale = err != nil
	return stack, err
}

// open makes a stack.
func (l *line) open(ctx context.Context, target locate.Target) (*sip.Stack, error) {
	o := l.account.options()
	o.TLS = l.account.tls
	o.UserAgent = l.phone.cfg.UserAgent
	o.Session, o.MinSession = l.phone.cfg.Timing.Session, l.phone.cfg.Timing.MinSession
	o.Linger = l.phone.cfg.Timing.Linger
	o.LocalAddr = l.phone.cfg.LocalAddr
	o.Log = l.log
	o.Check = l.check
	o.Abilities, o.Notified, o.Message = l.abilities, l.noticed, l.messaged
	// The stack exists when a call comes, but the variable isn't set before Open returns.
	ready := make(chan *sip.Stack, 1)
	var once sync.Once
	var stack *sip.Stack
	o.Incoming = func(d *sip.Dialog) sip.Events {
		once.Do(func() { stack = <-ready })
		return l.incoming(stack, d)
	}
	s, err := sip.Open(ctx, o, target)
	if err != nil {
		return nil, err
	}
	ready <- s
	return s, nil
}
