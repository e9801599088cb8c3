package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"leadline/crm"
	"leadline/crm/server/webhook"
)

// hookFlags are what the commands about webhooks take.
type hookFlags struct {
	where                 place
	url, email, kinds, id string
}

func webhookCommand(ctx context.Context, args []string, t terminal) error {
	name, rest, do, err := subcommand("webhook", args, t, map[string]func(context.Context, hookFlags, opened, terminal) error{"add": addHook, "list": listHooks, "remove": removeHook})
	if err != nil || do == nil {
		return err
	}
	var k hookFlags
	flags := flag.NewFlagSet("leadline-server webhook "+name, flag.ContinueOnError)
	k.where.flags(flags)
	switch name {
	case "add":
		flags.StringVar(&k.url, "url", "", "where to post changes: `https://…`")
		flags.StringVar(&k.email, "email", "", "whose view it has, by e-mail `address`")
		flags.StringVar(&k.kinds, "kinds", strings.Join(webhook.Kinds, ","), "what it is told of, with commas between")
	case "remove":
		flags.StringVar(&k.id, "id", "", "which, as list shows it")
	}
	if done, err := parse(flags, rest, t); done || err != nil {
		return err
	}
	if name == "remove" && k.id == "" {
		return misuse("-id is missing: webhook list shows it")
	}
	if err := k.where.exists(); err != nil {
		return err
	}
	return k.where.during(ctx, func(o opened) error { return do(ctx, k, o, t) })
}

func addHook(ctx context.Context, k hookFlags, o opened, t terminal) error {
	if k.email == "" {
		return misuse("-email is missing: whose view it has")
	}
	c, err := o.access.Credential(ctx, k.email)
	if err != nil {
		return err
	}
	_, secret, err := o.hooks.Add(ctx, c.Workspace, c.User, k.url, strings.FieldsFunc(k.kinds, func(r rune) bool { return r == ',' || r == ' ' }))
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.out, "Secret for its signatures, shown this once: %s\n", secret)
	return err
}

func listHooks(ctx context.Context, k hookFlags, o opened, t terminal) error {
	workspace, err := o.company.FirstWorkspace(ctx, k.where.region)
	if err != nil {
		return err
	}
	all, err := o.hooks.List(ctx, workspace)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tURL\tKINDS\tTOLD UP TO\tFAILURES")
	for _, h := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\n", h.ID, h.URL, strings.Join(h.Kinds, ","), h.Cursor, h.Failures)
	}
	return table.Flush()
}

func removeHook(ctx context.Context, k hookFlags, o opened, t terminal) error {
	workspace, err := o.company.FirstWorkspace(ctx, k.where.region)
	if err != nil {
		return err
	}
	if err := o.hooks.Remove(ctx, workspace, crm.ID(k.id)); err != nil {
		return err
	}
	_, err = fmt.Fprintln(t.out, "It is told nothing from now on.")
	return err
}
