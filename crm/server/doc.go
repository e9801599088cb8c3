// Package server is the shared server's engine. It commits the commands of all programs in one order, and gives each program the rows
// that others have changed (sync-notes.md). The rules of what a command does are in package ledger, the database is in package
// database, HTTP is in package front.
//
// An Engine has no goroutine, clock or randomness of its own, so that a simulator can drive it step by
// step. A Committer gathers what many programs push at the same time into few transactions.
package server
