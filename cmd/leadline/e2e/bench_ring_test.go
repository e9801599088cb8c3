package e2e

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
	"time"

	phone "leadline/phone/rig"
	ui "leadline/ui/rig"
)

const rings = 100 // calls measured

func account(r *registrar) string {
	return fmt.Sprintf("[[account]]\nname = \"Office\"\naddress = \"sip:101@%s\"\npassword = \"one\"\nbind = \"127.0.0.1:0\"\n", r.Addr())
}

func TestBenchRing(t *testing.T) {
	benches(t)
	o := newOffice(t)
	r := newRegistrar(t)
	o.configure(account(r))
	number, name := o.million()
	p := o.start()
	at := r.Wait(t, 30*time.Second)
	c := newCaller(t)
	o.screen.Run("xdotool", "mousemove", "1", "998") // the pointer is painted too
	pixels := o.screen.Pixels()

	// The first call shows where the window comes and how it looks with this caller.
	call := c.Call(at.Contact, at.User, number)
	p.shows("call", name)
	time.Sleep(500 * time.Millisecond)
	head := image.Rectangle{}
	for _, w := range p.windows() {
		if w.Window == "call" && w.Visible {
			// The avatar and where name and company begin, below the head of 47
			// (look.md): what follows counts the calls, and dunst puts its
			// notification over the right of it.
			head = image.Rect(w.X, w.Y+48, w.X+112, w.Y+48+52)
		}
	}
	if head.Empty() {
		t.Fatalf("the call window says no place: %+v", p.windows())
	}
	identified := pixels.Copy(head)
	call.GiveUp()
	o.gone(p, pixels, head, identified)

	var rang, painted []time.Duration
	for range rings {
		time.Sleep(200 * time.Millisecond)
		call := c.Call(at.Contact, at.User, number)
		rang = append(rang, call.Rang)
		for !pixels.Equal(head, identified) {
			if time.Since(call.Sent) > 5*time.Second {
				t.Fatalf("the window with %s was not painted in 5 s", name)
			}
			time.Sleep(100 * time.Microsecond)
		}
		painted = append(painted, time.Since(call.Sent))
		call.GiveUp()
		o.gone(p, pixels, head, identified)
	}

	others := "Twinkle not installed"
	if d := ringOfTwinkle(t, o.screen); d != nil {
		others = "Twinkle " + spread(d)
	}
	phone.Row(t, "INVITE on the wire → 180", spread(rang), others, "median ≤ 1 ms, p99 ≤ 3 ms")
	phone.Row(t, "INVITE → identified window painted, 1M contacts", spread(painted), "Twinkle: a bare popup, no match", "median ≤ 25 ms, worst ≤ 60 ms")
}

// gone waits until the call window has been put away.
func (o *office) gone(p *program, pixels *ui.Pixels, head image.Rectangle, identified []byte) {
	o.t.Helper()
	p.tap("call", "Close")
	p.do(p.door.WaitGone(p.ctx(), "call", "", soon))
	phone.Eventually(o.t, soon, "the call window is away", func() (bool, string) { return !pixels.Equal(head, identified), "still there" })
}

// twinkle starts Twinkle on a screen, registering at r; nil where it is missing.
func twinkle(t *testing.T, screen *ui.Screen, r *registrar) *phone.Process {
	t.Helper()
	home := t.TempDir()
	dir := filepath.Join(home, ".twinkle")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"twinkle.sys": fmt.Sprintf("sip_udp_port=%d\nrtp_port=%d\ndev_ringtone=alsa:null\ndev_speaker=alsa:null\ndev_mic=alsa:null\n"+
			"start_user_profile=bench\nstart_hidden=no\ngui_use_systray=no\nplay_ringtone=no\nplay_ringback=no\nvalidate_audio_dev=no\n",
			phone.FreePort(t), phone.FreePorts(t, 10)),
		"bench.cfg": fmt.Sprintf("user_name=102\nuser_domain=%[1]s\nuser_display=Bench\nauth_name=102\nauth_pass=two\nregister_at_startup=yes\n"+
			"registrar=%[1]s\noutbound_proxy=\ncodecs=g711a\nsip_transport=udp\nuse_mailbox=no\nmwi_subscribe=no\n", r.Addr()),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := screen.Command("twinkle", "-f", "bench", "-i", "lo", "--force")
	cmd.Env = append(cmd.Env, "HOME="+home, "XDG_DATA_HOME="+home)
	return phone.Start(t, "twinkle", cmd)
}

func ringOfTwinkle(t *testing.T, screen *ui.Screen) []time.Duration {
	t.Helper()
	phone.Need(t, "twinkle")
	r := newRegistrar(t)
	p := twinkle(t, screen, r)
	defer p.Stop()
	at := r.Wait(t, 20*time.Second)
	c := newCaller(t)
	var all []time.Duration
	for i := range rings {
		time.Sleep(200 * time.Millisecond)
		call := c.Call(at.Contact, at.User, "+493020500000")
		call.GiveUp()
		if i > 0 { // the first makes its window
			all = append(all, call.Rang)
		}
	}
	return all
}

func TestBenchStart(t *testing.T) {
	benches(t)
	o := newOffice(t)
	r := newRegistrar(t)
	o.configure(account(r))
	number, _ := o.million()
	_ = number
	measure := func(start func() *phone.Process) []time.Duration {
		var all []time.Duration
		for i := range 6 {
			began := time.Now()
			p := start()
			at := r.Wait(t, 30*time.Second)
			if i > 0 { // warm
				all = append(all, at.At.Sub(began))
			}
			time.Sleep(time.Second)
			p.Stop()
			for len(r.came) > 0 {
				<-r.came
			}
		}
		return all
	}
	ours := measure(func() *phone.Process { return o.start().Process })
	phone.Need(t, "twinkle")
	theirs := measure(func() *phone.Process { return twinkle(t, o.screen, r) })
	phone.Row(t, "start → registered, warm, 1M contacts", spread(ours), "Twinkle "+spread(theirs), "≤ 0.6 s")

	p := o.start()
	r.Wait(t, 30*time.Second)
	time.Sleep(10 * time.Second)
	idle := busy(p.Process, 20*time.Second)
	mem := resident(t, p.Process)
	p.Stop()
	tw := twinkle(t, o.screen, r)
	time.Sleep(10 * time.Second)
	twIdle := busy(tw, 20*time.Second)
	twMem := resident(t, tw)
	phone.Row(t, "memory, idle, 1M contacts", megabytes(mem), "Twinkle "+megabytes(twMem), "≤ 150 MB")
	phone.Row(t, "idle CPU, of one core", fmt.Sprintf("%.2f %%", idle), fmt.Sprintf("Twinkle %.2f %%", twIdle), "≤ 0.5 %")
}
