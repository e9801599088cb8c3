package demo

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// What a registration is granted, RFC 3261 §10.3: no more than two minutes, so
// that a telephone that has crashed is forgotten soon.
const maxExpiry = 120

const realm = "demo"

// registrar knows the one extension, its password and where its telephones are.
type registrar struct {
	extension, password string
	secret              []byte // of the nonces

	mu    sync.Mutex
	where map[string]binding // by Contact URI
	news  chan struct{}      // closed and replaced when a telephone registers
}

// binding is one registered Contact.
type binding struct {
	uri   sip.Uri
	until time.Time
	since time.Time
}

func newRegistrar(extension, password string) *registrar {
	r := &registrar{extension: extension, password: password, secret: make([]byte, 32),
		where: map[string]binding{}, news: make(chan struct{})}
	_, _ = rand.Read(r.secret) // never fails since Go 1.24
	return r
}

// verdict is what digest authentication says.
type verdict int

const (
	welcome verdict = iota
	challenged
	stale
	forbidden
)

// nonceLife is how long a nonce is good.
const nonceLife = 5 * time.Minute

// check looks at a request's credentials (RFC 3261 §22, RFC 2617).
func (r *registrar) check(req *sip.Request) verdict {
	h := req.GetHeader("Authorization")
	if h == nil {
		return challenged
	}
	cred, err := digest.ParseCredentials(h.Value())
	if err != nil || cred.Realm != realm {
		return challenged
	}
	fresh, ours := r.nonceIs(cred.Nonce)
	if !ours {
		return challenged
	}
	chal := &digest.Challenge{Realm: realm, Nonce: cred.Nonce, Algorithm: cred.Algorithm}
	if cred.QOP != "" {
		chal.QOP = []string{cred.QOP}
	}
	want, err := digest.Digest(chal, digest.Options{
		Method: req.Method.String(), URI: cred.URI, Username: r.extension, Password: r.password,
		Cnonce: cred.Cnonce, Count: cred.Nc,
	})
	if err != nil || cred.Username != r.extension || subtle.ConstantTimeCompare([]byte(want.Response), []byte(cred.Response)) != 1 {
		return forbidden
	}
	if !fresh {
		return stale
	}
	return welcome
}

// challenge is the WWW-Authenticate header.
func (r *registrar) challenge(stale bool) sip.Header {
	c := &digest.Challenge{Realm: realm, Nonce: r.nonce(time.Now()), Algorithm: "MD5", QOP: []string{"auth"}, Stale: stale}
	return sip.NewHeader("WWW-Authenticate", c.String())
}

// nonce is the time and its seal.
func (r *registrar) nonce(now time.Time) string {
	at := strconv.FormatInt(now.Unix(), 36)
	m := hmac.New(sha256.New, r.secret)
	m.Write([]byte(at))
	return at + "-" + hex.EncodeToString(m.Sum(nil)[:16])
}

func (r *registrar) nonceIs(nonce string) (fresh, ours bool) {
	at, _, _ := strings.Cut(nonce, "-")
	seconds, err := strconv.ParseInt(at, 36, 64)
	if err != nil {
		return false, false
	}
	then := time.Unix(seconds, 0)
	return time.Since(then) < nonceLife, hmac.Equal([]byte(r.nonce(then)), []byte(nonce))
}

// contacts are the telephones there now, the newest first.
func (r *registrar) contacts() []binding {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.list()
}

func (r *registrar) list() []binding {
	var all []binding
	for key, b := range r.where {
		if time.Now().After(b.until) {
			delete(r.where, key)
			continue
		}
		i := 0
		for i < len(all) && all[i].since.After(b.since) {
			i++
		}
		all = append(all[:i], append([]binding{b}, all[i:]...)...)
	}
	return all
}

// wait returns when a telephone is there.
func (r *registrar) wait(ctx context.Context) error {
	for {
		r.mu.Lock()
		n, news := len(r.list()), r.news
		r.mu.Unlock()
		if n > 0 {
			return nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// update takes over the Contact headers of a REGISTER (RFC 3261 §10.3) and gives
// back those of the answer.
func (r *registrar) update(req *sip.Request) []sip.Header {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked := maxExpiry
	if h := req.GetHeader("Expires"); h != nil {
		asked = expiry(h.Value(), asked)
	}
	for _, h := range req.GetHeaders("Contact") {
		if strings.TrimSpace(h.Value()) == "*" {
			if asked == 0 {
				clear(r.where)
			}
			continue
		}
		c, ok := h.(*sip.ContactHeader)
		if !ok {
			continue
		}
		seconds := asked
		if own, ok := c.Params.Get("expires"); ok {
			seconds = expiry(own, asked)
		}
		key := c.Address.String()
		if seconds == 0 {
			delete(r.where, key)
			continue
		}
		b, known := r.where[key]
		if !known {
			b = binding{uri: *c.Address.Clone(), since: time.Now()}
		}
		b.until = time.Now().Add(time.Duration(seconds) * time.Second)
		r.where[key] = b
		close(r.news)
		r.news = make(chan struct{})
	}
	var out []sip.Header
	for _, b := range r.list() {
		c := &sip.ContactHeader{Address: b.uri, Params: sip.NewParams()}
		c.Params.Add("expires", strconv.Itoa(int(time.Until(b.until).Seconds()+0.5)))
		out = append(out, c)
	}
	return out
}

func expiry(text string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return otherwise
	}
	return min(n, maxExpiry)
}

// admit answers a request that needs the password and has not the right one.
func (p *PBX) admit(req *sip.Request, tx sip.ServerTransaction) bool {
	switch v := p.registrar.check(req); v {
	case welcome:
		return true
	case forbidden:
		p.reply(req, tx, 403, "Forbidden")
	default:
		p.reply(req, tx, 401, "Unauthorized", p.registrar.challenge(v == stale))
	}
	return false
}

func (p *PBX) onRegister(req *sip.Request, tx sip.ServerTransaction) {
	if !p.admit(req, tx) {
		return
	}
	if user := req.To().Address.User; user != p.opts.Extension {
		p.reply(req, tx, 404, "Not Found")
		return
	}
	before := p.Telephones()
	p.reply(req, tx, 200, "OK", p.registrar.update(req)...)
	if now := p.Telephones(); now != before {
		p.log.Info("demo: telephones registered", "now", now)
	}
}
