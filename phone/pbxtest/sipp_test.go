package pbxtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"leadline/phone"
	"leadline/phone/rig"
	"leadline/phone/rig/scenario"
	"leadline/phone/siptest"
)

// proof is a telephone of ours at one end of a call and SIPp at the other.
type proof struct {
	name    string
	theirs  *scenario.Scenario
	account func(*phone.Account)
	options func(*rig.SIPpOptions)
	tcp     bool
	pbx     *siptest.Peer                  // nil is one of its own
	sendsOn func(m siptest.Message) string // to whom the PBX sends the agent's calls on; nil: it takes none
	// ours is what the agent does; SIPp calls by itself, and is called at s.
	ours func(t *testing.T, a *agent, s *rig.SIPp)
}

// prove runs proofs beside each other, each with a telephone of its own.
func prove(t *testing.T, proofs ...proof) {
	t.Helper()
	for _, p := range proofs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			peer := p.pbx
			switch {
			case peer != nil:
			case p.tcp:
				peer = siptest.NewTCP(t, nil)
			default:
				peer = siptest.New(t)
			}
			if p.sendsOn != nil {
				peer.Handle(func(m siptest.Message) bool {
					if !strings.HasPrefix(m.Start, "INVITE ") {
						return false
					}
					peer.Send(m.From, m.Response(302, "Moved Temporarily", "pbx", "", "Contact: <"+p.sendsOn(m)+">"))
					return true
				})
			}
			account := phone.Account{Name: "Office", Address: "sip:101@" + peer.Addr(), Bind: "127.0.0.1:0"}
			if p.tcp {
				account.Transport = "tcp"
			}
			if p.account != nil {
				p.account(&account)
			}
			a := newAgent(t, account)
			a.registration("Office", phone.Registered, soon)
			o := rig.SIPpOptions{Scenario: p.theirs.String(), Service: "101", Limit: 2 * soon}
			if !p.theirs.Called() {
				o.Target, _ = peer.Phone()
			}
			o.TCP = p.tcp
			if p.options != nil {
				p.options(&o)
			}
			s := rig.StartSIPp(t, o)
			if p.ours != nil {
				p.ours(t, a, s)
			}
			s.Passed()
		})
	}
}

func answersByItself(a *phone.Account) { a.AutoAnswer = "always" }

// calls is what an agent does who calls SIPp and waits for its answer.
func calls(a *agent, s *rig.SIPp) phone.CallID {
	a.t.Helper()
	id := a.dial("sip:sipp@" + s.Addr())
	a.reaches(id, phone.Active, soon)
	return id
}

// holdsWhatComes holds the first call that comes in, which answers itself: SIPp goes on when it is held.
func (a *agent) holdsWhatComes() phone.CallID {
	a.t.Helper()
	id := a.incoming(1).ID
	a.reaches(id, phone.Active, soon)
	a.do(a.Hold(id, true))
	return id
}

// ending waits for a call's end and tells whether it is as it should.
func ending(t *testing.T, a *agent, id phone.CallID, cause phone.Cause) phone.Call {
	t.Helper()
	c := a.ends(id, soon)
	if c.Cause != cause {
		t.Errorf("it ended as %s, %d %s, want %s", c.Cause, c.SIPCode, c.SIPReason, cause)
	}
	return c
}

// Issue row 1: calls, hold in every form, keypad.
func TestSIPpCallsAndHolds(t *testing.T) {
	t.Parallel()
	prove(t,
		proof{name: "they hold", theirs: scenario.HoldsInEveryForm(), account: answersByItself, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			c := a.incoming(1)
			a.reaches(c.ID, phone.HeldThere, soon)
			if c := ending(t, a, c.ID, phone.HungUpThere); c.HeardDigits != "5" {
				t.Errorf("the digits %q", c.HeardDigits)
			}
		}},
		proof{name: "we hold", theirs: scenario.IsHeld(), account: func(a *phone.Account) { a.DTMF = "info" }, ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			id := calls(a, s)
			a.do(a.Hold(id, true))
			a.reaches(id, phone.HeldHere, soon)
			a.do(a.Hold(id, false))
			a.until(soon, "it is taken back", func() bool { return a.calls[id][len(a.calls[id])-1].State == phone.Active })
			a.do(a.SendDigits(id, "7"))
			time.Sleep(500 * time.Millisecond)
			a.do(a.HangUp(id))
		}},
		proof{name: "they give up", theirs: scenario.GivesUp(), ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			ending(t, a, a.incoming(1).ID, phone.Missed)
		}},
		proof{name: "we give up", theirs: scenario.IsGivenUp(), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			id := a.dial("sip:sipp@" + s.Addr())
			a.reaches(id, phone.RingingThere, soon)
			a.do(a.HangUp(id))
			a.ends(id, soon)
		}},
	)
}

// Issue row 2: transfer, as target and transferee too.
func TestSIPpTransfers(t *testing.T) {
	t.Parallel()
	colleague := siptest.New(t) // at the PBX
	prove(t,
		proof{name: "they transfer us", theirs: scenario.Refers("sip:103@" + colleague.Addr()), pbx: colleague, account: answersByItself, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			held := a.holdsWhatComes()
			invite, ok := colleague.Await("INVITE", soon)
			if !ok {
				t.Fatal("nobody calls the colleague")
			}
			if by := invite.Get("Referred-By"); by != "<sip:chief@example.org>" {
				t.Errorf("Referred-By %q", by)
			}
			colleague.Reply(invite, 200, "OK", siptest.SDP(4000))
			ending(t, a, held, phone.HungUpThere)
			a.do(a.HangUp(a.Calls()[0].ID))
			colleague.Reply(colleague.Expect("BYE"), 200, "OK", "")
		}},
		proof{name: "we transfer them", theirs: scenario.IsReferred("200 OK"), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			id := calls(a, s)
			a.do(a.Transfer(id, "103"))
			if c := a.ends(id, soon); c.Cause != phone.Transferred {
				t.Errorf("it ended as %s", c.Cause)
			}
		}},
	)
}

// Issue row 2: attended transfer (RFC 3891), as its target, as who is passed on and as who passes on.
func TestSIPpReplaces(t *testing.T) {
	t.Parallel()
	waits := func(s *scenario.Scenario) *rig.SIPp { // for its turn: these run beside each other, and beside other tests
		return rig.StartSIPp(t, rig.SIPpOptions{Scenario: s.String(), Limit: 2 * soon, Turn: 15 * time.Minute})
	}
	target := waits(scenario.IsReplacedAt("12345@example.org;to-tag=7743;from-tag=6472"))
	consulted := waits(scenario.IsConsulted())
	prove(t,
		proof{name: "they take a place", theirs: scenario.Replaces(), account: answersByItself, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			first, second := a.incoming(1), a.incoming(2)
			if c := ending(t, a, first.ID, phone.HungUpThere); c.SIPReason != "another call took its place" {
				t.Errorf("the first ended because %q", c.SIPReason)
			}
			if c := a.reaches(second.ID, phone.Active, soon); c.ReferredBy != "sip:chief@example.org" || c.Remote.User != "104" {
				t.Errorf("the second is %+v, by %q", c.Remote, c.ReferredBy)
			}
			ending(t, a, second.ID, phone.HungUpThere)
		}},
		proof{name: "they take no place", theirs: scenario.ReplacesWrongly()},
		proof{name: "we take a place", theirs: scenario.Refers("sip:103@" + target.Addr() + "?Replaces=12345%40example.org%3Bto-tag%3D7743%3Bfrom-tag%3D6472"),
			account: answersByItself, sendsOn: func(m siptest.Message) string { // ours went through the PBX
				if !strings.HasPrefix(m.Start, "INVITE sip:103@"+target.Addr()) || m.Get("Route") == "" {
					t.Errorf("%s, Route %q", m.Start, m.Get("Route"))
				}
				return "sip:104@" + target.Addr()
			},
			ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
				ending(t, a, a.holdsWhatComes(), phone.HungUpThere)
				target.Passed()
			}},
		proof{name: "we connect them", theirs: scenario.IsReferredToAnother(), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			first := calls(a, s)
			second := calls(a, consulted)
			a.reaches(first, phone.HeldHere, soon)
			a.do(a.Join(first, second))
			for _, id := range []phone.CallID{first, second} {
				ending(t, a, id, phone.Transferred)
			}
			consulted.Passed()
		}},
	)
}

// Issue row 3: redirect and refuse.
func TestSIPpRefusals(t *testing.T) {
	t.Parallel()
	refuse := func(how func(a *agent, id phone.CallID) error) func(*testing.T, *agent, *rig.SIPp) {
		return func(_ *testing.T, a *agent, _ *rig.SIPp) { a.do(how(a, a.incoming(1).ID)) }
	}
	refused := func(cause phone.Cause) func(*testing.T, *agent, *rig.SIPp) {
		return func(t *testing.T, a *agent, s *rig.SIPp) { ending(t, a, a.dial("sip:sipp@"+s.Addr()), cause) }
	}
	proofs := []proof{
		{name: "we are busy", theirs: scenario.IsRefused(486, true), ours: refuse(func(a *agent, id phone.CallID) error { return a.Decline(id, true) })},
		{name: "we decline", theirs: scenario.IsRefused(603, true), ours: refuse(func(a *agent, id phone.CallID) error { return a.Decline(id, false) })},
		{name: "we redirect", theirs: scenario.IsRefused(302, true, scenario.Header("Contact", "sip:103@"), scenario.Header("Diversion", "sip:101@.*deflection")),
			ours: refuse(func(a *agent, id phone.CallID) error { return a.Redirect(id, "103") })},
	}
	for _, r := range []struct {
		code   int
		reason string
	}{{300, "Multiple Choices"}, {301, "Moved Permanently"}, {302, "Moved Temporarily"}} {
		proofs = append(proofs, proof{name: fmt.Sprintf("they redirect by %d", r.code), theirs: scenario.SendsOn(r.code, r.reason), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			id := calls(a, s)
			if c := a.reaches(id, phone.Active, soon); c.SentOn.User != "other" {
				t.Errorf("sent on to %+v", c.SentOn)
			}
			a.do(a.HangUp(id))
		}})
	}
	for _, r := range []struct {
		code   int
		reason string
		cause  phone.Cause
	}{{486, "Busy Here", phone.Busy}, {603, "Decline", phone.DeclinedThere}, {480, "Temporarily Unavailable", phone.NoAnswer}, {404, "Not Found", phone.NotFound}} {
		proofs = append(proofs, proof{name: fmt.Sprintf("they answer %d", r.code), theirs: scenario.Refuses(r.code, r.reason), ours: refused(r.cause)})
	}
	prove(t, proofs...)
}

// Issue row 4: who calls whom, and by which way.
func TestSIPpSaysWhoCalls(t *testing.T) {
	t.Parallel()
	said := func(account func(*phone.Account), fits func(c phone.Call) bool, headers ...string) proof {
		return proof{name: headers[0], theirs: scenario.IsSaidToBe(headers...), account: account, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			c := a.incoming(1)
			if !fits(c) {
				t.Errorf("%+v, dialled %+v, diverted %+v", c.Remote, c.Lines, c.Diversions)
			}
			ending(t, a, c.ID, phone.Missed)
		}}
	}
	anyone := func(a *phone.Account) { a.Asserted = "anyone" }
	nobody := func(a *phone.Account) { a.Asserted = "nobody" }
	prove(t,
		said(anyone, func(c phone.Call) bool { return c.Remote.User == "+4930111" && c.Remote.Display == "Erika" }, `P-Asserted-Identity: "Erika" <sip:+4930111@example.org>`),
		said(nobody, func(c phone.Call) bool { return c.Remote.User == "+493020948812" }, `P-Asserted-Identity: "Mallory" <sip:+4930666@example.org>`),
		said(anyone, func(c phone.Call) bool { return c.Remote.User == "+4930222" }, `Remote-Party-ID: <sip:+4930222@example.org>;party=calling;privacy=off`),
		said(nil, func(c phone.Call) bool { return c.Remote.Withheld }, `From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=[call_number]`, `Privacy: id`),
		said(nil, func(c phone.Call) bool { return len(c.Diversions) == 1 }, `Diversion: <sip:200@example.org>;reason=user-busy`),
		proof{name: "we say who calls", theirs: scenario.HearsWhoCalls(), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			ending(t, a, a.dial("sip:sipp@"+s.Addr()), phone.Busy)
		}},
	)
}

// Issue row 5: accounts, over TCP too.
func TestSIPpIsARegistrar(t *testing.T) {
	t.Parallel()
	s := rig.StartSIPp(t, rig.SIPpOptions{Scenario: scenario.Registrar().String()})
	a := newAgent(t, phone.Account{Name: "Office", Address: "sip:101@" + s.Addr(), Password: "secret", Bind: "127.0.0.1:0"})
	a.registration("Office", phone.Registered, soon)
	a.do(a.SetAccounts(nil))
	s.Passed()
}

func TestSIPpReachesAccounts(t *testing.T) {
	t.Parallel()
	prove(t,
		proof{name: "they are behind a NAT", theirs: scenario.CallsFromBehindNAT()},
		proof{name: "we call over TCP", theirs: scenario.IsPlain(), tcp: true, ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			a.do(a.HangUp(calls(a, s)))
		}},
	)
}

// Issue rows 6, 8 and 9: sound, sent back by SIPp; recorded, and with its figures.
func TestSIPpTalks(t *testing.T) {
	t.Parallel()
	recordings := t.TempDir() // is there until the telephones of the parts are closed
	echoed := func(o *rig.SIPpOptions) { o.Echo = true }
	talks := func(t *testing.T, a *agent, id phone.CallID) {
		t.Helper()
		a.hears("our own voice comes back", ourTone)
		a.do(a.HangUp(id))
		c := ending(t, a, id, phone.HungUpHere)
		if c.Sounded == nil || c.Sounded.Received < 20 || len(c.Recording.Files) != 1 {
			t.Errorf("figures %+v, recording %+v", c.Sounded, c.Recording)
		}
	}
	pcmu := scenario.Media("0 101", "a=rtpmap:101 telephone-event/8000")
	pcma := scenario.Media("8 101", "a=rtpmap:101 telephone-event/8000")
	prove(t,
		proof{name: "they call with PCMU", theirs: scenario.Talks(pcmu, "m=audio [1-9][0-9]* RTP/AVP 0 101"), account: answersByItself, options: echoed,
			ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
				a.SetRecordings(phone.Recordings{Directory: recordings, Always: true})
				talks(t, a, a.incoming(1).ID)
			}},
		proof{name: "we call, and they change to PCMU", theirs: scenario.IsTalkedTo(pcma, pcmu, "m=audio [1-9][0-9]* RTP/AVP 0 101"), options: echoed,
			ours: func(t *testing.T, a *agent, s *rig.SIPp) {
				a.SetRecordings(phone.Recordings{Directory: recordings, Always: true})
				id := calls(a, s)
				a.until(soon, "they have changed", func() bool { return a.calls[id][len(a.calls[id])-1].Codec == "PCMU" })
				talks(t, a, id)
			}},
	)
}

// Issue row 7: encryption.
func TestSIPpKeepsSecrets(t *testing.T) {
	t.Parallel()
	required := func(a *phone.Account) { a.SRTP = "required"; answersByItself(a) }
	prove(t,
		proof{name: "they call", theirs: scenario.CallsInSecret(), account: required, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			if c := ending(t, a, a.incoming(1).ID, phone.HungUpThere); !c.Encrypted {
				t.Errorf("encrypted: %+v", c)
			}
		}},
		proof{name: "they call in the clear", theirs: scenario.IsRefused(488, false), account: required},
		proof{name: "we call", theirs: scenario.IsCalledInSecret(), account: required, ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			a.do(a.HangUp(calls(a, s)))
		}},
		proof{name: "they answer in the clear", theirs: scenario.AnswersInTheClear(), account: required, ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			ending(t, a, a.dial("sip:sipp@"+s.Addr()), phone.Failed)
		}},
		proof{name: "they refuse it", theirs: scenario.Refuses(488, "Not Acceptable Here"), account: required, ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			ending(t, a, a.dial("sip:sipp@"+s.Addr()), phone.Failed)
		}},
	)
}

// Issue row 10: lamps and messages.
func TestSIPpTellsOfMessagesAndLamps(t *testing.T) {
	t.Parallel()
	prove(t, proof{name: "unasked", theirs: scenario.TellsOfMessages(), ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
		a.until(soon, "the message is shown", func() bool { return len(a.texts) == 1 && a.texts[0].Text == "Hello" })
		if m := a.Mailboxes(); len(m) != 1 || m[0].New != 2 {
			t.Errorf("mailboxes %+v", m)
		}
	}})
}

const dialogInfo = `<?xml version="1.0"?>
<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full" entity="sip:102@127.0.0.1">
<dialog id="1"><state>confirmed</state></dialog>
</dialog-info>
`

func TestSIPpTellsOfAColleague(t *testing.T) {
	t.Parallel()
	peer := siptest.New(t)
	s := rig.StartSIPp(t, rig.SIPpOptions{Scenario: scenario.IsAsked("dialog", "application/dialog-info+xml", dialogInfo).String()})
	a := newAgent(t, phone.Account{Name: "Office", Address: "sip:101@" + peer.Addr(), Bind: "127.0.0.1:0", Watch: []string{"sip:102@" + s.Addr()}})
	rig.Eventually(t, soon, "the colleague is busy", func() (bool, string) {
		all := a.Colleagues()
		return len(all) == 1 && all[0].Talking, fmt.Sprintf("%+v", all)
	})
	a.do(a.SetAccounts(nil))
	s.Passed()
}

// Issue row 11: what a dialog may have beside a call and a BYE.
func TestSIPpDialogs(t *testing.T) {
	t.Parallel()
	hungUp := func(t *testing.T, a *agent, _ *rig.SIPp) { ending(t, a, a.incoming(1).ID, phone.HungUpThere) }
	hangsUp := func(t *testing.T, a *agent, s *rig.SIPp) { a.do(a.HangUp(calls(a, s))) }
	prove(t,
		proof{name: "they insist on a reliable 180", theirs: scenario.InsistsOnReliableRinging(), options: func(o *rig.SIPpOptions) { o.Calls, o.Rate = 5, 5 }},
		proof{name: "they refresh", theirs: scenario.Refreshes(), account: answersByItself, ours: hungUp},
		proof{name: "they want a longer session", theirs: scenario.WantsALongerSession(), ours: hangsUp},
		proof{name: "they offer late", theirs: scenario.OffersLate(), account: answersByItself, ours: hungUp},
		proof{name: "glare", theirs: scenario.Glares(), ours: func(t *testing.T, a *agent, s *rig.SIPp) {
			id := calls(a, s)
			a.do(a.Hold(id, true))
			a.reaches(id, phone.HeldHere, soon)
			a.do(a.HangUp(id))
		}},
		proof{name: "routes", theirs: scenario.ComesThroughProxies(), account: answersByItself, ours: func(t *testing.T, a *agent, _ *rig.SIPp) {
			c := a.incoming(1)
			a.reaches(c.ID, phone.Active, soon)
			time.Sleep(200 * time.Millisecond) // the ACK
			a.do(a.HangUp(c.ID))
		}},
		proof{name: "what can't be taken", theirs: scenario.IsTriedOn()},
		proof{name: "in parts", theirs: scenario.OffersInParts(), account: answersByItself, ours: hungUp},
		proof{name: "forked", theirs: scenario.RingsTwice(), ours: hangsUp},
	)
}
