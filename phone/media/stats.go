package media

import (
	"math"
	"time"
)

// Stats is a snapshot of how a call is doing.
type Stats struct {
	Codec string // name of the codec we send with

	PacketsSent     uint64
	OctetsSent      uint64 // payload only, as RTCP counts
	PacketsReceived uint64
	PacketsLost     uint64 // never arrived
	PacketsLate     uint64 // arrived after their turn
	PacketsRepeated uint64 // duplicates
	Rejected        uint64 // datagrams that were no RTP of this call

	Loss       float64       // 0..1, of what we receive, over the last seconds
	LossSent   float64       // 0..1, of what we send, as the peer reports
	Jitter     time.Duration // of what we receive (RFC 3550 §6.4.1)
	JitterSent time.Duration // of what we send, as the peer reports
	RoundTrip  time.Duration // 0 until a peer's report tells
	Delay      time.Duration // playout delay of the jitter buffer as it is, about 20..200 ms
	Target     time.Duration // playout delay that the network asks for
	Concealed  float64       // 0..1, share of the audio of the last seconds that was made up

	PlayedSamples    uint64 // at the codec's rate, without silence that nobody sent
	ConcealedSamples uint64 // of them made up

	Silent  time.Duration // for how long nothing has arrived although the direction lets us hear
	Unheard time.Duration // for how long the peer has reported that nothing of ours arrives; 0 when it does or nobody knows
	Quiet   time.Duration // for how long the microphone, not muted, has given silence

	LastReceived time.Time // of an accepted RTP packet, zero before the first

	MOS     float64 // 1..4.5, estimated with a simple E-model (ITU-T G.107)
	Quality int     // 0 (unusable) .. 4 (good), for bars in a window
}

// Stats is how the call is doing now.
func (s *Session) Stats() Stats {
	now := s.since(s.cfg.Now())
	s.out.Lock()
	defer s.out.Unlock()
	s.in.Lock()
	defer s.in.Unlock()
	in, out := &s.in.receiver, &s.out.sender
	st := Stats{
		Codec:           out.codec.name,
		PacketsSent:     out.packets,
		OctetsSent:      out.octets,
		PacketsReceived: in.total,
		PacketsLost:     in.priorLost,
		PacketsLate:     in.player.late,
		PacketsRepeated: in.repeated,
		Rejected:        in.rejected,

		PlayedSamples:    in.player.played,
		ConcealedSamples: in.player.concealed,
		LossSent:         s.out.loss,
		JitterSent:       s.out.jitter,
		RoundTrip:        s.out.roundTrip,
	}
	st.Loss, st.Concealed = s.in.recent(in)
	if in.known {
		st.PacketsLost += in.source.lost()
		st.PacketsRepeated += in.source.repeated
		st.Jitter = time.Duration(in.source.jitter * float64(time.Second))
		st.LastReceived = s.epoch.Add(in.last)
	}
	if in.player.running {
		st.Delay, st.Target = in.player.current(), in.player.delay.target()
	}
	if in.listens {
		st.Silent = max(0, now-max(in.last, s.in.listening))
	}
	st.Unheard, st.Quiet = s.out.echo.deafTo(now), s.out.mic.quietFor(now)
	if st.Silent > deaf {
		st.MOS = 1
	} else {
		st.MOS = mos(out.codec, st, time.Duration(out.ptime)*time.Millisecond)
	}
	st.Quality = quality(st.MOS)
	return st
}

// deaf is how long nothing may come, while we listen, before the call is unusable.
const deaf = 3 * time.Second

// A history remembers counters second by second, for what Stats says of the last ones.
type history struct {
	marks     [6]mark // newest at index count-1, round
	count     int
	due       time.Duration
	listening time.Duration // since when the direction lets us hear
	listened  bool
}

type mark struct{ expected, received, played, concealed uint64 }

// tick is called after each frame.
func (h *history) tick(r *receiver, now time.Duration) {
	if r.listens != h.listened {
		h.listened, h.listening = r.listens, now
	}
	if now < h.due {
		return
	}
	h.due = now + time.Second
	h.marks[h.count%len(h.marks)] = markOf(r)
	h.count++
}

func markOf(r *receiver) mark {
	m := mark{played: r.player.played, concealed: r.player.concealed}
	if r.known {
		m.expected, m.received = r.source.expected(), r.source.received
	}
	return m
}

// recent is loss and concealment since the oldest mark, 5 to 6 seconds ago.
func (h *history) recent(r *receiver) (loss, concealed float64) {
	if h.count == 0 {
		return 0, 0
	}
	then, now := h.marks[0], markOf(r)
	if h.count >= len(h.marks) {
		then = h.marks[h.count%len(h.marks)]
	}
	share := func(part, of float64) float64 {
		if part <= 0 || of <= 0 { // also when a new source began counting
			return 0
		}
		return min(part/of, 1)
	}
	expected := float64(now.expected) - float64(then.expected)
	received := float64(now.received) - float64(then.received)
	played := float64(now.played) - float64(then.played)
	return share(expected-received, expected),
		share(float64(now.concealed)-float64(then.concealed), played)
}

// mos estimates what people would say of the call, with the parts of ITU-T G.107 that a
// telephone can know: delay, loss, and what the codec makes of it (G.113).
func mos(c codec, st Stats, packet time.Duration) float64 {
	const devices = 40 * time.Millisecond // sound cards at both ends
	delay := float64(st.RoundTrip/2+st.Delay+packet+devices) / float64(time.Millisecond)
	loss := 100 * max(st.Loss, st.Concealed, st.LossSent)
	r := 93.2 - 0.024*delay - c.impairment
	if delay > 177.3 {
		r -= 0.11 * (delay - 177.3)
	}
	r -= (95 - c.impairment) * loss / (loss + c.robustness)
	r = min(max(r, 0), 100)
	return math.Max(1, 1+0.035*r+7e-6*r*(r-60)*(100-r))
}

func quality(mos float64) int {
	switch {
	case mos >= 4:
		return 4
	case mos >= 3.6:
		return 3
	case mos >= 3.1:
		return 2
	case mos >= 2.3:
		return 1
	default:
		return 0
	}
}
