package pbxtest

import (
	"net"
	"testing"

	"leadline/crm/server/access"
	"leadline/crm/wire"
	"leadline/phone/rig"
)

// trunk is Kamailio's part of the product, with the address and the key of a server filled in. The normal way rings 102, that
// of 73xx and 72xx the line's queue group. wait is how many seconds it waits for the server, rings how many milliseconds a telephone
// rings: 1 and 20000 are what is shipped.
func trunk(t *testing.T, server string, key access.Token, wait, rings string) string {
	t.Helper()
	return shipped(t, "kamailio.cfg", "https://crm.example.org", server, "THE-KEY", string(key), "_timeout\", 1)", "_timeout\", "+wait+")", "RINGS 20000", "RINGS "+rings) + `
route[TRUNK] { route(LEADLINE); exit; }

route[LEADLINE_NORMAL] {
	if ($rU =~ "^\+493055573" || $rU =~ "^\+493055572") { route(LEADLINE_QUEUE); exit; }
	$rU = "102";
	if (!lookup("location")) { send_reply("404", "Not Found"); exit; }
	t_relay();
	exit;
}

route[LEADLINE_NOBODY] { send_reply("480", "Nobody took it"); exit; }
`
}

// proxied are the agent's telephone, 101, the one of the normal way, 102, and two who call from outside.
type proxied struct {
	kamailio                          *rig.Kamailio
	agent, normal, customer, stranger *rig.Baresip
}

func openProxied(t *testing.T, trunk string) proxied {
	t.Helper()
	rig.Need(t, "kamailio", "baresip")
	k := rig.StartKamailio(t, rig.KamailioOptions{Endpoints: []rig.Endpoint{{User: "101", Password: "one"}, {User: "102", Password: "two"}}, Trunk: trunk})
	p := proxied{kamailio: k,
		agent:    rig.StartBaresip(t, rig.BaresipOptions{User: "101", Password: "one", Registrar: k.Addr()}),
		normal:   rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: k.Addr()}),
		customer: rig.StartBaresip(t, rig.BaresipOptions{User: customer}),
		stranger: rig.StartBaresip(t, rig.BaresipOptions{User: stranger})}
	k.Registered("101", 1, soon)
	k.Registered("102", 1, soon)
	return p
}

// dial calls a number of the company's.
func (p proxied) dial(from *rig.Baresip, number string) {
	from.Dial("sip:" + number + "@" + p.kamailio.Addr())
}

// rings has somebody call a number, and waits until it rings there.
func (p proxied) rings(t *testing.T, from *rig.Baresip, number string, there ...*rig.Baresip) {
	t.Helper()
	p.dial(from, number)
	for _, b := range there {
		b.WaitFor("CALL_INCOMING", soon)
	}
	from.HangUp()
	for _, b := range append(there, from) {
		b.WaitFor("CALL_CLOSED", soon)
	}
}

const (
	sales, support, queue = "+49305557100", "+49305557200", "+49305557300"
)

func TestKamailioAsksAndRingsTheAgentOrTheQueue_D3_D4(t *testing.T) {
	o := openOffice(t)
	p := openProxied(t, trunk(t, o.url, o.key, patient, patient+"000"))
	o.is(t, wire.Free)
	p.rings(t, p.customer, sales, p.agent)
	p.rings(t, p.stranger, sales, p.normal)
	o.is(t, wire.Talking)
	p.rings(t, p.customer, sales, p.normal)
	o.is(t, wire.Free)
	p.rings(t, p.customer, sales, p.agent)
	p.rings(t, p.stranger, queue, p.normal) // the first of the group has no telephone there
	p.rings(t, p.stranger, support, p.agent, p.normal)
	p.dial(p.stranger, support)
	p.agent.WaitFor("CALL_INCOMING", soon)
	p.agent.HangUp() // one of two declines: it goes on ringing at the other
	p.normal.WaitFor("CALL_INCOMING", soon)
	p.normal.Accept()
	p.stranger.WaitFor("CALL_ESTABLISHED", soon)
	p.stranger.HangUp()
	p.normal.WaitFor("CALL_CLOSED", soon)
}

func TestKamailioGoesOnWhenNobodyTakesTheCall_D3_D4(t *testing.T) {
	o := openOffice(t)
	p := openProxied(t, trunk(t, o.url, o.key, patient, "1000"))
	o.is(t, wire.Free)
	p.dial(p.customer, sales)
	p.agent.WaitFor("CALL_INCOMING", soon)
	p.normal.WaitFor("CALL_INCOMING", soon)
	p.agent.WaitFor("CALL_CLOSED", soon)
	p.customer.HangUp()
	p.normal.WaitFor("CALL_CLOSED", soon)
	p.customer.WaitFor("CALL_CLOSED", soon)

	p.dial(p.stranger, queue)
	p.normal.WaitFor("CALL_INCOMING", soon)
	p.agent.WaitFor("CALL_INCOMING", soon)
	if why := p.stranger.WaitFor("CALL_CLOSED", soon).Param; why != "480 Nobody took it" {
		t.Errorf("who called heard %q", why)
	}
}

func TestKamailioGoesOnWhenTheServerDoesNot_D3(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	o := openOffice(t)
	o.is(t, wire.Free)
	for what, config := range map[string]string{
		"a silent server": trunk(t, "http://"+silent.Addr().String(), o.key, "1", "20000"),
		"a wrong key":     trunk(t, o.url, "a-wrong-key", patient, "20000"),
	} {
		t.Run(what, func(t *testing.T) {
			p := openProxied(t, config)
			p.rings(t, p.customer, sales, p.normal)
			p.dial(p.stranger, queue)
			if why := p.stranger.WaitFor("CALL_CLOSED", soon).Param; why != "480 Nobody took it" {
				t.Errorf("who called heard %q", why)
			}
		})
	}
}
