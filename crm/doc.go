// Package crm is the domain: contacts, companies, leads, deals, calls and their
// notes, lines, users, numbers, and the intake rules that say what a call makes
// of them (requirements.md A to H).
//
// It is pure. Nothing here reads a clock, a file or a socket; whoever calls
// passes the time in. Values are plain structs, safe to copy and to hand to
// another goroutine. Changes are named, versioned commands (Change), so that
// what one program did can be told to another.
package crm
