package desk

import (
	"context"
	"strconv"

	"leadline/crm"
	"leadline/phone"
)

// troubleOf says in words what is wrong with the sound of a call, or with its hold; the zero Text when nothing is.
func troubleOf(c phone.Call) Text {
	if t := holdTrouble(c); t.Key != "" {
		return t
	}
	s := c.Stats
	args := map[string]string{"n": strconv.Itoa(int(s.TroubleFor.Seconds()))}
	switch s.Trouble {
	case phone.NothingHeard:
		return Text{Key: "You hear nothing: nothing has reached us for {n} s", Args: args}
	case phone.NotHeardThere:
		return Text{Key: "They can't hear you: nothing has arrived there for {n} s", Args: args}
	case phone.MicrophoneSilent:
		return Text{Key: "They can't hear you: microphone silent for {n} s", Args: args}
	}
	return Text{}
}

// holdTrouble says that the call isn't on hold, or still is, whatever was wished last.
func holdTrouble(c phone.Call) Text {
	held := c.State == phone.HeldHere
	switch {
	case c.HoldFailed == phone.HoldUnanswered && held:
		return Text{Key: "Still on hold: the other side does not answer"}
	case c.HoldFailed == phone.HoldUnanswered:
		return Text{Key: "Not on hold: the other side does not answer"}
	case c.HoldFailed == phone.HoldRefused && held:
		return Text{Key: "Still on hold: the other side refuses"}
	case c.HoldFailed == phone.HoldRefused:
		return Text{Key: "Not on hold: the other side refuses"}
	}
	return Text{}
}

// Less than this is not worth a word: 2 % lost, or a third of a second from mouth to ear (ITU-T G.114
// has people talk at once from 400 ms on).
const (
	lossWorthAWord  = 2
	delayWorthAWord = 300
)

// whyPoor says what makes a call sound poor or bad; the zero Text when it doesn't.
func whyPoor(s phone.Stats) Text {
	delay := (s.RoundTrip/2 + s.Delay).Milliseconds()
	switch {
	case s.Quality == 0 || s.Quality > 2:
	case s.LossPercent >= lossWorthAWord:
		return Text{Key: "{n} % lost", Args: map[string]string{"n": strconv.Itoa(int(s.LossPercent + 0.5))}}
	case delay >= delayWorthAWord:
		return Text{Key: "{n} ms delay", Args: map[string]string{"n": strconv.Itoa(int(delay))}}
	}
	return Text{}
}

// keepQuality keeps in the record of an ended call how it sounded.
func (d *Desk) keepQuality(c *onDesk, p phone.Call) {
	s := p.Sounded
	if s == nil {
		return
	}
	q := crm.SoundQuality{
		Codec: s.Codec, Time: s.Time, Received: s.Received, Lost: s.Lost, Loss: s.Loss, LossSent: s.LossSent,
		Jitter: s.Jitter, Trip: s.RoundTrip, MOS: s.MOS, Worst: s.WorstMOS, Encryption: p.Encryption,
	}
	for _, t := range s.Troubles {
		q.Troubles = append(q.Troubles, t.String())
	}
	id := crm.ID(c.id)
	d.write(func(ctx context.Context) { d.check(d.file.SaveQuality(ctx, id, q)) })
}
