package sdp

import psdp "github.com/pion/sdp/v3"

// Offer is the body of an INVITE, of a re-INVITE, or of the 200 to an INVITE
// without a body (a late offer, answered in the ACK).
func Offer(local Local) []byte {
	proto := local.Secure.profile()
	lines := local.Layout.lines
	if len(lines) > 0 {
		proto = lines[local.Layout.audio].proto
	}
	audio := local.audioLine(proto, local.ours(), local.events(), nil, local.RTCPMux, local.Direction)
	audio.Attributes = append(audio.Attributes, local.Secure.offered(proto)...)
	if len(lines) == 0 {
		return local.description([]*psdp.MediaDescription{audio})
	}
	all := make([]*psdp.MediaDescription, len(lines))
	for i, l := range lines {
		if i == local.Layout.audio {
			all[i] = audio
		} else {
			all[i] = refusedLine(l)
		}
	}
	return local.description(all)
}
