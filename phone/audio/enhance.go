package audio

// Enhancement is what is done to the microphone before anybody hears it. Nothing is
// with the zero value, which suits a good headset.
type Enhancement struct {
	Echo  bool // takes out what the speaker plays and the microphone picks up
	Noise bool // takes down what is steady: fans, a full office
	Gain  bool // brings the voice to a usual level
}

// An enhancer does it, frame after frame, on the pump's goroutine.
type enhancer interface {
	// run changes mic in place. played is what the speaker was given about when mic was
	// heard, no later.
	run(mic, played []int16)
	close()
}

// enhancement is an enhancer and what it was made for.
type enhancement struct {
	wanted Enhancement
	made   enhancer
	played relay
	least  int // frames of played that waited, at least, since it was looked at
	looked int // frames of the microphone's since
}

// follow makes or unmakes the enhancer as is wanted.
func (e *enhancement) follow(want Enhancement) {
	if want == e.wanted {
		return
	}
	e.stop()
	e.wanted, e.played.depth, e.least, e.looked = want, 2, relayFrames, 0
	if want != (Enhancement{}) {
		e.made = newEnhancer(want)
	}
}

func (e *enhancement) stop() {
	if e.made != nil {
		e.made.close()
	}
	e.made, e.wanted = nil, Enhancement{}
	e.played.read, e.played.flows = e.played.written, false
}

// heard enhances a frame of the microphone's.
func (e *enhancement) heard(mic []int16) {
	if e.made == nil {
		return
	}
	if e.wanted.Echo {
		e.played.take()
		e.keepUp()
	}
	e.made.run(mic, e.played.now[:])
}

// relaySlack is how many frames may always wait.
const relaySlack = 1

// keepUp sees to it that the echo canceller is told of what is played before the echo of it
// comes, and not much earlier: frames that wait all the time, since the microphone was
// held up once, are left out. Each time the canceller has to learn the echo anew, for a
// second or so; so one frame may wait, lest it goes back and forth.
func (e *enhancement) keepUp() {
	e.least = min(e.least, e.played.written-e.played.read)
	if e.looked++; e.looked < 100 {
		return
	}
	e.played.read += max(e.least-relaySlack, 0)
	e.least, e.looked = relayFrames, 0
}

// said remembers a frame of the speaker's.
func (e *enhancement) said(frame []int16) {
	if e.made != nil && e.wanted.Echo {
		copy(e.played.next(), frame)
	}
}
