package media

import (
	"errors"
	"testing"
	"time"

	"leadline/phone/sdp"
)

func TestTonesOfADigitInTheVoice(t *testing.T) {
	for _, codec := range everyCodec {
		n := newNetwork()
		a, b := callOver(t, n, speaking(codec), 0, 0)
		a.speaks = tone(1000)
		n.run(time.Second, a, b)
		if err := a.SendTones("5,#"); err != nil {
			t.Fatal(err)
		}
		n.run(160*time.Millisecond, a, b) // there, and some of it heard
		five := b.last(60 * time.Millisecond)
		if row, column, voice := goertzel(five, 770), goertzel(five, 1336), goertzel(five, 1000); row < 0.15 || column < 0.15 || voice > 0.05 {
			t.Errorf("%s: 5 has %.2f at 770 Hz, %.2f at 1336 Hz and %.2f of the voice", codec.Name, row, column, voice)
		}
		n.run(700*time.Millisecond, a, b)
		hash := b.last(60 * time.Millisecond)
		if row, column := goertzel(hash, 941), goertzel(hash, 1477); row < 0.15 || column < 0.15 {
			t.Errorf("%s: # has %.2f at 941 Hz and %.2f at 1477 Hz", codec.Name, row, column)
		}
		n.run(time.Second, a, b)
		if voice := goertzel(b.last(200*time.Millisecond), 1000); voice < 0.2 {
			t.Errorf("%s: after the digits the voice has %.2f", codec.Name, voice)
		}
		if a.digits+b.digits != "" {
			t.Errorf("%s: digits %q were sent as events too", codec.Name, a.digits+b.digits)
		}
	}
}

func TestTonesThatCannotBeSent(t *testing.T) {
	n := newNetwork()
	a, _ := call(t, n, 0, 0)
	if err := a.SendTones("1x"); err == nil {
		t.Error("x was taken for a digit")
	}
	m := agreed()
	m.Direction = sdp.RecvOnly
	if err := a.Update(m); err != nil {
		t.Fatal(err)
	}
	if err := a.SendTones("1"); !errors.Is(err, ErrNoDigits) {
		t.Errorf("tones while held: %v", err)
	}
}
