package pbxtest

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/replica/remote"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/front"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
	"leadline/phone/rig"
)

const (
	soon     = 30 * time.Second
	patient  = "30" // seconds that a PBX waits for a server that is there, on a machine that is busy
	password = "correct horse battery"
	customer = "+493055501"
	stranger = "+493055502"
)

// office is a server with an agent, her customer, and a line that sends calls to the responsible person.
type office struct {
	url    string
	key    access.Token
	client *remote.Client
}

func newID(t *testing.T) crm.ID {
	t.Helper()
	id, err := crm.NewID(time.Now(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func openOffice(t *testing.T) office {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	db, err := database.Open(ctx, "sqlite:"+filepath.Join(dir, "server.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	vault, err := access.OpenVault(filepath.Join(dir, "key"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	who := access.New(db, vault, time.Now)
	engine := server.NewEngine(server.Engine{DB: db, Now: time.Now, Random: rand.Reader, Log: log})
	company := front.Company{Engine: engine}
	workspace, err := company.FirstWorkspace(ctx, "DE")
	if err != nil {
		t.Fatal(err)
	}
	anna := crm.User{ID: newID(t), Name: "Anna", Extension: "101"}
	ben, gone := crm.User{ID: newID(t), Name: "Ben", Extension: "102"}, crm.User{ID: newID(t), Name: "Ida", Extension: "103"} // whom the PBX does not know
	inOrder := crm.Queue{ID: newID(t), Name: "Sales", Members: []crm.ID{gone.ID, ben.ID, anna.ID}}
	atOnce := crm.Queue{ID: newID(t), Name: "Support", Members: []crm.ID{anna.ID, ben.ID}, Ringing: crm.AllAtOnce}
	line := crm.Line{ID: newID(t), Name: "Sales", Number: crm.Parse("+49305557100", "DE").Number(""), SendToResponsible: true, Queue: inOrder.ID}
	queue := crm.Line{ID: newID(t), Name: "Queue", Number: crm.Parse("+49305557300", "DE").Number(""), Queue: inOrder.ID}
	support := crm.Line{ID: newID(t), Name: "Support", Number: crm.Parse("+49305557200", "DE").Number(""), Queue: atOnce.ID}
	meier := crm.Contact{ID: newID(t), LastName: "Meier", Numbers: []crm.Number{crm.Parse(customer, "DE").Number(crm.LabelWork)}, Responsible: anna.ID}
	for _, c := range []crm.Change{crm.SaveUser{User: anna}, crm.SaveUser{User: ben}, crm.SaveUser{User: gone}, crm.SaveQueue{Queue: inOrder}, crm.SaveQueue{Queue: atOnce},
		crm.SaveLine{Line: line}, crm.SaveLine{Line: queue}, crm.SaveLine{Line: support}, crm.CreateContact{Contact: meier}} {
		if err := company.Do(ctx, workspace, ledger.Sender{System: true}, c); err != nil {
			t.Fatal(err)
		}
	}
	if err := who.AddCredential(ctx, workspace, anna.ID, "anna@example.org", password); err != nil {
		t.Fatal(err)
	}
	_, key, err := who.AddKey(ctx, workspace, "", "PBX", []string{access.ScopeRoute})
	if err != nil {
		t.Fatal(err)
	}
	o := office{url: serve(t, front.New(front.Options{Access: who, Engine: engine, Log: log, RouteTime: soon})), key: key}
	if o.client, err = remote.New(remote.Options{URL: o.url, Device: wire.DeviceInfo{ID: newID(t)}}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.client.SignIn(ctx, "anna@example.org", password); err != nil {
		t.Fatal(err)
	}
	return o
}

func serve(t *testing.T, f *front.Front) string {
	t.Helper()
	port, err := front.Listening{Address: "127.0.0.1:0"}.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Serve(ctx, port) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return "http://" + port.Addr().String()
}

func (o office) is(t *testing.T, s wire.Availability) {
	t.Helper()
	if err := o.client.SetPresence(t.Context(), wire.Presence{State: s}); err != nil {
		t.Fatal(err)
	}
}

// shipped is a dialplan of the product, with what its reader is to fill in: old and new by turns, each to be found once.
func shipped(t *testing.T, name string, filled ...string) string {
	t.Helper()
	text, err := os.ReadFile("../../../assets/pbx/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(filled); i += 2 {
		if strings.Count(string(text), filled[i]) != 1 {
			t.Fatalf("%s is to be filled in once in %s", filled[i], name)
		}
	}
	return strings.NewReplacer(filled...).Replace(string(text))
}

// dialplan is Asterisk's, with the address and the key of a server filled in. The normal way rings 102; calls from
// outside come to 7xx, which says who calls. wait is how long they wait for the server, in seconds: 0.3 is what is shipped.
func dialplan(t *testing.T, server string, key access.Token, wait string) string {
	t.Helper()
	return shipped(t, "asterisk.conf", "https://crm.example.org", server, "THE-KEY", string(key), "your-normal-way", "normal-way", "httptimeout)=0.3", "httptimeout)="+wait) + `
[normal-way]
exten => _[+0-9]!,1,Dial(PJSIP/102,60)

[from-trunk]
exten => 701,1,Set(CALLERID(num)=` + customer + `)
 same => n,Goto(leadline-incoming,+49305557100,1)
exten => 702,1,Set(CALLERID(num)=` + stranger + `)
 same => n,Goto(leadline-incoming,+49305557100,1)
exten => 704,1,Gosub(leadline-queue,s,1(+49305557100))
exten => 705,1,Gosub(leadline-queue,s,1(Support))
`
}

// phones are the agent's, 101, and the one of the normal way, 102.
type phones struct {
	pbx          *rig.Asterisk
	agent, queue *rig.Baresip
}

func openPhones(t *testing.T, plan string) phones {
	t.Helper()
	rig.Need(t, "asterisk", "baresip")
	p := phones{pbx: rig.StartAsterisk(t, rig.AsteriskOptions{Modules: "res_curl func_curl func_uri", Dialplan: plan,
		Endpoints: []rig.Endpoint{{User: "101", Password: "one", Name: "Anna"}, {User: "102", Password: "two", Name: "Queue"}}})}
	p.agent = rig.StartBaresip(t, rig.BaresipOptions{User: "101", Password: "one", Registrar: p.pbx.Addr()})
	p.queue = rig.StartBaresip(t, rig.BaresipOptions{User: "102", Password: "two", Registrar: p.pbx.Addr()})
	p.agent.Registered(soon)
	p.queue.Registered(soon)
	return p
}

// rings has somebody call in, and waits until it rings there.
func (p phones) rings(t *testing.T, from string, there ...*rig.Baresip) {
	t.Helper()
	p.pbx.CLI("channel originate Local/" + from + "@from-trunk/n application Wait 60")
	for _, b := range there {
		b.WaitFor("CALL_INCOMING", soon)
	}
	p.pbx.HangUp()
	for _, b := range there {
		b.WaitFor("CALL_CLOSED", soon)
	}
	rig.Eventually(t, soon, "the call is over", func() (bool, string) {
		n := p.pbx.Channels()
		return n == 0, p.pbx.CLI("core show channels concise")
	})
}

func TestAsteriskAsksAndRingsTheAgentOrTheQueue_D3_D4(t *testing.T) {
	o := openOffice(t)
	p := openPhones(t, dialplan(t, o.url, o.key, patient))
	o.is(t, wire.Free)
	p.rings(t, "701", p.agent)
	p.rings(t, "702", p.queue) // a stranger
	o.is(t, wire.Talking)
	p.rings(t, "701", p.queue) // she is busy
	o.is(t, wire.Free)
	p.rings(t, "701", p.agent)
	p.rings(t, "704", p.queue) // the first of the group cannot be rung
	p.rings(t, "705", p.agent, p.queue)
}

func TestAsteriskGoesOnWhenTheServerDoesNot_D3(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	o := openOffice(t)
	o.is(t, wire.Free)
	p := openPhones(t, dialplan(t, "http://"+silent.Addr().String(), o.key, "0.3")+
		strings.NewReplacer("[leadline-", "[refused-", "(leadline-", "(refused-", "[normal-way]", "[normal-way-2]", "[from-trunk]", "[from-trunk-2]",
			"exten => 701", "exten => 703").Replace(dialplan(t, o.url, "a-wrong-key", patient))+`
[from-trunk](+)
exten => 703,1,Set(CALLERID(num)=`+customer+`)
 same => n,Goto(refused-incoming,+49305557100,1)
`)
	began := time.Now()
	p.rings(t, "701", p.queue)
	t.Logf("with a silent server it rang and was over after %v", time.Since(began))
	p.rings(t, "703", p.queue) // the server says 401
}
