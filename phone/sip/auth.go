package sip

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

func isChallenge(res *sip.Response) bool {
	return res.StatusCode == sip.StatusUnauthorized || res.StatusCode == sip.StatusProxyAuthRequired
}

// pass is what one request is let through with: credentials for each realm that has asked, since a proxy
// may ask for its own and the server behind it for others (RFC 3261 §22.3).
type pass struct {
	given []credentials
	asked int
}

type credentials struct {
	name, realm string // of the header, and whom it is for
	value       string
}

// mostAsked is how often a request is sent anew for a challenge: two servers, whose nonces may each be stale once.
const mostAsked = 4

// answer takes the challenges of a response (RFC 3261 §22, RFC 8760): of several for a realm, the first whose
// algorithm we speak. It reports whether the request is worth sending again; the error, which may be nil, says why
// not. Only the PBX is answered: whoever else has us call them could try passwords against an answer for as long as
// they like.
func (p *pass) answer(s *Stack, req *sip.Request, res *sip.Response) (again bool, err error) {
	if !isChallenge(res) || p.asked == mostAsked {
		return false, nil
	}
	p.asked++
	ask, answer := "WWW-Authenticate", "Authorization"
	if res.StatusCode == sip.StatusProxyAuthRequired {
		ask, answer = "Proxy-Authenticate", "Proxy-Authorization"
	}
	if s.opts.Password == "" {
		return false, fmt.Errorf("%s wants a password and the account has none", s.acc.host)
	}
	err = fmt.Errorf("%d without %s", res.StatusCode, ask)
	var answered []string // realms, now
	for _, h := range res.GetHeaders(ask) {
		challenge, bad := digest.ParseChallenge(h.Value())
		if bad != nil {
			err = bad
			continue
		}
		at := slices.IndexFunc(p.given, func(c credentials) bool { return c.name == answer && c.realm == challenge.Realm })
		switch {
		case slices.Contains(answered, challenge.Realm):
			continue
		case at >= 0 && !challenge.Stale:
			err = nil // these credentials were refused
			continue
		case !s.mayKnow(req, res, challenge.Realm):
			err = fmt.Errorf("%s wants the password of the account at %s", res.Source(), s.acc.host)
			continue
		}
		var value string
		if value, err = s.digest(req, challenge); err != nil {
			continue
		}
		if at >= 0 {
			p.given = slices.Delete(p.given, at, at+1)
		}
		p.given = append(p.given, credentials{answer, challenge.Realm, value})
		answered = append(answered, challenge.Realm)
	}
	return len(answered) > 0, err
}

// digest is what answers a challenge to a request.
func (s *Stack) digest(req *sip.Request, challenge *digest.Challenge) (string, error) {
	challenge.Algorithm = strings.ToUpper(challenge.Algorithm)
	for i, qop := range challenge.QOP { // "auth, auth-int" is well-formed
		challenge.QOP[i] = strings.ToLower(strings.TrimSpace(qop))
	}
	c, err := digest.Digest(challenge, digest.Options{
		Method: string(req.Method), URI: req.Recipient.String(),
		Username: s.authUser, Password: s.opts.Password, Count: 1,
		GetBody: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(req.Body())), nil },
	})
	if err != nil {
		return "", err
	}
	return c.String(), nil
}

// show puts the credentials into a request, in the place of those that it has.
func (p *pass) show(req *sip.Request) {
	if len(p.given) == 0 {
		return
	}
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		for req.RemoveHeader(name) {
		}
	}
	for _, c := range p.given {
		req.AppendHeader(sip.NewHeader(c.name, c.value))
	}
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
