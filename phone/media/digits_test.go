package media

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"leadline/phone/sdp"
)

func TestEveryDigitIsHeardOnceEvenOverABadNetwork(t *testing.T) {
	n := newNetwork()
	n.loss, n.duplicate, n.jitter = 0.1, 0.1, 30*time.Millisecond
	a, b := call(t, n, 0, 0)
	n.run(time.Second, a, b)
	const all = "0123456789*#ABCD1155"
	if err := a.SendDigits(all[:10]); err != nil {
		t.Fatal(err)
	}
	if err := a.SendDigits(all[10:]); err != nil {
		t.Fatal(err)
	}
	n.run(8*time.Second, a, b)
	if b.digits != all {
		t.Errorf("dialled %s, heard %s", all, b.digits)
	}
}

func TestDigitPackets(t *testing.T) {
	n := newNetwork()
	a, b := call(t, n, 0, 0)
	n.run(time.Second, a, b)
	var events, audio []packet
	a.inspect = func(raw []byte) {
		p, ok := parseRTP(append([]byte(nil), raw...))
		if !ok {
			t.Fatal("we sent what we can't read")
		}
		if p.kind == 101 {
			events = append(events, p)
		} else {
			audio = append(audio, p)
		}
	}
	if err := a.SendDigits("7"); err != nil {
		t.Fatal(err)
	}
	n.run(400*time.Millisecond, a, b)
	if len(events) != 8 { // 20, 40 … 120 ms, and the last twice more
		t.Fatalf("%d packets for a digit", len(events))
	}
	for i, p := range events {
		duration, end := binary.BigEndian.Uint16(p.payload[2:]), p.payload[1]&0x80 != 0
		want := uint16(min(i+1, 6) * 160)
		if p.payload[0] != 7 || p.ts != events[0].ts || duration != want || end != (i >= 5) || p.marker != (i == 0) {
			t.Errorf("packet %d: event %d, timestamp +%d, duration %d, end %v, marker %v", i, p.payload[0], p.ts-events[0].ts, duration, end, p.marker)
		}
	}
	// Audio goes on where it would have been.
	for i := 1; i < len(audio); i++ {
		if steps := uint32(audio[i].seq - audio[i-1].seq); audio[i].ts-audio[i-1].ts != 160*steps {
			t.Errorf("after packet %d the timestamp steps by %d for %d packets", i, audio[i].ts-audio[i-1].ts, steps)
		}
	}
}

func TestDigitsThatCannotBeSent(t *testing.T) {
	n := newNetwork()
	a, _ := call(t, n, 0, 0)
	if err := a.SendDigits("12x"); err == nil {
		t.Error("x was taken for a digit")
	}
	m := agreed()
	m.DTMF = false
	if err := a.Update(m); err != nil {
		t.Fatal(err)
	}
	if err := a.SendDigits("1"); !errors.Is(err, ErrNoDigits) {
		t.Errorf("digits to a peer that takes none: %v", err)
	}
	m = agreed()
	m.Direction = sdp.RecvOnly
	if err := a.Update(m); err != nil {
		t.Fatal(err)
	}
	if err := a.SendDigits("1"); !errors.Is(err, ErrNoDigits) {
		t.Errorf("digits while held: %v", err)
	}
}

func TestADigitOfTheFarEndIsHeardOnce(t *testing.T) {
	type heard struct {
		payload []byte
		ts      int64
		marker  bool
	}
	digit := func(event byte, end bool, duration uint16) []byte {
		b := []byte{event, 10, byte(duration >> 8), byte(duration)}
		if end {
			b[1] |= 0x80
		}
		return b
	}
	tests := []struct {
		name    string
		packets []heard
		want    string
	}{
		{"one digit", []heard{{digit(5, false, 160), 0, true}, {digit(5, false, 320), 0, false}, {digit(5, true, 320), 0, false}}, "5"},
		{"only its end arrives", []heard{{digit(5, true, 320), 0, false}}, "5"},
		{"the same digit twice", []heard{{digit(5, true, 320), 0, false}, {digit(5, true, 320), 3200, true}}, "55"},
		{"an end that comes after the next digit began", []heard{{digit(1, false, 160), 0, true}, {digit(2, false, 160), 3200, true}, {digit(1, true, 320), 0, false}}, "12"},
		{"a key held for nine seconds", []heard{{digit(3, false, 0xffff), 0, true}, {digit(3, false, 160), 0xffff, false}, {digit(3, true, 320), 0xffff, false}}, "3"},
		{"an event that is no digit", []heard{{digit(16, true, 320), 0, true}}, ""},
		{"cut off", []heard{{[]byte{1, 2, 3}, 0, true}, {nil, 0, true}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var l listener
			got := ""
			for _, p := range test.packets {
				if d, begins := l.hear(p.payload, p.ts, p.marker); begins {
					got += string(d)
				}
			}
			if got != test.want {
				t.Errorf("heard %q, want %q", got, test.want)
			}
		})
	}
}

// RFC 4733 §2.5.1: whatever was agreed on for packets, a digit begins once, grows by each of them and ends three times.
func TestADigitIsWholeWhateverThePacketLength(t *testing.T) {
	for _, ptime := range []int{10, 20, 30, 40, 60} {
		n, m := newNetwork(), agreed()
		m.Ptime = ptime
		a, b := callOver(t, n, m, 0, 0)
		n.run(time.Second, a, b)
		var events []packet
		a.inspect = func(raw []byte) {
			if p, ok := parseRTP(append([]byte(nil), raw...)); ok && p.kind == 101 {
				events = append(events, p)
			}
		}
		if err := a.SendDigits("77"); err != nil {
			t.Fatal(err)
		}
		n.run(2*time.Second, a, b)
		if b.digits != "77" {
			t.Errorf("ptime %d: heard %q", ptime, b.digits)
		}
		grows := digitLength / ptime
		if len(events) != 2*(grows+digitEnds-1) {
			t.Fatalf("ptime %d: %d packets for two digits", ptime, len(events))
		}
		for i, p := range events {
			i %= len(events) / 2
			duration, end := int(binary.BigEndian.Uint16(p.payload[2:])), p.payload[1]&0x80 != 0
			if duration != 8*ptime*min(i+1, grows) || end != (i >= grows-1) || p.marker != (i == 0) {
				t.Errorf("ptime %d, packet %d: duration %d, end %v, marker %v", ptime, i, duration, end, p.marker)
			}
		}
		if gap := int32(events[len(events)/2].ts - events[0].ts); gap < 8*(digitLength+digitGap) {
			t.Errorf("ptime %d: the next digit begins %d ms after the first", ptime, gap/8)
		}
	}
}

// A re-INVITE may give telephone-event another number, another length of packets and another codec while digits are sent.
func TestDigitsGoOnThroughAReinvite(t *testing.T) {
	pcmu := sdp.Format{Codec: sdp.PCMU, PayloadSend: 0, PayloadRecv: 0}
	for name, change := range map[string]func(*sdp.Media){
		"another number": func(m *sdp.Media) { m.DTMFSend, m.DTMFRecv, m.DTMFAlso = 96, 96, []uint8{101} },
		"longer packets": func(m *sdp.Media) { m.Ptime = 60 },
		"another codec":  func(m *sdp.Media) { m.Format = pcmu },
		"nothing":        func(*sdp.Media) {},
	} {
		n := newNetwork()
		a, b := call(t, n, 0, 0)
		n.run(time.Second, a, b)
		const all = "0123456789"
		if err := a.SendDigits(all); err != nil {
			t.Fatal(err)
		}
		m := agreed()
		for range 8 { // at every place of a digit
			n.run(230*time.Millisecond, a, b)
			change(&m)
			for _, p := range []*phone{a, b} {
				if err := p.Update(m); err != nil {
					t.Fatal(err)
				}
			}
			m = agreed() // and back
			n.run(110*time.Millisecond, a, b)
			if err := errors.Join(a.Update(m), b.Update(m)); err != nil {
				t.Fatal(err)
			}
		}
		n.run(3*time.Second, a, b)
		if b.digits != all {
			t.Errorf("%s: dialled %s, heard %s", name, all, b.digits)
		}
	}
}
