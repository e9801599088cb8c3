package rig

import (
	"slices"
	"testing"

	"github.com/pion/rtp"
	"github.com/zaf/g711"
)

// What a wire has to notice, and what it must not take for a fault.
func TestAWireNoticesSoundThatDoesNotGoOn(t *testing.T) {
	const length = 160
	tone := Tone(8000, 440, 2, 0.3).Samples
	var sound [][]int16
	for frame := range slices.Chunk(tone, length) {
		sound = append(sound, slices.Clone(frame))
	}
	for name, c := range map[string]struct {
		change func(i int, p *rtp.Packet, pcm []int16) (lost bool)
		broken bool
	}{
		"whole":          {func(int, *rtp.Packet, []int16) bool { return false }, false},
		"every 7th lost": {func(i int, _ *rtp.Packet, _ []int16) bool { return i%7 == 3 }, false},
		"after a pause that is told": {func(i int, p *rtp.Packet, pcm []int16) bool {
			if i >= 50 {
				p.Timestamp += 1000
				p.Marker = i == 50
				copy(pcm, sound[i-50])
			}
			return false
		}, false},
		"a packet said twice": {func(i int, _ *rtp.Packet, pcm []int16) bool {
			if i == 50 {
				copy(pcm, sound[49])
			}
			return false
		}, true},
		"10 ms left out": {func(i int, _ *rtp.Packet, pcm []int16) bool {
			copy(pcm, tone[i*length+80*(i/50):])
			return false
		}, true},
		"two in the wrong order": {func(i int, _ *rtp.Packet, pcm []int16) bool {
			if i == 50 || i == 51 {
				copy(pcm, sound[101-i])
			}
			return false
		}, true},
		"10 ms of silence": {func(i int, _ *rtp.Packet, pcm []int16) bool {
			if i == 50 {
				clear(pcm[80:])
			}
			return false
		}, true},
		"a packet of silence": {func(i int, _ *rtp.Packet, pcm []int16) bool {
			if i == 50 {
				clear(pcm)
			}
			return false
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := Wire{Hertz: 440}
			for i := range 98 {
				pcm := slices.Clone(sound[i])
				p := &rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 8, SequenceNumber: uint16(65500 + i), Timestamp: uint32(i * length)}}
				if c.change(i, p, pcm) {
					continue
				}
				for _, v := range pcm {
					p.Payload = append(p.Payload, g711.EncodeAlawFrame(v))
				}
				raw, err := p.Marshal()
				if err != nil {
					t.Fatal(err)
				}
				w.Take(raw)
			}
			whole, broken := w.Follows()
			if (len(broken) > 0) != c.broken || whole < 60 {
				t.Errorf("%d packets go on, broken: %q", whole, broken)
			}
		})
	}
}
