package phone_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"leadline/phone"
	"leadline/phone/lamp"
	"leadline/phone/siptest"
)

// lit is a LampListener that keeps everything.
type lit struct {
	mu         sync.Mutex
	colleagues []phone.Colleague
	mailboxes  []phone.Mailbox
	messages   []phone.Message
}

func (l *lit) ColleagueChanged(c phone.Colleague) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.colleagues = append(l.colleagues, c)
}

func (l *lit) MailboxChanged(m phone.Mailbox) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mailboxes = append(l.mailboxes, m)
}

func (l *lit) MessageReceived(m phone.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.messages = append(l.messages, m)
}

// lamps registers a phone that watches.
func lamps(t *testing.T, pbx *siptest.Peer, change func(*phone.Account)) (*desk, *lit) {
	t.Helper()
	l := &lit{}
	d := newDesk(t, pbx, func(c *phone.Config, a *phone.Account) {
		c.Lamps = l
		change(a)
	}).registered()
	return d, l
}

func (d *desk) mailbox(what string, fits func(phone.Mailbox) bool) {
	d.t.Helper()
	d.eventually(what, func() bool { return fits(d.Mailboxes()[0]) })
}

func (d *desk) colleague(what string, fits func(phone.Colleague) bool) {
	d.t.Helper()
	d.eventually(what, func() bool { return fits(d.Colleagues()[0]) })
}

const fourMessages = "Messages-Waiting: yes\r\nMessage-Account: sip:*97@pbx.example\r\nVoice-Message: 4/8 (1/0)\r\n"

// dialogInfo is dialog information of 102.
func dialogInfo(version int, state, dialogs string) string {
	return fmt.Sprintf(`<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="%d" state="%s" entity="sip:102@pbx.example">%s</dialog-info>`,
		version, state, dialogs)
}

const (
	rings102 = `<dialog id="1" call-id="their-call" local-tag="callee" remote-tag="caller" direction="recipient"><state>early</state>` +
		`<remote><identity display="Erika Meier">sip:+493020948812@pbx.example</identity></remote></dialog>`
	talks102 = `<dialog id="1"><state>confirmed</state></dialog>`
)

func TestMailboxIsAskedFor(t *testing.T) {
	pbx := siptest.New(t)
	d, l := lamps(t, pbx, func(a *phone.Account) { a.MWI = true })
	m := pbx.Expect("SUBSCRIBE")
	if m.Get("Event") != "message-summary" || m.Get("Accept") != lamp.SummaryType || !strings.HasPrefix(m.Start, "SUBSCRIBE sip:101@") {
		t.Errorf("%s: Event %s, Accept %s", m.Start, m.Get("Event"), m.Get("Accept"))
	}
	pbx.Send(m.From, m.Response(401, "Unauthorized", "c", "", `WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=MD5`))
	m = pbx.Expect("SUBSCRIBE")
	if m.Get("Authorization") == "" {
		t.Error("no credentials")
	}
	n := pbx.Accept(m, 600)
	n.Notify("active;expires=600", lamp.SummaryType, fourMessages)
	pbx.Expect("200 NOTIFY")
	want := phone.Mailbox{Account: "Office", Known: true, Waiting: true, URI: "sip:*97@pbx.example", New: 4, Old: 8, UrgentNew: 1}
	d.mailbox("four messages", func(m phone.Mailbox) bool { return m == want })
	n.Resend(1, "active", lamp.SummaryType, "Messages-Waiting: no\r\n") // late: passed over
	pbx.Expect("200 NOTIFY")
	n.Notify("active", lamp.SummaryType, "nonsense")
	pbx.Expect("200 NOTIFY")
	n.Notify("active", lamp.SummaryType, "Messages-Waiting: no\r\nVoice-Message: 0/12\r\n")
	pbx.Expect("200 NOTIFY")
	d.mailbox("none", func(m phone.Mailbox) bool { return !m.Waiting && m.Old == 12 })
	d.eventually("both told", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.mailboxes) == 2 && l.mailboxes[0] == want
	})
	d.do(d.SetAccounts(nil))
	if m := pbx.Expect("SUBSCRIBE"); m.Get("Expires") != "0" || m.Tag("To") != "peer" {
		t.Errorf("at the end: Expires %s, To %s", m.Get("Expires"), m.Get("To"))
	} else {
		pbx.Accept(m, 0)
	}
}

func TestMailboxTellsUnasked(t *testing.T) {
	pbx := siptest.New(t)
	d, _ := lamps(t, pbx, func(*phone.Account) {})
	unasked := pbx.NewCall()
	unasked.Do("NOTIFY", fourMessages, "Event: message-summary", "Content-Type: "+lamp.SummaryType)
	pbx.Expect("200 NOTIFY")
	d.mailbox("four messages", func(m phone.Mailbox) bool { return m.Waiting && m.New == 4 })
}

// RFC 3428 §5, RFC 3842: what a stranger writes, or says of the mailbox, is nobody's word.
func TestMessagesAndMailboxesAreTakenFromThePBXOnly(t *testing.T) {
	says := func(pbx *siptest.Peer, from *siptest.Peer) (text, mailbox *siptest.Call) {
		addr, contact := pbx.Phone()
		text, mailbox = pbx.NewCall(), pbx.NewCall()
		for _, c := range []*siptest.Call{text, mailbox} {
			c.Peer, c.To, c.Target = from, addr, contact
		}
		text.Do("MESSAGE", "Call me at once", "Content-Type: text/plain")
		mailbox.Do("NOTIFY", fourMessages, "Event: message-summary", "Content-Type: "+lamp.SummaryType)
		return text, mailbox
	}
	taken := func(d *desk, l *lit) {
		d.t.Helper()
		d.mailbox("four messages", func(m phone.Mailbox) bool { return m.New == 4 })
		d.eventually("the text", func() bool {
			l.mu.Lock()
			defer l.mu.Unlock()
			return len(l.messages) == 1
		})
	}
	t.Run("not from a stranger", func(t *testing.T) {
		pbx, stranger := siptest.New(t), siptest.NewAt(t, "127.0.0.2:0")
		d, l := lamps(t, pbx, func(*phone.Account) {})
		text, mailbox := says(pbx, stranger)
		text.Expect("403 MESSAGE")
		mailbox.Expect("481 NOTIFY")
		l.mu.Lock()
		defer l.mu.Unlock()
		if len(l.messages) != 0 || d.Mailboxes()[0].Known {
			t.Errorf("told %+v, %+v", l.messages, d.Mailboxes())
		}
	})
	t.Run("from anybody where only the provider reaches us", func(t *testing.T) {
		pbx, stranger := siptest.New(t), siptest.NewAt(t, "127.0.0.2:0")
		d, l := lamps(t, pbx, func(a *phone.Account) { a.Asserted = "anyone" })
		says(pbx, stranger)
		taken(d, l)
	})
	t.Run("from the PBX though its word for callers isn't taken", func(t *testing.T) {
		pbx := siptest.New(t)
		d, l := lamps(t, pbx, func(a *phone.Account) { a.Asserted = "nobody" })
		says(pbx, pbx)
		taken(d, l)
	})
	t.Run("from the machine that has failed and is back", func(t *testing.T) {
		failed, pbx := siptest.NewAt(t, "127.0.0.3:0"), siptest.New(t)
		registrar(failed, func(_ int, m siptest.Message) { failed.Send(m.From, m.Response(503, "No", "r", "")) })
		l := &lit{}
		d := newDesk(t, pbx, atDomain(directory{failed.Addr(), pbx.Addr()}), func(c *phone.Config, a *phone.Account) {
			c.Lamps, a.Bind = l, "0.0.0.0:0"
		}).registered()
		says(pbx, failed)
		taken(d, l)
	})
	t.Run("from the registrar behind an outbound proxy", func(t *testing.T) {
		proxy, registrar := siptest.New(t), siptest.NewAt(t, "127.0.0.5:0")
		l := &lit{}
		d := newDesk(t, proxy, atDomain(directory{registrar.Addr()}), func(c *phone.Config, a *phone.Account) {
			c.Lamps, a.OutboundProxy, a.Bind = l, proxy.Addr(), "0.0.0.0:0"
		}).registered()
		says(proxy, registrar)
		taken(d, l)
	})
	t.Run("from the address that has answered our registration", func(t *testing.T) {
		front, pbx := siptest.NewAt(t, "127.0.0.4:0"), siptest.New(t)
		registrar(pbx, func(_ int, m siptest.Message) {
			front.Send(m.From, m.Response(200, "OK", "r", "", "Contact: "+m.Get("Contact"), "Expires: 300"))
		})
		d, l := lamps(t, pbx, func(a *phone.Account) { a.Bind = "0.0.0.0:0" })
		says(pbx, front)
		taken(d, l)
	})
}

func TestRefusedSubscriptionSaysWhy(t *testing.T) {
	pbx := siptest.New(t)
	d, _ := lamps(t, pbx, func(a *phone.Account) { a.Watch = []string{"102"} })
	pbx.Reply(pbx.Expect("SUBSCRIBE"), 489, "Bad Event", "")
	d.colleague("the reason", func(c phone.Colleague) bool { return !c.Known && c.Reason == "489 Bad Event" })
}

func TestSubscriptionThatThePBXEndsIsMadeAnew(t *testing.T) {
	t.Parallel()
	pbx := siptest.New(t)
	d, _ := lamps(t, pbx, func(a *phone.Account) { a.Watch = []string{"102"} })
	first := pbx.Expect("SUBSCRIBE")
	n := pbx.Accept(first, 600)
	n.Notify("terminated;reason=deactivated", lamp.DialogInfoType, dialogInfo(0, "full", ""))
	pbx.Expect("200 NOTIFY")
	second := pbx.Expect("SUBSCRIBE")
	if second.Get("Call-ID") == first.Get("Call-ID") || second.Tag("To") != "" {
		t.Error("it goes on in the old dialog")
	}
	n.Notify("active", lamp.DialogInfoType, dialogInfo(1, "full", talks102))
	pbx.Expect("481 NOTIFY") // nobody knows that one any more
	pbx.Accept(second, 600).Notify("active", lamp.DialogInfoType, dialogInfo(0, "full", talks102))
	d.colleague("talking", func(c phone.Colleague) bool { return c.Known && c.Talking })
}

// RFC 6665 §4.1.2.4, RFC 3261 §12.1: whichever makes the dialog, the answer or a NOTIFY that has overtaken it, what follows
// goes by the proxies that stay in between, strict ones included.
func TestASubscriptionGoesByItsRoutes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ record, uri, routes string }{ // the nearest first
		"loose":  {"<sip:PBX;lr>, <sip:far.example;lr>", "sip:peer@PBX", "<sip:PBX;lr>, <sip:far.example;lr>"},
		"strict": {"<sip:PBX>, <sip:far.example;lr>", "sip:PBX", "<sip:far.example;lr>, <sip:peer@PBX>"},
	} {
		for _, notified := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, NOTIFY first %v", name, notified), func(t *testing.T) {
				pbx := siptest.New(t)
				at := func(s string) string { return strings.ReplaceAll(s, "PBX", pbx.Addr()) }
				first, second, _ := strings.Cut(at(tt.record), ", ")
				d, _ := lamps(t, pbx, func(a *phone.Account) { a.Watch = []string{"102"} })
				m := pbx.Expect("SUBSCRIBE")
				n := pbx.Notifier(m)
				n.Through(at(tt.record))
				if notified {
					n.Notify("active", lamp.DialogInfoType, dialogInfo(0, "full", ""))
					pbx.Expect("200 NOTIFY")
					pbx.Reply(m, 200, "OK", "", "Expires: 600", "Record-Route: "+second+", "+first)
				} else {
					pbx.Reply(m, 200, "OK", "", "Expires: 600", "Record-Route: "+second+", "+first)
					n.Notify("active", lamp.DialogInfoType, dialogInfo(0, "full", ""))
					pbx.Expect("200 NOTIFY")
				}
				d.colleague("idle", func(c phone.Colleague) bool { return c.Known })
				d.do(d.SetAccounts(nil))
				end := pbx.Expect("SUBSCRIBE")
				if uri := strings.Fields(end.Start)[1]; end.Get("Expires") != "0" || uri != at(tt.uri) || routes(end) != at(tt.routes) {
					t.Errorf("%s, Expires %s\nRoute: %s\nwant %s\n       %s", end.Start, end.Get("Expires"), routes(end), at(tt.uri), at(tt.routes))
				}
				pbx.Accept(end, 0)
			})
		}
	}
}

func TestColleaguesCallIsPickedUpByReplaces(t *testing.T) {
	pbx := siptest.New(t)
	d, l := lamps(t, pbx, func(a *phone.Account) { a.Watch = []string{"102"} })
	if _, err := d.PickUp("", "102"); !errors.Is(err, phone.ErrNothingRings) {
		t.Errorf("nothing rings: %v", err)
	}
	m := pbx.Expect("SUBSCRIBE")
	if m.Get("Event") != "dialog" || !strings.HasPrefix(m.Start, "SUBSCRIBE sip:102@") {
		t.Errorf("%s, Event %s", m.Start, m.Get("Event"))
	}
	n := pbx.Accept(m, 600)
	n.Notify("active", lamp.DialogInfoType, dialogInfo(0, "full", ""))
	d.colleague("idle", func(c phone.Colleague) bool { return c.Known && !c.Ringing && !c.Talking })
	n.Notify("active", lamp.DialogInfoType, dialogInfo(1, "partial", rings102))
	d.colleague("ringing", func(c phone.Colleague) bool { return c.Ringing && c.PickUp && c.Caller.Display == "Erika Meier" })
	id, err := d.PickUp("", "102")
	d.do(err)
	invite := pbx.Expect("INVITE")
	if got := invite.Get("Replaces"); got != "their-call;to-tag=caller;from-tag=callee;early-only" {
		t.Errorf("Replaces: %s", got)
	}
	pbx.Reply(invite, 200, "OK", siptest.SDP(4000))
	pbx.Expect("ACK")
	if c := d.state(phone.Active); c.ID != id || c.Remote.User != "+493020948812" {
		t.Errorf("%+v", c)
	}
	n.Notify("active", lamp.DialogInfoType, dialogInfo(2, "partial", `<dialog id="1"><state>terminated</state></dialog>`))
	d.colleague("idle", func(c phone.Colleague) bool { return c.Known && !c.Ringing && !c.Talking })
	d.eventually("all told in order", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.colleagues) == 3 && !l.colleagues[0].Ringing && l.colleagues[1].Ringing && !l.colleagues[2].Ringing
	})
	d.do(d.HangUp(id))
	pbx.Reply(pbx.Expect("BYE"), 200, "OK", "")
}

func TestColleaguesCallIsPickedUpByCode(t *testing.T) {
	for code, dialled := range map[string]string{"*8": "*8102", "**{extension}#": "**102%23"} {
		t.Run(code, func(t *testing.T) {
			pbx := siptest.New(t)
			d, _ := lamps(t, pbx, func(a *phone.Account) { a.PickUp = code })
			_, err := d.PickUp("Office", "102")
			d.do(err)
			invite := pbx.Expect("INVITE")
			if !strings.HasPrefix(invite.Start, "INVITE sip:"+dialled+"@") {
				t.Errorf("%s", invite.Start)
			}
			pbx.Reply(invite, 404, "Not Found", "")
			pbx.Expect("ACK")
			d.ended(phone.NotFound)
		})
	}
}

func TestGapInPartialStatesIsMended(t *testing.T) {
	pbx := siptest.New(t)
	d, _ := lamps(t, pbx, func(a *phone.Account) { a.Watch = []string{"102"} })
	first := pbx.Expect("SUBSCRIBE")
	n := pbx.Accept(first, 600)
	n.Notify("active", lamp.DialogInfoType, dialogInfo(0, "full", ""))
	d.colleague("idle", func(c phone.Colleague) bool { return c.Known })
	n.Notify("active", lamp.DialogInfoType, dialogInfo(7, "partial", talks102))
	again := pbx.Expect("SUBSCRIBE")
	if again.Get("Call-ID") != first.Get("Call-ID") || again.Tag("To") != "peer" || again.CSeq() <= first.CSeq() {
		t.Errorf("not within the dialog: %+v", again)
	}
	pbx.Accept(again, 600)
	n.Notify("active", lamp.DialogInfoType, dialogInfo(8, "full", talks102))
	d.colleague("talking", func(c phone.Colleague) bool { return c.Talking })
}

func TestMessagesAreTold(t *testing.T) {
	pbx := siptest.New(t)
	d, l := lamps(t, pbx, func(*phone.Account) {})
	for _, tt := range []struct {
		kind, body string
		code       int
		text       string
	}{
		{"text/plain", "Can you call Meier?\r\nUrgent\x07", 200, "Can you call Meier?\nUrgent"},
		{"text/plain;charset=ISO-8859-1", "Gr\xfc\xdfe", 200, "Grüße"},
		{"text/html", "<b>no</b>", 415, ""},
		{"text/plain;charset=utf-16", "xx", 415, ""},
		{"application/im-iscomposing+xml", "<x/>", 415, ""},
	} {
		sender := pbx.NewCall()
		sender.Do("MESSAGE", tt.body, "Content-Type: "+tt.kind)
		m := pbx.Expect(fmt.Sprintf("%d MESSAGE", tt.code))
		if tt.code == 415 && m.Get("Accept") != "text/plain" {
			t.Errorf("%s: Accept %q", tt.kind, m.Get("Accept"))
		}
		if tt.text != "" {
			d.eventually("told of "+tt.text, func() bool {
				l.mu.Lock()
				defer l.mu.Unlock()
				return slices.ContainsFunc(l.messages, func(m phone.Message) bool {
					return m.Text == tt.text && m.From.Display == "Erika Meier" && m.Account == "Office"
				})
			})
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.messages) != 2 {
		t.Errorf("%d messages", len(l.messages))
	}
}

func TestOptionsNamesTheCodecs(t *testing.T) {
	pbx := siptest.New(t)
	lamps(t, pbx, func(a *phone.Account) { a.Codecs = []string{"pcma"} })
	asker := pbx.NewCall()
	asker.Do("OPTIONS", "")
	m := pbx.Expect("200 OPTIONS")
	if !strings.Contains(m.Body, "PCMA/8000") || strings.Contains(m.Body, "PCMU") || m.Get("Content-Type") != "application/sdp" {
		t.Errorf("%s\n%s", m.Get("Content-Type"), m.Body)
	}
	for _, header := range []string{"Allow", "Accept", "Supported"} {
		if m.Get(header) == "" {
			t.Errorf("no %s", header)
		}
	}
	picky := pbx.NewCall()
	picky.Do("OPTIONS", "", "Accept: application/isup")
	pbx.Expect("406 OPTIONS")
}
