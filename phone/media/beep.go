package media

import "math"

// A beep is the tone that tells both sides that the call is recorded from now on: 1400 Hz,
// the pitch of recorder warning tones, for 400 ms. Its zero value is silent.
type beep struct{ left int } // frames of 10 ms

const (
	beepFrames = 40
	beepHertz  = 1400
	beepLevel  = 0.12 // of full scale, as call progress tones
)

func (b *beep) start() { b.left = beepFrames }

// mix adds the next 10 ms of it to a frame of whatever rate.
func (b *beep) mix(pcm []int16) {
	if b.left == 0 {
		return
	}
	since := (beepFrames - b.left) * len(pcm)
	whole := beepFrames * len(pcm)
	edge := float64(len(pcm)) // it comes and goes within 10 ms: no click
	for i := range pcm {
		n := since + i
		gain := beepLevel * min(1, float64(n)/edge, float64(whole-n)/edge)
		v := gain * math.Sin(2*math.Pi*beepHertz*float64(n)/float64(100*len(pcm)))
		pcm[i] = clip(float32(float64(pcm[i]) + v*math.MaxInt16))
	}
	b.left--
}
