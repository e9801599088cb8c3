// Package access authenticates: passwords, devices and their tokens, and keys of other software. It also keeps the telephone accounts
// that a user's programs get when they sign in.
//
// A token is 256 random bits, known to the server by its hash alone. A device holds a
// short-lived access token and a refresh token that changes with each use. When a used refresh token is presented again, either it or its
// successor was stolen, and the device is signed out.
//
// What a person may do is not decided here: package ledger checks their roles at each command.
package access
