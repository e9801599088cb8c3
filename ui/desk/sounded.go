package desk

import (
	"time"

	"leadline/crm"
)

// Sounded is how a call sounded that has ended.
type Sounded struct {
	Quality    Quality
	Codec      string
	Loss       float64       // 0..1, of what came here or arrived there: the worse of the two
	Jitter     time.Duration // the worst
	MOS        float64       // ITU-T G.107, 1..4.5; 0 when unknown
	Encryption string        // "" in the clear
}

// viewSounded is what the windows show of a summary; nil of none.
func viewSounded(q *crm.SoundQuality) *Sounded {
	if q == nil {
		return nil
	}
	return &Sounded{Quality: qualityOfMOS(q.MOS), Codec: q.Codec, Loss: max(q.Loss, q.LossSent), Jitter: q.Jitter, MOS: q.MOS, Encryption: q.Encryption}
}

// qualityOfMOS has the bounds of a running call's bars.
func qualityOfMOS(mos float64) Quality {
	switch {
	case mos <= 0:
		return 0
	case mos >= 4:
		return 4
	case mos >= 3.6:
		return 3
	case mos >= 3.1:
		return 2
	}
	return 1
}
