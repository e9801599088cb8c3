package rig

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"leadline/phone/rig/scenario"
)

var people = []Endpoint{
	{User: "101", Password: "one"},
	{User: "102", Password: "two"},
}

func options(t *testing.T, network, addr string) string {
	t.Helper()
	c, err := net.Dial(network, addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	me := c.LocalAddr().String()
	fmt.Fprintf(c, "OPTIONS sip:%[1]s SIP/2.0\r\nVia: SIP/2.0/%[2]s %[3]s;branch=z9hG4bKrig\r\nFrom: <sip:rig@%[3]s>;tag=1\r\n"+
		"To: <sip:%[1]s>\r\nCall-ID: rig@%[3]s\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		addr, strings.ToUpper(network), me)
	c.SetReadDeadline(time.Now().Add(3 * time.Second))
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil {
		t.Fatalf("OPTIONS to %s over %s: %v", addr, network, err)
	}
	status, _, _ := strings.Cut(string(b[:n]), "\r\n")
	return status
}

func TestAsteriskAnswersOverUDPAndTCP(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	for _, network := range []string{"udp", "tcp"} {
		// Who asks is nobody it knows, and it says so (401): it is awake.
		if got := options(t, network, a.Addr()); !strings.HasPrefix(got, "SIP/2.0 ") {
			t.Errorf("%s: %q", network, got)
		}
	}
}

func TestAsteriskComesBackOnTheSamePort(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	a.Kill()
	a.Start()
	options(t, "udp", a.Addr())
}

func TestTwoPhonesTalkThroughAsterisk(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	one := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr(), Says: Tone(8000, 660, 60, 0.3)})
	two := StartBaresip(t, BaresipOptions{User: "102", Password: "two", Registrar: a.Addr(), Transport: "tcp", Says: Tone(8000, 880, 60, 0.3)})
	one.Registered(5 * time.Second)
	two.Registered(5 * time.Second)
	a.Registered("101", 1, time.Second)

	one.Dial(a.URI("102"))
	two.WaitFor("CALL_INCOMING", 5*time.Second)
	two.Accept()
	one.WaitFor("CALL_ESTABLISHED", 5*time.Second)
	time.Sleep(2 * time.Second)
	one.HangUp()
	two.WaitFor("CALL_CLOSED", 5*time.Second)
	one.WaitFor("CALL_CLOSED", 5*time.Second)
	time.Sleep(200 * time.Millisecond)
	if got := one.Heard().Share(880); got < 0.8 {
		t.Errorf("the first heard 880 Hz at %.2f of what came", got)
	}
	if got := two.Heard().Share(660); got < 0.8 {
		t.Errorf("the second heard 660 Hz at %.2f of what came", got)
	}
}

func TestAnOutsiderCallsAndIsHeard(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(5 * time.Second)
	call := a.Call(Caller{To: "101", Number: "+4930209488", Name: "Meier"})
	if e := b.WaitFor("CALL_INCOMING", 5*time.Second); !strings.Contains(e.Peer, "+4930209488") {
		t.Errorf("the call came from %q", e.Peer)
	}
	b.Accept()
	b.WaitFor("CALL_ESTABLISHED", 5*time.Second)
	time.Sleep(2 * time.Second)
	b.HangUp()
	b.WaitFor("CALL_CLOSED", 5*time.Second)
	Eventually(t, 3*time.Second, "the channels are gone", func() (bool, string) {
		n := a.Channels()
		return n == 0, itoa(n)
	})
	if got := b.Heard().Share(440); got < 0.8 {
		t.Errorf("the phone heard the caller's 440 Hz at %.2f of what came", got)
	}
	if got := a.Heard(call).Share(660); got < 0.8 {
		t.Errorf("the caller heard 660 Hz at %.2f of what came", got)
	}
}

func TestExtensionsEndAsTheySay(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(5 * time.Second)
	for extension, want := range map[string]string{"602": "486", "603": "503", "604": "404", "611": "403"} {
		b.Dial(a.URI(extension))
		if e := b.WaitFor("CALL_CLOSED", 5*time.Second); !strings.HasPrefix(e.Param, want) {
			t.Errorf("%s ended with %q, want %s", extension, e.Param, want)
		}
	}
}

func TestTheDigitsThatAPhoneSendsAreKept(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(5 * time.Second)
	b.Dial(a.URI("607"))
	b.WaitFor("CALL_ESTABLISHED", 5*time.Second)
	for i, digit := range []string{"4", "2", "#", "*"} {
		b.Do("sndcode", digit)
		want := "42#*"[:i+1]
		Eventually(t, 3*time.Second, "the digits "+want, func() (bool, string) { return a.Digits() == want, a.Digits() })
	}
}

func TestKamailioRegistersAndRoutes(t *testing.T) {
	k := StartKamailio(t, KamailioOptions{Endpoints: people, Expiry: 120})
	options(t, "udp", k.Addr())
	options(t, "tcp", k.Addr())
	one := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: k.Addr()})
	two := StartBaresip(t, BaresipOptions{User: "102", Password: "two", Registrar: k.Addr(), Transport: "tcp", Answer: true})
	one.Registered(5 * time.Second)
	two.Registered(5 * time.Second)
	k.Registered("102", 1, time.Second)
	one.Dial("sip:102@" + k.Addr())
	one.WaitFor("CALL_ESTABLISHED", 5*time.Second)
	one.HangUp()
	two.WaitFor("CALL_CLOSED", 5*time.Second)
}

func TestKamailioRefusesAWrongPassword(t *testing.T) {
	k := StartKamailio(t, KamailioOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "wrong", Registrar: k.Addr()})
	b.Refused(401, 10*time.Second)
	if c := k.Contacts("101"); len(c) != 0 {
		t.Errorf("registered all the same: %v", c)
	}
}

func TestSIPpMeasuresTheRing(t *testing.T) {
	b := StartBaresip(t, BaresipOptions{User: "101"})
	r := RunSIPp(t, SIPpOptions{Scenario: scenario.GivesUp().String(), Target: b.Addr(), Service: "101", Calls: 5, Rate: 5})
	if r.Passed != 5 || len(r.Times) != 5 {
		t.Errorf("%d passed, times %v", r.Passed, r.Times)
	}
}

func TestWhatATestStartsEndsWithIt(t *testing.T) {
	var p *Process
	t.Run("starts", func(t *testing.T) {
		// A shell whose child survives it unless the whole group is ended.
		p = Start(t, "sh", exec.Command("sh", "-c", "trap '' TERM; sleep 1000 & echo ready; wait; wait"))
		p.Says(t, "ready", 3*time.Second)
	})
	Eventually(t, 3*time.Second, "the group is gone", func() (bool, string) {
		return syscall.Kill(-p.PID, 0) == syscall.ESRCH, strings.Join(p.Group(), " ")
	})
}

// The timeout of go test, and whoever loses patience, kill the test binary, which ends nothing then.
func TestKamailioEndsWithAKilledTestBinary(t *testing.T) {
	if os.Getenv("LEADLINE_KILLED") != "" {
		k := StartKamailio(t, KamailioOptions{Endpoints: people})
		fmt.Printf("group %d of %d\n", k.Process().PID, len(k.Process().Group()))
		select {}
	}
	Need(t, "kamailio", "kamcmd")
	binary := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	binary.Env = append(os.Environ(), "LEADLINE_KILLED=1", "TMPDIR="+t.TempDir())
	p := Start(t, "test binary", binary)
	p.Says(t, "group ", 20*time.Second)
	var group, many int
	said := p.Output()
	if _, err := fmt.Sscanf(said[strings.Index(said, "group "):], "group %d of %d", &group, &many); err != nil || many < 3 {
		t.Fatalf("%d processes, %v: %s", many, err, said)
	}
	t.Cleanup(func() { _ = syscall.Kill(-group, syscall.SIGKILL) })
	p.Kill()
	Eventually(t, 5*time.Second, "Kamailio and its children are gone", func() (bool, string) {
		return syscall.Kill(-group, 0) == syscall.ESRCH, strings.Join((&Process{PID: group}).Group(), " ")
	})
}

func TestShareTellsATone(t *testing.T) {
	tone := Tone(8000, 440, 1, 0.3)
	silence := Sound{Rate: 8000, Samples: make([]int16, 8000)}
	for _, c := range []struct {
		name     string
		sound    Sound
		hertz    float64
		min, max float64
	}{
		{"the tone", tone, 440, 0.95, 1},
		{"another tone", tone, 880, 0, 0.05},
		{"silence", silence, 440, 0, 0},
		{"nothing", Sound{Rate: 8000}, 440, 0, 0},
	} {
		if got := c.sound.Share(c.hertz); got < c.min || got > c.max {
			t.Errorf("%s: %.3f of the energy at %v Hz", c.name, got, c.hertz)
		}
	}
}

func TestSoundingLeavesTheSilenceAroundASoundAway(t *testing.T) {
	s := Sound{Rate: 8000, Samples: make([]int16, 8000)}
	copy(s.Samples[2000:], Tone(8000, 440, 0.5, 0.3).Samples)
	if got := s.Sounding().Seconds(); got < 0.49 || got > 0.53 {
		t.Errorf("%.3f s of it sound, want half a second", got)
	}
	if got := s.Lasts(440); got < 0.35 || got > 0.55 {
		t.Errorf("half a second of a tone lasts %.1f s", got)
	}
	if got := s.Lasts(660) + (Sound{Rate: 8000, Samples: make([]int16, 8000)}).Lasts(440); got != 0 {
		t.Errorf("another tone and silence last %.1f s", got)
	}
	if got := (Sound{Rate: 8000, Samples: make([]int16, 800)}).Sounding(); len(got.Samples) != 0 {
		t.Errorf("%d samples of silence sound", len(got.Samples))
	}
}
