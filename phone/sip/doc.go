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
// A message is read here first (wire.go, screen.go): the library's parser gets its plain
// form, and what is malformed is answered without it. A middleware refuses what can't be
// taken with the code that RFC 3261 §8.2 names (refusal.go). Outgoing calls are dialogs of
// our own, made from sipgo's transactions: their early dialogs, PRACK, CSeq and routes
// (request.go, prack.go). diago carries incoming dialogs until their ACK and BYE. INVITE
// within a dialog, UPDATE, PRACK, INFO, NOTIFY and REFER are answered here, and sessions
// are kept alive here (timer.go). The loops that wait for answers and for the ACK are ours
// too, because the library's give up after ten provisional answers, lose a 200 that
// crosses a CANCEL, and never stop waiting for an ACK that doesn't come.
package sip
