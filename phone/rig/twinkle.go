package rig

import (
	"os"
	"testing"
)

// TwinkleOptions say what telephone a test wants.
type TwinkleOptions struct {
	User, Password string
	Registrar      string // host:port
	Sound          *Pulse // it speaks and hears by this one's default devices
}

// Twinkle is a running Twinkle without its window. It doesn't start without a sound card: ALSA's
// is one that leads to PulseAudio. What it would do about noise is off, since a tone is noise to it.
type Twinkle struct{ console }

// StartTwinkle starts a telephone and returns at once: whether it has registered, its registrar tells.
func StartTwinkle(t testing.TB, opt TwinkleOptions) *Twinkle {
	t.Helper()
	Need(t, "twinkle")
	w := &Twinkle{newConsole(t)}
	if err := os.Mkdir(w.file(".twinkle"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, w.file(".twinkle/twinkle.sys"), `sip_udp_port=%d
rtp_port=%d
dev_ringtone=alsa:default
dev_speaker=alsa:default
dev_mic=alsa:default
alsa_play_period_size=128
alsa_capture_period_size=32
validate_audio_dev=no
play_ringtone=no
play_ringback=no
start_user_profile=test
`, FreePort(t), FreePorts(t, 10))
	write(t, w.file(".twinkle/test.cfg"), `user_name=%[1]s
user_domain=%[3]s
user_display=
auth_name=%[1]s
auth_pass=%[2]s
register_at_startup=yes
registrar=%[3]s
sip_transport=udp
codecs=g711a
use_mailbox=no
mwi_subscribe=no
speex_dsp_vad=no
speex_dsp_agc=no
speex_dsp_aec=no
speex_dsp_nrd=no
`, opt.User, opt.Password, opt.Registrar)
	cmd := command("twinkle", "-c", "-f", "test", "-i", "lo", "--force")
	cmd.Env = append(append(cmd.Environ(), opt.Sound.ALSA(t)...), "XDG_DATA_HOME="+w.Dir, "LC_ALL=C", "QT_QPA_PLATFORM=offscreen")
	w.start("twinkle "+opt.User, cmd)
	t.Cleanup(w.process.Kill) // it takes ten seconds to end by itself
	return w
}
