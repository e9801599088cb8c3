package rig

import (
	"fmt"
	"math"
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
	c.SetReadDeadline(time.Now().Add(soon))
	b := make([]byte, 4096)
	n, err := c.Read(b)
	if err != nil {
		t.Fatalf("OPTIONS to %s over %s: %v", addr, network, err)
	}
	status, _, _ := strings.Cut(string(b[:n]), "\r\n")
	return status
}

// soon is for what takes milliseconds, unless the machine is busy with other programs.
const soon = 20 * time.Second

// hears waits until a file that is being written has half a second of a tone.
func hears(t *testing.T, who string, heard func() Sound, hertz float64) {
	t.Helper()
	Eventually(t, soon, fmt.Sprintf("%s has heard %v Hz", who, hertz), func() (bool, string) {
		s := heard()
		return s.Lasts(hertz) >= 0.5, fmt.Sprintf("for %.1f of %.1f s", s.Lasts(hertz), s.Seconds())
	})
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
	one.Registered(soon)
	two.Registered(soon)
	a.Registered("101", 1, soon)

	one.Dial(a.URI("102"))
	two.WaitFor("CALL_INCOMING", soon)
	two.Accept()
	one.WaitFor("CALL_ESTABLISHED", soon)
	time.Sleep(2 * time.Second)
	one.HangUp()
	two.WaitFor("CALL_CLOSED", soon)
	one.WaitFor("CALL_CLOSED", soon)
	hears(t, "the first", one.Heard, 880)
	hears(t, "the second", two.Heard, 660)
}

func TestAnOutsiderCallsAndIsHeard(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(soon)
	call := a.Call(Caller{To: "101", Number: "+4930209488", Name: "Meier"})
	if e := b.WaitFor("CALL_INCOMING", soon); !strings.Contains(e.Peer, "+4930209488") {
		t.Errorf("the call came from %q", e.Peer)
	}
	b.Accept()
	b.WaitFor("CALL_ESTABLISHED", soon)
	time.Sleep(2 * time.Second)
	b.HangUp()
	b.WaitFor("CALL_CLOSED", soon)
	Eventually(t, soon, "the channels are gone", func() (bool, string) {
		n := a.Channels()
		return n == 0, itoa(n)
	})
	hears(t, "the phone", b.Heard, 440)
	hears(t, "the caller", func() Sound { return a.Heard(call) }, 660)
}

func TestExtensionsEndAsTheySay(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(soon)
	for extension, want := range map[string]string{"602": "486", "603": "503", "604": "404", "611": "403"} {
		b.Dial(a.URI(extension))
		if e := b.WaitFor("CALL_CLOSED", soon); !strings.HasPrefix(e.Param, want) {
			t.Errorf("%s ended with %q, want %s", extension, e.Param, want)
		}
	}
}

func TestTheDigitsThatAPhoneSendsAreKept(t *testing.T) {
	a := StartAsterisk(t, AsteriskOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: a.Addr()})
	b.Registered(soon)
	b.Dial(a.URI("607"))
	b.WaitFor("CALL_ESTABLISHED", soon)
	for i, digit := range []string{"4", "2", "#", "*"} {
		b.Do("sndcode", digit)
		want := "42#*"[:i+1]
		Eventually(t, soon, "the digits "+want, func() (bool, string) { return a.Digits() == want, a.Digits() })
	}
}

func TestKamailioRegistersAndRoutes(t *testing.T) {
	k := StartKamailio(t, KamailioOptions{Endpoints: people, Expiry: 120})
	options(t, "udp", k.Addr())
	options(t, "tcp", k.Addr())
	one := StartBaresip(t, BaresipOptions{User: "101", Password: "one", Registrar: k.Addr()})
	two := StartBaresip(t, BaresipOptions{User: "102", Password: "two", Registrar: k.Addr(), Transport: "tcp", Answer: true})
	one.Registered(soon)
	two.Registered(soon)
	k.Registered("102", 1, soon)
	one.Dial("sip:102@" + k.Addr())
	one.WaitFor("CALL_ESTABLISHED", soon)
	one.HangUp()
	two.WaitFor("CALL_CLOSED", soon)
}

func TestKamailioRefusesAWrongPassword(t *testing.T) {
	k := StartKamailio(t, KamailioOptions{Endpoints: people})
	b := StartBaresip(t, BaresipOptions{User: "101", Password: "wrong", Registrar: k.Addr()})
	b.Refused(401, soon)
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
		p.Says(t, "ready", soon)
	})
	Eventually(t, soon, "the group is gone", func() (bool, string) {
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
	p.Says(t, "group ", time.Minute)
	var group, many int
	said := p.Output()
	if _, err := fmt.Sscanf(said[strings.Index(said, "group "):], "group %d of %d", &group, &many); err != nil || many < 3 {
		t.Fatalf("%d processes, %v: %s", many, err, said)
	}
	t.Cleanup(func() { _ = syscall.Kill(-group, syscall.SIGKILL) })
	p.Kill()
	Eventually(t, soon, "Kamailio and its children are gone", func() (bool, string) {
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
	ear := Ear{Hertz: 440, Rate: 8000}
	for from := 0; from < 8000; from += 123 {
		ear.Take(s.Samples[from:min(from+123, 8000)])
	}
	if want := s.Lasts(440); math.Abs(ear.Lasted-want) > 0.01 || math.Abs(ear.Heard-1) > 0.001 {
		t.Errorf("heard piece by piece: %s, want %.1f s", &ear, want)
	}
	if got := s.Lasts(660) + (Sound{Rate: 8000, Samples: make([]int16, 8000)}).Lasts(440); got != 0 {
		t.Errorf("another tone and silence last %.1f s", got)
	}
	if got := (Sound{Rate: 8000, Samples: make([]int16, 800)}).Sounding(); len(got.Samples) != 0 {
		t.Errorf("%d samples of silence sound", len(got.Samples))
	}
}

// What a test asks a program ends, whatever the program waits for.
func TestAProgramThatDoesNotAnswerIsNotWaitedForForEver(t *testing.T) {
	t.Parallel()
	began := time.Now()
	var out strings.Builder
	hangs := exec.Command("sh", "-c", "echo before; sleep 5 & wait")
	hangs.Stdout = &out
	if err := endsWithin(300*time.Millisecond, hangs); err == nil || !strings.Contains(err.Error(), "did not end") {
		t.Errorf("it ended with %v", err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("that took %v", took)
	}
	if got, err := Ask(exec.Command("sh", "-c", "echo said; echo complained >&2; exit 3")); err == nil || got != "said\ncomplained\n" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := AskQuietly(exec.Command("sh", "-c", "echo said; echo complained >&2")); err != nil || got != "said\n" {
		t.Errorf("%q, %v", got, err)
	}
}
