// Package replica keeps the agent's file in step with the shared server, whatever happens
// to either: it pushes what waits in the outbox and pulls what is new, each in a loop of its own. What
// is pulled is truth only as a page by cursor; hints say when to pull.
//
// Run is for a program. A simulator steps Greet, Push and Pull itself; clock and
// randomness come from outside, so that it repeats a failure exactly.
package replica
