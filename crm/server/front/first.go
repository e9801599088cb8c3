package front

import (
	_ "embed"
	"errors"
	"net/http"
	"strings"

	"leadline/crm"
	"leadline/crm/server/access"
)

//go:embed first.html
var firstHTML string

var firstPage = newPage(firstHTML)

type firstForm struct {
	page
	Name, Email, Extension, Password string
	PasswordMin                      int
	Problem                          string
}

// showFirst is the page behind the link that a new server prints.
func (f *Front) showFirst(w http.ResponseWriter, r *http.Request) {
	if err := f.Access.CheckFirst(r.Context(), access.Token(r.PathValue("token"))); err != nil {
		f.refuseFirst(w, r, err)
		return
	}
	f.renderFirst(w, r, http.StatusOK, firstForm{})
}

// useFirst makes the first administrator.
func (f *Front) useFirst(w http.ResponseWriter, r *http.Request) {
	if !f.typed(w, r) {
		return
	}
	form := firstForm{Name: strings.TrimSpace(r.PostForm.Get("name")), Email: strings.TrimSpace(r.PostForm.Get("email")),
		Extension: strings.TrimSpace(r.PostForm.Get("extension")), Password: r.PostForm.Get("password")}
	err := f.makeFirst(r, access.Token(r.PathValue("token")), form)
	switch {
	case err == nil:
		f.Log.Info("the first administrator was set up")
		f.renderFirst(w, r, http.StatusOK, firstForm{page: page{Done: true}, Email: form.Email})
	case errors.Is(err, access.ErrWeakPassword), errors.Is(err, access.ErrBadEmail), errors.Is(err, errNoName):
		form.Password, form.Problem = "", problemWords(r, err)
		f.renderFirst(w, r, http.StatusUnprocessableEntity, form)
	default:
		f.refuseFirst(w, r, err)
	}
}

var errNoName = errors.New("a name is missing")

func (f *Front) makeFirst(r *http.Request, link access.Token, form firstForm) error {
	ctx := r.Context()
	if err := f.Access.CheckFirst(ctx, link); err != nil {
		return err
	}
	if form.Name == "" {
		return errNoName
	}
	email, err := access.Email(form.Email)
	if err != nil {
		return err
	}
	workspace, err := f.company.FirstWorkspace(ctx, f.Region)
	if err != nil {
		return err
	}
	id, err := f.Access.NewID()
	if err != nil {
		return err
	}
	join, err := f.Access.JoiningFirst(ctx, link, workspace, id, email, form.Password)
	if err != nil {
		return err
	}
	return f.company.AddUser(ctx, workspace, crm.User{ID: id, Name: form.Name, Email: email, Extension: form.Extension, Roles: []crm.ID{crm.Administrator}}, join)
}

func (f *Front) refuseFirst(w http.ResponseWriter, r *http.Request, err error) {
	f.refuseLink(w, r, err, firstPage)
}

func (f *Front) renderFirst(w http.ResponseWriter, r *http.Request, status int, form firstForm) {
	form.PasswordMin, form.page = access.PasswordMin, pageFor(r, form.Done)
	f.render(w, status, firstPage, form)
}
