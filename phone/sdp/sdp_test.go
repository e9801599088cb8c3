package sdp

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	psdp "github.com/pion/sdp/v3"
)

// desk is our end in these tests.
func desk() Local {
	return Local{Addr: netip.MustParseAddr("192.0.2.10"), Port: 40000, SessionID: 7, Version: 1}
}

// wide is our end with all codecs.
func wide() Local {
	l := desk()
	l.Codecs = CodecsByName(nil)
	return l
}

func onlyOpus() Local {
	l := desk()
	l.Codecs = []Codec{Opus}
	return l
}

// body joins lines as a peer would send them.
func body(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

// peer is an offer or answer with usual session lines.
func peer(media ...string) []byte {
	return body(append([]string{"v=0", "o=- 1 1 IN IP4 198.51.100.5", "s=-", "c=IN IP4 198.51.100.5", "t=0 0"}, media...)...)
}

// strict parses what we wrote with pion's own, unforgiving parser.
func strict(t *testing.T, text []byte) *psdp.SessionDescription {
	t.Helper()
	var d psdp.SessionDescription
	if err := d.Unmarshal(text); err != nil {
		t.Fatalf("we wrote a description that pion refuses: %v\n%s", err, text)
	}
	return &d
}

func TestOfferSaysWhatWeSpeak(t *testing.T) {
	got := string(Offer(desk()))
	want := "v=0\r\no=- 7 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n" +
		"m=audio 40000 RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n" +
		"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n"
	if got != want {
		t.Errorf("offer is\n%s\nwant\n%s", got, want)
	}
}

func TestOfferOverIPv6WithRTCPElsewhere(t *testing.T) {
	l := desk()
	l.Addr, l.RTCPPort, l.RTCPMux = netip.MustParseAddr("2001:db8::1%eth0"), 50000, true
	got := string(Offer(l))
	for _, want := range []string{"c=IN IP6 2001:db8::1\r\n", "a=rtcp:50000\r\n", "a=rtcp-mux\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestAnswer(t *testing.T) {
	sendOnly := desk()
	sendOnly.Direction = SendOnly
	muLawFirst := desk()
	muLawFirst.Codecs = []Codec{PCMU, PCMA}
	mux := desk()
	mux.RTCPMux = true

	tests := []struct {
		name  string
		local Local
		offer []byte
		check func(t *testing.T, m Media, answer string)
	}{
		{"both codecs, ours first", desk(), peer("m=audio 5000 RTP/AVP 0 8 101", "a=rtpmap:101 telephone-event/8000"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "codec", m.Codec.Name, "PCMA")
				expect(t, "accepted", len(m.Accept), 2)
				expect(t, "address", m.Addr.String(), "198.51.100.5:5000")
				expect(t, "RTCP address", m.RTCPAddr.String(), "198.51.100.5:5001")
				expect(t, "digits", m.DTMF, true)
				expect(t, "direction", m.Direction, SendRecv)
				contains(t, answer, "m=audio 40000 RTP/AVP 8 0 101\r\n")
			}},
		{"the account's order", muLawFirst, peer("m=audio 5000 RTP/AVP 8 0"),
			func(t *testing.T, m Media, _ string) { expect(t, "codec", m.Codec.Name, "PCMU") }},
		{"telephone-event 100, by its rtpmap", desk(), peer("m=audio 5000 RTP/AVP 8 100", "a=rtpmap:100 telephone-event/8000", "a=fmtp:100 0-16"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "send", m.DTMFSend, 100)
				expect(t, "receive", m.DTMFRecv, 100)
				contains(t, answer, "a=rtpmap:100 telephone-event/8000\r\n")
			}},
		{"101 that is something else", desk(), peer("m=audio 5000 RTP/AVP 101 97 8", "a=rtpmap:101 opus/48000/2", "a=rtpmap:97 telephone-event/8000"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "send", m.DTMFSend, 97)
				contains(t, answer, "m=audio 40000 RTP/AVP 8 97\r\n")
			}},
		{"telephone-event of another clock only", desk(), peer("m=audio 5000 RTP/AVP 8 97", "a=rtpmap:97 telephone-event/48000"),
			func(t *testing.T, m Media, _ string) { expect(t, "digits", m.DTMF, false) }},
		{"Opus with the peer's number and wishes, digits in both clocks", wide(), peer("m=audio 5000 RTP/AVP 8 107 101 110", "a=rtpmap:107 opus/48000/2",
			"a=fmtp:107 maxplaybackrate=16000; useinbandfec=1", "a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 telephone-event/48000"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "payload", m.PayloadSend, 107)
				expect(t, "wishes", m.Wishes, "maxplaybackrate=16000; useinbandfec=1")
				expect(t, "digits", m.DTMFSend, 110)
				expect(t, "their clock", m.DTMFClock, 48000)
				expect(t, "other digits", m.DTMFAlso[0], 101)
				contains(t, answer, "m=audio 40000 RTP/AVP 107 8 110 101\r\na=rtpmap:107 opus/48000/2\r\na=fmtp:107 useinbandfec=1\r\n")
			}},
		{"Opus with digits in a telephone's clock only", wide(), peer("m=audio 5000 RTP/AVP 96 101", "a=rtpmap:96 OPUS/48000/2", "a=rtpmap:101 telephone-event/8000"),
			func(t *testing.T, m Media, _ string) {
				expect(t, "codec", m.Codec.Name, "opus")
				expect(t, "digits", m.DTMF, true)
				expect(t, "their clock", m.DTMFClock, 8000)
			}},
		{"G.722 without an rtpmap", wide(), peer("m=audio 5000 RTP/AVP 0 9"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "codec", m.Codec.Name, "G722")
				contains(t, answer, "a=rtpmap:9 G722/8000\r\n")
			}},
		{"comfort noise", desk(), peer("m=audio 5000 RTP/AVP 8 13"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "taken", m.Noise, true)
				contains(t, answer, "m=audio 40000 RTP/AVP 8 13\r\n")
				contains(t, answer, "a=rtpmap:13 CN/8000\r\n")
			}},
		{"comfort noise beside a codec with another clock", onlyOpus(), peer("m=audio 5000 RTP/AVP 96 13", "a=rtpmap:96 opus/48000/2"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "taken", m.Noise, false)
				contains(t, answer, "m=audio 40000 RTP/AVP 96\r\n")
			}},
		{"a dynamic number for A law", desk(), peer("m=audio 5000 RTP/AVP 118", "a=rtpmap:118 pcma/8000/1"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "payload", m.PayloadSend, 118)
				contains(t, answer, "a=rtpmap:118 PCMA/8000\r\n")
			}},
		{"video and T.38 refused in their places", desk(),
			peer("m=video 6000 RTP/AVP 96", "a=rtpmap:96 H264/90000", "m=audio 5000 RTP/AVP 8", "m=image 6002 udptl t38"),
			func(t *testing.T, m Media, answer string) {
				contains(t, answer, "m=video 0 RTP/AVP 96\r\nm=audio 40000 RTP/AVP 8\r\n")
				contains(t, answer, "m=image 0 udptl t38\r\n")
			}},
		{"the second audio line is the usable one", desk(),
			peer("m=audio 4998 RTP/SAVP 8", "m=audio 5000 RTP/AVP 8", "m=audio 5002 RTP/AVP 8"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "address", m.Addr.Port(), 5000)
				contains(t, answer, "m=audio 0 RTP/SAVP 8\r\nm=audio 40000 RTP/AVP 8\r\n")
				contains(t, answer, "m=audio 0 RTP/AVP 8\r\n")
			}},
		{"AVPF is answered with AVPF", desk(), peer("m=audio 5000 RTP/AVPF 8", "a=rtcp-fb:* trr-int 1000"),
			func(t *testing.T, m Media, answer string) { contains(t, answer, "m=audio 40000 RTP/AVPF 8\r\n") }},
		{"held with sendonly", desk(), peer("m=audio 5000 RTP/AVP 8", "a=sendonly"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "hold", m.Hold, true)
				expect(t, "direction", m.Direction, RecvOnly)
				contains(t, answer, "a=recvonly\r\n")
			}},
		{"held with inactive for the session", desk(), body("v=0", "c=IN IP4 198.51.100.5", "a=inactive", "m=audio 5000 RTP/AVP 8"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "hold", m.Hold, true)
				expect(t, "direction", m.Direction, Inactive)
				contains(t, answer, "a=inactive\r\n")
			}},
		{"held with 0.0.0.0", desk(), peer("m=audio 5000 RTP/AVP 8", "c=IN IP4 0.0.0.0"),
			func(t *testing.T, m Media, _ string) {
				expect(t, "hold", m.Hold, true)
				expect(t, "sends", m.Direction.Sends(), false)
			}},
		{"both hold", sendOnly, peer("m=audio 5000 RTP/AVP 8", "a=sendonly"),
			func(t *testing.T, m Media, _ string) { expect(t, "direction", m.Direction, Inactive) }},
		{"the peer listens only", desk(), peer("m=audio 5000 RTP/AVP 8", "a=recvonly"),
			func(t *testing.T, m Media, _ string) {
				expect(t, "hold", m.Hold, false)
				expect(t, "direction", m.Direction, SendOnly)
			}},
		{"IPv6", desk(), peer("m=audio 5000 RTP/AVP 8", "c=IN IP6 2001:db8::5"),
			func(t *testing.T, m Media, _ string) { expect(t, "address", m.Addr.String(), "[2001:db8::5]:5000") }},
		{"a host name", desk(), peer("m=audio 5000 RTP/AVP 8", "c=IN IP4 media.example.org"),
			func(t *testing.T, m Media, _ string) {
				expect(t, "host", m.Host, "media.example.org")
				expect(t, "port", m.Addr.Port(), 5000)
			}},
		{"RTCP elsewhere", desk(), peer("m=audio 5000 RTP/AVP 8", "a=rtcp:6001 IN IP4 198.51.100.6"),
			func(t *testing.T, m Media, _ string) {
				expect(t, "RTCP address", m.RTCPAddr.String(), "198.51.100.6:6001")
			}},
		{"RTCP multiplexed", mux, peer("m=audio 5000 RTP/AVP 8", "a=rtcp-mux"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "RTCP address", m.RTCPAddr, m.Addr)
				contains(t, answer, "a=rtcp-mux\r\n")
			}},
		{"RTCP not multiplexed when we can't", desk(), peer("m=audio 5000 RTP/AVP 8", "a=rtcp-mux"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "mux", m.Mux, false)
				if strings.Contains(answer, "rtcp-mux") {
					t.Error("rtcp-mux was accepted")
				}
			}},
		{"30 ms wished for", desk(), peer("m=audio 5000 RTP/AVP 8", "a=ptime:30"),
			func(t *testing.T, m Media, _ string) { expect(t, "ptime", m.Ptime, 30) }},
		{"maxptime bounds", desk(), peer("m=audio 5000 RTP/AVP 8", "a=ptime:40", "a=maxptime:20"),
			func(t *testing.T, m Media, _ string) { expect(t, "ptime", m.Ptime, 20) }},
		{"an absurd ptime", desk(), peer("m=audio 5000 RTP/AVP 8", "a=ptime:-3"),
			func(t *testing.T, m Media, _ string) { expect(t, "ptime", m.Ptime, 20) }},
		{"line feeds, blanks and lines out of order", desk(),
			[]byte("\n v=0 \no=x 99999999999999999999999 abc IN IP4 h\na=sendonly \nc= IN  IP4\t198.51.100.5/127\ns= \n\nm=AUDIO  5000/2 RTP/AVP  8  100\na = ptime : 30\na=rtpmap: 100  Telephone-Event/8000\nb=AS:x\nz\n"),
			func(t *testing.T, m Media, answer string) {
				expect(t, "address", m.Addr.String(), "198.51.100.5:5000")
				expect(t, "digits", m.DTMFSend, 100)
				expect(t, "ptime", m.Ptime, 30)
				expect(t, "hold", m.Hold, true)
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, m, err := Answer(test.offer, test.local)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(answer), " udptl ") { // a line that pion can't read
				strict(t, answer)
			}
			test.check(t, m, string(answer))
		})
	}
}

func TestAnswerRefuses(t *testing.T) {
	tests := []struct {
		name  string
		offer []byte
		code  int
		err   error
	}{
		{"nothing", nil, 400, ErrMalformed},
		{"garbage", []byte("\x00\xff hello"), 400, ErrMalformed},
		{"another version", body("v=1"), 400, ErrMalformed},
		{"a port that is none", peer("m=audio 70000 RTP/AVP 8"), 400, ErrMalformed},
		{"a media line cut off", peer("m=audio"), 400, ErrMalformed},
		{"too many media lines", peer(strings.Split(strings.Repeat("m=audio 1 RTP/AVP 8,", 40), ",")...), 400, ErrMalformed},
		{"encrypted only", peer("m=audio 5000 RTP/SAVP 8", "a=crypto:1 x"), 488, ErrSecure},
		{"DTLS only", peer("m=audio 5000 UDP/TLS/RTP/SAVPF 8"), 488, ErrSecure},
		{"video only", peer("m=video 5000 RTP/AVP 96"), 488, ErrNoAudio},
		{"audio refused", peer("m=audio 0 RTP/AVP 8"), 488, ErrNoAudio},
		{"no codec of ours", peer("m=audio 5000 RTP/AVP 3 18"), 488, ErrNoCodec},
		{"8 that is not A law", peer("m=audio 5000 RTP/AVP 8", "a=rtpmap:8 L16/44100"), 488, ErrNoCodec},
		{"digits only", peer("m=audio 5000 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"), 488, ErrNoCodec},
		{"no address", body("v=0", "m=audio 5000 RTP/AVP 8"), 488, ErrAddress},
		{"multicast", peer("m=audio 5000 RTP/AVP 8", "c=IN IP4 224.2.1.1/127"), 488, ErrAddress},
		{"an address that is none", peer("m=audio 5000 RTP/AVP 8", "c=IN IP4 300.1.1.1"), 488, ErrAddress},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := Answer(test.offer, desk())
			if !errors.Is(err, test.err) || SIPCode(err) != test.code {
				t.Errorf("error is %v (%d), want %v (%d)", err, SIPCode(err), test.err, test.code)
			}
		})
	}
}

func TestTwoOfUsAgree(t *testing.T) {
	caller, callee := desk(), desk()
	callee.Addr, callee.Port = netip.MustParseAddr("198.51.100.5"), 5000
	answer, atCallee, err := Answer(Offer(caller), callee)
	if err != nil {
		t.Fatal(err)
	}
	atCaller, err := ParseAnswer(caller, answer)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "caller's codec", atCaller.Codec.Name, "PCMA")
	expect(t, "callee sends to", atCallee.Addr.String(), "192.0.2.10:40000")
	expect(t, "caller sends to", atCaller.Addr.String(), "198.51.100.5:5000")
	expect(t, "digits", atCaller.DTMFSend, atCallee.DTMFRecv)

	// The caller holds, and takes the call back.
	hold := caller.Again(atCaller, SendOnly)
	again := callee.Again(atCallee, SendRecv)
	answer, atCallee, err = Answer(Offer(hold), again)
	if err != nil {
		t.Fatal(err)
	}
	atCaller, err = ParseAnswer(hold, answer)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "callee is held", atCallee.Hold, true)
	expect(t, "caller is held", atCaller.Hold, false)
	expect(t, "caller's direction", atCaller.Direction, SendOnly)
	expect(t, "version", strict(t, answer).Origin.SessionVersion, 2)
	back := hold.Again(atCaller, SendRecv)
	_, atCallee, err = Answer(Offer(back), again.Again(atCallee, SendRecv))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "callee is held", atCallee.Hold, false)
	expect(t, "direction", atCallee.Direction, SendRecv)
}

func TestReofferKeepsLinesProfileAndPayloadTypes(t *testing.T) {
	offer := peer("m=video 6000 RTP/AVP 96", "m=audio 5000 RTP/AVPF 118 100",
		"a=rtpmap:118 PCMA/8000", "a=rtpmap:100 telephone-event/8000")
	local := desk()
	_, agreed, err := Answer(offer, local)
	if err != nil {
		t.Fatal(err)
	}
	again := strict(t, Offer(local.Again(agreed, SendOnly)))
	expect(t, "lines", len(again.MediaDescriptions), 2)
	video, audio := again.MediaDescriptions[0].MediaName, again.MediaDescriptions[1].MediaName
	expect(t, "video", video.String(), "video 0 RTP/AVP 96")
	expect(t, "audio", audio.String(), "audio 40000 RTP/AVPF 118 0 100")
	expect(t, "version", again.Origin.SessionVersion, 2)
}

func TestParseAnswer(t *testing.T) {
	hold := desk()
	hold.Direction = SendOnly
	tests := []struct {
		name   string
		offer  Local
		answer []byte
		check  func(*testing.T, Media)
	}{
		{"the peer's order", desk(), peer("m=audio 5000 RTP/AVP 0 8"),
			func(t *testing.T, m Media) { expect(t, "codec", m.Codec.Name, "PCMU") }},
		{"other numbers than ours", desk(), peer("m=audio 5000 RTP/AVP 118 97", "a=rtpmap:118 PCMA/8000", "a=rtpmap:97 telephone-event/8000"),
			func(t *testing.T, m Media) {
				expect(t, "send", m.PayloadSend, 118)
				expect(t, "receive", m.PayloadRecv, 8)
				expect(t, "digits out", m.DTMFSend, 97)
				expect(t, "digits in", m.DTMFRecv, 101)
			}},
		{"our hold is not theirs", hold, peer("m=audio 5000 RTP/AVP 8", "a=recvonly"),
			func(t *testing.T, m Media) { expect(t, "hold", m.Hold, false) }},
		{"held in the answer", desk(), peer("m=audio 5000 RTP/AVP 8", "a=sendonly"),
			func(t *testing.T, m Media) { expect(t, "hold", m.Hold, true) }},
		{"no digits", desk(), peer("m=audio 5000 RTP/AVP 8"),
			func(t *testing.T, m Media) { expect(t, "digits", m.DTMF, false) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := ParseAnswer(test.offer, test.answer)
			if err != nil {
				t.Fatal(err)
			}
			test.check(t, m)
		})
	}
	if _, err := ParseAnswer(desk(), peer("m=audio 0 RTP/AVP 8")); !errors.Is(err, ErrNoAudio) {
		t.Errorf("a refused stream gives %v", err)
	}
}

func TestBody(t *testing.T) {
	sdp := string(peer("m=audio 5000 RTP/AVP 8"))
	multi := "--b\r\nContent-Type: application/isup\r\n\r\nx\r\n--b\r\nContent-Type: application/sdp\r\n\r\n" + sdp + "\r\n--b--\r\n"
	tests := []struct {
		name, kind, body, want string
		code                   int
	}{
		{"plain", "application/sdp", sdp, sdp, 0},
		{"in capitals, with a parameter", "Application/SDP; charset=utf-8", sdp, sdp, 0},
		{"a parameter that is none", "application/sdp; =", sdp, sdp, 0},
		{"no body", "", "", "", 0},
		{"no header", "", sdp, sdp, 0},
		{"among parts", `multipart/mixed; boundary="b"`, multi, sdp, 0},
		{"parts without one", `multipart/mixed; boundary="b"`, "--b\r\n\r\nx\r\n--b--\r\n", "", 415},
		{"another kind", "text/plain", "hello", "", 415},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Body(test.kind, []byte(test.body))
			if test.code != 0 {
				expect(t, "code", SIPCode(err), test.code)
				return
			}
			if err != nil || string(got) != test.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestOfferOfAllCodecs(t *testing.T) {
	got := string(Offer(wide()))
	contains(t, got, "m=audio 40000 RTP/AVP 111 9 8 0 101 102\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 useinbandfec=1\r\na=rtpmap:9 G722/8000\r\n")
	contains(t, got, "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:102 telephone-event/48000\r\na=fmtp:102 0-15\r\n")
}

func TestAnAnswerMayUseOtherNumbersThanOurOffer(t *testing.T) {
	l := wide()
	m, err := ParseAnswer(l, peer("m=audio 5000 RTP/AVP 96 0 98", "a=rtpmap:96 opus/48000/2", "a=fmtp:96 usedtx=1", "a=rtpmap:98 telephone-event/48000"))
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "we send", m.PayloadSend, 96)
	expect(t, "we get", m.PayloadRecv, 111)
	expect(t, "wishes", m.Wishes, "usedtx=1")
	expect(t, "codecs", len(m.Accept), 2)
	expect(t, "digits to them", m.DTMFSend, 98)
	expect(t, "digits to us", m.DTMFRecv, 102)
	// The next offer keeps every number of ours, those not in use too (RFC 3264 §8.3.2).
	contains(t, string(Offer(l.Again(m, SendRecv))), "m=audio 40000 RTP/AVP 111 9 8 0 101 102\r\n")
}

func TestANumberInUseIsGivenToNoOtherCodec(t *testing.T) {
	l := wide()
	_, m, err := Answer(peer("m=audio 5000 RTP/AVP 8 111", "a=rtpmap:111 telephone-event/8000"), l)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(Offer(l.Again(m, SendRecv))), "m=audio 40000 RTP/AVP 112 9 8 0 111 101\r\n")
}

func TestCodecsByName(t *testing.T) {
	got := CodecsByName([]string{"nonsense", "PCMU", "pcma"})
	expect(t, "count", len(got), 2)
	expect(t, "first", got[0].Name, "PCMU")
	expect(t, "by default the best is first", CodecsByName(nil)[0].Name, "opus")
	expect(t, "by default there are all", len(CodecsByName(nil)), 4)
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("no %q in\n%s", part, text)
	}
}
