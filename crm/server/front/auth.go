package front

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// bearer is the token of a request (RFC 6750 §2.1), or that in X-API-Key, for PBXs that cannot send a header with a space in it; ""
// when there is none.
func bearer(r *http.Request) access.Token {
	if key := r.Header.Get("X-API-Key"); key != "" {
		return access.Token(key)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return access.Token(strings.TrimSpace(token))
}

// problem makes a wire.Problem of an error of package access; other errors stay as they are.
func problem(err error) error {
	var revoked access.Revoked
	switch {
	case errors.As(err, &revoked) && revoked.Erase:
		return wire.Problem{Code: wire.Revoked, Message: "this device was signed out and is to erase its copy"}
	case errors.As(err, &revoked):
		return wire.Problem{Code: wire.BadSignIn, Message: "this device was signed out; sign in again"}
	case errors.Is(err, access.ErrExpired):
		return wire.Problem{Code: wire.Expired, Message: err.Error()}
	case errors.Is(err, access.ErrNoToken), errors.Is(err, access.ErrWrongPassword):
		return wire.Problem{Code: wire.BadSignIn, Message: err.Error()}
	case errors.Is(err, access.ErrNoDevice), errors.Is(err, access.ErrNoUser), errors.Is(err, access.ErrNoKey):
		return wire.Problem{Code: wire.NotFound, Message: err.Error()}
	case errors.Is(err, access.ErrBadDevice), errors.Is(err, access.ErrBadEmail), errors.Is(err, access.ErrWeakPassword), errors.Is(err, access.ErrTaken):
		return wire.Problem{Code: wire.Malformed, Message: err.Error()}
	}
	return err
}

// authenticate finds out from the token who sends a request, and limits how often. Its errors are wire.Problems or the database's.
func (f *Front) authenticate(r *http.Request) (access.Person, error) {
	token := bearer(r)
	if token == "" {
		return access.Person{}, problem(access.ErrNoToken)
	}
	p, err := f.Access.Authenticate(r.Context(), token)
	if err = f.guessed(r, err); err != nil {
		return access.Person{}, problem(err)
	}
	// A program chooses its device id itself. With the user's id before it, nobody can use up the limit of another user's device.
	if wait := f.limits.device.take(string(p.Workspace + "/" + p.User + "/" + p.Device + p.Key)); wait > 0 {
		return access.Person{}, tooMany(wait)
	}
	return p, nil
}

// guessed counts unknown tokens for the address that they come from, and has it wait after too many. Requests with a valid token are not
// held up by that: an office is one address, and a PBX with a mistyped key must not shut out its agents.
func (f *Front) guessed(r *http.Request, err error) error {
	if !errors.Is(err, access.ErrNoToken) {
		return err
	}
	if wait := f.limits.guesses.take(addressOf(r)); wait > 0 {
		return tooMany(wait)
	}
	return err
}

// handler answers a request of a person. An error that it returns is sent as the refusal.
type handler func(w http.ResponseWriter, r *http.Request, p access.Person) error

// onDevice lets only devices in that a person has signed in on, no keys.
func (f *Front) onDevice(next handler) http.HandlerFunc {
	return f.let(next, func(p access.Person) error {
		if p.Device == "" {
			return wire.Problem{Code: wire.Forbidden, Message: "this is for devices that a person has signed in on"}
		}
		return nil
	})
}

// withScope lets devices in, and keys that have a scope.
func (f *Front) withScope(scope string, next handler) http.HandlerFunc {
	return f.let(next, func(p access.Person) error { return hasScope(p, scope) })
}

// hasScope refuses a key that lacks a scope. A device has none: the roles say what its person may do.
func hasScope(p access.Person, scope string) error {
	if p.Device == "" && !slices.Contains(p.Scopes, scope) {
		return wire.Problem{Code: wire.Forbidden, Message: "the key lacks the scope " + scope}
	}
	return nil
}

func (f *Front) let(next handler, check func(access.Person) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := f.authenticate(r)
		if err == nil {
			err = check(p)
		}
		if err == nil {
			err = next(w, r, p)
		}
		if err != nil {
			f.refuse(w, r, problem(err))
		}
	}
}

// administers says whether a person may change users.
func (f *Front) administers(ctx context.Context, p access.Person) (bool, error) {
	_, rights, err := f.company.User(ctx, p.Workspace, p.User)
	return rights.Users, err
}
