// Package crm is the domain: contacts, companies, leads, deals, calls and their
// notes, lines, users, numbers, and the intake rules that say what a call makes
// of them (requirements.md A to H).
//
// What a call makes is decided in one place, Decide (intake.go), from Facts alone;
// where an incoming call goes, in DecideRoute (route.go). Each gives its reason in a
// sentence (reasons.go), and TryRules (tryout.go) runs them over calls of the past.
// What a lead becomes says Lead.Convert (convert.go), what two records become MergeContacts
// and its like (merge.go). The settings they depend on are Line, Queue, Workspace,
// Pipeline, Field, Entry and Role, each in a file of its name.
//
// It is pure. Nothing here reads a clock, a file or a socket; whoever calls
// passes the time in. Values are plain structs, safe to copy and to hand to
// another goroutine. Changes are named, versioned commands (Change), so that
// what one program did can be told to another.
package crm
