// Package secret keeps passwords: in the desktop's keyring where one answers,
// else in a file of mode 0600 in the data directory.
//
// A password travels through the program as a Secret, which prints as "••••"
// wherever it is formatted or logged; Reveal is the only way to its text.
package secret
