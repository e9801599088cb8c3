package desk

import (
	"context"
	"time"

	"leadline/crm"
)

// File is what the desk asks of the agent's file; *store.Store is one. What each
// method does is told there.
type File interface {
	NewID() crm.ID
	Me(context.Context) (crm.User, error)
	Users(context.Context) ([]crm.User, error)
	Queues(context.Context) ([]crm.Queue, error)
	Sources(context.Context) ([]string, error)
	Workspace(context.Context) (crm.Workspace, error)
	Rights(context.Context) (crm.Rights, error)
	Fields(context.Context) ([]crm.Field, error)
	Entries(context.Context, crm.ListName) ([]crm.Entry, error)
	TraceOf(context.Context, []crm.Entry) (crm.ExceptTrace, error)
	AddExceptions(ctx context.Context, entries []crm.Entry, remove bool) error
	Colleague(context.Context, crm.Party) (crm.User, error)
	Lines(context.Context) ([]crm.Line, error)
	LineByNumber(ctx context.Context, written string) (crm.Line, bool, error)

	Match(context.Context, crm.Party) ([]crm.Match, error)
	Similar(context.Context, crm.Form) ([]crm.Match, error)
	Card(ctx context.Context, r crm.Ref, n int, this crm.ID) (crm.Card, error)
	Route(ctx context.Context, caller, line string, ready func(crm.User) bool) (crm.Route, error)

	BeginCall(context.Context, crm.Call) (crm.Call, crm.Decision, error)
	RingCall(ctx context.Context, call crm.ID) (crm.Call, crm.Decision, error)
	AnswerCall(ctx context.Context, call crm.ID, at time.Time) error
	SettleCall(ctx context.Context, call crm.ID) (gained bool, err error)
	EndCall(ctx context.Context, call crm.ID, at time.Time, o crm.Outcome, detail string) error
	TransferCall(ctx context.Context, call crm.ID, target string) error
	SaveNote(ctx context.Context, call crm.ID, text string) error
	SaveQuality(ctx context.Context, call crm.ID, q crm.SoundQuality) error
	SaveRecordings(ctx context.Context, call crm.ID, files []string) error
	SaveResult(ctx context.Context, call crm.ID, result string) error
	LinkParty(ctx context.Context, call crm.ID, to crm.Ref) error
	LinkCall(ctx context.Context, call crm.ID, r crm.Ref) error
	SaveDraft(context.Context, crm.Form) error
	DropDraft(ctx context.Context, call crm.ID) error
	Drafts(context.Context) ([]crm.Form, error)
	Create(context.Context, crm.Form) (crm.Ref, error)
	Interrupted(context.Context) ([]crm.Call, error)

	Call(ctx context.Context, id crm.ID) (crm.CallRow, error)
	Calls(context.Context, crm.Query) (crm.CallPage, error)
	Missed(context.Context, crm.Query) (crm.CallPage, error)
	MissedCount(context.Context) (int, error)
	FollowUpOf(ctx context.Context, call crm.ID) (crm.FollowUp, error)
	FollowUpCount(ctx context.Context, before time.Time) (int, error)
	OpenLeads(context.Context) (int, error)
	Contacts(context.Context, crm.Query) (crm.RecordPage, error)
	Companies(context.Context, crm.Query) (crm.RecordPage, error)
	Leads(context.Context, crm.Query) (crm.RecordPage, error)
	Deals(context.Context, crm.Query) (crm.RecordPage, error)
	Count(ctx context.Context, kind crm.Kind, q crm.Query) (int, error)
	Record(context.Context, crm.Ref) (crm.Record, error)
	RecordFrom(ctx context.Context, r crm.Ref, skip int) (crm.Record, error)
	Belongings(ctx context.Context, r crm.Ref, n int) (crm.Belongings, error)
	Search(ctx context.Context, text string, limit int) ([]crm.Found, error)

	Do(context.Context, ...crm.Change) error
	OnChange(func(crm.Changed)) (stop func())
}
