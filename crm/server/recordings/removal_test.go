package recordings

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"leadline/crm"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/wire"
)

func TestI4AnErasedPersonsRecordingsAreRemoved(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		person := crm.Ref{Kind: crm.KindContact, ID: o.id()}
		o.must(crm.CreateContact{Contact: crm.Contact{ID: person.ID, LastName: "Meier"}})
		theirs, others := o.call(person), o.call()
		b := sound()
		id, kept := o.bring(theirs, b), o.bring(others, b)
		half := o.call(person)
		at, err := o.Begin(ctx, o.as(o.anna), upload(half, b))
		if err == nil {
			_, err = o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b[:blockSize]))
		}
		if err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(o.path(o.workspace, id))
		if err != nil {
			t.Fatal(err)
		}
		done, err := o.Engine.Erase(ctx, o.workspace, ledger.Sender{System: true}, []crm.Ref{person})
		if err != nil || len(done.Recordings) != 2 {
			t.Fatalf("erased %+v, %v", done, err)
		}
		o.refused(wire.NotFound, second(o.Open(ctx, o.as(o.anna), id)))
		o.refused(wire.NotFound, second(o.Write(ctx, o.as(o.anna), at.ID, blockSize, bytes.NewReader(b[blockSize:]))))
		o.refused(wire.NotFound, second(o.Begin(ctx, o.as(o.anna), upload(half, b))))
		if err := o.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
		if files := o.files(); len(files) != 1 || files[0] != o.path(o.workspace, kept) {
			t.Errorf("left are %q", files)
		}
		o.heard(o.anna, kept, b)
		// A copy of the folder is put back: the erasure knows what it took.
		if err := os.WriteFile(o.path(o.workspace, id), whole, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := o.Erased(ctx); err != nil {
			t.Fatal(err)
		}
		if files := o.files(); len(files) != 1 {
			t.Errorf("after the folder was put back there are %q", files)
		}
	})
}

// The command line erases a person while a server takes the last piece of what was said with them, and looks for files before the server
// has told of it: neither the file nor a word of it is left (I4).
func TestI4AnErasureOvertakesAnUpload(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		person := crm.Ref{Kind: crm.KindContact, ID: o.id()}
		o.must(crm.CreateContact{Contact: crm.Contact{ID: person.ID, LastName: "Meier"}})
		erase := func() {
			t.Helper()
			if _, err := o.Engine.Erase(ctx, o.workspace, ledger.Sender{System: true}, []crm.Ref{person}); err != nil {
				t.Fatal(err)
			}
			if err := New(o.Options).Erased(ctx); err != nil { // another process, which knows nothing of what is written here
				t.Fatal(err)
			}
		}
		call, b := o.call(person), sound()
		id := crm.RecordingID(call, name)
		at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
		if err != nil {
			t.Fatal(err)
		}
		o.asked = func() { // once the call says that it is here
			if len(o.state(call).Uploaded) > 0 {
				o.asked = nil
				erase()
			}
		}
		o.refused(wire.NotFound, second(o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b))))
		if o.asked != nil {
			t.Fatal("nobody was erased")
		}
		if files := o.files(); len(files) != 0 {
			t.Errorf("left are %q", files)
		}
		if err := o.Engine.DB.Read(ctx, string(o.workspace), func(t *database.Tx) error {
			rec, known, err := t.Recording(ctx, id)
			if known {
				o.t.Errorf("the server knows of %+v", rec)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRecordingsAreRemovedAfterTheirTime(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		b := sound()
		old := o.call()
		id := o.bring(old, b)
		o.now = o.now.AddDate(0, 0, 20)
		young := o.call()
		kept := o.bring(young, b)
		retain := func(want int) {
			t.Helper()
			if err := o.Retain(ctx); err != nil {
				t.Fatal(err)
			}
			if files := o.files(); len(files) != want {
				t.Errorf("there are %q, want %d", files, want)
			}
		}
		retain(2) // without end
		o.must(crm.SaveWorkspace{Workspace: crm.Workspace{KeepRecordings: 30}})
		o.now = o.now.AddDate(0, 0, 9)
		retain(2)
		o.now = o.now.AddDate(0, 0, 2)
		retain(1)
		if c := o.state(old); len(c.Recordings) != 0 || len(c.Uploaded) != 0 {
			t.Errorf("the call says %+v", c)
		}
		o.refused(wire.NotFound, second(o.Open(ctx, o.as(o.anna), id)))
		o.heard(o.anna, kept, b)
	})
}

// A machine starts with a clock that is years ahead: nothing is removed by it, and what really is too old goes an hour after it was put right.
func TestAClockThatIsAheadRemovesNothing(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	o.must(crm.SaveWorkspace{Workspace: crm.Workspace{KeepRecordings: 30}})
	o.bring(o.call(), sound())
	o.now = o.now.AddDate(0, 0, 31)
	right := o.now
	o.bring(o.call(), sound())
	half := upload(o.call(), sound())
	if _, err := o.Begin(ctx, o.as(o.anna), half); err != nil {
		t.Fatal(err)
	}
	var clock watch
	for _, step := range []struct {
		passed time.Duration
		ahead  time.Duration
		files  int
	}{
		{0, 5 * 365 * 24 * time.Hour, 2},
		{59 * time.Minute, 5 * 365 * 24 * time.Hour, 2},
		{2 * time.Hour, 0, 2}, // it was put right
		{150 * time.Minute, 0, 2},
		{200 * time.Minute, 40 * 24 * time.Hour, 2}, // ahead again
		{5 * time.Hour, time.Second, 2},
		{6 * time.Hour, 0, 1},
		{7 * time.Hour, -time.Second, 1},
	} {
		o.now = right.Add(step.passed + step.ahead)
		if err := o.removeAged(ctx, &clock, step.passed); err != nil {
			t.Fatal(err)
		}
		if files := o.files(); len(files) != step.files {
			t.Errorf("after %s there are %q, want %d", step.passed, files, step.files)
		}
		if !o.half(half.Call) {
			t.Errorf("after %s an upload under way is forgotten", step.passed)
		}
	}
}

// half says whether the server waits for more of a call's recording.
func (o *office) half(call crm.ID) (there bool) {
	o.t.Helper()
	if err := o.Engine.DB.Read(ctx, string(o.workspace), func(t *database.Tx) (err error) {
		_, there, err = t.Recording(ctx, crm.RecordingID(call, name))
		return err
	}); err != nil {
		o.t.Fatal(err)
	}
	return there
}

func TestWhoMayDeleteRecordings_G1(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	call := o.call()
	id := o.bring(call, sound())
	remove := func(user crm.ID) wire.Status {
		t.Helper()
		r, err := o.Engine.Do(ctx, o.workspace, ledger.Sender{User: user}, crm.Command{ID: o.id(), At: crm.HLC(0).Next(o.now),
			Change: crm.RemoveRecordings{Call: call, Recordings: []crm.ID{id}}})
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	if remove(o.anna) != wire.Rejected || remove(o.dora) != wire.Rejected {
		t.Error("an agent deletes recordings")
	}
	forged, err := o.Engine.Do(ctx, o.workspace, ledger.Sender{User: o.ada}, crm.Command{ID: o.id(), At: crm.HLC(0).Next(o.now),
		Change: crm.RecordingUploaded{Call: call, Recording: id}})
	if err != nil || forged.Status != wire.Rejected {
		t.Errorf("a program says what the server has: %+v, %v", forged, err)
	}
	if remove(o.ada) != wire.Applied {
		t.Error("an administrator may not")
	}
	if err := o.Sweep(ctx); err != nil || len(o.files()) != 0 {
		t.Errorf("left are %q, %v", o.files(), err)
	}
	// Whoever recorded takes away what is too old, without that right.
	o.must(crm.SaveWorkspace{Workspace: crm.Workspace{KeepRecordings: 1}})
	call = o.call()
	id = crm.RecordingID(call, name)
	if remove(o.anna) != wire.Rejected {
		t.Error("today's is too old")
	}
	o.now = o.now.AddDate(0, 0, 2)
	if remove(o.ben) != wire.Rejected || remove(o.anna) != wire.Applied {
		t.Error("who recorded may not take away what is too old, or somebody else may")
	}
}

func TestWhatNobodyGoesOnWithIsDropped(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	b, call := sound(), o.call()
	o.now = time.Now()
	at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
	if err == nil {
		_, err = o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b[:blockSize]))
	}
	if err != nil {
		t.Fatal(err)
	}
	strange := filepath.Join(o.Folder, string(o.workspace), "00", string(o.id())+ending)
	if err := errors.Join(os.MkdirAll(filepath.Dir(strange), 0o700), os.WriteFile(strange, b, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ days, files int }{{13, 2}, {2, 1}, {76, 0}} {
		o.now = o.now.AddDate(0, 0, step.days)
		if err := o.Tidy(ctx); err != nil {
			t.Fatal(err)
		}
		if files := o.files(); len(files) != step.files {
			t.Errorf("%d days later there are %q, want %d", step.days, files, step.files)
		}
	}
	o.heard(o.anna, o.bring(call, b), b)
}
