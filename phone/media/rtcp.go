package media

import (
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"time"

	"github.com/pion/rtcp"
)

// reportInterval is RFC 3550's minimum, §6.2; each is varied by half of it so that
// reports of many calls do not march in step (§6.3.1).
const reportInterval = 5 * time.Second

// A reporter exchanges RTCP reports: what the peer says of what we send, and
// when we last heard from it. Its owner locks.
type reporter struct {
	cname string
	due   time.Duration // when the next report goes out

	lastSR     uint32 // middle of the NTP time in the peer's last sender report
	lastSRAt   time.Duration
	lastSRFrom uint32

	loss      float64 // the peer's view of what we send
	jitter    time.Duration
	roundTrip time.Duration
	echo      echo
}

func (r *reporter) schedule(now time.Duration, random *rand.Rand) {
	r.due = now + reportInterval/2 + time.Duration(random.Int64N(int64(reportInterval)))
}

// ntp is a time as RFC 3550 §4 writes it: seconds since 1900, 32.32 fixed point.
func ntp(t time.Time) uint64 {
	const to1900 = 2208988800
	return uint64(t.Unix()+to1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}

// middle is the 32 bits in the middle of an NTP time, 1/65536 s each.
func middle(ntp uint64) uint32 { return uint32(ntp >> 16) }

// seconds16 converts a duration to 1/65536 s.
func seconds16(d time.Duration) uint32 {
	return uint32(uint64(max(d, 0)) * 65536 / uint64(time.Second))
}

// receive reads a compound packet, each part by itself so that one that pion does not
// know or like costs no other. sent is how many packets went out so far.
func (r *reporter) receive(b []byte, now time.Duration, wall time.Time, ours uint32, clock int, sent uint64) (ok bool) {
	var said *rtcp.ReceptionReport
	defer func() {
		if ok {
			r.echo.heard(said, sent, now)
		}
	}()
	for len(b) >= 4 && b[0]>>6 == 2 {
		size := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
		if size > len(b) {
			return ok
		}
		part := b[:size]
		b = b[size:]
		switch part[1] {
		case 200:
			var sr rtcp.SenderReport
			if sr.Unmarshal(part) == nil {
				ok = true
				r.lastSR, r.lastSRAt, r.lastSRFrom = middle(sr.NTPTime), now, sr.SSRC
				said = cmp.Or(r.read(sr.Reports, wall, ours, clock), said)
			}
		case 201:
			var rr rtcp.ReceiverReport
			if rr.Unmarshal(part) == nil {
				ok = true
				said = cmp.Or(r.read(rr.Reports, wall, ours, clock), said)
			}
		}
	}
	return ok
}

// read takes what the peer says about our stream, nil if nothing.
func (r *reporter) read(reports []rtcp.ReceptionReport, wall time.Time, ours uint32, clock int) (said *rtcp.ReceptionReport) {
	for _, report := range reports {
		if report.SSRC != ours {
			continue
		}
		said = &report
		r.loss = float64(report.FractionLost) / 256
		r.jitter = min(ticks(int64(report.Jitter), clock), time.Minute)
		if report.LastSenderReport == 0 {
			continue
		}
		// RFC 3550 §6.4.1: now less when we sent it less how long it lay there.
		trip := middle(ntp(wall)) - report.LastSenderReport - report.Delay
		if trip < 10<<16 { // more is a wrap below zero, or nonsense
			r.roundTrip = time.Duration(trip) * time.Second / 65536
		}
	}
	return said
}

// report builds a compound packet: a sender's report if we sent lately, else a receiver's,
// and our canonical name (RFC 3550 §6.1).
func (r *reporter) report(s *sender, in *receiver, sent bool, now time.Duration, wall time.Time, bye bool) []byte {
	var blocks []rtcp.ReceptionReport
	if in.known {
		src := &in.source
		block := rtcp.ReceptionReport{
			SSRC:               src.ssrc,
			FractionLost:       src.report(),
			TotalLost:          uint32(min(src.lost(), 1<<23-1)),
			LastSequenceNumber: uint32(src.highest - 1<<16),
			Jitter:             uint32(src.jitter * float64(in.clock)),
		}
		if r.lastSR != 0 && r.lastSRFrom == src.ssrc {
			block.LastSenderReport = r.lastSR
			block.Delay = seconds16(now - r.lastSRAt)
		}
		blocks = []rtcp.ReceptionReport{block}
	}
	var first rtcp.Packet = &rtcp.ReceiverReport{SSRC: s.ssrc, Reports: blocks}
	if sent {
		clock := s.format.Codec.Clock
		first = &rtcp.SenderReport{
			SSRC:        s.ssrc,
			NTPTime:     ntp(wall),
			RTPTime:     s.ts + uint32(len(s.pcm)*clock/s.codec.rate) + uint32((now-s.lastTime)*time.Duration(clock)/time.Second),
			PacketCount: uint32(s.packets),
			OctetCount:  uint32(s.octets),
			Reports:     blocks,
		}
	}
	all := []rtcp.Packet{first, rtcp.NewCNAMESourceDescription(s.ssrc, r.cname)}
	if bye {
		all = append(all, &rtcp.Goodbye{Sources: []uint32{s.ssrc}})
	}
	packet, err := rtcp.Marshal(all)
	if err != nil { // a CNAME of more than 255 octets, which New cuts
		return nil
	}
	return packet
}
