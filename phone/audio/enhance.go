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
	played *ring // what the speaker was given and the microphone's turn has not come to
	now    [FrameSamples]int16
	flows  bool
	owed   int // samples that were taken before they were played
	ahead  int // samples that wait for the speaker, at most
	least  int // samples of played that waited, at least, since it was looked at
	most   int // likewise
	looked int // frames of the microphone's since
}

const (
	playedSamples = ringSamples      // is more than ever waits
	playedDepth   = 2 * FrameSamples // waits before the first is taken
	playedSlack   = FrameSamples     // may always wait
)

// follow makes or unmakes the enhancer as is wanted.
func (e *enhancement) follow(want Enhancement) {
	if want == e.wanted {
		return
	}
	e.stop()
	e.wanted = want
	e.look()
	if e.played == nil {
		e.played = newRing(playedSamples)
	}
	if want != (Enhancement{}) {
		e.made = newEnhancer(want)
	}
}

func (e *enhancement) stop() {
	if e.made != nil {
		e.made.close()
	}
	e.made, e.wanted, e.flows, e.owed = nil, Enhancement{}, false, 0
	if e.played != nil {
		e.played.drop(e.played.level())
	}
}

// heard enhances a frame of the microphone's.
func (e *enhancement) heard(mic []int16) {
	if e.made == nil {
		return
	}
	if e.wanted.Echo {
		e.take()
		e.keepUp()
	}
	e.made.run(mic, e.now[:])
}

// take moves the oldest frame that was played to now, silence where there is none. What
// comes after all is then passed over: the next frame is at its place.
func (e *enhancement) take() {
	waits := e.played.level()
	e.flows = e.flows || waits >= playedDepth
	if e.flows && waits >= FrameSamples {
		e.played.read(e.now[:])
		return
	}
	clear(e.now[:])
	if e.flows {
		e.owed += FrameSamples
	}
}

// keepUp sees to it that the echo canceller is told of what is played before the echo of it
// comes, and not much earlier: what waits all the time is left out, what is always owed is given
// up. Each time the canceller has to learn the echo anew, for a second or so; so a little may
// wait, lest it goes back and forth.
func (e *enhancement) keepUp() {
	waits := e.played.level() - e.owed
	e.least, e.most = min(e.least, waits), max(e.most, waits)
	if e.looked++; e.looked < 100 {
		return
	}
	if e.most < 0 {
		e.flows, e.owed = false, 0
	}
	e.played.drop(max(e.least-e.ahead-playedSlack, 0))
	e.look()
}

// look begins to look how much waits.
func (e *enhancement) look() { e.least, e.most, e.looked = playedSamples, -playedSamples, 0 }

// said remembers a frame of the speaker's.
func (e *enhancement) said(frame []int16) {
	if e.made == nil || !e.wanted.Echo {
		return
	}
	late := min(e.owed, len(frame))
	e.owed -= late
	frame = frame[late:]
	e.played.drop(max(e.played.level()+len(frame)-len(e.played.buf), 0))
	e.played.write(frame)
}

// The speaker and the microphone are not always in step. When the speaker is starved it plays
// silence, and what it is given next comes that much later; when the pump was held up, it leaves out
// what the microphone gathered. Told of it, the canceller sees the echo where it was before, and has
// nothing to learn anew.

// starved is told for how many samples the speaker had nothing.
func (e *enhancement) starved(samples int) {
	var silence [FrameSamples]int16
	for samples = min(samples, playedSamples); samples > 0; samples -= FrameSamples {
		e.said(silence[:min(samples, FrameSamples)])
	}
}

// skipped is told how many samples of the microphone's were left out.
func (e *enhancement) skipped(samples int) {
	if e.made == nil || !e.wanted.Echo || !e.flows {
		return
	}
	e.owed += max(samples-e.played.level(), 0)
	e.played.drop(samples)
}
