package main

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"leadline/cmd/leadline/config"
	"leadline/crm"
	"leadline/crm/server/rig/company"
	"leadline/crm/store"
	"leadline/phone/siptest"
	"leadline/ui/desk"
)

// The PBX has fallen silent with a call that rings, the shared server takes the connection and says nothing, and the
// windows do not go: the program ends all the same, and the call is in the file with its end.
func TestTheProgramEndsWhateverIsSilent_H4(t *testing.T) {
	pbx := siptest.New(t)
	server, err := net.Listen("tcp", "127.0.0.1:0") // nobody accepts: it is the system that takes the connection
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	account, err := config.CheckAccount(config.Account{Name: "Office", Address: "sip:101@" + pbx.Addr(), Password: "secret", Bind: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	c.Data, c.Audio = t.TempDir(), config.Audio{Microphone: "null", Speaker: "null", Ringer: "null"}
	c.Accounts = []config.Account{account}
	c.Server = config.Server{URL: "http://" + server.Addr().String(), User: "anna@example.org"}
	p, err := newProgram(options{Config: c, File: filepath.Join(c.Data, "leadline.toml"), Private: true, Password: company.Password})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	p.untilDesk(t, "registered", func(s desk.Snapshot) bool { return len(s.Accounts) == 1 && s.Accounts[0].State == desk.Registered })
	pbx.NewCall().Invite(siptest.SDP(4000))
	p.untilDesk(t, "ringing", func(s desk.Snapshot) bool { return len(s.Calls) == 1 && s.Calls[0].State == desk.Incoming })
	pbx.Handle(func(siptest.Message) bool { return true })

	ended := make(chan int, 1)
	p.exit = func(code int) { ended <- code }
	began := time.Now()
	go p.closeWith(make(chan struct{}))
	select {
	case code := <-ended:
		if code != 0 {
			t.Errorf("it ends with %d", code)
		}
	case <-time.After(time.Minute):
		t.Fatal("it goes on")
	}
	// Five seconds are promised to a machine that has some time for it.
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	again, err := store.Open(t.Context(), storeFile(c), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	calls, err := again.Calls(t.Context(), crm.Query{Limit: 10})
	if err != nil || len(calls.Rows) != 1 || calls.Rows[0].Call.Outcome != crm.Missed {
		t.Errorf("in the file: %+v, %v", calls.Rows, err)
	}
}
