package sip

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

func isChallenge(res *sip.Response) bool {
	return res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired
}

// credentials answers a challenge (RFC 3261 §22, RFC 8760): of several, the first
// whose algorithm we speak. Only the PBX is answered: whoever else has us call them could
// try passwords against an answer for as long as they like.
func (s *Stack) credentials(req *sip.Request, res *sip.Response) (sip.Header, error) {
	ask, answer := "WWW-Authenticate", "Authorization"
	if res.StatusCode == sip.StatusProxyAuthRequired {
		ask, answer = "Proxy-Authenticate", "Proxy-Authorization"
	}
	if s.opts.Password == "" {
		return nil, fmt.Errorf("%s wants a password and the account has none", s.acc.host)
	}
	err := fmt.Errorf("%d without %s", res.StatusCode, ask)
	for _, h := range res.GetHeaders(ask) {
		var challenge *digest.Challenge
		if challenge, err = digest.ParseChallenge(h.Value()); err != nil {
			continue
		}
		if !s.mayKnow(req, res, challenge.Realm) {
			err = fmt.Errorf("%s wants the password of the account at %s", res.Source(), s.acc.host)
			continue
		}
		challenge.Algorithm = strings.ToUpper(challenge.Algorithm)
		var c *digest.Credentials
		if c, err = digest.Digest(challenge, digest.Options{
			Method: string(req.Method), URI: req.Recipient.String(),
			Username: s.authUser, Password: s.opts.Password, Count: 1,
		}); err == nil {
			return sip.NewHeader(answer, c.String()), nil
		}
	}
	return nil, err
}

// mayKnow says whether who challenges a request is the PBX: it was sent there, or the challenge comes from one of its
// addresses. A PBX of several machines may challenge from others within a call; it is known by the realm of before then.
func (s *Stack) mayKnow(req *sip.Request, res *sip.Response, realm string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.toFirstHop(req) || s.isPBX(res.Source()) {
		s.realms[realm] = true
		return true
	}
	within := false
	if to := req.To(); to != nil {
		_, within = to.Params.Get("tag")
	}
	return within && s.realms[realm]
}

// isStale is a challenge that only wants a fresh nonce (RFC 7616 §3.3).
func isStale(res *sip.Response) bool {
	for _, name := range []string{"WWW-Authenticate", "Proxy-Authenticate"} {
		for _, h := range res.GetHeaders(name) {
			if c, err := digest.ParseChallenge(h.Value()); err == nil && c.Stale {
				return true
			}
		}
	}
	return false
}

func secondsOf(h sip.Header) time.Duration {
	if h == nil {
		return 0
	}
	text, _, _ := strings.Cut(strings.TrimSpace(h.Value()), ";")
	text, _, _ = strings.Cut(text, " ")
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}
