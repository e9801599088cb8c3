package sdp

import (
	"errors"
	"testing"
)

// FuzzAnswer: any body is either refused with a SIP code or answered with a
// description that fits it, from which a re-offer can be made.
func FuzzAnswer(f *testing.F) {
	for _, seed := range [][]byte{
		peer("m=audio 5000 RTP/AVP 8 0 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:20", "a=sendonly"),
		peer("m=video 6000 RTP/AVP 96", "m=audio 5000/2 RTP/AVPF 118", "a=rtpmap:118 PCMA/8000/1", "a=rtcp:9 IN IP6 ::1"),
		body("v=0", "a=inactive", "m=audio 65535 RTP/AVP 8", "c=IN IP6 ::ffff:0.0.0.0/5", "a=maxptime:NaN"),
		body("v=0", "c=IN IP4 a.example", "m=image 0 udptl", "m=audio 1 RTP/AVP 128 -1 8"),
		[]byte("v=0\nm=audio 1 / 8\n"), []byte("v=0\rc="),
		{},
	} {
		f.Add(seed)
	}
	for _, offer := range offers(f) {
		f.Add(offer)
	}
	f.Fuzz(func(t *testing.T, offer []byte) {
		answer, agreed, err := Answer(offer, desk())
		if err != nil {
			var typed *Error
			if !errors.As(err, &typed) {
				t.Fatalf("an error without a SIP code: %v", err)
			}
			return
		}
		remote, err := read(offer)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := read(answer)
		if err != nil {
			t.Fatalf("our answer can't be read: %v\n%s", err, answer)
		}
		if len(ours.MediaDescriptions) != len(remote.MediaDescriptions) {
			t.Fatalf("%d lines answered with %d", len(remote.MediaDescriptions), len(ours.MediaDescriptions))
		}
		if agreed.Ptime < 10 || agreed.Ptime > 60 || len(agreed.Accept) == 0 {
			t.Fatalf("agreed on %+v", agreed)
		}
		again, err := read(Offer(desk().Again(agreed, SendOnly)))
		if err != nil || len(again.MediaDescriptions) != len(remote.MediaDescriptions) {
			t.Fatalf("the re-offer does not fit: %v", err)
		}
	})
}

// FuzzParseAnswer: no answer panics.
func FuzzParseAnswer(f *testing.F) {
	f.Add(peer("m=audio 5000 RTP/AVP 0", "a=recvonly"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		m, err := ParseAnswer(desk(), answer)
		if err == nil && len(m.Accept) == 0 {
			t.Fatal("agreed on no codec")
		}
	})
}
