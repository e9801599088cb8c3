// Package database is where the server keeps what the company has: embedded SQLite, or
// PostgreSQL with any number of servers side by side. Both speak one dialect here, with
// $1 for arguments; the few differences are in sqlite.go and postgres.go, and one suite of tests
// holds both to the same.
//
// All that belongs to a workspace is reached by a Tx, which is bound to one. On PostgreSQL row
// level security is a second wall behind that.
package database
