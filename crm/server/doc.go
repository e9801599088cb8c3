// Package server is the authority: it commits what programs did, in one order for all, and tells them
// what others did (sync-notes.md). What a command does says the package ledger; where it is kept, the
// package database.
//
// An Engine has no goroutine, clock or randomness of its own, so that a simulator can drive it step by
// step. A Committer gathers what many programs push at the same time into few transactions.
package server
