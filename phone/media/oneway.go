package media

import (
	"time"

	"github.com/pion/rtcp"
)

// An echo is what the peer's reports say of our packets: whether they arrive. Its owner locks.
type echo struct {
	highest  uint32        // sequence number, extended, that the peer has heard last
	known    bool          // it has ever named one
	sent     uint64        // packets sent when it last got on, or when we began to look
	since    time.Duration // when that was
	watching bool
	unheard  time.Duration // when it became certain that the peer hears nothing; 0 when it does
	reports  int           // since then that said so
	last     time.Duration // when the last of those came
}

// Reports that nothing of ours arrives are believed when two in a row say so, and this many packets
// have been sent since the peer got on: two seconds. One report may have crossed the first packets.
// One that comes twice, since a network doubles packets, is one. What they said counts for a while
// only: when reports stay away, which a firewall may see to without harm to the sound, nobody knows.
const (
	unheardReports = 2
	unheardPackets = 100
	reportsApart   = time.Second
	reportsCount   = 20 * time.Second // four times their usual distance (RFC 3550 §6.2)
)

// heard takes a report: ours is the block about our stream, nil if the peer has none.
func (e *echo) heard(ours *rtcp.ReceptionReport, sent uint64, now time.Duration) {
	got := ours != nil && (!e.known || ours.LastSequenceNumber != e.highest)
	if ours != nil {
		e.highest, e.known = ours.LastSequenceNumber, true
	}
	if got || !e.watching {
		*e = echo{highest: e.highest, known: e.known, sent: sent, since: now, watching: true}
		return
	}
	if sent-e.sent < unheardPackets || e.reports > 0 && now-e.last < reportsApart {
		return
	}
	e.last = now
	if e.reports++; e.reports == unheardReports {
		e.unheard = e.since
	}
}

// deafTo is for how long the peer has heard nothing of what we sent, 0 when it hears us or
// nobody knows.
func (e *echo) deafTo(now time.Duration) time.Duration {
	if e.reports < unheardReports || now-e.last > reportsCount {
		return 0
	}
	return now - e.unheard
}

// pause forgets what was seen, while the direction keeps us from being heard.
func (e *echo) pause() { *e = echo{highest: e.highest, known: e.known} }

// quietMicrophone is the level, of 32768, under which a microphone that is on and works never
// stays: -66 dBFS. Even a quiet room and a good headset are 10 dB above.
const quietMicrophone = 16

// A micWatch notes since when the microphone has been silent. Its owner locks.
type micWatch struct {
	quietSince time.Duration
	quiet      bool
}

func (w *micWatch) frame(pcm []int16, counts bool, now time.Duration) {
	if counts {
		for _, v := range pcm {
			if v > quietMicrophone || v < -quietMicrophone {
				counts = false
				break
			}
		}
	}
	if counts && !w.quiet {
		w.quietSince = now
	}
	w.quiet = counts
}

func (w *micWatch) quietFor(now time.Duration) time.Duration {
	if !w.quiet {
		return 0
	}
	return now - w.quietSince
}
