package store

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"leadline/crm"
)

const (
	killedEnv = "LEADLINE_TEST_KILLED_FILE"
	killsEnv  = "LEADLINE_TEST_KILLS" // how often; a thousand take some minutes
)

// TestMain lets this binary be the program that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv(killedEnv); path != "" {
		writeUntilKilled(path)
	}
	if path := os.Getenv(killedImportEnv); path != "" {
		importUntilKilled(path)
		return
	}
	os.Exit(m.Run())
}

// writeUntilKilled saves calls, notes, drafts and leads, and says on stdout what was acknowledged,
// after it was.
func writeUntilKilled(path string) {
	fail := func(err error) {
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
	}
	s, err := Open(ctx, path, Options{})
	fail(err)
	_, err = s.Interrupted(ctx)
	fail(err)
	fmt.Println("ready")
	for i := 0; ; i++ {
		number := fmt.Sprintf("0221 %07d", rand.IntN(10_000_000))
		c, _, err := s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse(number, "DE")})
		fail(err)
		fmt.Println("call", c.ID, c.Party.Key())
		for n := range 4 {
			text := fmt.Sprintf("note %d.%d %s", i, n, strings.Repeat("x", n*300))
			fail(s.SaveNote(ctx, c.ID, text))
			fmt.Println("note", c.ID, text)
		}
		form := crm.Form{Call: c.ID, Kind: crm.KindLead, LastName: fmt.Sprintf("Caller %d", i), Party: c.Party}
		fail(s.SaveDraft(ctx, form))
		fmt.Println("draft", c.ID, form.LastName)
		if i%2 == 0 {
			ref, err := s.Create(ctx, form)
			fail(err)
			fmt.Println("lead", c.ID, ref.ID)
		}
		if i%3 != 0 {
			fail(s.EndCall(ctx, c.ID, time.Now(), crm.Answered, ""))
			fmt.Println("end", c.ID)
		}
	}
}

// What a program said it saved is there, however it was killed (H4).
func TestKilledAtRandomMomentsWhatWasAcknowledgedIsThere(t *testing.T) {
	kills := 10
	if os.Getenv("CI") == "true" {
		kills = 50
	}
	if n, err := strconv.Atoi(os.Getenv(killsEnv)); err == nil {
		kills = n
	}
	path := filepath.Join(t.TempDir(), "leadline.db")
	said := acknowledged{calls: map[crm.ID]string{}, notes: map[crm.ID]string{}, drafts: map[crm.ID]string{}, leads: map[crm.ID]crm.ID{}, ended: map[crm.ID]bool{}}
	within := 60 * time.Millisecond
	for kill := range kills {
		before := len(said.notes)
		said.runAndKill(t, path, within)
		if len(said.notes) == before { // on a machine that is busy
			within = min(2*within, 5*time.Second)
		}
		if kill%5 == 4 || kill == kills-1 {
			said.check(t, path)
		}
	}
	if len(said.notes) < kills/4 {
		t.Fatalf("only %d notes were written in all; the test says nothing", len(said.notes))
	}
	t.Logf("%d kills: %d calls, %d notes, %d leads acknowledged and there", kills, len(said.calls), len(said.notes), len(said.leads))
}

// acknowledged is what the killed programs said.
type acknowledged struct {
	calls, notes, drafts map[crm.ID]string
	leads                map[crm.ID]crm.ID
	ended                map[crm.ID]bool
}

// runAndKill lets a program write, and kills it within a while.
func (a *acknowledged) runAndKill(t *testing.T, path string, within time.Duration) {
	t.Helper()
	program := exec.Command(os.Args[0])
	program.Env = append(os.Environ(), killedEnv+"="+path)
	out, err := program.StdoutPipe()
	ok(t, err)
	ok(t, program.Start())
	lines := bufio.NewScanner(out)
	var timer *time.Timer
	for lines.Scan() {
		verb, rest, _ := strings.Cut(lines.Text(), " ")
		id, what, _ := strings.Cut(rest, " ")
		call := crm.ID(id)
		switch verb {
		case "ready":
			timer = time.AfterFunc(rand.N(within), func() { _ = program.Process.Kill() })
		case "call":
			a.calls[call] = what
		case "note":
			a.notes[call] = what
		case "draft":
			a.drafts[call] = what
		case "lead":
			a.leads[call] = crm.ID(what)
			delete(a.drafts, call)
		case "end":
			a.ended[call] = true
		case "error":
			t.Errorf("the program said %q", rest)
		}
	}
	if err := program.Wait(); err == nil || timer == nil {
		t.Fatalf("the program ended by itself: %v", err)
	}
	timer.Stop()
}

func (a *acknowledged) check(t *testing.T, path string) {
	t.Helper()
	s, err := Open(ctx, path, Options{})
	ok(t, err)
	defer s.Close()
	_, err = s.Interrupted(ctx)
	ok(t, err)
	var verdict string
	ok(t, s.readDB.QueryRow("PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		t.Fatalf("the file is damaged: %s", verdict)
	}
	drafts := map[crm.ID]string{}
	for _, d := range must(s.Drafts(ctx))(t) {
		drafts[d.Call] = d.LastName
	}
	for id, peer := range a.calls {
		row, err := s.Call(ctx, id)
		if err != nil || row.Call.Party.Key() != peer {
			t.Fatalf("call %s of %s: %+v, %v", id, peer, row.Call, err)
		}
		// The last note may have been saved and not said any more; never an earlier one.
		if want := a.notes[id]; want != "" && row.Call.Note < want {
			t.Errorf("note of %s is %.20q, was %.20q", id, row.Call.Note, want)
		}
		if lead, was := a.leads[id]; was && row.Ref.ID != lead {
			t.Errorf("call %s is on %v, not on lead %s", id, row.Ref, lead)
		}
		if row.Call.Outcome == crm.Open || a.ended[id] && row.Call.Outcome != crm.Answered {
			t.Errorf("call %s is %v", id, row.Call.Outcome)
		}
		if name := a.drafts[id]; name != "" && drafts[id] != name && row.Ref.None() {
			t.Errorf("the draft %q of call %s is gone", name, id)
		}
	}
	var calls, begun int
	ok(t, s.readDB.QueryRow("SELECT count(*), (SELECT count(*) FROM outbox WHERE cmd = 'call.begin') FROM call").Scan(&calls, &begun))
	if calls != begun {
		t.Errorf("%d calls, but %d in the outbox", calls, begun)
	}
}
