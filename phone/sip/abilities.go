package sip

// abilities is the body of our answer to OPTIONS: the codecs that we speak (RFC 3261
// §11.2, RFC 3264 §9). Who wouldn't read it was refused before.
func (s *Stack) abilities() Body {
	if s.opts.Abilities == nil {
		return Body{}
	}
	return Body{Type: "application/sdp", Data: s.opts.Abilities()}
}
