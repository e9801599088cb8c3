package front

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// signIns lists how each user signs in, for administrators of users.
func (f *Front) signIns(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if err := f.mustAdminister(r, p, ""); err != nil {
		return err
	}
	users, err := f.company.Users(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	credentials, err := f.Access.Credentials(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	list := make([]wire.SignInOf, 0, len(users))
	for _, u := range users {
		if u.Left {
			continue
		}
		s := wire.SignInOf{User: u.ID}
		if i := slices.IndexFunc(credentials, func(c access.Credential) bool { return c.User == u.ID }); i >= 0 {
			s.Email, s.Password, s.Disabled = credentials[i].Email, credentials[i].Password, !credentials[i].Disabled.IsZero()
		}
		telephones, err := f.Access.Telephones(r.Context(), p.Workspace, u.ID)
		if err != nil {
			return err
		}
		for _, t := range telephones {
			kept := t.Password != ""
			t.Password = ""
			s.Telephones = append(s.Telephones, wire.SetPhone{Account: t.Account, Kept: kept})
		}
		list = append(list, s)
	}
	f.answer(w, r, http.StatusOK, list)
	return nil
}

// invite makes the one-time link by which a user sets their password.
func (f *Front) invite(w http.ResponseWriter, r *http.Request, p access.Person) error {
	u, err := f.letIn(r, p)
	if err != nil {
		return err
	}
	token, ends, err := f.Access.Invite(r.Context(), p.Workspace, u.ID)
	if err != nil {
		return err
	}
	f.answer(w, r, http.StatusOK, wire.Invitation{Path: pathPassword + string(token), Ends: ends})
	return nil
}

// setPassword gives a user a password.
func (f *Front) setPassword(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.NewPassword
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if err := access.CheckPassword(in.Password); err != nil {
		return err
	}
	u, err := f.letIn(r, p)
	if err != nil {
		return err
	}
	if err := f.Access.SetPassword(r.Context(), u.Email, in.Password); err != nil {
		return err
	}
	f.recheckDevices(p.Workspace)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// letIn lets the user whom a request is about sign in with the e-mail address that the CRM has of them.
func (f *Front) letIn(r *http.Request, p access.Person) (crm.User, error) {
	u, err := f.subject(r, p)
	if err != nil {
		return u, err
	}
	if strings.TrimSpace(u.Email) == "" {
		return u, wire.Problem{Code: wire.Malformed, Message: "the user has no e-mail address to sign in with"}
	}
	if err := f.company.FreeEmail(r.Context(), f.Access, p.Workspace, u.Email); err != nil {
		return u, err
	}
	return u, f.Access.LetIn(r.Context(), p.Workspace, u.ID, u.Email)
}

// savePhone sets up a telephone account that a user's programs get when they sign in.
func (f *Front) savePhone(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.Account
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	u, err := f.subject(r, p)
	if err != nil {
		return err
	}
	in.Name, in.Address = strings.TrimSpace(in.Name), strings.TrimSpace(in.Address)
	if err := access.CheckTelephone(in); err != nil {
		return wire.Problem{Code: wire.Malformed, Message: err.Error()}
	}
	if in.Password == "" {
		telephones, err := f.Access.Telephones(r.Context(), p.Workspace, u.ID)
		if err != nil {
			return err
		}
		// The old password goes along only to the same address: another host must not learn it.
		if i := slices.IndexFunc(telephones, func(t access.Telephone) bool { return t.Name == in.Name }); i >= 0 {
			if telephones[i].Shut {
				return wire.Problem{Code: wire.Malformed, Message: "the server has lost the key to this account's password: type it again"}
			}
			if telephones[i].Address != in.Address && telephones[i].Password != "" {
				return wire.Problem{Code: wire.Malformed, Message: "another address needs its password again"}
			}
			in.Password = telephones[i].Password
		}
	}
	if err := f.Access.SaveTelephone(r.Context(), p.Workspace, u.ID, in); err != nil {
		return err
	}
	if err := f.company.TelephonesChanged(r.Context(), p.Workspace, u.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (f *Front) removePhone(w http.ResponseWriter, r *http.Request, p access.Person) error {
	u, err := f.subject(r, p)
	if err != nil {
		return err
	}
	if err := f.Access.RemoveTelephone(r.Context(), p.Workspace, u.ID, r.PathValue("name")); err != nil {
		return err
	}
	if err := f.company.TelephonesChanged(r.Context(), p.Workspace, u.ID); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// subject is the user whom a request of an administrator is about.
func (f *Front) subject(r *http.Request, p access.Person) (u crm.User, err error) {
	id, err := crm.ParseID(r.PathValue("user"))
	if err != nil {
		return u, access.ErrNoUser
	}
	if err := f.mustAdminister(r, p, id); err != nil {
		return u, err
	}
	u, _, err = f.company.User(r.Context(), p.Workspace, id)
	if err == nil && (u.ID == "" || u.Left) {
		err = access.ErrNoUser
	}
	return u, err
}

// mustAdminister refuses persons who may not change users, and those who lack a right that the subject has: with a password that they
// set they could sign in as the subject, and would have it (requirement G2).
func (f *Front) mustAdminister(r *http.Request, p access.Person, subject crm.ID) error {
	_, mine, err := f.company.User(r.Context(), p.Workspace, p.User)
	if err != nil {
		return err
	}
	if !mine.Users {
		return wire.Problem{Code: wire.Forbidden, Message: "your role does not let you change users"}
	}
	if subject == "" {
		return nil
	}
	_, theirs, err := f.company.User(r.Context(), p.Workspace, subject)
	if err == nil && !mine.Cover(theirs) {
		err = wire.Problem{Code: wire.Forbidden, Message: "this user may do more than you: only somebody who may as much can change how they sign in"}
	}
	return err
}

// mustBeThere refuses an id that is no user's who is there.
func (f *Front) mustBeThere(ctx context.Context, workspace, user crm.ID) error {
	if _, err := crm.ParseID(string(user)); err != nil {
		return access.ErrNoUser
	}
	u, _, err := f.company.User(ctx, workspace, user)
	if err == nil && (u.ID == "" || u.Left) {
		err = access.ErrNoUser
	}
	return err
}
