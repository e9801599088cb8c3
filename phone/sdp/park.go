package sdp

import psdp "github.com/pion/sdp/v3"

// Park answers an offer in mid-call that takes every stream away for now (port 0, RFC 3264 §8.2), as some
// PBXs hold: nothing is sent either way, and what was agreed on before is what the next offer begins with.
// Any other offer is refused as [Answer] does. An offer of something else in place of the audio, a fax
// (T.38), is no hold.
func Park(remote []byte, local Local, before Media) (body []byte, agreed Media, err error) {
	agreed, err = ParkedAnswer(remote, before)
	if err != nil {
		return nil, Media{}, err
	}
	lines := make([]*psdp.MediaDescription, 0, len(agreed.Layout.lines))
	for _, l := range agreed.Layout.lines {
		lines = append(lines, refusedLine(l))
	}
	return local.description(lines), agreed, nil
}

// ParkedAnswer reads an answer to an offer of ours in mid-call that takes every stream away for now, as some PBXs
// answer a hold: RFC 3264 §6 calls that a refusal of the stream, and they mean that nothing is to be sent. Any other
// answer is refused as [ParseAnswer] does.
func ParkedAnswer(remote []byte, before Media) (Media, error) {
	d, err := read(remote)
	if err != nil {
		return Media{}, err
	}
	audio := before.Layout.audio
	if audio >= len(d.MediaDescriptions) || d.MediaDescriptions[audio].MediaName.Media != "audio" {
		return Media{}, refuse(488, ErrNoAudio, "line %d was the audio", audio+1)
	}
	for _, m := range d.MediaDescriptions {
		if m.MediaName.Port.Value != 0 {
			return Media{}, refuse(488, ErrNoAudio, "%s at port %d in its place", m.MediaName.Media, m.MediaName.Port.Value)
		}
	}
	agreed := before
	agreed.Hold, agreed.Direction = true, Inactive
	agreed.Layout = before.Layout.after(d, audio, before)
	return agreed, nil
}
