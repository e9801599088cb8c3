package front

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// signIn begins a session by e-mail address and password. Failures count for the client's address and for the e-mail address, so that
// neither one can be used to try many passwords.
func (f *Front) signIn(w http.ResponseWriter, r *http.Request) {
	s, err := f.trySignIn(w, r)
	switch {
	case err == nil:
		f.metrics.signIns.WithLabelValues("in").Inc()
		f.answer(w, r, http.StatusOK, sessionOf(s))
	default:
		f.metrics.signIns.WithLabelValues("refused").Inc()
		f.refuse(w, r, problem(err))
	}
}

// signingAtOnce is how many passwords are checked at the same time. A failure is counted before the next check begins, so that a flood
// of attempts cannot pass the limits by coming all at once. It is no less than access hashes at the same time.
const signingAtOnce = 4

// oneOfFew waits until fewer than signingAtOnce passwords are being checked; the caller calls done after its check.
func (f *Front) oneOfFew(ctx context.Context) (done func(), err error) {
	select {
	case f.signing <- struct{}{}:
		return func() { <-f.signing }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (f *Front) trySignIn(w http.ResponseWriter, r *http.Request) (s access.Session, err error) {
	var in wire.SignIn
	if err := f.read(w, r, mostSignIn, &in); err != nil {
		return s, err
	}
	done, err := f.oneOfFew(r.Context())
	if err != nil {
		return s, err
	}
	defer done()
	address, email := addressOf(r), guessedAt(in.Email)
	if wait := max(f.limits.guesses.spent(address), f.limits.email.spent(email)); wait > 0 {
		return s, tooMany(wait)
	}
	s, err = f.Access.SignIn(r.Context(), in.Email, in.Password, in.Device)
	if errors.Is(err, access.ErrWrongPassword) {
		f.limits.guesses.take(address)
		f.limits.email.take(email)
		// The same answer for an e-mail address that no user has.
		err = wire.Problem{Code: wire.BadSignIn, Message: err.Error(), Tries: min(f.limits.guesses.left(address), f.limits.email.left(email))}
	}
	return s, err
}

// mostSignIn is how many bytes a sign-in may have: an address, a password and a device's name.
const mostSignIn = 16 << 10

// guessedAt is the key by which attempts for an e-mail address are counted: a hash, so that a flood of long addresses takes no more memory
// than one of short ones.
func guessedAt(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return string(sum[:])
}

func sessionOf(s access.Session) wire.Session {
	return wire.Session{Access: string(s.Access), Refresh: string(s.Refresh), Expires: s.AccessEnds, User: s.User}
}

func (f *Front) refresh(w http.ResponseWriter, r *http.Request) {
	var in wire.Refresh
	if err := f.read(w, r, mostSignIn, &in); err != nil {
		f.refuse(w, r, err)
		return
	}
	s, err := f.Access.Refresh(r.Context(), access.Token(in.Token), in.Device)
	var stolen access.Stolen
	if errors.As(err, &stolen) {
		f.recheckDevices(stolen.Workspace) // one of the two is connected, here or elsewhere
	}
	if err = f.guessed(r, err); err != nil {
		f.refuse(w, r, problem(err))
		return
	}
	f.answer(w, r, http.StatusOK, sessionOf(s))
}

func (f *Front) signOut(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if err := f.Access.SignOut(r.Context(), p); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// erased notes that a revoked device has erased its copy.
func (f *Front) erased(w http.ResponseWriter, r *http.Request) {
	if err := f.Access.Erased(r.Context(), bearer(r)); err != nil {
		f.refuse(w, r, problem(err))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// devices lists a person's own devices; with ?all those of all users, for administrators of users.
func (f *Front) devices(w http.ResponseWriter, r *http.Request, p access.Person) error {
	user := p.User
	if r.URL.Query().Has("all") {
		may, err := f.administers(r.Context(), p)
		if err != nil {
			return err
		}
		if !may {
			return wire.Problem{Code: wire.Forbidden, Message: "your role shows you your own devices only"}
		}
		user = ""
	}
	all, err := f.Access.Devices(r.Context(), p.Workspace, user)
	if err != nil {
		return err
	}
	list := make([]wire.Device, 0, len(all))
	for _, d := range all {
		list = append(list, wire.Device{DeviceInfo: d.DeviceInfo, User: d.User, Seen: d.Seen, Revoked: d.Revoked, Erased: !d.Erased.IsZero()})
	}
	f.answer(w, r, http.StatusOK, list)
	return nil
}

// revokeDevice signs a device out and has it erase its copy: an own one, or any for administrators of users.
func (f *Front) revokeDevice(w http.ResponseWriter, r *http.Request, p access.Person) error {
	device, err := crm.ParseID(r.PathValue("id"))
	if err != nil {
		return access.ErrNoDevice
	}
	may, err := f.administers(r.Context(), p)
	if err != nil {
		return err
	}
	user := p.User
	if may {
		user = ""
	}
	if err := f.Access.Revoke(r.Context(), p.Workspace, user, device, true); err != nil {
		return err
	}
	f.recheckDevices(p.Workspace)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// changePassword gives a person another password. Wrong guesses at the old one count like those of a sign-in, so that a program that was
// left open is no way to find it out.
func (f *Front) changePassword(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.ChangePassword
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	done, err := f.oneOfFew(r.Context())
	if err != nil {
		return err
	}
	defer done()
	user := string(p.Workspace) + "/" + string(p.User)
	if wait := f.limits.email.spent(user); wait > 0 {
		return tooMany(wait)
	}
	err = f.Access.ChangePassword(r.Context(), p, in.Current, in.New)
	if errors.Is(err, access.ErrWrongPassword) {
		f.limits.email.take(user)
		return wire.Problem{Code: wire.BadSignIn, Message: "the present password is wrong", Tries: f.limits.email.left(user)}
	}
	if err != nil {
		return err
	}
	f.recheckDevices(p.Workspace) // the other devices are out
	w.WriteHeader(http.StatusNoContent)
	return nil
}
