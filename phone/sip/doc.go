// Package sip is the signalling of one account: transports, registration, dialogs.
// It is the only importer of diago and sipgo, and it knows no sound: bodies come
// and go as bytes.
//
// A [Stack] is one user agent at one local address. It rings through the function
// it was opened with and dials with [Stack.Dial]; each call is a [Dialog], whose
// [Events] are called from goroutines of this package and must not block.
//
// diago carries the transports, the dialogs with their Call-ID, tags, CSeq and route
// sets, BYE and OPTIONS. It is young, so that what it would stumble over never gets to
// it: a middleware refuses messages that lack what RFC 3261 §8.1.1 demands, and INVITE
// within a dialog, UPDATE, INFO, NOTIFY and REFER are answered here. The loops that
// wait for answers and for the ACK are ours too, because the library's give up after
// ten provisional answers, lose a 200 that crosses a CANCEL, and never stop waiting
// for an ACK that doesn't come.
package sip
