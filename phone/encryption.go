package phone

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"leadline/phone/media/secure"
	"leadline/phone/sdp"
	"leadline/phone/sip"
)

// security is what an account's setting means.
func (a Account) security() sdp.Security {
	switch a.SRTP {
	case "preferred":
		return sdp.Preferred
	case "required":
		return sdp.Required
	}
	return sdp.Clear
}

func (a Account) checkSRTP() error {
	if !slices.Contains([]string{"", "off", "preferred", "required"}, a.SRTP) {
		return fmt.Errorf("account %q: srtp %q: want off, preferred or required", a.Name, a.SRTP)
	}
	if !slices.Contains([]string{"", "sdes", "dtls"}, a.SRTPKeys) {
		return fmt.Errorf("account %q: srtp_keys %q: want sdes or dtls", a.Name, a.SRTPKeys)
	}
	return nil
}

// secrets is what a call of the account brings to be kept secret: its own keys of SDES,
// and the certificate that this run of the program has for DTLS.
func (l *line) secrets(want sdp.Security) (sdp.Secure, *secure.Certificate, error) {
	if want == sdp.Clear {
		return sdp.Secure{}, nil, nil
	}
	certificate, err := l.phone.certificate()
	if err != nil {
		return sdp.Secure{}, nil, err
	}
	s := sdp.Secure{Want: want, Offer: sdp.SDES, Keys: secure.NewKeyring(), Fingerprint: certificate.Fingerprint}
	if l.account.SRTPKeys == "dtls" {
		s.Offer = sdp.DTLS
	}
	return s, certificate, nil
}

// insists makes encryption a must for a call that comes of an encrypted one: it is not given up
// by passing the call on.
func (c *call) insists(of *call) {
	c.phone.mu.Lock()
	defer c.phone.mu.Unlock()
	if of.shown.Encrypted {
		c.security = sdp.Required
	}
}

// fresh gives a description new keys of SDES when who reads it may be somebody else than
// before, who can't know how often our counter has rolled over (RFC 4568 §7.1.4).
func fresh(l sdp.Local) sdp.Local {
	if l.Secure.Want != sdp.Clear {
		l.Secure.Keys = secure.NewKeyring()
	}
	return l
}

// rekeyed tells that an offer comes with other keys or from another place than before.
func (v *voice) rekeyed(m sdp.Media) bool {
	old := v.agreed
	return m.Keying == sdp.SDES && old.Keying == sdp.SDES &&
		(m.Addr != old.Addr || m.Host != old.Host || !sameKeys(m.Theirs, old.Theirs))
}

// shaken is the end of a DTLS handshake.
func (c *call) shaken(err error) {
	if c.view.State == Ended {
		return
	}
	if err != nil {
		c.insecure("the call can't be encrypted: " + err.Error())
		return
	}
	c.showEncryption()
	c.publish()
}

func (c *call) showEncryption() {
	c.view.Encryption = c.voice.guard.state()
	c.view.Encrypted = c.view.Encryption != ""
	c.view.Exposed = c.voice.agreed.Keying == sdp.NoKeys && c.line.account.security() != sdp.Clear
}

// insecure ends a call that can't be kept secret; it never goes on in the clear.
func (c *call) insecure(reason string) {
	if c.view.Answered.IsZero() {
		c.dialog.Cancel()
	} else {
		c.dialog.HangUp()
	}
	c.end(Failed, 0, reason)
}

// deaf tells whether nothing of what comes fits the keys.
func (c *call) deaf() bool {
	return c.voice != nil && c.view.State == Active && c.voice.guard.deaf()
}

// rekeyEvery is the least time from one offer of new keys to the next: the far end may have
// refused it, or may take ours and keep its own.
const rekeyEvery = 5 * time.Second

// outworn offers new keys before those that there are have served their time (RFC 3711 §9.2,
// RFC 4568 §6.1), and ends the call when they have, which nobody may talk with any more. It
// tells whether it has.
func (c *call) outworn() (ended bool) {
	if c.voice == nil {
		return false
	}
	ours, theirs := c.voice.guard.wear()
	switch {
	case ours == secure.Spent:
		c.insecure("the key that this end encrypts with has served its time, and the far end took no other")
		return true
	case theirs == secure.Spent:
		c.insecure("the key that the far end encrypts with has served its time, and it has sent no other")
		return true
	case ours == secure.Good && theirs == secure.Good, c.voice.agreed.Keying != sdp.SDES:
		return false
	}
	if now := c.phone.cfg.Now(); now.Sub(c.rekeyed) >= rekeyEvery {
		c.rekeyed = now
		c.next.due, c.next.newKeys = true, true
		c.renegotiate()
	}
	return false
}

// fallsBack calls once more without encryption when the far end can't have it: an offer of
// DTLS has no form that leaves the choice to it. Only where encryption is a wish.
func (c *call) fallsBack(f *sip.Failure) bool {
	if c.view.Direction != Outgoing || c.security != sdp.Preferred || c.voice.local.Secure.Offer != sdp.DTLS ||
		!slices.Contains([]int{415, 488, 606}, f.Code) || !c.view.Answered.IsZero() {
		return false
	}
	c.log.Info("the far end takes no DTLS-SRTP; calling again without encryption", "err", f)
	c.security = sdp.Clear
	c.voice.local.Secure = sdp.Secure{}
	c.voice.local.Version++
	dialog, err := c.invites()
	if err != nil {
		return false
	}
	c.dialog = dialog
	c.view.SIPCallID = dialog.CallID()
	c.publish()
	return true
}

// unencrypted adds to a refusal what it may be about.
func (c *call) unencrypted(f *sip.Failure, reason string) string {
	if c.security != sdp.Required || !slices.Contains([]int{415, 488, 606}, f.Code) {
		return reason
	}
	return reason + " (encryption is required here; the far end may have none)"
}

// unusable logs a description in mid-call that can't be used, and ends the call if it would have
// been one in the clear. It tells whether it has.
func (c *call) unusable(what string, err error) (ended bool) {
	c.log.Warn(what+" can't be used", "err", err)
	if !errors.Is(err, sdp.ErrClear) && !errors.Is(err, sdp.ErrKeys) {
		return false
	}
	c.insecure(what + " can't be used: " + err.Error())
	return true
}
