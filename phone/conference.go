package phone

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"leadline/phone/audio"
)

// conference is calls that were merged here: the PBX knows nothing of it.
type conference struct {
	id    string
	mixer *audio.Conference

	mu     sync.Mutex
	legs   map[audio.Voice]*audio.Leg
	detach func() // from the sound card
}

// attach joins a call's voice. The first one brings the conference to the sound card, the
// last one takes it away.
func (k *conference) attach(sound Sound, v audio.Voice) (detach func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.legs[v] = k.mixer.Join(v)
	if len(k.legs) == 1 {
		k.detach = sound.Attach(k.mixer)
	}
	return func() {
		k.mu.Lock()
		defer k.mu.Unlock()
		k.legs[v].Leave()
		delete(k.legs, v)
		if len(k.legs) == 0 {
			k.detach()
		}
	}
}

// mute keeps our microphone from a call; it goes on hearing the others.
func (k *conference) mute(v audio.Voice, on bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if leg := k.legs[v]; leg != nil {
		leg.Mute(on)
	}
}

// Merge connects answered calls to a conference that this phone mixes. Two or more are
// named; the first that is in a conference already is joined there by the others. All
// other calls are held. Call.Conference tells who is together; hold and mute of one are those of all.
func (p *Phone) Merge(ids ...CallID) error {
	k, err := p.conferenceOf(ids)
	if err != nil {
		return fmt.Errorf("merge calls: %w", err)
	}
	var problems []error
	for _, id := range ids {
		problems = append(problems, p.ask(id, func(c *call) error { return c.merge(k) }))
	}
	p.mu.Lock()
	for _, o := range p.calls {
		if o.shown.Conference != k.id {
			o.box.post(o.stepBack)
		}
	}
	p.mu.Unlock()
	p.dissolve(k)
	return errors.Join(problems...)
}

// conferenceOf finds or makes the conference for calls that are to be merged.
func (p *Phone) conferenceOf(ids []CallID) (*conference, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var k *conference
	var together []CallID
	for _, id := range ids {
		i := slices.IndexFunc(p.calls, func(c *call) bool { return c.id == id })
		if i < 0 {
			return nil, fmt.Errorf("%s: %w", id, ErrNoSuchCall)
		}
		shown := p.calls[i].shown
		if !talks(shown.State) {
			return nil, fmt.Errorf("%s is %s: %w", id, shown.State, ErrWrongState)
		}
		if !slices.Contains(together, id) {
			together = append(together, id)
		}
		if k == nil {
			k = p.conferences[shown.Conference]
		}
	}
	if len(together) < 2 {
		return nil, fmt.Errorf("%d of them: %w", len(together), ErrWrongState)
	}
	if k == nil {
		p.nextID++
		k = &conference{id: "conference-" + strconv.Itoa(p.nextID), mixer: audio.NewConference(p.log), legs: map[audio.Voice]*audio.Leg{}}
		p.conferences[k.id] = k
	}
	return k, nil
}

// Part takes a call out of its conference and holds it; the others stay together. When one
// is left it is an ordinary call again.
func (p *Phone) Part(id CallID) error {
	return p.ask(id, func(c *call) error {
		if c.conference == nil {
			return c.wrong("part")
		}
		c.part()
		return c.hold(true)
	})
}

// legs are the other calls of a call's conference.
func (p *Phone) legs(c *call) []*call {
	p.mu.Lock()
	defer p.mu.Unlock()
	var legs []*call
	for _, o := range p.calls {
		if o != c && o.shown.Conference != "" && o.shown.Conference == c.shown.Conference {
			legs = append(legs, o)
		}
	}
	return legs
}

// dissolve ends a conference in which nobody can hear another any more.
func (p *Phone) dissolve(k *conference) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var left []*call
	for _, c := range p.calls {
		if c.shown.Conference == k.id {
			left = append(left, c)
		}
	}
	if len(left) > 1 {
		return
	}
	delete(p.conferences, k.id)
	for _, c := range left {
		c.box.post(func() {
			if c.conference == k {
				c.part()
			}
		})
	}
}

// talks is a call that was answered and goes on.
func talks(s CallState) bool { return s == Active || s == HeldHere || s == HeldThere }

func (c *call) merge(k *conference) error {
	if !talks(c.view.State) || c.passing != nil || c.voice == nil || c.voice.session == nil {
		return c.wrong("merge")
	}
	before := c.conference
	c.conference, c.view.Conference = k, k.id
	c.wantHold = false
	c.listen()
	c.applyMute()
	c.publish()
	c.renegotiate()
	if before != nil && before != k {
		c.phone.dissolve(before)
	}
	return nil
}

// part makes the call an ordinary one again.
func (c *call) part() {
	k := c.conference
	c.conference, c.view.Conference = nil, ""
	c.listen()
	c.applyMute()
	c.publish()
	c.phone.dissolve(k)
}
