package sip

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
)

func TestMessagesArePlainOnceTheyWereRead(t *testing.T) {
	text := "OPTIONS sip:a@h SIP/2.0\r\nv:  SIP / 2.0 /UDP   h:5070 ; branch = z9hG4bK1 ,\r\n SIP/2.0/TCP other\r\n" +
		"TO :\r\n \"B \\\" ; = C\"   < sip:b@h;x > ;  tag = 1 \r\nf: sip:a@h;tag=2\r\ncseq: 0007\r\n   OPTIONS\r\ni: x\r\nL : 3\r\n\r\nabcdef"
	want := "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP h:5070;branch=z9hG4bK1\r\nVia: SIP/2.0/TCP other\r\n" +
		"TO: \"B \\\" ; = C\" <sip:b@h;x>;tag=1\r\nFrom: sip:a@h;tag=2\r\nCSeq: 0007 OPTIONS\r\nCall-ID: x\r\nContent-Length: 3\r\n\r\nabc"
	m := readMessage([]byte(text), true)
	if why := m.fault(); why != "" {
		t.Fatalf("it is refused: %s", why)
	}
	if got := string(m.plain()); got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestAStreamIsCutIntoMessagesWhereverItBreaks(t *testing.T) {
	one := "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nContent-Length: 4\r\n\r\nbody"
	two := "SIP/2.0 200 OK\r\nl: 0\r\n\r\n"
	stream := "\r\n\r\n" + one + two + "\r\n" + one
	want := string(readMessage([]byte(one), true).plain())
	want += string(readMessage([]byte(two), true).plain()) + want
	for size := 1; size <= len(stream); size++ {
		s := &Stack{log: slog.New(slog.DiscardHandler)}
		at := sip.TransportReadProps{Transport: "TCP", LocalAddr: &net.TCPAddr{}, RemoteAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}}
		var got []byte
		for rest := []byte(stream); len(rest) > 0; {
			n := min(size, len(rest))
			out, err := s.screen(at, bytes.Clone(rest[:n]))
			if err != nil {
				t.Fatal(err)
			}
			if !keepAlive(out) {
				got = append(got, out...)
			}
			rest = rest[n:]
		}
		if string(got) != want {
			t.Fatalf("in pieces of %d:\n%q\nwant\n%q", size, got, want)
		}
		if len(s.partial) != 0 {
			t.Errorf("in pieces of %d: %q is left over", size, s.partial)
		}
	}
}

// FuzzMessage holds that what is read here is read the same again when it is plain, and
// that nothing in it can become another header.
func FuzzMessage(f *testing.F) {
	files, _ := filepath.Glob("../testdata/rfc4475/*.txt")
	for _, file := range files {
		if raw, err := os.ReadFile(file); err == nil {
			f.Add([]byte(strings.ReplaceAll(string(raw), "\n", "\r\n")))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m := readMessage(data, true)
		if m.start == "" || m.fault() != "" {
			return
		}
		plain := m.plain()
		again := readMessage(plain, true)
		if why := again.fault(); why != "" {
			t.Fatalf("plain, it is refused: %s\n%q", why, plain)
		}
		if twice := again.plain(); !bytes.Equal(plain, twice) {
			t.Errorf("read again it is\n%q, and was\n%q", twice, plain)
		}
		for _, f := range m.fields {
			if strings.Contains(f.value, "\r\n") {
				t.Errorf("%q breaks its line", f.value)
			}
		}
	})
}

// FuzzHeaders reads what others write about session timers, PRACK, extensions, bodies and
// the history of a call.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{"1800;refresher=uac", "776656 1 INVITE", "90", "application/sdp;q=0, */*;q=0.1", "timer, 100rel",
		"SIP;cause=200;text=\"x\"", "4294967296", ";;=,", "0 0 x",
		"<sip:200@h?Reason=SIP%3Bcause%3D486>;index=1, <sip:101@h;cause=408>;index=1.1", `"A" <sip:2@h>;reason=no-answer;counter=1`,
		"<sip:a?Privacy=history&Reason=%zz>,<"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if interval, who, ok := parseSessionExpires(text); ok && (interval <= 0 || interval > maxSession || who != "" && who != "uac" && who != "uas") {
			t.Errorf("%q: %v, %q", text, interval, who)
		}
		if a, ok := parseRAck(text); ok && (a.rseq == 0 || a.method == "") {
			t.Errorf("%q: %+v", text, a)
		}
		if n, ok := parseRSeq(text); ok && n == 0 {
			t.Errorf("%q is a response number", text)
		}
		for _, tag := range optionTags([]sip.Header{sip.NewHeader("Require", text)}) {
			if tag == "" || strings.Contains(tag, ",") {
				t.Errorf("%q has the tag %q", text, tag)
			}
		}
		plainDiversions(t, text)
		acceptsSDP([]sip.Header{sip.NewHeader("Accept", text)})
		named := func(string) []string { return []string{text} }
		answeredElsewhere(named)
		wantsAutoAnswer(named)
		if why := q850(named); why.cause < 0 || why.cause > 127 {
			t.Errorf("%q: cause %d", text, why.cause)
		}
		for _, said := range []string{whyHungUp(named), q850(named).text} {
			if strings.ContainsAny(said, "\r\n\x00") {
				t.Errorf("%q may garble a screen", said)
			}
		}
		if q := preference(text); q < 0 || q > 1 {
			t.Errorf("%q is preferred by %v", text, q)
		}
		if port := viaPort(text); port == "" || strings.ContainsAny(port, " :;") {
			t.Errorf("%q: port %q", text, port)
		}
	})
}

// FuzzStream holds that a stream gives the same messages wherever the network cuts it.
func FuzzStream(f *testing.F) {
	const one = "OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nContent-Length: 4\r\n\r\nbody"
	f.Add([]byte("\r\n\r\n"+one+"SIP/2.0 200 OK\r\nl: 0\r\n\r\n\r\n"+one), uint8(7))
	f.Add([]byte("OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/TCP h\r\nContent-Length: 99999\r\n\r\n"), uint8(3))
	f.Add([]byte(one+"INVITE\r\nl: x\r\n\r\n"+one), uint8(1))
	ua, err := sipgo.NewUA()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = ua.Close() })
	read := func(t *testing.T, data []byte, size int) (got []byte) {
		s := &Stack{log: slog.New(slog.NewTextHandler(t.Output(), nil)), ua: ua}
		at := sip.TransportReadProps{Transport: "TCP", LocalAddr: &net.TCPAddr{}, RemoteAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}}
		for len(data) > 0 {
			n := min(size, len(data))
			out, err := s.cut(at, bytes.Clone(data[:n])) // past screen, which survives a panic
			if !keepAlive(out) {
				got = append(got, out...)
			}
			if err != nil {
				return got
			}
			data = data[n:]
		}
		return got
	}
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		if bytes.IndexByte(data, 0) >= 0 || len(data) > maxMessage {
			return // a keep-alive of some PBXs, by itself only; a beginning that is too long is given up early
		}
		whole, pieces := read(t, data, max(1, len(data))), read(t, data, max(1, int(size)))
		if !bytes.Equal(whole, pieces) {
			t.Errorf("in pieces of %d:\n%q\nwhole\n%q", size, pieces, whole)
		}
	})
}

// FuzzText holds that a MESSAGE of whatever is shown as text that garbles no screen.
func FuzzText(f *testing.F) {
	f.Add("text/plain", []byte("Hello\r\nthere"))
	f.Add("text/plain;charset=ISO-8859-1", []byte("J\xfcrgen"))
	f.Add("text/plain;charset=\"utf-8\"", []byte("\u202e\xff\x1b[2J"))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		text, ok := textOf(Body{kind, data})
		if !ok && text != "" {
			t.Errorf("refused, and yet %q", text)
		}
		odd := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) }
		if !utf8.ValidString(text) || strings.ContainsFunc(text, odd) || len(text) > 2*maxText {
			t.Errorf("%q may garble a screen", text)
		}
	})
}
