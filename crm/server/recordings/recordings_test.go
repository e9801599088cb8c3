package recordings

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"leadline/crm"
	"leadline/crm/server"
	"leadline/crm/server/access"
	"leadline/crm/server/database"
	"leadline/crm/server/ledger"
	"leadline/crm/server/rig"
	"leadline/crm/wire"
)

func TestMain(m *testing.M) { os.Exit(rig.Run(m)) }

var ctx = context.Background()

const name = "2026-11-25 14-00-00 +4930123456.flac"

// office is a workspace with Anna, who records, Ben of her department, Carl of none, their head Dora, and Ada.
type office struct {
	*Recordings
	t         *testing.T
	workspace crm.ID
	anna, ben crm.ID
	dora, ada crm.ID
	key       []byte
	now       time.Time
	asked     func() // is called whenever somebody asks what time it is; nil does nothing
}

func onEach(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, newOffice(t, rig.PostgresURL(t))) })
}

func newOffice(t *testing.T, url string) *office {
	t.Helper()
	db, err := database.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	o := &office{t: t, key: bytes.Repeat([]byte{7}, access.KeySize), now: time.Date(2026, 11, 25, 14, 0, 0, 0, time.UTC)}
	engine := server.NewEngine(server.Engine{DB: db, Now: func() time.Time {
		if o.asked != nil {
			o.asked()
		}
		return o.now
	}, Random: rand.Reader, Log: slog.New(slog.DiscardHandler)})
	o.open(engine, t.TempDir())
	if o.workspace, err = engine.CreateWorkspace(ctx, "Meier KG", "DE"); err != nil {
		t.Fatal(err)
	}
	user := func(n, department string, roles ...crm.ID) crm.ID {
		u := crm.User{ID: o.id(), Name: n, Department: department, Roles: roles}
		o.must(crm.SaveUser{User: u})
		return u.ID
	}
	o.anna, o.ben = user("Anna", "Sales"), user("Ben", "Sales")
	o.dora, o.ada = user("Dora", "Sales", crm.HeadOfDepartment), user("Ada", "", crm.Administrator)
	return o
}

// open is the server started anew on the same folder.
func (o *office) open(engine *server.Engine, folder string, keys ...[]byte) {
	o.t.Helper()
	vault, err := access.NewVault(append(keys, o.key)...)
	if err != nil {
		o.t.Fatal(err)
	}
	o.Recordings = New(Options{Engine: engine, Vault: vault, Folder: folder})
}

func (o *office) id() crm.ID {
	o.t.Helper()
	id, err := crm.NewID(o.now, rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *office) must(changes ...crm.Change) {
	o.t.Helper()
	for _, change := range changes {
		if refused, err := o.do(ctx, o.workspace, change); err != nil || refused {
			o.t.Fatalf("%+v: refused %t, %v", change, refused, err)
		}
	}
}

func (o *office) as(user crm.ID) server.Sender {
	return server.Sender{Workspace: o.workspace, User: user}
}

// call is one of Anna's that names a recording.
func (o *office) call(refs ...crm.Ref) crm.ID {
	o.t.Helper()
	id := o.id()
	o.must(crm.BeginCall{Call: crm.Call{ID: id, Agent: o.anna, Began: o.now, Refs: refs}}, crm.SaveRecordings{Call: id, Files: []string{name}})
	return id
}

// sound is some that fills a few blocks and not the last.
func sound() []byte {
	b := make([]byte, 3*blockSize+1234)
	_, _ = rand.Read(b)
	return b
}

func upload(call crm.ID, b []byte) wire.Upload {
	sum := sha256.Sum256(b)
	return wire.Upload{Call: call, Name: name, Size: int64(len(b)), SHA256: sum[:]}
}

// bring brings a whole recording.
func (o *office) bring(call crm.ID, b []byte) crm.ID {
	o.t.Helper()
	at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
	if err == nil && !at.Done {
		at, err = o.Write(ctx, o.as(o.anna), at.ID, at.Have, bytes.NewReader(b[at.Have:]))
	}
	if err != nil || !at.Done {
		o.t.Fatalf("brought %+v, %v", at, err)
	}
	return at.ID
}

func (o *office) state(id crm.ID) (c crm.Call) {
	o.t.Helper()
	err := o.Engine.DB.Read(ctx, string(o.workspace), func(t *database.Tx) error {
		r, err := t.Rows(ctx).Row(ledger.Key{Entity: wire.Call, ID: id})
		if err == nil {
			c, err = ledger.Read[crm.Call](r)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return c
}

func (o *office) heard(user, id crm.ID, want []byte) {
	o.t.Helper()
	s, err := o.Open(ctx, o.as(user), id)
	if err != nil {
		o.t.Fatal(err)
	}
	defer s.Close()
	if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, want) {
		o.t.Errorf("%d bytes are heard, %v; want %d", len(got), err, len(want))
	}
}

func refusal(err error) wire.Code {
	var p wire.Problem
	errors.As(err, &p)
	return p.Code
}

func (o *office) refused(want wire.Code, err error) {
	o.t.Helper()
	if refusal(err) != want {
		o.t.Errorf("said %v, want %s", err, want)
	}
}

func (o *office) files() (all []string) {
	o.t.Helper()
	err := filepath.WalkDir(o.Folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return all
}

func TestARecordingIsBroughtInPiecesAndSealed_G1(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		call, b := o.call(), sound()
		id := o.bring(call, b)
		if c := o.state(call); len(c.Uploaded) != 1 || c.Uploaded[0] != id || id != crm.RecordingID(call, name) {
			t.Errorf("the call says %+v", c)
		}
		o.heard(o.anna, id, b)
		files := o.files()
		if len(files) != 1 || strings.Contains(files[0], "4930") {
			t.Fatalf("the files are %q", files)
		}
		kept, err := os.ReadFile(files[0])
		if err != nil || bytes.Contains(kept, b[:64]) {
			t.Errorf("the sound is on the disk as it is, %v", err)
		}
		s, err := o.Open(ctx, o.as(o.anna), id)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if err := iotest.TestReader(s, b); err != nil { // seeks everywhere
			t.Error(err)
		}
		if again, err := o.Begin(ctx, o.as(o.anna), upload(call, b)); err != nil || !again.Done {
			t.Errorf("brought again: %+v, %v", again, err)
		}
	})
}

func TestAnUploadGoesOnAfterABreakAndAKill(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		call, b := o.call(), sound()
		at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
		if err != nil {
			t.Fatal(err)
		}
		broken := io.MultiReader(bytes.NewReader(b[:blockSize+100]), iotest.ErrReader(io.ErrUnexpectedEOF))
		if at, err = o.Write(ctx, o.as(o.anna), at.ID, 0, broken); err != nil || at.Have != blockSize || at.Done {
			t.Fatalf("after a break there are %+v, %v", at, err)
		}
		o.refused(wire.Gap, second(o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b))))
		// The server is killed in the middle of writing a block, and another one goes on.
		part := o.path(o.workspace, at.ID) + partly
		torn, err := os.OpenFile(part, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := torn.Write(make([]byte, 777)); err != nil {
			t.Fatal(err)
		}
		_ = torn.Close()
		o.open(o.Engine, o.Folder)
		if at, err = o.Begin(ctx, o.as(o.anna), upload(call, b)); err != nil || at.Have != blockSize {
			t.Fatalf("after the kill there are %+v, %v", at, err)
		}
		// Another one has all of it, and is killed before it could say so.
		rec := o.row(at.ID)
		if have, err := o.take(part, o.sealed(o.workspace, rec), at.Have, bytes.NewReader(b[at.Have:])); err != nil || have != rec.Size {
			t.Fatalf("took up to %d, %v", have, err)
		}
		if len(o.state(call).Uploaded) != 0 {
			t.Fatal("it says so already: nothing is tried")
		}
		o.open(o.Engine, o.Folder)
		o.heard(o.anna, o.bring(call, b), b)
		if len(o.state(call).Uploaded) != 1 {
			t.Error("the call does not say that its recording is here")
		}
	})
}

func second[T any](_ T, err error) error { return err }

func (o *office) row(id crm.ID) (rec database.Recording) {
	o.t.Helper()
	err := o.Engine.DB.Read(ctx, string(o.workspace), func(t *database.Tx) (err error) {
		rec, _, err = t.Recording(ctx, id)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return rec
}

// The call says that its recording is here a moment before the server notes that nothing more comes of it.
func TestARecordingIsHeardAsSoonAsItsCallSaysSo_G1(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		call, b := o.call(), sound()
		id := o.bring(call, b)
		rec := o.row(id)
		rec.Done = 0
		save := func(t *database.Tx) error { return t.SaveRecording(ctx, rec) }
		if err := o.Engine.DB.Write(ctx, string(o.workspace), save); err != nil {
			t.Fatal(err)
		}
		o.heard(o.dora, id, b)
	})
}

func TestAWrongChecksumBeginsAnew(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		call, b := o.call(), sound()
		wrong := upload(call, b)
		wrong.SHA256[0]++
		at, err := o.Begin(ctx, o.as(o.anna), wrong)
		if err != nil {
			t.Fatal(err)
		}
		o.refused(wire.Damaged, second(o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b))))
		if files := o.files(); len(files) != 0 {
			t.Errorf("what is damaged is kept: %q", files)
		}
		o.refused(wire.NotFound, second(o.Open(ctx, o.as(o.anna), at.ID)))
		o.heard(o.anna, o.bring(call, b), b)
		// A file that was mended meanwhile is another one: what is here of the first is dropped.
		other := o.call()
		if at, err = o.Begin(ctx, o.as(o.anna), upload(other, b)); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b[:2*blockSize])); err != nil {
			t.Fatal(err)
		}
		mended := sound()
		o.heard(o.anna, o.bring(other, mended), mended)
	})
}

func TestWhoMayBringAndHearARecording_G1(t *testing.T) {
	onEach(t, func(t *testing.T, o *office) {
		call, b := o.call(), sound()
		o.refused(wire.NotFound, second(o.Begin(ctx, o.as(o.ben), upload(call, b)))) // whose calls are out of his sight
		o.refused(wire.Forbidden, second(o.Begin(ctx, o.as(o.dora), upload(call, b))))
		unnamed := upload(call, b)
		unnamed.Name = "another.flac"
		o.refused(wire.NotFound, second(o.Begin(ctx, o.as(o.anna), unnamed)))
		o.refused(wire.Malformed, second(o.Begin(ctx, o.as(o.anna), wire.Upload{Call: call, Name: name, Size: wire.MostRecording + 1, SHA256: upload(call, b).SHA256})))
		id := o.bring(call, b)
		o.refused(wire.NotFound, second(o.Write(ctx, o.as(o.dora), id, 0, bytes.NewReader(b))))
		o.refused(wire.NotFound, second(o.Open(ctx, o.as(o.ben), id)))
		o.heard(o.dora, id, b)
		o.heard(o.ada, id, b)
		deaf := crm.Role{ID: o.id(), Name: "Sees and does not hear", Rights: crm.Rights{SeeCalls: crm.ReachAll, Listen: crm.ReachOwn}}
		o.must(crm.SaveRole{Role: deaf}, crm.SaveUser{User: crm.User{ID: o.ben, Name: "Ben", Department: "Sales", Roles: []crm.ID{deaf.ID}}})
		o.refused(wire.Forbidden, second(o.Open(ctx, o.as(o.ben), id)))
		o.must(crm.SaveUser{User: crm.User{ID: o.dora, Name: "Dora", Left: true}}) // effective at once (G2)
		o.refused(wire.NotFound, second(o.Open(ctx, o.as(o.dora), id)))

		foreign, err := o.Engine.CreateWorkspace(ctx, "Another company", "DE")
		if err != nil {
			t.Fatal(err)
		}
		spy := crm.User{ID: o.id(), Name: "Spy", Roles: []crm.ID{crm.Administrator}}
		if refused, err := o.do(ctx, foreign, crm.SaveUser{User: spy}); err != nil || refused {
			t.Fatal(refused, err)
		}
		from := server.Sender{Workspace: foreign, User: spy.ID}
		o.refused(wire.NotFound, second(o.Open(ctx, from, id)))
		o.refused(wire.NotFound, second(o.Begin(ctx, from, upload(call, b))))
		o.refused(wire.NotFound, second(o.Write(ctx, from, id, 0, bytes.NewReader(b))))
	})
}

func TestASealedFileThatWasChangedIsNotHeard(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	b := sound()
	id, other := o.bring(o.call(), b), o.bring(o.call(), b)
	path := o.path(o.workspace, id)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := os.ReadFile(o.path(o.workspace, other))
	if err != nil {
		t.Fatal(err)
	}
	block := func(b []byte, n int64) []byte { return b[placeOf(n):placeOf(n+1)] }
	for what, change := range map[string]func(b []byte) []byte{
		"a bit": func(b []byte) []byte { b[placeOf(1)+100] ^= 1; return b },
		"two blocks swapped": func(b []byte) []byte {
			copy(block(b, 1), block(whole, 2))
			copy(block(b, 2), block(whole, 1))
			return b
		},
		"another's block": func(b []byte) []byte { copy(block(b, 1), block(stranger, 1)); return b },
		"its end":         func(b []byte) []byte { return b[:placeOf(3)] },
		"another key":     func(b []byte) []byte { b[len(magic)] ^= 1; return b },
		"its head":        func(b []byte) []byte { b[0] = 'X'; return b },
		"all":             func([]byte) []byte { return nil },
	} {
		if err := os.WriteFile(path, change(bytes.Clone(whole)), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := o.Open(ctx, o.as(o.anna), id)
		if err == nil {
			_, err = io.ReadAll(s)
			_ = s.Close()
		}
		if !errors.Is(err, access.ErrUnsealed) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s changed: %v", what, err)
		}
	}
}

func TestAfterAChangeOfTheKeyOldRecordingsAreHeard(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	b, call := sound(), o.call()
	old := o.bring(o.call(), b)
	at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b[:blockSize])); err != nil {
		t.Fatal(err)
	}
	fresh := bytes.Repeat([]byte{9}, access.KeySize)
	o.open(o.Engine, o.Folder, fresh)
	o.heard(o.anna, o.bring(call, b), b) // by the key that it was begun with
	newest := o.bring(o.call(), b)
	o.heard(o.anna, old, b)
	o.key = fresh
	o.open(o.Engine, o.Folder)
	o.heard(o.anna, newest, b)
	if _, err := o.Open(ctx, o.as(o.anna), old); !errors.Is(err, access.ErrUnsealed) || refusal(err) != wire.Damaged {
		t.Errorf("without its key a recording is heard: %v", err)
	}
}

// The key is lost while a recording is on its way: the program brings it from its beginning.
func TestARecordingUnderWayIsBroughtAnewWithoutItsKey(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	b, call := sound(), o.call()
	at, err := o.Begin(ctx, o.as(o.anna), upload(call, b))
	if err == nil {
		_, err = o.Write(ctx, o.as(o.anna), at.ID, 0, bytes.NewReader(b[:blockSize]))
	}
	if err != nil {
		t.Fatal(err)
	}
	o.key = bytes.Repeat([]byte{9}, access.KeySize)
	o.open(o.Engine, o.Folder)
	o.heard(o.anna, o.bring(call, b), b)
}

func TestAFullServerSaysSoAndLosesNothing(t *testing.T) {
	o := newOffice(t, "sqlite:"+filepath.Join(t.TempDir(), "server.db"))
	b := sound()
	first := o.call()
	o.Quota = int64(len(b)) + 10
	o.bring(first, b)
	second1 := o.call()
	_, err := o.Begin(ctx, o.as(o.anna), upload(second1, b))
	o.refused(wire.Full, err)
	var p wire.Problem
	if errors.As(err, &p) && p.Retry != fullRetry {
		t.Errorf("again in %v", p.Retry)
	}
	o.Quota = 0
	o.Free = func(string) (uint64, error) { return KeptFree + 5, nil }
	o.refused(wire.Full, second(o.Begin(ctx, o.as(o.anna), upload(second1, b))))
	o.Free = func(string) (uint64, error) { return KeptFree * 2, nil }
	o.heard(o.anna, o.bring(second1, b), b)
	o.refused(wire.Full, writing(&os.PathError{Op: "write", Err: syscall.ENOSPC}))
}
