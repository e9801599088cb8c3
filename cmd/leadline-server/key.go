package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"leadline/crm"
	"leadline/crm/server/access"
)

// keyFlags are what the commands about keys take.
type keyFlags struct {
	where                   place
	name, scopes, email, id string
}

func keyCommand(ctx context.Context, args []string, t terminal) error {
	name, rest, do, err := subcommand("key", args, t, map[string]func(context.Context, keyFlags, opened, terminal) error{"add": addKey, "list": listKeys, "revoke": revokeKey})
	if err != nil || do == nil {
		return err
	}
	var k keyFlags
	flags := flag.NewFlagSet("leadline-server key "+name, flag.ContinueOnError)
	k.where.flags(flags)
	switch name {
	case "add":
		flags.StringVar(&k.name, "name", "", "the `NAME` that tells what it is for")
		flags.StringVar(&k.scopes, "scopes", "route", "what it may: route, read, write, with commas between")
		flags.StringVar(&k.email, "email", "", "whose rights it has, by e-mail `address`; a PBX that only asks for routes needs none")
	case "revoke":
		flags.StringVar(&k.id, "id", "", "which, as list shows it")
	}
	if done, err := parse(flags, rest, t); done || err != nil {
		return err
	}
	scopes := k.scopeList()
	switch {
	case name == "revoke" && k.id == "":
		return misuse("-id is missing: key list shows it")
	case name == "add" && k.email == "" && (slices.Contains(scopes, access.ScopeRead) || slices.Contains(scopes, access.ScopeWrite)):
		return misuse("-email is missing: whose rights the key has, as it reads or writes")
	}
	if err := k.where.exists(); err != nil {
		return err
	}
	return k.where.during(ctx, func(o opened) error { return do(ctx, k, o, t) })
}

func (k keyFlags) scopeList() []string {
	return strings.FieldsFunc(k.scopes, func(r rune) bool { return r == ',' || r == ' ' })
}

func addKey(ctx context.Context, k keyFlags, o opened, t terminal) error {
	if k.name == "" {
		return misuse("-name is missing")
	}
	workspace, err := o.company.FirstWorkspace(ctx, k.where.region)
	if err != nil {
		return err
	}
	var user crm.ID
	if k.email != "" {
		c, err := o.access.Credential(ctx, k.email)
		if err != nil {
			return err
		}
		workspace, user = c.Workspace, c.User
	}
	_, token, err := o.access.AddKey(ctx, workspace, user, k.name, k.scopeList())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "Key, shown this once: %s\n", token)
	return err
}

func listKeys(ctx context.Context, k keyFlags, o opened, t terminal) error {
	workspace, err := o.company.FirstWorkspace(ctx, k.where.region)
	if err != nil {
		return err
	}
	all, err := o.access.Keys(ctx, workspace)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tSCOPES\tMADE\tSTATE")
	for _, key := range all {
		state := ""
		if !key.Revoked.IsZero() {
			state = "revoked"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", key.ID, key.Name, strings.Join(key.Scopes, ","), key.Made.Format("2006-01-02"), state)
	}
	return table.Flush()
}

func revokeKey(ctx context.Context, k keyFlags, o opened, t terminal) error {
	workspace, err := o.company.FirstWorkspace(ctx, k.where.region)
	if err != nil {
		return err
	}
	if err := o.access.RevokeKey(ctx, workspace, crm.ID(k.id)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, "The key is good for nothing from now on.")
	return err
}
