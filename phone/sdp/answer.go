package sdp

import (
	"maps"
	"slices"
	"strings"

	psdp "github.com/pion/sdp/v3"
)

// Answer answers a peer's offer: body goes into the response, agreed to the media
// plane. The error is an [*Error] and says which SIP response to give instead.
//
// Of several audio lines the first that can be used is, all others and video get
// port 0. Among the codecs the peer offers, the order is that of local.Codecs.
func Answer(remote []byte, local Local) (body []byte, agreed Media, err error) {
	d, err := read(remote)
	if err != nil {
		return nil, Media{}, err
	}
	chosen, safe, err := choose(d, local.common, local.Secure.protection)
	if err != nil {
		return nil, Media{}, err
	}
	m := d.MediaDescriptions[chosen]
	list := formats(m)
	common := local.common(list)
	agreed, err = local.agree(d, m, common)
	agreed.Protection = safe
	if err != nil {
		return nil, Media{}, err
	}
	var events []eventFormat
	if !local.NoDTMF {
		events = commonEvents(list, common)
	}
	agreed.takeEvents(events, func(e eventFormat) (uint8, bool) { return e.payload, true })
	quiet := agreed.takeNoise(list)
	agreed.Hold = agreed.Hold || !theirs(d, m).Receives()
	agreed.Layout = local.Layout.after(d, chosen, agreed)

	lines := make([]*psdp.MediaDescription, len(d.MediaDescriptions))
	for i := range d.MediaDescriptions {
		if i == chosen {
			lines[i] = local.audioLine(agreed.Profile, common, events, quiet, agreed.Mux, agreed.Direction)
			lines[i].Attributes = append(lines[i].Attributes, local.Secure.answered(safe)...)
		} else {
			lines[i] = refusedLine(agreed.Layout.lines[i])
		}
	}
	return local.description(lines), agreed, nil
}

// ParseAnswer reads the peer's answer to what Offer(offer) sent. The error is an
// [*Error]; a call with such an answer is to be ended after the ACK.
func ParseAnswer(offer Local, remote []byte) (Media, error) {
	d, err := read(remote)
	if err != nil {
		return Media{}, err
	}
	chosen, safe, err := choose(d, offer.accepted, offer.Secure.confirmed)
	if err != nil {
		return Media{}, err
	}
	m := d.MediaDescriptions[chosen]
	list := formats(m)
	agreed, err := offer.agree(d, m, offer.accepted(list))
	if err != nil {
		return Media{}, err
	}
	agreed.Protection = safe
	ours := offer.events()
	agreed.takeEvents(commonEvents(list, agreed.Accept), func(e eventFormat) (uint8, bool) {
		i := slices.IndexFunc(ours, func(o eventFormat) bool { return o.clock == e.clock })
		if i < 0 {
			return 0, false
		}
		return ours[i].payload, true
	})
	// Only a refusal to hear us is a hold: recvonly answers our own hold.
	agreed.Hold = agreed.Hold || offer.Direction.Sends() && !theirs(d, m).Receives()
	agreed.Layout = offer.Layout.after(d, chosen, agreed)
	return agreed, nil
}

// choose finds the first audio line that can be used, one that is kept secret before one
// in the clear, or the reason why none can.
func choose(d *psdp.SessionDescription, common func([]offered) []Format,
	protection func(*psdp.SessionDescription, *psdp.MediaDescription) (Protection, *Error),
) (chosen int, safe Protection, err error) {
	why := refuse(488, ErrNoAudio, "%d media lines", len(d.MediaDescriptions))
	chosen = -1
	for i, m := range d.MediaDescriptions {
		if m.MediaName.Media != "audio" || m.MediaName.Port.Value == 0 {
			continue
		}
		profile := proto(m)
		if !clearProfile(profile) && !secured(profile) {
			continue
		}
		p, unsafe := protection(d, m)
		switch {
		case unsafe != nil:
			if why.Err != ErrNoCodec {
				why = unsafe
			}
		case len(common(formats(m))) == 0:
			why = refuse(488, ErrNoCodec, "the peer has %s", names(m))
		case chosen < 0 || safe.Keying == NoKeys && p.Keying != NoKeys:
			chosen, safe = i, p
		}
	}
	if chosen < 0 {
		return 0, Protection{}, why
	}
	return chosen, safe, nil
}

func proto(m *psdp.MediaDescription) string { return strings.Join(m.MediaName.Protos, "/") }

func names(m *psdp.MediaDescription) string {
	var list []string
	for _, o := range formats(m) {
		list = append(list, o.codec.Name)
	}
	if len(list) == 0 {
		return "payload types " + strings.Join(m.MediaName.Formats, " ")
	}
	return strings.Join(list, ", ")
}

// common are the codecs of a peer's offer that we speak, in our order, with the
// peer's payload types in both directions (RFC 3264 §6.1).
func (l Local) common(list []offered) []Format {
	var out []Format
	for _, f := range l.ours() {
		for _, o := range list {
			if o.codec.key() == f.Codec.key() {
				f.PayloadSend, f.PayloadRecv, f.Wishes = o.payload, o.payload, o.params
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// accepted are the codecs of the peer's answer that we offered, in the peer's order
// (RFC 3264 §7: send with the first). We receive what our offer said.
func (l Local) accepted(list []offered) []Format {
	var out []Format
	ours := l.ours()
	for _, o := range list {
		for _, f := range ours {
			if o.codec.key() == f.Codec.key() {
				f.PayloadSend, f.Wishes = o.payload, o.params
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// agree is what both directions of negotiation have in common.
func (l Local) agree(d *psdp.SessionDescription, m *psdp.MediaDescription, list []Format) (Media, error) {
	agreed := Media{Format: list[0], Accept: list, Profile: proto(m), Ptime: l.packet(m)}
	_, offersMux := m.Attribute("rtcp-mux")
	agreed.Mux = offersMux && l.RTCPMux
	zero, err := agreed.address(d, m)
	if err != nil {
		return Media{}, err
	}
	agreed.Hold = zero
	peer := theirs(d, m)
	agreed.Direction = direction(l.Direction.Sends() && peer.Receives() && !zero,
		l.Direction.Receives() && peer.Sends())
	return agreed, nil
}

// theirs is the direction the peer wrote, for the line or else for the session.
func theirs(d *psdp.SessionDescription, m *psdp.MediaDescription) Direction {
	for _, attributes := range [][]psdp.Attribute{m.Attributes, d.Attributes} {
		for _, a := range attributes {
			for _, dir := range []Direction{SendRecv, SendOnly, RecvOnly, Inactive} {
				if a.Key == dir.String() {
					return dir
				}
			}
		}
	}
	return SendRecv
}

// after is the layout for the next offer: the lines of this exchange, and the
// payload types in use.
func (o Layout) after(d *psdp.SessionDescription, chosen int, agreed Media) Layout {
	next := Layout{audio: chosen, dtmf: map[int]uint8{}, pts: map[string]uint8{}}
	maps.Copy(next.pts, o.pts)
	maps.Copy(next.dtmf, o.dtmf)
	for _, f := range agreed.Accept {
		next.pts[f.Codec.key()] = f.PayloadRecv
	}
	if agreed.DTMF {
		next.dtmf[agreed.DTMFClock] = agreed.DTMFRecv
	}
	for _, m := range d.MediaDescriptions {
		next.lines = append(next.lines, line{media: m.MediaName.Media, proto: proto(m), formats: m.MediaName.Formats})
	}
	return next
}
