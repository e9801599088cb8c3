// Package front is the HTTP side of the server: it lets programs, PBXs and other software in, reads what
// they send within limits, and answers in CBOR or JSON. What the company has, and who may do what with it,
// is the engine's business.
//
// Nothing that comes in is trusted: the workspace and the user follow from the token, bodies are
// bounded before and after they are decompressed, and a panic ends one request. The log has
// routes, ids and times, but no address, number, name or token.
package front
