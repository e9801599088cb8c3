package phone

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"text/tabwriter"
	"time"

	"leadline/phone/sip"
)

// reported is how many ended calls are remembered for reports.
const reported = 20

// callReport is the account of a call for whoever looks after the network.
type callReport struct {
	call    Call
	sounded Summary
	samples []Sample
}

func (c *call) report() callReport {
	return callReport{call: c.view, sounded: c.sounded.summary(), samples: c.sounded.history()}
}

// keepReport remembers an ended call.
func (c *call) keepReport() {
	p := c.phone
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reports = append(p.reports, c.report()); len(p.reports) > reported {
		p.reports = append(p.reports[:0], p.reports[1:]...)
	}
}

// WriteReport writes what a network's administrator wants to know of the calls in progress and the
// last twenty that ended, the newest first: how they went, how they sounded every ten seconds, and
// what was said in SIP, without credentials, keys and texts.
func (p *Phone) WriteReport(w io.Writer) error {
	p.mu.Lock()
	calls := append([]*call(nil), p.calls...)
	all := append([]callReport(nil), p.reports...)
	p.mu.Unlock()
	for _, c := range calls {
		got := make(chan callReport, 1)
		if !c.box.post(func() { got <- c.report() }) {
			continue
		}
		select {
		case r := <-got:
			all = append(all, r)
		case <-c.gone:
		}
	}
	_, err := fmt.Fprintf(w, "Report of the last calls, %s\n%s on %s/%s. Names and numbers of callers are in it; passwords, keys, digits and texts are not.\n",
		p.cfg.Now().Format(time.RFC3339), p.cfg.UserAgent, runtime.GOOS, runtime.GOARCH)
	for i := len(all) - 1; i >= 0 && err == nil; i-- {
		err = all[i].write(w)
	}
	return err
}

func (r callReport) write(w io.Writer) error {
	var b strings.Builder
	c := r.call
	fmt.Fprintf(&b, "\n%s\n%s %s, account %s\n\n", strings.Repeat("=", 78), c.Direction, c.Remote.URI, c.Account)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	when := func(name string, t time.Time) {
		if !t.IsZero() {
			line(name, "%s", t.Format("2006-01-02 15:04:05.000 -0700"))
		}
	}
	line("Call-ID", "%s", c.SIPCallID)
	line("state", "%s", c.State)
	when("began", c.Began)
	when("rang", c.Rang)
	when("answered", c.Answered)
	when("ended", c.Ended)
	if c.State == Ended {
		line("cause", "%s, %d %s", c.Cause, c.SIPCode, c.SIPReason)
	}
	if !c.Answered.IsZero() {
		s := r.sounded
		line("codec", "%s, encrypted: %t", s.Codec, c.Encrypted)
		line("received", "%d packets, %d lost (%.1f %%)", s.Received, s.Lost, 100*s.Loss)
		line("sent", "%.1f %% lost at worst, as the far end says", 100*s.LossSent)
		line("jitter", "%v at worst", s.Jitter.Round(time.Millisecond/10))
		line("round trip", "%v at worst", s.RoundTrip.Round(time.Millisecond/10))
		line("MOS", "%.2f on average, %.2f in the worst ten seconds (ITU-T G.107)", s.MOS, s.WorstMOS)
		for _, t := range s.Troubles {
			line("trouble", "%s", t)
		}
	}
	r.table(&b)
	for _, m := range sip.Trace(c.SIPCallID) {
		way := "received from"
		if m.Sent {
			way = "sent to"
		}
		fmt.Fprintf(&b, "\n-- %s %s %s\n%s", m.At.Format("15:04:05.000"), way, m.Peer, m.Text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// table is the ten seconds one by one.
func (r callReport) table(w io.Writer) {
	if len(r.samples) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\nuntil\tstate\treceived\tlost\tlate\tloss\tloss there\tjitter\tjitter there\tround trip\tdelay\tmade up\tMOS\ttrouble\t")
	ms := func(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond)) }
	percent := func(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
	for _, s := range r.samples {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%s\t\n", s.At.Format("15:04:05"), s.State, s.Received, s.Lost, s.Late,
			percent(s.Loss), percent(s.LossSent), ms(s.Jitter), ms(s.JitterSent), ms(s.RoundTrip), ms(s.Delay), percent(s.Concealed), s.MOS, s.Trouble)
	}
	_ = t.Flush()
}
