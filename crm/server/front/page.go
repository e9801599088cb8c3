package front

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"time"

	"leadline/crm/server/access"
	"leadline/crm/wire"
)

//go:embed page.html
var pageHTML string

// newPage is a page behind a one-time link, in English and German: body defines its title, its form, what
// stands there when that was taken, and how another link is had.
func newPage(body string) *template.Template {
	return template.Must(template.Must(template.New("page").Parse(pageHTML)).Parse(body))
}

// page is what each of them shows.
type page struct {
	German  bool
	Refused bool   // the link is good no more
	Done    bool   // what was typed was taken
	Server  string // where the browser has reached the server; "" is not known
}

func pageFor(r *http.Request, done bool) page {
	return page{German: german(r), Done: done, Server: reachedAt(r)}
}

// reachedAt is the address by which a browser has reached the server: a program signs in with it. It is "" where a proxy
// has asked in its own name and not in the browser's.
func reachedAt(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	switch {
	case r.TLS != nil || !loopback(net.JoinHostPort(host, "0")):
		return "https://" + r.Host // also in the clear: who asks so for another name than that of this machine is the proxy
	case fromHere(r):
		return "http://" + r.Host
	}
	return ""
}

// typed reads the form of a page. false means that it cannot be read, and that the request is answered.
func (f *Front) typed(w http.ResponseWriter, r *http.Request) bool {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(f.bodyTime))
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		f.refuse(w, r, wire.Problem{Code: wire.Malformed, Message: "the form cannot be read"})
		return false
	}
	return true
}

// refuseLink says in the browser's language that a link is not valid. It counts as a guess.
func (f *Front) refuseLink(w http.ResponseWriter, r *http.Request, err error, of *template.Template) {
	if !errors.Is(err, access.ErrNoLink) {
		f.refuse(w, r, err)
		return
	}
	f.limits.guesses.take(addressOf(r))
	said := pageFor(r, false)
	said.Refused = true
	f.render(w, http.StatusNotFound, of, said)
}

// german says whether German is the browser's first language.
func german(r *http.Request) bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "de")
}

// problemWords says what is wrong with a form, in the browser's language.
func problemWords(r *http.Request, err error) string {
	if !german(r) {
		return err.Error()
	}
	switch {
	case errors.Is(err, access.ErrWeakPassword):
		return fmt.Sprintf("Ein Passwort hat %d bis %d Zeichen.", access.PasswordMin, access.PasswordMax)
	case errors.Is(err, access.ErrBadEmail):
		return "Das ist keine E-Mail-Adresse."
	case errors.Is(err, errNoName):
		return "Der Name fehlt."
	}
	return err.Error()
}

// render fills in a page and sends it.
func (f *Front) render(w http.ResponseWriter, status int, of *template.Template, form any) {
	var filled bytes.Buffer
	if err := of.Execute(&filled, form); err != nil {
		f.Log.Error("a page behind a one-time link", "error", err)
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	head.Set("Referrer-Policy", "no-referrer") // the URL has the token in it
	w.WriteHeader(status)
	_, _ = w.Write(filled.Bytes())
}
