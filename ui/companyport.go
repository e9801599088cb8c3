package ui

import (
	"context"
	"errors"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
	"leadline/ui/text"
)

// Company is how the company is set up (requirements.md A, D, E, F); *store.Store is
// one, and tells what each method does. All wait for the disk: see companyAsk.
type Company interface {
	NewID() crm.ID
	Lines(context.Context) ([]crm.Line, error)
	Queues(context.Context) ([]crm.Queue, error)
	Pipelines(context.Context) ([]crm.Pipeline, error)
	Users(context.Context) ([]crm.User, error)
	FormerUsers(context.Context) ([]crm.User, error)
	Roles(context.Context) ([]crm.Role, error)
	Rights(context.Context) (crm.Rights, error)
	Me(context.Context) (crm.User, error)
	Fields(context.Context) ([]crm.Field, error)
	Workspace(context.Context) (crm.Workspace, error)
	SetWorkspace(ctx context.Context, w crm.Workspace, asked []crm.ID) (converted int, err error)
	Entries(context.Context, crm.ListName) ([]crm.Entry, error)
	SetEntries(context.Context, crm.ListName, []crm.Entry) error
	Do(context.Context, ...crm.Change) error
	TryRules(ctx context.Context, since time.Time, change crm.RuleChange) (crm.Tryout, error)
}

// companyAsk asks on a goroutine of its own and gives the answer to the windows'.
func companyAsk[T any](opt MainOptions, ask func(context.Context, Company) (T, error), got func(T, error)) {
	fileAsk(opt, func(ctx context.Context) (T, error) { return ask(ctx, opt.Company) }, got)
}

// fileAsk asks what waits for the disk on a goroutine of its own, and gives the answer to the windows'.
func fileAsk[T any](opt MainOptions, ask func(context.Context) (T, error), got func(T, error)) {
	answer(context.Background(), opt.Do, struct{}{}, func(ctx context.Context, _ struct{}) (T, error) { return ask(ctx) }, got)
}

// fileDo is fileAsk for what has no answer.
func fileDo(opt MainOptions, do func(context.Context) error, done func(error)) {
	fileAsk(opt, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) }, func(_ struct{}, err error) { done(err) })
}

// companyDo is companyAsk for what has no answer.
func companyDo(opt MainOptions, do func(context.Context, Company) error, done func(error)) {
	fileDo(opt, func(ctx context.Context) error { return do(ctx, opt.Company) }, done)
}

// companyWhy says why something was not saved: in the CRM's words where it has some.
func companyWhy(err error) string {
	var wrong crm.Invalid
	if errors.As(err, &wrong) {
		return text.Say(desk.Text(wrong.Text))
	}
	return text.T("That did not work: {why}", "why", reasonOf(err))
}

// reasonOf is why something did not work, as other sentences end with it: in words of ours where there are some.
func reasonOf(err error) string {
	var failure *TestFailure
	var wrong crm.Invalid
	switch {
	case errors.As(err, &failure):
		return text.Say(failure.Why)
	case errors.As(err, &wrong):
		return text.Say(desk.Text(wrong.Text))
	}
	if known := desk.Why(err); known.Key != "" {
		return text.Say(known)
	}
	return err.Error()
}
