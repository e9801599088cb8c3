// Package sip is the signalling of one account: transports, registration, dialogs.
// It is the only importer of diago and sipgo, and it knows no sound: bodies come
// and go as bytes.
//
// A [Stack] is one user agent that goes through one target of its PBX (package locate)
// at a time. It rings through the function it was opened with and dials with
// [Stack.Dial]; each call is a [Dialog], whose [Events] are called from goroutines of
// this package and must not block.
//
// The sockets are ours (flow.go, connect.go): the library reads from a UDP socket that
// may be exchanged beneath it, or from the one TCP or TLS connection that we made. So
// [Stack.Move] goes on from another address with the calls and subscriptions there are.
//
// diago carries the transports, the dialogs with their Call-ID, tags, CSeq and route
// sets, BYE and OPTIONS. It is young, so that what it would stumble over never gets to
// it: a middleware refuses messages that lack what RFC 3261 §8.1.1 demands, and INVITE
// within a dialog, UPDATE, INFO, NOTIFY and REFER are answered here. The loops that
// wait for answers and for the ACK are ours too, because the library's give up after
// ten provisional answers, lose a 200 that crosses a CANCEL, and never stop waiting
// for an ACK that doesn't come.
package sip
