package crm

import "time"

// UndoFor is how long a conversion or a merge can be taken back.
const UndoFor = 24 * time.Hour

// Undo is something that can still be taken back.
type Undo struct {
	ID    int64
	Title Text
	At    time.Time
	Refs  []Ref // the records it is about: of a conversion what was made and the lead, of a merge the one that is left, of a number who has it and who had it
}

// What can be taken back, and why it cannot.
const (
	UndoConversion = "{name} was converted"
	UndoMerge      = "{gone} was merged into {name}"
	UndoNumber     = "A number was moved from {gone} to {name}"
	UndoRemoval    = "{name} was deleted"
	UndoRemovals   = "{n} records were deleted"
	UndoTooLate    = "It is too late to take that back."
	MergeUnlike    = "Only two contacts, two companies or two leads can be merged."
	UndoChanged    = "{name} was changed since; it can no longer be taken back."
)

// UndoTexts are all sentences about taking back.
var UndoTexts = []string{UndoConversion, UndoMerge, UndoNumber, UndoRemoval, UndoRemovals, UndoTooLate, UndoChanged, MergeUnlike}
