// Package sdp makes and reads the session descriptions of a telephone call: one
// audio stream, offered and answered as RFC 3264 says.
//
// What comes in is the body of a peer's INVITE, 200 or ACK, and what this end
// wants ([Local]); what goes out is the body to send and the [Media] that both
// ends agreed on. Everything is a pure function: no sockets, no clock, no state.
// A re-offer is made from what was agreed before with [Local.Again].
//
// Any input is survived; what cannot be used is refused with an [*Error] that
// names the SIP response to give (400, 415 or 488).
package sdp
