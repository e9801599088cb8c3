package rig

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"
)

// LinphoneOptions say what telephone a test wants.
type LinphoneOptions struct {
	User, Password string
	Registrar      string // host:port
	Encryption     string // "none" (also ""), or "srtp": SDES as a must
	Says           Sound  // default a tone of 660 Hz
}

// Linphone is a running linphonec, the one without a window. It answers each call at
// once, says a file and keeps what it hears.
type Linphone struct{ console }

// StartLinphone starts a telephone and returns at once: whether it has registered, its registrar tells.
func StartLinphone(t testing.TB, opt LinphoneOptions) *Linphone {
	t.Helper()
	Need(t, "linphonec")
	l := &Linphone{newConsole(t)}
	if opt.Says.Rate == 0 {
		opt.Says = Tone(8000, 660, 60, 0.3)
	}
	encryption, must := opt.Encryption, 1
	if encryption == "" {
		encryption, must = "none", 0
	}
	WriteWAV(t, l.file("says.wav"), opt.Says)
	write(t, l.file("rc"), `[sip]
sip_port=%[1]d
sip_tcp_port=0
sip_tls_port=0
use_ipv6=0
bind_address=127.0.0.1
guess_hostname=0
default_proxy=0
register_only_when_network_is_up=0
media_encryption=%[6]s
media_encryption_mandatory=%[7]d
[rtp]
audio_rtp_port=%[2]d
[sound]
echocancellation=0
[proxy_0]
reg_proxy=<sip:%[3]s;transport=udp>
reg_identity=sip:%[4]s@%[3]s
reg_expires=600
reg_sendregister=1
publish=0
[auth_info_0]
username=%[4]s
passwd=%[5]s
realm=127.0.0.1
`, FreePort(t), FreePorts(t, 10), opt.Registrar, opt.User, opt.Password, encryption, must)
	// Without a folder for its database it starts, and does nothing.
	if err := os.MkdirAll(l.file(".local/share/linphone"), 0o700); err != nil {
		t.Fatal(err)
	}
	l.start("linphone "+opt.User, command("linphonec", "-a", "-c", l.file("rc")))
	l.Do("soundcard use files")
	l.Do("play " + l.file("says.wav"))
	l.Do("record " + l.file("heard.wav"))
	return l
}

// Dial calls a URI.
func (l *Linphone) Dial(uri string) { l.t.Helper(); l.Do("call " + uri) }

// Ended waits until its n-th call, from 1, with that URI has ended.
func (l *Linphone) Ended(n int, uri string, within time.Duration) {
	l.t.Helper()
	l.Says(fmt.Sprintf("Call %d with %s ended", n, uri), within)
}

// Hears waits until it has heard a second of that tone, from now on. It must be in a call, by Opus: its
// file grows by 48000 samples a second while it listens, and has no header before it ends.
func (l *Linphone) Hears(hertz float64, within time.Duration) {
	l.t.Helper()
	e := Ear{Hertz: hertz, Rate: 48000}
	_, at := l.heard(0)
	Eventually(l.t, within, fmt.Sprintf("Linphone hears %v Hz", hertz), func() (bool, string) {
		var more []int16
		more, at = l.heard(at)
		e.Take(more)
		return e.Lasted >= 1, e.String()
	})
}

// heard is what it has heard in all of its calls, one after the other, from there on, and up to where.
func (l *Linphone) heard(from int64) (samples []int16, to int64) {
	const header = 44
	file, err := os.Open(l.file("heard.wav"))
	if err != nil {
		return nil, from // the call has just begun
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		l.t.Fatal(err)
	}
	n := (info.Size()-header)/2 - from
	if n <= 0 {
		return nil, from
	}
	b := make([]byte, 2*n)
	if _, err := file.ReadAt(b, header+2*from); err != nil {
		l.t.Fatal(err)
	}
	samples = make([]int16, n)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return samples, from + n
}
