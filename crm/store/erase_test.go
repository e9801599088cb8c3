package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"leadline/crm"
)

// erasable is a file without a server in which one person has everything that hangs on people; somebody else has called, too.
func erasable(t *testing.T) (s *Store, dir string, person crm.Ref, other, call crm.ID) {
	t.Helper()
	dir = t.TempDir()
	s = openAt(t, filepath.Join(dir, "leadline.db"))
	must(s.SignIn(ctx, crm.User{Name: "Anna Krüger", Extension: "101"}))(t)
	must(s.Import(ctx, must(s.PrepareImport([]ImportRow{
		{Contact: crm.Contact{FirstName: "Zita", LastName: "Vanishing", Numbers: []crm.Number{crm.Parse("0221 7654321", "DE").Number(crm.LabelWork)},
			Emails: []crm.Email{{Address: "zita@vanishing.example"}}, Comment: "likes vanishing cream"}},
		{Contact: crm.Contact{FirstName: "Ida", LastName: "Import"}}}))(t), Skip))(t)
	person = must(s.Match(ctx, crm.Parse("0221 7654321", "DE")))(t)[0].Ref
	lead := crm.Lead{ID: s.NewID(), Title: "Vanishing lead", Numbers: []crm.Number{crm.Parse("0221 7654321", "DE").Number(crm.LabelWork)}}
	deal := crm.Deal{ID: s.NewID(), Title: "Vanishing deal", Contact: person.ID, Amount: crm.Money{Minor: 4200, Currency: "EUR"}}
	note := crm.Note{ID: s.NewID(), Ref: person, Text: "a vanishing note", At: noon}
	task := crm.FollowUp{ID: s.NewID(), Ref: person, Text: "vanishing task", Due: noon}
	ok(t, s.Do(ctx, crm.CreateLead{Lead: lead}, crm.CreateDeal{Deal: deal}, crm.SaveRecordNote{Note: note}, crm.SaveFollowUp{FollowUp: task}))
	ok(t, s.Change(ctx, crm.UpdateRecord{Ref: person, Set: map[string]any{"position": "vanishing head"}}))
	rang := must2(s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("0221 7654321", "DE"), Detail: "vanishing detail"}))(t)
	ok(t, s.SaveRecordings(ctx, rang.ID, []string{"20261123-+492217654321.flac"}))
	ok(t, s.SaveNote(ctx, rang.ID, "said something vanishing"))
	ok(t, s.AnswerCall(ctx, rang.ID, s.now()))
	ok(t, s.EndCall(ctx, rang.ID, s.now(), crm.Answered, ""))
	elsewhere := must2(s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("030 1112223", "DE")}))(t)
	ok(t, s.EndCall(ctx, elsewhere.ID, s.now(), crm.Missed, ""))
	return s, dir, person, elsewhere.ID, rang.ID
}

func must2(c crm.Call, _ crm.Decision, err error) func(testing.TB) crm.Call { return must(c, err) }

// Without a server a person is erased here: from every table, from what would be uploaded one day, and from the bytes of the file.
func TestWhoIsErasedWithoutAServerIsNowhere_I4(t *testing.T) {
	s, dir, person, other, call := erasable(t)
	done := must(s.Erase(ctx, person))(t)
	if len(done.Records) != 2 || done.Calls != 1 || done.Deals != 1 || done.Recordings != 1 || done.Notes < 2 {
		t.Errorf("it took %+v", done)
	}
	if _, err := s.Record(ctx, person); !errors.Is(err, ErrNotFound) {
		t.Errorf("the record is there: %v", err)
	}
	if c := must(s.Call(ctx, call))(t).Call; c.Party.Kind != crm.Withheld || c.Note != "" || len(c.Refs) != 1 || c.Refs[0].Kind != crm.KindDeal || c.Answered.IsZero() {
		t.Errorf("the call is %+v, want it in the figures alone", c)
	}
	if c := must(s.Call(ctx, other))(t).Call; c.Party.Kind != crm.Phone {
		t.Errorf("somebody else's call is %+v", c)
	}
	if gone := must(s.RecordingsGone(ctx))(t); !slices.Equal(gone, []string{"20261123-+492217654321.flac"}) {
		t.Errorf("recordings to be removed: %q", gone)
	}
	ok(t, s.ForgetRecordings(ctx, []string{"20261123-+492217654321.flac"}))
	if all := must(s.Erased(ctx))(t); len(all) != 1 || all[0].ID != done.ID {
		t.Errorf("the list has %+v", all)
	}
	ok(t, s.Close())
	for _, file := range must(filepath.Glob(filepath.Join(dir, "*")))(t) {
		has := must(os.ReadFile(file))(t)
		for _, of := range []string{"anishing", "7654321"} {
			if bytes.Contains(has, []byte(of)) {
				t.Errorf("%s has %q still", filepath.Base(file), of)
			}
		}
	}
	again := openAt(t, filepath.Join(dir, "leadline.db"))
	if all := must(again.Erased(ctx))(t); len(all) != 1 {
		t.Errorf("after a start the list has %+v", all)
	}
}

// What is left after an erasure is uploaded when the file comes to a server, and the person is not.
func TestWhoWasErasedAloneIsNotUploaded_I4(t *testing.T) {
	a := newAuthority(t, open(t))
	s, _, person, _, _ := erasable(t)
	must(s.Erase(ctx, person))(t)
	alone := agent{s, a}
	user := crm.User{ID: alone.NewID(), Name: "Anna Krüger", Extension: "101"}
	ok(t, a.s.Do(ctx, crm.SaveUser{User: user}))
	a.stamp()
	ok(t, alone.Attach(ctx, Attachment{Server: "https://crm.example.org", Key: []byte("the server's"), User: user}))
	alone.settle()
	sameState(t, a.s, alone.Store)
	if got := tray(t, alone); len(got) != 0 {
		t.Errorf("refused: %+v", got)
	}
	if n := must(a.s.Contacts(ctx, crm.Query{Limit: 9}))(t).Total; n != 1 {
		t.Errorf("the server has %d contacts, want Ida alone", n)
	}
	if _, err := s.Erase(ctx, person); !errors.Is(err, ErrHasServer) {
		t.Errorf("with a server: %v", err)
	}
}

// In a call nobody is erased: what is written down of it would bring them back.
func TestNobodyIsErasedInACall_I4(t *testing.T) {
	s, _, person, _, _ := erasable(t)
	c := must2(s.BeginCall(ctx, crm.Call{Direction: crm.Incoming, Party: crm.Parse("0221 7654321", "DE")}))(t)
	var why crm.Invalid
	if _, err := s.Erase(ctx, person); !errors.As(err, &why) || why.Text.Key != crm.EraseInCall {
		t.Fatalf("%v", err)
	}
	ok(t, s.EndCall(ctx, c.ID, s.now().Add(time.Minute), crm.Missed, ""))
	must(s.Erase(ctx, person))(t)
	if n := must(s.MissedCount(ctx))(t); n != 1 {
		t.Errorf("%d wait to be called back, want the other caller alone", n)
	}
}
