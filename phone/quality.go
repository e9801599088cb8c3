package phone

import (
	"slices"
	"time"

	"leadline/phone/media"
)

// Trouble is what is wrong with the sound of a call, where one can say it.
type Trouble int

const (
	NoTrouble        Trouble = iota
	NothingHeard             // nothing has reached us for ten seconds
	NotHeardThere            // the far end's reports say that nothing of ours reaches it
	MicrophoneSilent         // our microphone is on, not muted, and has given silence for ten seconds
)

// String returns the trouble as records and reports name it.
func (t Trouble) String() string {
	return [...]string{"", "nothing-heard", "not-heard-there", "microphone-silent"}[t]
}

// worrying is how long something has to last before it is called a trouble.
const worrying = 10 * time.Second

// troubleOf finds the worst there is, and for how long.
func troubleOf(s media.Stats) (Trouble, time.Duration) {
	switch {
	case s.Silent >= worrying:
		return NothingHeard, s.Silent
	case s.Unheard >= worrying:
		return NotHeardThere, s.Unheard
	case s.Quiet >= worrying:
		return MicrophoneSilent, s.Quiet
	}
	return NoTrouble, 0
}

// Summary is how a call sounded, all in all.
type Summary struct {
	Codec          string
	Time           time.Duration // for how long both could speak and be heard
	Received, Lost uint64        // packets
	Loss           float64       // 0..1 of what we should have received
	LossSent       float64       // 0..1, the worst that the far end reported
	Jitter         time.Duration // the worst
	RoundTrip      time.Duration // the worst; 0 when unknown
	MOS            float64       // the mean; 0 when unknown
	WorstMOS       float64       // of any ten seconds; 0 when unknown
	Troubles       []Trouble     // in the order of their first appearance
}

// Sample is how a call sounded in ten seconds.
type Sample struct {
	At             time.Time // their end
	State          CallState
	Received, Lost uint64 // packets, in these ten seconds
	Late           uint64
	Loss, LossSent float64 // 0..1
	Jitter         time.Duration
	JitterSent     time.Duration
	RoundTrip      time.Duration
	Delay          time.Duration
	Concealed      float64 // 0..1
	MOS            float64 // the mean
	Trouble        Trouble
}

const (
	sampleEvery = 10  // seconds
	mostSamples = 360 // an hour; of a longer call, the last one
)

// quality follows how a call sounds, second by second. It belongs to the call's goroutine.
type quality struct {
	sum     Summary
	mos     float64 // sum over seconds
	seconds int

	samples      []Sample // a ring once it is full
	next         int
	part         float64 // sum of MOS in this sample
	partSeconds  int
	ticks        int
	before       media.Stats
	troubleThere Trouble // the worst of this sample
}

// tick takes in the figures of a second.
func (q *quality) tick(s media.Stats, state CallState, trouble Trouble, now time.Time) {
	q.count(s)
	q.sum.LossSent = max(q.sum.LossSent, s.LossSent)
	q.sum.Jitter = max(q.sum.Jitter, s.Jitter)
	q.sum.RoundTrip = max(q.sum.RoundTrip, s.RoundTrip)
	if trouble != NoTrouble {
		q.troubleThere = trouble
		if !slices.Contains(q.sum.Troubles, trouble) {
			q.sum.Troubles = append(q.sum.Troubles, trouble)
		}
	}
	if state == Active && s.PacketsReceived > 50 {
		q.mos += s.MOS
		q.seconds++
		q.part += s.MOS
		q.partSeconds++
	}
	if q.ticks++; q.ticks%sampleEvery == 0 {
		q.sample(s, state, now)
	}
}

// count takes in how much has come.
func (q *quality) count(s media.Stats) {
	q.sum.Codec, q.sum.Received, q.sum.Lost = s.Codec, s.PacketsReceived, s.PacketsLost
	if all := s.PacketsReceived + s.PacketsLost; all > 0 {
		q.sum.Loss = float64(s.PacketsLost) / float64(all)
	}
}

func (q *quality) sample(s media.Stats, state CallState, now time.Time) {
	sample := Sample{
		At: now, State: state, Received: s.PacketsReceived - q.before.PacketsReceived, Lost: s.PacketsLost - min(q.before.PacketsLost, s.PacketsLost),
		Late: s.PacketsLate - min(q.before.PacketsLate, s.PacketsLate), Loss: s.Loss, LossSent: s.LossSent, Jitter: s.Jitter, JitterSent: s.JitterSent,
		RoundTrip: s.RoundTrip, Delay: s.Delay, Concealed: s.Concealed, Trouble: q.troubleThere,
	}
	if q.partSeconds > 0 {
		sample.MOS = q.part / float64(q.partSeconds)
		if q.sum.WorstMOS == 0 || sample.MOS < q.sum.WorstMOS {
			q.sum.WorstMOS = sample.MOS
		}
	}
	q.before, q.part, q.partSeconds, q.troubleThere = s, 0, 0, NoTrouble
	if len(q.samples) < mostSamples {
		q.samples = append(q.samples, sample)
		return
	}
	q.samples[q.next] = sample
	q.next = (q.next + 1) % mostSamples
}

// summary is how it sounded so far.
func (q *quality) summary() Summary {
	s := q.sum
	s.Troubles = slices.Clone(s.Troubles)
	s.Time = time.Duration(q.seconds) * time.Second
	if q.seconds > 0 {
		s.MOS = q.mos / float64(q.seconds)
		if s.WorstMOS == 0 { // it was shorter than ten seconds
			s.WorstMOS = s.MOS
		}
	}
	return s
}

// readStats takes over the session's figures.
func (c *call) readStats() {
	if c.voice == nil || c.voice.session == nil {
		return
	}
	s := c.voice.session.Stats()
	if m, ok := c.phone.cfg.Sound.(microphone); ok {
		s.Quiet = min(s.Quiet, m.Silence())
	}
	trouble, since := NoTrouble, time.Duration(0)
	if c.view.State == Active { // of a held call nobody expects sound, whatever the direction says
		trouble, since = troubleOf(s)
	}
	c.view.Stats = Stats{
		Received: s.PacketsReceived, Lost: s.PacketsLost, Late: s.PacketsLate,
		LossPercent: 100 * s.Loss, Jitter: s.Jitter, RoundTrip: s.RoundTrip,
		Delay: s.Delay, MOS: s.MOS, Trouble: trouble, TroubleFor: since.Truncate(worrying),
	}
	if s.PacketsReceived > 50 { // a second: before that it is a guess
		c.view.Stats.Quality = max(1, s.Quality)
	}
	if !c.view.Answered.IsZero() && c.view.State != Ended {
		c.sounded.tick(s, c.view.State, trouble, c.phone.cfg.Now())
	}
}

// history is the samples, oldest first.
func (q *quality) history() []Sample {
	return append(slices.Clone(q.samples[q.next:]), q.samples[:q.next]...)
}
