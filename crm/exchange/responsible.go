package exchange

import (
	"context"
	"strings"

	"leadline/crm"
	"leadline/crm/store"
)

// colleagues are the users by what a file may call them: the name, folded, and the e-mail address in small letters.
// A name that two have is "".
type colleagues map[string]crm.ID

func colleaguesOf(users []crm.User) colleagues {
	all := colleagues{}
	for _, u := range users {
		name := crm.FoldName(u.Name)
		if _, two := all[name]; two {
			all[name] = ""
		} else if name != "" {
			all[name] = u.ID
		}
	}
	for _, u := range users {
		if u.Email != "" {
			all[strings.ToLower(u.Email)] = u.ID
		}
	}
	return all
}

// named is the user whom a file names; "" for nobody here, and for a name that two have.
func (c colleagues) named(written string) crm.ID {
	if id := c[strings.ToLower(written)]; id != "" {
		return id
	}
	return c[crm.FoldName(written)]
}

// names are how a file names the users, so that each is found again: by name, or by e-mail where two have the name.
func (c colleagues) names(users []crm.User) map[crm.ID]string {
	names := map[crm.ID]string{}
	for _, u := range users {
		switch u.ID {
		case c.named(u.Name):
			names[u.ID] = u.Name
		case c.named(u.Email):
			names[u.ID] = u.Email
		}
	}
	return names
}

// namesOfUsers are how an export names the users as responsible.
func namesOfUsers(ctx context.Context, s *store.Store) (map[crm.ID]string, error) {
	users, err := s.Users(ctx)
	return colleaguesOf(users).names(users), err
}

// Stranger is somebody whom a file names as responsible and who is no user here, or whose name two have.
type Stranger struct {
	Name string
	Rows int
}

// mostStrangers are told by name.
const mostStrangers = 20

// responsible is whom an entry makes responsible: whom the row names, else whom the import gives all to. named says whether the
// row does.
func (i *importer) responsible(e *entry) (id crm.ID, named bool) {
	if e.responsible == "" {
		return i.options.Responsible, false
	}
	if id := i.options.colleagues.named(e.responsible); id != "" {
		return id, true
	}
	i.report.stranger(e.responsible)
	return i.options.Responsible, false
}

func (r *Report) stranger(name string) {
	for i := range r.Strangers {
		if r.Strangers[i].Name == name {
			r.Strangers[i].Rows++
			return
		}
	}
	if len(r.Strangers) < mostStrangers {
		r.Strangers = append(r.Strangers, Stranger{name, 1})
	}
}
