package main

import (
	"cmp"
	"slices"

	"leadline/cmd/leadline/config"
	"leadline/ui"
)

// NoticeChoice is what the desktop tells.
func (s settings) NoticeChoice() ui.NoticeChoice {
	c := s.config()
	off := func(kind string) bool { return slices.Contains(c.Notices.Off, kind) }
	return ui.NoticeChoice{
		NoCalls: off("calls"), NoMissed: off("missed"), NoMessages: off("messages"), NoFollowUps: off("follow-ups"),
		QuietInCall: c.Notices.Quiet, RingVolume: c.Audio.RingVolume,
	}
}

// SaveNotices keeps it, and rings as loud from now on.
func (s settings) SaveNotices(c ui.NoticeChoice) error {
	err := s.change(func(next *config.Config) error {
		next.Notices.Quiet, next.Audio.RingVolume, next.Notices.Off = c.QuietInCall, c.RingVolume, nil
		if c.RingVolume == 100 {
			next.Audio.RingVolume = 0
		}
		for _, k := range []struct {
			kind string
			off  bool
		}{{"calls", c.NoCalls}, {"missed", c.NoMissed}, {"messages", c.NoMessages}, {"follow-ups", c.NoFollowUps}} {
			if k.off {
				next.Notices.Off = append(next.Notices.Off, k.kind)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.audio.RingAt(cmp.Or(c.RingVolume, 100))
	return nil
}
