package media

import (
	"encoding/binary"
	"math"
	"testing"
	"time"

	"leadline/phone/sdp"
)

var everyCodec = []sdp.Codec{sdp.PCMA, sdp.PCMU, sdp.G722, sdp.Opus}

// speaking is a call that has agreed on this codec alone, as two of us would.
func speaking(c sdp.Codec) sdp.Media {
	f := sdp.Format{Codec: c, PayloadSend: c.Payload, PayloadRecv: c.Payload, Wishes: c.Format}
	return sdp.Media{Format: f, Accept: []sdp.Format{f}, Ptime: 20,
		DTMF: true, DTMFSend: 101, DTMFRecv: 101, DTMFClock: c.Clock}
}

func TestEveryCodecCarriesATone(t *testing.T) {
	tests := []struct {
		codec sdp.Codec
		hz    []float64 // within its band
		snr   float64   // dB at least
		step  uint32    // of timestamps, a packet
	}{
		{sdp.PCMA, []float64{3000}, 34, 160},
		{sdp.PCMU, []float64{3000}, 34, 160},
		{sdp.G722, []float64{300, 3000, 6500}, 20, 160}, // RFC 3551 §4.5.2: half its samples
		{sdp.Opus, []float64{300, 3000, 6500}, 20, 960},
	}
	for _, test := range tests {
		for _, hz := range test.hz {
			n := newNetwork()
			a, b := callOver(t, n, speaking(test.codec), 0, 0)
			a.speaks = tone(hz)
			var stamps []uint32
			a.inspect = func(raw []byte) { stamps = append(stamps, binary.BigEndian.Uint32(raw[4:])) }
			n.run(2*time.Second, a, b)
			got, level := snr(b.last(time.Second), hz), goertzel(b.last(time.Second), hz)
			st := b.Stats()
			t.Logf("%s %5.0f Hz: SNR %.1f dB, amplitude %.3f, delay %v", st.Codec, hz, got, level, st.Delay)
			if got < test.snr {
				t.Errorf("%s: %.0f Hz comes out with %.1f dB SNR", test.codec.Name, hz, got)
			}
			if level < 0.2 || level > 0.28 {
				t.Errorf("%s: %.0f Hz went in with amplitude 0.25 and came out with %.3f", test.codec.Name, hz, level)
			}
			if st.Concealed != 0 || st.PacketsLost != 0 || st.Delay > 40*time.Millisecond {
				t.Errorf("%s: a clean network shows %+v", test.codec.Name, st)
			}
			if step := stamps[50] - stamps[49]; step != test.step {
				t.Errorf("%s: timestamps step by %d", test.codec.Name, step)
			}
		}
	}
}

// spoken sounds a bit like speech: a voiced pitch whose loudness comes and goes.
func spoken(i int) float64 {
	t := float64(i) / Rate
	v := 0.0
	for k := 1; k <= 12; k++ {
		v += math.Sin(2*math.Pi*140*float64(k)*t) / float64(k)
	}
	return 0.12 * v * (1.2 + math.Sin(2*math.Pi*3*t))
}

func TestOpusSaysAgainWhatWasLost(t *testing.T) {
	n := newNetwork()
	n.loss = 0.05
	a, b := callOver(t, n, speaking(sdp.Opus), 0, 0)
	a.speaks = spoken
	n.run(10*time.Second, a, b)
	a.out.Lock()
	percent := a.out.encoder.(*opusEncoder).percent
	a.out.Unlock()
	if percent < 1 || percent > 15 {
		t.Errorf("after 10 s of reports the encoder thinks that %d %% get lost", percent)
	}
	b.in.Lock()
	p := b.in.player
	lost, made, corrected := b.in.source.lost(), p.concealed, p.corrected
	b.in.Unlock()
	t.Logf("%d packets lost; %d ms made up, %d ms said again", lost, made/48, corrected/48)
	if corrected < 2*made { // FEC leaves out what is hardly voiced, and two lost in a row
		t.Errorf("of what was lost %d samples were made up and only %d taken from the packet after", made, corrected)
	}
}

func TestOpusFollowsThePeersWishes(t *testing.T) {
	tests := []struct {
		wishes string
		most   int // octets of a second of noise, in packets of 20 ms
		fec    bool
	}{
		{"", 50 * 120, false},
		{"useinbandfec=1; maxaveragebitrate=14000", 50 * 40, true},
		{" UseInbandFEC=1;maxplaybackrate=8000;nonsense;=;x=", 50 * 120, true},
		{"maxaveragebitrate=-5;maxplaybackrate=nothing", 50 * 20, false},
	}
	for _, test := range tests {
		e := newOpusEncoder(test.wishes).(*opusEncoder)
		if e.lib.FECEnabled() != test.fec {
			t.Errorf("%q: FEC is %v", test.wishes, e.lib.FECEnabled())
		}
		total, buf := 0, make([]byte, 0, maxPayload)
		hiss := noise{level: 900}
		frame := make([]int16, 960)
		for range 50 {
			hiss.fill(frame)
			total += len(e.encode(buf, frame))
		}
		if total == 0 || total > test.most {
			t.Errorf("%q: %d octets a second", test.wishes, total)
		}
	}
}

func TestOpusLeavesSilenceOutForWhoWantsIt(t *testing.T) {
	m := speaking(sdp.Opus)
	m.Wishes = "usedtx=1"
	m.Accept = []sdp.Format{m.Format}
	n := newNetwork()
	a, b := callOver(t, n, m, 0, 0)
	a.speaks = spoken
	n.run(2*time.Second, a, b)
	a.speaks = nil
	before := a.sent
	n.run(4*time.Second, a, b)
	st := b.Stats()
	if packets := a.sent - before; packets > 60 {
		t.Errorf("%d packets in 4 s of silence", packets)
	}
	if st.Concealed > 0.02 || st.PacketsLost > 0 || st.Loss > 0 {
		t.Errorf("silence that was left out counts as loss: %+v", st)
	}
	a.speaks = spoken
	n.run(2*time.Second, a, b)
	if level := goertzel(b.last(time.Second), 140); level < 0.05 {
		t.Errorf("after the silence the voice has an amplitude of %.3f", level)
	}
}

func TestThePeerMayChangeTheCodecByItself(t *testing.T) {
	n := newNetwork()
	both := speaking(sdp.Opus)
	pcm := speaking(sdp.PCMA)
	both.Accept = append(both.Accept, pcm.Format)
	a, b := callOver(t, n, both, 0, 0)
	a.speaks = tone(1000)
	n.run(2*time.Second, a, b)
	for _, m := range []sdp.Media{pcm, both} { // a changes, b was not told
		if err := a.Update(m); err != nil {
			t.Fatal(err)
		}
		n.run(3*time.Second, a, b)
		if got := snr(b.last(time.Second), 1000); got < 14 {
			t.Errorf("after a change to %s: SNR %.1f dB", m.Codec.Name, got)
		}
	}
	if st := b.Stats(); st.PacketsLost != 0 || st.Concealed > 0.01 || st.Codec != "Opus" {
		t.Errorf("two changes show %+v", st)
	}
}

func TestDigitsCountInTheirOwnClock(t *testing.T) {
	m := speaking(sdp.Opus)
	m.DTMFClock = 8000 // of a peer that knows no other
	n := newNetwork()
	a, b := callOver(t, n, m, 0, 0)
	var durations []uint16
	a.inspect = func(raw []byte) {
		if raw[1]&0x7f == 101 {
			durations = append(durations, binary.BigEndian.Uint16(raw[14:]))
		}
	}
	if err := a.SendDigits("5"); err != nil {
		t.Fatal(err)
	}
	n.run(time.Second, a, b)
	if b.digits != "5" || len(durations) == 0 || durations[0] != 160 {
		t.Errorf("%q was heard, durations %v", b.digits, durations)
	}
}

// FuzzDecoders has every decoder stand every payload.
func FuzzDecoders(f *testing.F) {
	f.Add([]byte{0x78, 0xff, 0xfe})
	f.Add([]byte{0x0b, 0x81, 1, 2, 3, 4})
	f.Add([]byte{0xfc})
	frame := make([]int16, 960)
	for i := range frame {
		frame[i] = int16(32767 * spoken(i))
	}
	e := newOpusEncoder("useinbandfec=1").(*opusEncoder)
	e.expect(0.2)
	for range 5 {
		f.Add(e.encode(make([]byte, 0, maxPayload), frame))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		payload = payload[:min(len(payload), maxPayload)]
		for _, c := range codecs {
			d := c.decoder()
			dst := make([]int16, max(maxPayload, c.rate*12/100))
			if n := d.decode(dst, payload); n < 0 || n > len(dst) {
				t.Fatalf("%s made %d samples of room for %d", c.name, n, len(dst))
			}
			if x, ok := d.(corrector); ok {
				x.correct(dst[:480], payload)
			}
			d.decode(dst[:7], payload)
		}
	})
}
