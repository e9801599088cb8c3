package ui

import (
	"context"
	"time"

	"leadline/crm"
	"leadline/ui/desk"
)

// Customers are what the windows ask and change of records besides showing them
// (requirements.md F1); *store.Store is one, and tells what each method does. All wait for
// the disk: see fileAsk.
type Customers interface {
	NewID() crm.ID
	Me(context.Context) (crm.User, error)
	Users(context.Context) ([]crm.User, error)
	Do(context.Context, ...crm.Change) error
	Change(context.Context, ...crm.Change) error // Do, and the records' timelines tell of it
	TakeBack(ctx context.Context, note crm.ID) error
	Fields(context.Context) ([]crm.Field, error)
	Pipelines(context.Context) ([]crm.Pipeline, error)
	Workspace(context.Context) (crm.Workspace, error)
	Entries(context.Context, crm.ListName) ([]crm.Entry, error)

	ConversionOf(ctx context.Context, lead crm.ID, kinds []crm.Kind, into []crm.Ref, pipeline crm.ID) (crm.ConvertLead, error)
	Record(context.Context, crm.Ref) (crm.Record, error)
	Note(context.Context, crm.ID) (crm.Note, error) // of a record
	Call(context.Context, crm.ID) (crm.CallRow, error)
	Like(context.Context, crm.Likeness) ([]crm.Duplicate, error)
	MergeOf(ctx context.Context, keep, gone crm.Ref, take map[string]bool) (crm.MergeRecords, []crm.Difference, error)
	Merge(context.Context, crm.MergeRecords) (crm.Undo, error)
	MoveNumber(ctx context.Context, number crm.Number, from, to crm.Ref, withCalls bool) (crm.Undo, error)
	Convert(context.Context, crm.ConvertLead) (crm.Undo, error)
	Remove(context.Context, ...crm.Ref) (crm.Undo, error)
	LinkParty(ctx context.Context, call crm.ID, to crm.Ref) error
	Undos(context.Context) ([]crm.Undo, error)
	Undo(ctx context.Context, id int64) error

	Lines(context.Context) ([]crm.Line, error)
	Statistics(context.Context, crm.StatisticsQuery) (crm.Statistics, error)

	Board(ctx context.Context, pipeline crm.ID, mine bool, limit int) (crm.Board, error)
	FollowUps(context.Context, crm.Ref) ([]crm.FollowUp, error)
	FollowUpList(context.Context, crm.Query) (crm.FollowUpPage, error)
	FollowUpCount(ctx context.Context, before time.Time) (int, error) // of the agent's own that are open
}

func crmRef(r desk.Ref) crm.Ref { return crm.Ref{Kind: crm.Kind(r.Kind), ID: crm.ID(r.ID)} }

func deskRef(r crm.Ref) desk.Ref { return desk.Ref{Kind: desk.RecordKind(r.Kind), ID: string(r.ID)} }
