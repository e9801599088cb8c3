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
}

// follow makes or unmakes the enhancer as is wanted.
func (e *enhancement) follow(want Enhancement) {
	if want == e.wanted {
		return
	}
	e.stop()
	e.wanted = want
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
	}
	e.made.run(mic, e.played.now[:])
}

// said remembers a frame of the speaker's.
func (e *enhancement) said(frame []int16) {
	if e.made != nil && e.wanted.Echo {
		copy(e.played.next(), frame)
	}
}
