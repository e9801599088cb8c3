// Package phone is a SIP telephone: accounts that register, calls that ring, and
// their sound. It knows no CRM and no window.
//
// A [Phone] holds any number of accounts, each with its own signalling stack
// (package phone/sip), and any number of calls. A call is an actor: one goroutine
// owns its state; SIP, timers and people post messages to it. Whoever wants to
// know about calls is a [Listener] and receives values, never pointers.
//
// What comes from the network is foreign: nothing it contains may close the
// program, hang a call or hold up the 180 that answers an INVITE.
package phone
