package front

import (
	_ "embed"
	"errors"
	"net/http"

	"leadline/crm/server/access"
)

// pathPassword is where a user sets the password by the link that an administrator made.
const pathPassword = "/password/"

//go:embed password.html
var passwordHTML string

var passwordPage = newPage(passwordHTML)

type passwordForm struct {
	page
	Email, Problem string
	PasswordMin    int
}

func (f *Front) showPassword(w http.ResponseWriter, r *http.Request) {
	c, err := f.Access.Invited(r.Context(), access.Token(r.PathValue("token")))
	if err != nil {
		f.refusePassword(w, r, err)
		return
	}
	f.renderPassword(w, r, http.StatusOK, passwordForm{Email: c.Email})
}

// usePassword takes the password that was typed.
func (f *Front) usePassword(w http.ResponseWriter, r *http.Request) {
	if !f.typed(w, r) {
		return
	}
	token := access.Token(r.PathValue("token"))
	c, err := f.Access.UseInvitation(r.Context(), token, r.PostForm.Get("password"))
	switch {
	case err == nil:
		f.recheckDevices(c.Workspace)
		f.renderPassword(w, r, http.StatusOK, passwordForm{page: page{Done: true}, Email: c.Email})
	case errors.Is(err, access.ErrWeakPassword):
		if c, err = f.Access.Invited(r.Context(), token); err != nil {
			f.refusePassword(w, r, err)
			return
		}
		f.renderPassword(w, r, http.StatusUnprocessableEntity, passwordForm{Email: c.Email, Problem: problemWords(r, access.ErrWeakPassword)})
	default:
		f.refusePassword(w, r, err)
	}
}

func (f *Front) refusePassword(w http.ResponseWriter, r *http.Request, err error) {
	f.refuseLink(w, r, err, passwordPage)
}

func (f *Front) renderPassword(w http.ResponseWriter, r *http.Request, status int, form passwordForm) {
	form.PasswordMin, form.page = access.PasswordMin, pageFor(r, form.Done)
	f.render(w, status, passwordPage, form)
}
