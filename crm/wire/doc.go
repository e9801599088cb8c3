// Package wire is what an agent's program and the shared server say to each other:
// the messages of the sync protocol and their encoding. It does no I/O.
//
// A program pushes named, versioned commands (crm.Change) and pulls rows by revision. A row
// is a document: what crm writes as JSON, with whatever fields a later version has besides.
//
// Messages travel as CBOR (RFC 8949), and as JSON for people. Decode refuses what is too long,
// too deep or has too many members before it is built, so that a peer cannot make
// the other side use much memory; where a message came from has no say in that.
package wire
