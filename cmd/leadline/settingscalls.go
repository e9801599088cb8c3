package main

import (
	"time"

	"leadline/cmd/leadline/config"
	"leadline/ui"
	"leadline/ui/desk"
)

// CallChoice is what happens to calls that are not taken here.
func (s settings) CallChoice() ui.CallChoice {
	c := s.config().Calls
	return ui.CallChoice{Busy: c.Busy, NoAnswer: c.NoAnswer, After: c.NoAnswerAfter, DeclineHere: c.Decline == config.DeclineHere}
}

// SaveCalls keeps it, for calls that come from now on.
func (s settings) SaveCalls(c ui.CallChoice) error {
	err := s.change(func(next *config.Config) error {
		next.Calls = config.Calls{Busy: c.Busy, NoAnswer: c.NoAnswer, NoAnswerAfter: c.After}
		if c.DeclineHere {
			next.Calls.Decline = config.DeclineHere
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.useCalls()
	return nil
}

// useCalls has the telephone treat calls that are not taken as the configuration says.
func (p *program) useCalls() {
	c := p.config().Calls
	p.desk.DeclineAs(c.Decline == config.DeclineHere)
	p.desk.Divert(desk.Diversion{Busy: c.Busy, NoAnswer: c.NoAnswer, After: time.Duration(c.NoAnswerAfter) * time.Second})
}
