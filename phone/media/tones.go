package media

import "math"

// ITU-T Q.23: a digit is a tone of its row and one of its column, in Hz.
var (
	rowHertz    = [...]float64{697, 770, 852, 941}
	columnHertz = [...]float64{1209, 1336, 1477, 1633}
)

// digitKeys are the digits in their rows and columns.
const digitKeys = "123A456B789C*0#D"

// toneLevel is each tone's amplitude, 1 being full scale: -11 dBm0 and so within what
// Q.24 has receivers take.
const toneLevel = 0.2

// toneDialler plays digits into the voice, for peers that take them no other way.
type toneDialler struct {
	queue []byte // events of RFC 4733, and pauses
	made  int    // samples of the one that is being played
}

// play puts a digit, or the silence around one, in the place of a frame's audio. It leaves
// the frame alone when there is nothing to play.
func (d *toneDialler) play(frame []int16, rate int) {
	if len(d.queue) == 0 {
		return
	}
	clear(frame)
	ms := rate / 1000
	long, whole := digitLength*ms, (digitLength+digitGap)*ms
	if d.queue[0] == pause {
		long, whole = 0, digitPause*ms
	} else if d.made < long {
		row, column := tonesOf(d.queue[0])
		for i := range frame {
			at := d.made + i
			gain := toneLevel * min(1, float64(min(at, long-at))/float64(4*ms)) // no click at either end
			t := 2 * math.Pi * float64(at) / float64(rate)
			frame[i] = int16(32767 * gain * (math.Sin(row*t) + math.Sin(column*t)))
		}
	}
	if d.made += len(frame); d.made >= whole {
		d.queue, d.made = d.queue[1:], 0
	}
}

func tonesOf(event byte) (row, column float64) {
	for i := range digitKeys {
		if digitKeys[i] == digitEvents[event] {
			return rowHertz[i/4], columnHertz[i%4]
		}
	}
	return 0, 0
}
