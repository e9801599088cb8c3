package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"leadline/crm"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/wire"
)

// userFlags are what the commands about users take.
type userFlags struct {
	where                        place
	email, name, role, extension string
	department, password         string
	pbx, pbxPassword, transport  string
	asked                        *flag.FlagSet
}

func userCommand(ctx context.Context, args []string, t terminal) error {
	name, rest, do, err := subcommand("user", args, t, map[string]func(context.Context, userFlags, opened, terminal) error{
		"add": addUser, "list": listUsers, "password": setPassword, "disable": disableUser, "enable": enableUser,
	})
	if err != nil || do == nil {
		return err
	}
	u := userFlags{asked: flag.NewFlagSet("leadline-server user "+name, flag.ContinueOnError)}
	u.where.flags(u.asked)
	if name != "list" {
		u.asked.StringVar(&u.email, "email", "", "the e-mail `address` to sign in with")
	}
	if name == "add" || name == "password" {
		u.asked.StringVar(&u.password, "password-file", "", "read the password from this `FILE`, - is standard input; without, one is made up and printed")
	}
	if name == "add" {
		u.asked.StringVar(&u.name, "name", "", "the person's `name`")
		u.asked.StringVar(&u.role, "role", "agent", "administrator, chief executive, head of department, agent, or a `role` of the company's own")
		u.asked.StringVar(&u.extension, "extension", "", "the `number` at the PBX")
		u.asked.StringVar(&u.department, "department", "", "the `department`, for rights that reach so far")
		u.asked.StringVar(&u.pbx, "sip", "", "the telephone account that signing in brings: `sip:101@pbx.example.org`")
		u.asked.StringVar(&u.pbxPassword, "sip-password-file", "", "read its password from this `FILE`")
		u.asked.StringVar(&u.transport, "sip-transport", "", "udp, tcp, tls or auto")
	}
	if done, err := parse(u.asked, rest, t); done || err != nil {
		return err
	}
	if name != "list" && u.email == "" {
		return misuse("-email is missing")
	}
	if name != "add" {
		if err := u.where.exists(); err != nil {
			return err
		}
	}
	fresh := u.where.fresh()
	return u.where.during(ctx, func(o opened) error {
		err := do(ctx, u, o, t)
		if err == nil && fresh != "" {
			_, err = fmt.Fprintf(t.out, "That is in a new database: %s\n", fresh)
		}
		return err
	})
}

// fresh is the file of an embedded database that is not there yet, "" when it is: who meant another one sees it.
func (p place) fresh() string {
	file, embedded := p.sqliteFile()
	if _, err := os.Stat(file); !embedded || file == ":memory:" || !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return absolute(file)
}

// addUser makes a user in the CRM who can sign in.
func addUser(ctx context.Context, u userFlags, o opened, t terminal) error {
	if strings.TrimSpace(u.name) == "" {
		return misuse("-name is missing")
	}
	email, err := access.Email(u.email)
	if err != nil {
		return err
	}
	workspace, err := o.company.FirstWorkspace(ctx, u.where.region)
	if err != nil {
		return err
	}
	if err := o.company.FreeEmail(ctx, o.access, workspace, email); err != nil {
		return err
	}
	if _, err := o.access.Credential(ctx, email); err == nil {
		return access.ErrTaken
	}
	role, err := roleOf(ctx, o, workspace, u.role)
	if err != nil {
		return err
	}
	password, made, err := passwordFrom(u.password, t.in)
	if err != nil {
		return err
	}
	id, err := o.access.NewID()
	if err != nil {
		return err
	}
	telephones, err := telephonesFrom(u)
	if err != nil {
		return err
	}
	user := crm.User{ID: id, Name: strings.TrimSpace(u.name), Email: email, Extension: u.extension, Department: u.department, Roles: []crm.ID{role.ID}}
	join, err := o.access.Joining(ctx, workspace, id, email, password, telephones...)
	if err != nil {
		return err
	}
	if err := o.company.AddUser(ctx, workspace, user, join); err != nil {
		return err
	}
	fmt.Fprintf(t.out, "%s can sign in with %s, as %s.\n", user.Name, email, role.Name)
	if made {
		fmt.Fprintf(t.out, "Password, shown this once: %s\n", password)
	}
	return nil
}

// telephonesFrom is the telephone account that was asked for, if one was.
func telephonesFrom(u userFlags) ([]wire.Account, error) {
	if u.pbx == "" {
		if flagGiven(u.asked, "sip-password-file", "sip-transport") {
			return nil, misuse("-sip-password-file and -sip-transport go with -sip")
		}
		return nil, nil
	}
	a := wire.Account{Name: "Office", Address: u.pbx, AuthUser: u.extension, Transport: u.transport}
	if u.pbxPassword != "" {
		text, err := os.ReadFile(u.pbxPassword)
		if err != nil {
			return nil, fmt.Errorf("read the password of the telephone account: %w", err)
		}
		a.Password = strings.TrimRight(string(text), "\r\n")
	}
	if err := access.CheckTelephone(a); err != nil {
		return nil, fmt.Errorf("-sip: %w", err)
	}
	return []wire.Account{a}, nil
}

func roleOf(ctx context.Context, o opened, workspace crm.ID, written string) (crm.Role, error) {
	roles, err := o.company.Roles(ctx, workspace)
	if err != nil {
		return crm.Role{}, err
	}
	var names []string
	for _, r := range roles {
		if strings.EqualFold(r.Name, written) || string(r.ID) == written {
			return r, nil
		}
		names = append(names, strings.ToLower(r.Name))
	}
	return crm.Role{}, fmt.Errorf("there is no role %q; there are: %s", written, strings.Join(names, ", "))
}

// passwordFrom reads a password, or makes one up.
func passwordFrom(file string, in io.Reader) (password string, made bool, err error) {
	var text []byte
	switch file {
	case "":
		return rand.Text(), true, nil
	case "-":
		text, err = io.ReadAll(io.LimitReader(in, 1<<12))
	default:
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return "", false, fmt.Errorf("read the password: %w", err)
	}
	password = strings.TrimRight(string(text), "\r\n")
	if password == "" {
		return "", false, access.ErrWeakPassword
	}
	return password, false, nil
}

func listUsers(ctx context.Context, _ userFlags, o opened, t terminal) error {
	all, err := o.access.Credentials(ctx, "")
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "E-MAIL\tNAME\tEXTENSION\tROLES\tDEVICES\tSTATE")
	let := map[crm.ID]bool{}
	for _, c := range all {
		let[c.User] = true
		user, _, err := o.company.User(ctx, c.Workspace, c.User)
		if err != nil {
			return err
		}
		roles, err := rolesOf(ctx, o, c.Workspace, user)
		if err != nil {
			return err
		}
		devices, err := o.access.Devices(ctx, c.Workspace, c.User)
		if err != nil {
			return err
		}
		state, in := "", 0
		for _, d := range devices {
			if d.Revoked.IsZero() {
				in++
			}
		}
		switch {
		case !c.Disabled.IsZero():
			state = "disabled"
		case user.Left:
			state = "has left"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\n", c.Email, user.Name, user.Extension, roles, in, state)
	}
	// Whom a program has added, and nobody has let in yet.
	err = eachUser(ctx, o, func(workspace crm.ID, user crm.User) error {
		if let[user.ID] || user.Left {
			return nil
		}
		roles, err := rolesOf(ctx, o, workspace, user)
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t0\tcannot sign in yet\n", user.Email, user.Name, user.Extension, roles)
		return err
	})
	return errors.Join(err, table.Flush())
}

// eachUser does something with each user of each company.
func eachUser(ctx context.Context, o opened, do func(workspace crm.ID, user crm.User) error) error {
	heads, err := o.engine.Heads(ctx)
	if err != nil {
		return err
	}
	for _, workspace := range slices.Sorted(maps.Keys(heads)) {
		users, err := o.company.Users(ctx, workspace)
		if err != nil {
			return err
		}
		for _, u := range users {
			if err := do(workspace, u); err != nil {
				return err
			}
		}
	}
	return nil
}

func rolesOf(ctx context.Context, o opened, workspace crm.ID, u crm.User) (string, error) {
	roles, err := o.company.Roles(ctx, workspace)
	var names []string
	for _, r := range roles {
		for _, mine := range u.Roles {
			if r.ID == mine {
				names = append(names, r.Name)
			}
		}
	}
	return strings.Join(names, ", "), err
}

func setPassword(ctx context.Context, u userFlags, o opened, t terminal) error {
	password, made, err := passwordFrom(u.password, t.in)
	if err != nil {
		return err
	}
	said := "The password was changed. All devices of the user have to sign in anew."
	if err = o.access.SetPassword(ctx, u.email, password); errors.Is(err, access.ErrNoUser) {
		said = "The user can sign in now."
		if err = letIn(ctx, u.email, o); err == nil {
			err = o.access.SetPassword(ctx, u.email, password)
		}
	}
	if err != nil {
		return err
	}
	tellServers(ctx, u.email, o)
	fmt.Fprintln(t.out, said)
	if made {
		fmt.Fprintf(t.out, "Password, shown this once: %s\n", password)
	}
	return nil
}

// letIn makes one who can sign in of a user whom a program has added with that e-mail address; access.ErrNoUser when there is none.
func letIn(ctx context.Context, written string, o opened) error {
	email, err := access.Email(written)
	if err != nil {
		return err
	}
	in := false
	err = eachUser(ctx, o, func(workspace crm.ID, user crm.User) error {
		if in || user.Left || !strings.EqualFold(strings.TrimSpace(user.Email), email) {
			return nil
		}
		in = true
		return o.access.LetIn(ctx, workspace, user.ID, email)
	})
	if err == nil && !in {
		err = access.ErrNoUser
	}
	return err
}

func disableUser(ctx context.Context, u userFlags, o opened, t terminal) error {
	if err := o.access.Disable(ctx, u.email); err != nil {
		return err
	}
	tellServers(ctx, u.email, o)
	_, err := fmt.Fprintln(t.out, "Locked out. The user's devices erase their copies as soon as they reach the server.")
	return err
}

// tellServers has servers on the same PostgreSQL look at once who of a user's company may stay connected. One that does not hear it finds
// out for itself within half a minute.
func tellServers(ctx context.Context, email string, o opened) {
	if c, err := o.access.Credential(ctx, email); err == nil {
		_ = o.db.Tell(ctx, []database.News{{Workspace: string(c.Workspace), SignedOut: true}})
	}
}

func enableUser(ctx context.Context, u userFlags, o opened, t terminal) error {
	if err := o.access.Enable(ctx, u.email); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, "The user can sign in again.")
	return err
}
