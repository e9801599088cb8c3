// Package icons is where the program's icons are drawn: gen/strokes holds the
// drawings (Lucide's, ISC licence, and our own), gen makes the files here of them.
package icons

//go:generate go run ./gen
