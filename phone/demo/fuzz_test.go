package demo

import (
	"log/slog"
	"testing"
)

func FuzzSDP(f *testing.F) {
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n"))
	f.Add([]byte("v=0\r\no=- 1 1 IN IP4 x\r\ns=-\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readSDP(b)
		if err != nil {
			return
		}
		if got.voice != ptPCMA && got.voice != ptPCMU {
			t.Errorf("agreed on payload type %d", got.voice)
		}
		if _, err := readSDP(answer(got.to, 1, got)); err != nil && got.to.Addr().Is4() {
			t.Errorf("our own answer cannot be read: %v", err)
		}
	})
}

func FuzzRTP(f *testing.F) {
	f.Add([]byte{0x80, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xd5, 0xd5})
	f.Add([]byte{0x90, 101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xbe, 0xde, 0, 1, 0, 0, 0, 0, 3, 0x8a, 0, 160})
	f.Fuzz(func(t *testing.T, b []byte) {
		l := &leg{log: slog.New(slog.DiscardHandler), terms: terms{digits: ptDTMF}, mirror: true}
		l.take(b)
		l.next()
	})
}
