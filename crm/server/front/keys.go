package front

import (
	"net/http"
	"slices"
	"strings"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/wire"
)

// keys lists the keys of other software, for administrators.
func (f *Front) keys(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if err := f.mustBeAdministrator(r.Context(), p); err != nil {
		return err
	}
	if err := f.Access.SaveUses(r.Context()); err != nil {
		return err
	}
	all, err := f.Access.Keys(r.Context(), p.Workspace)
	if err != nil {
		return err
	}
	list := make([]wire.APIKey, 0, len(all))
	for _, k := range all {
		list = append(list, viewKey(k))
	}
	f.answer(w, r, http.StatusOK, list)
	return nil
}

func viewKey(k access.Key) wire.APIKey {
	return wire.APIKey{ID: k.ID, Name: k.Name, User: k.User, Scopes: k.Scopes, MadeBy: k.MadeBy, Made: k.Made, Used: k.Used, Revoked: k.Revoked}
}

// addKey makes a key for an administrator. The token is in this answer alone.
func (f *Front) addKey(w http.ResponseWriter, r *http.Request, p access.Person) error {
	var in wire.NewKey
	if err := f.read(w, r, mostBody, &in); err != nil {
		return err
	}
	if err := f.mustBeAdministrator(r.Context(), p); err != nil {
		return err
	}
	in.Name = strings.TrimSpace(in.Name)
	if err := texts(crm.ID(in.Name)); err != nil {
		return err
	}
	unknown := slices.ContainsFunc(in.Scopes, func(s string) bool { return !slices.Contains(access.Scopes, s) })
	alone := len(in.Scopes) == 1 && in.Scopes[0] == access.ScopeRoute
	if in.Name == "" || len(in.Scopes) == 0 || unknown || in.User == "" && !alone {
		return wire.Problem{Code: wire.Malformed, Message: "a key needs a name, scopes of " + strings.Join(access.Scopes, ", ") + ", and but for route a user"}
	}
	if in.User != "" {
		if err := f.mustBeThere(r.Context(), p.Workspace, in.User); err != nil {
			return err
		}
	}
	k, token, err := f.Access.AddKeyBy(r.Context(), p.Workspace, in.User, p.User, in.Name, in.Scopes)
	if err != nil {
		return err
	}
	f.Log.Info("a key was made", "key", k.ID, "by", p.User, "scopes", k.Scopes)
	f.answer(w, r, http.StatusOK, wire.MadeKey{APIKey: viewKey(k), Token: string(token)})
	return nil
}

// revokeKey makes a key good for nothing.
func (f *Front) revokeKey(w http.ResponseWriter, r *http.Request, p access.Person) error {
	if err := f.mustBeAdministrator(r.Context(), p); err != nil {
		return err
	}
	id, err := crm.ParseID(r.PathValue("id"))
	if err != nil {
		return access.ErrNoKey
	}
	if err := f.Access.RevokeKey(r.Context(), p.Workspace, id); err != nil {
		return err
	}
	f.Log.Info("a key was revoked", "key", id, "by", p.User)
	w.WriteHeader(http.StatusNoContent)
	return nil
}
