package phone_test

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leadline/phone"
	"leadline/phone/siptest"
)

// torture is RFC 4475: its messages are in testdata/rfc4475 in the RFC's own notation.
// What a telephone has to say to each stands here: the codes that the RFC allows, of
// which the first is ours; none for what is to be dropped without a word.
var torture = map[string]struct {
	section string
	codes   []int
	udpOnly bool // the fault is one of datagrams, or of where a stream can't go on
}{
	"wsinv":      {"3.1.1.1", []int{481}, false}, // well-formed, in a dialog that nobody has
	"intmeth":    {"3.1.1.2", []int{405}, false},
	"esc01":      {"3.1.1.3", []int{180}, false},
	"escnull":    {"3.1.1.4", []int{405}, false},
	"esc02":      {"3.1.1.5", []int{405}, false},
	"lwsdisp":    {"3.1.1.6", []int{200}, false},
	"longreq":    {"3.1.1.7", []int{180}, false},
	"dblreq":     {"3.1.1.8", []int{405}, true}, // what follows the first in a datagram doesn't ring
	"semiuri":    {"3.1.1.9", []int{200}, false},
	"transports": {"3.1.1.10", []int{200}, false},
	"mpart01":    {"3.1.1.11", []int{415, 200}, false},
	"unreason":   {"3.1.1.12", nil, false},
	"noreason":   {"3.1.1.13", nil, false},
	"badinv01":   {"3.1.2.1", []int{400}, false},
	"clerr":      {"3.1.2.2", []int{400}, true},
	"ncl":        {"3.1.2.3", []int{400}, true},
	"scalar02":   {"3.1.2.4", []int{400}, false},
	"scalarlg":   {"3.1.2.5", nil, false},
	"quotbal":    {"3.1.2.6", []int{400}, false},
	"ltgtruri":   {"3.1.2.7", []int{400}, false},
	"lwsruri":    {"3.1.2.8", []int{400}, false},
	"lwsstart":   {"3.1.2.9", []int{400}, false},
	"trws":       {"3.1.2.10", []int{400, 200}, false},
	"escruri":    {"3.1.2.11", []int{400}, false},
	"baddate":    {"3.1.2.12", []int{180, 400}, false},
	"regbadct":   {"3.1.2.13", []int{405, 400}, false},
	"badaspec":   {"3.1.2.14", []int{200, 400}, false},
	"baddn":      {"3.1.2.15", []int{200, 400}, false},
	"badvers":    {"3.1.2.16", []int{505}, false},
	"mismatch01": {"3.1.2.17", []int{400}, false},
	"mismatch02": {"3.1.2.18", []int{400, 501}, false},
	"bigcode":    {"3.1.2.19", nil, false},
	"badbranch":  {"3.2.1", []int{200, 400}, false},
	"insuf":      {"3.3.1", []int{400}, false},
	"unkscm":     {"3.3.2", []int{416}, false},
	"novelsc":    {"3.3.3", []int{416}, false},
	"unksm2":     {"3.3.4", []int{405, 400}, false},
	"bext01":     {"3.3.5", []int{420}, false},
	"invut":      {"3.3.6", []int{415}, false},
	"regaut01":   {"3.3.7", []int{405}, false},
	"multi01":    {"3.3.8", []int{400}, false},
	"mcl01":      {"3.3.9", []int{400}, true},
	"bcast":      {"3.3.10", nil, false},
	"zeromf":     {"3.3.11", []int{200, 483}, false},
	"cparam01":   {"3.3.12", []int{405}, false},
	"cparam02":   {"3.3.13", []int{405}, false},
	"regescrt":   {"3.3.14", []int{405}, false},
	"sdp01":      {"3.3.15", []int{406}, false},
	"inv2543":    {"3.4.1", []int{400, 180}, true}, // without a Contact to call back, and the Content-Length that a stream needs
}

var (
	oneLine   = regexp.MustCompile(`(?s)<allOneLine>\n(.*?)\n</allOneLine>`)
	repeated  = regexp.MustCompile(`<repeat count=(\d+)>(.*?)</repeat>`)
	hexOctets = regexp.MustCompile(`(?s)<hex>(.*?)</hex>`)
)

// tortured is a message of RFC 4475 as it goes out: its notation (§2.1 to §2.3) undone.
func tortured(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "rfc4475", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	text := oneLine.ReplaceAllStringFunc(string(raw), func(s string) string {
		return strings.ReplaceAll(oneLine.FindStringSubmatch(s)[1], "\n", "")
	})
	text = repeated.ReplaceAllStringFunc(text, func(s string) string {
		m := repeated.FindStringSubmatch(s)
		n, _ := strconv.Atoi(m[1])
		return strings.Repeat(m[2], n)
	})
	// Octets come last: they may look like anything.
	text = strings.ReplaceAll(text, "\n", "\r\n")
	return hexOctets.ReplaceAllStringFunc(text, func(s string) string {
		b, err := hex.DecodeString(hexOctets.FindStringSubmatch(s)[1])
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return string(b)
	})
}

func TestEveryTortureMessageIsThere(t *testing.T) {
	files, err := filepath.Glob("testdata/rfc4475/*.txt")
	if err != nil || len(files) != len(torture) {
		t.Errorf("%d messages in files, %d in the table, %v", len(files), len(torture), err)
	}
}

// anyAnswer are the answers that the phone may give to a torture message.
var anyAnswer = []string{"180", "200", "400", "405", "406", "415", "416", "420", "480", "481", "483", "488", "500", "501", "505"}

// RFC 4475, over UDP and TCP: the answer is what the RFC asks for, and the phone lives.
func TestTortureMessages(t *testing.T) {
	t.Parallel()
	for name, tt := range torture {
		t.Run("udp/"+name, func(t *testing.T) {
			pbx := siptest.New(t)
			// One of the messages is a MESSAGE, which is taken from whoever is believed.
			d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Asserted = "anyone" }).registered()
			// Without an rport the answer goes to the port that the Via names (RFC 3261 §18.2.2).
			// An address of the loopback of one's own has all ports free.
			at := fmt.Sprintf("127.%d.%d.%d:", 1+rand.IntN(250), rand.IntN(250), 2+rand.IntN(250))
			peer := siptest.NewAt(t, at+"5060")
			heard := peer
			switch name {
			case "quotbal":
				heard = siptest.NewAt(t, at+"5050")
			}
			addr, _ := pbx.Phone()
			torment(t, d, pbx, peer, heard, addr, name, tt.codes)
		})
		if tt.udpOnly {
			continue
		}
		t.Run("tcp/"+name, func(t *testing.T) {
			pbx := siptest.NewTCP(t, nil)
			d := newDesk(t, pbx, func(_ *phone.Config, a *phone.Account) { a.Transport = "tcp" }).registered()
			addr, _ := pbx.Phone()
			torment(t, d, pbx, pbx, pbx, addr, name, tt.codes)
		})
	}
}

func torment(t *testing.T, d *desk, pbx, peer, heard *siptest.Peer, phoneAt, name string, codes []int) {
	t.Helper()
	text := tortured(t, name)
	peer.Send(phoneAt, text)
	if len(codes) > 0 {
		m, ok := heard.AwaitAny(siptest.Patience, anyAnswer...)
		if !ok || m.Code() != codes[0] {
			t.Errorf("answered %q, want %v", m.Start, codes)
		}
		if want := siptest.Parse(text).Get("Call-ID"); ok && want != "" && m.Get("Call-ID") != want {
			t.Errorf("Call-ID %q", m.Get("Call-ID"))
		}
	}
	// It lives: a question is answered, with nothing in between, and a call rings.
	alive := pbx.NewCall()
	alive.Do("OPTIONS", "")
	if m, ok := pbx.AwaitAny(siptest.Patience, anyAnswer...); !ok || m.Code() != 200 || m.Get("Call-ID") != alive.ID {
		t.Fatalf("after it OPTIONS was answered %q, Call-ID %s", m.Start, m.Get("Call-ID"))
	}
	if slices.Contains(codes[:min(1, len(codes))], 180) {
		d.do(d.Decline(d.rings().ID, true))
	} else if calls := d.Calls(); len(calls) > 0 {
		t.Errorf("calls: %+v", calls)
	}
	next := pbx.NewCall()
	next.Do("INVITE", siptest.SDP(4000))
	for {
		if m := pbx.Expect("180"); m.Get("Call-ID") == next.ID {
			break
		}
	}
	next.Do("CANCEL", "")
	next.Refused(487)
}
