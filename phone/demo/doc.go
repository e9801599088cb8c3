// Package demo is a PBX in a box, for `make demo` and for tests that want a
// whole telephone system without installing one: a registrar with one extension,
// customers who call it, and numbers that can be called. Two boxes can be one company,
// whose agents call each other and pass calls on.
//
// It listens on loopback only, over UDP. It is a second party of its own: it
// signals with sipgo and makes its few RTP packets itself, so that a mistake in
// our own stack is not mirrored here.
package demo
