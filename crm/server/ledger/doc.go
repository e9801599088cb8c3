// Package ledger says what a command does to the company's data: the rules by which
// the server merges what programs did, each without knowing of the others (sync-notes: Merging,
// ensure_lead).
//
// It is pure. It reads documents through Rows, keeps what it changed in a Batch, and
// reads no clock: whoever calls passes the time in. A command is done whole, or is refused
// and leaves nothing behind.
package ledger
