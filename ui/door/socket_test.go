package door

import (
	"context"
	"encoding/json"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

func TestOnlyItsUserMayOpenTheDoor(t *testing.T) {
	_, path := newOffice(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Mode()&fs.ModeSocket == 0 {
		t.Errorf("the socket's mode is %v", info.Mode())
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".d*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestWhatIsInTheWayOfTheSocket(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "door")
	t.Run("a file stays", func(t *testing.T) {
		if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Listen(path, nil); err == nil {
			t.Fatal("replaced a file")
		}
		os.Remove(path)
	})
	t.Run("a door that is open stays", func(t *testing.T) {
		_, open := newOffice(t)
		if _, err := Listen(open, nil); err == nil {
			t.Fatal("took another program's door")
		}
	})
	t.Run("what a killed program left goes", func(t *testing.T) {
		ln, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		if err != nil {
			t.Fatal(err)
		}
		ln.SetUnlinkOnClose(false)
		ln.Close()
		d, err := Listen(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		d.Close()
		if _, err := os.Stat(path); err == nil {
			t.Error("the socket is still there after closing")
		}
	})
	t.Run("a folder where anybody may write is refused", func(t *testing.T) {
		open := filepath.Join(dir, "open")
		if err := os.Mkdir(open, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(open, 0o777); err != nil {
			t.Fatal(err)
		}
		if _, err := Listen(filepath.Join(open, "door"), nil); err == nil {
			t.Fatal("opened it there")
		}
	})
}

func TestABadLineIsAnsweredAndTheConnectionGoesOn(t *testing.T) {
	_, path := newOffice(t)
	bad := []string{
		"{", "nonsense", `[]`, `{"do":"fly"}`, `{}`, `{"do":7}`, `{"do":"state","colour":"red"}`,
		`{"do":"state"}{"do":"state"}`, "\x00\xff", `{"do":"tap","window":"main"}`, `{"do":"wait"}`,
		`{"do":"wait","window":"main","text":"x","timeout_ms":-1}`, `{"do":"dial"}`, `{"do":"shot","window":"main"}`,
		`{"do":"key","window":"main","key":"Hyper+Q"}`, `{"do":"tree","window":"attic"}`,
		`{"do":"type","text":"` + strings.Repeat("x", longest) + `"}`,
	}
	got := lines(t, path, strings.Join(bad, "\n")+"\n\n  \n"+`{"do":"state"}`)
	if len(got) != len(bad)+1 {
		t.Fatalf("%d answers to %d lines", len(got), len(bad)+1)
	}
	for i, a := range got[:len(bad)] {
		if a["ok"] != false || a["error"] == "" || a["error"] == nil {
			t.Errorf("%.60s is answered %v", bad[i], a)
		}
	}
	if last := got[len(bad)]; last["ok"] != true {
		t.Errorf("after the bad lines: %v", last)
	}
}

func TestAFaultInTheProgramIsAnAnswer(t *testing.T) {
	o, path := newOffice(t)
	o.answer.OnTap(func() { panic("broken button") })
	c := knock(t, path)
	if err := c.Tap(t.Context(), "main", "Answer"); err == nil {
		t.Error("no error")
	}
	if err := c.Wait(t.Context(), "main", "Meier", time.Second); err != nil {
		t.Error("afterwards: ", err)
	}
}

func TestClosingEndsWhatWaits(t *testing.T) {
	app := test.NewTempApp(t)
	o := &office{work: make(chan func(), 64), win: app.NewWindow("x")}
	path := filepath.Join(t.TempDir(), "door")
	d, err := Listen(path, o) // nobody pumps its work: the windows hang
	if err != nil {
		t.Fatal(err)
	}
	c := knock(t, path)
	result := make(chan error, 1)
	go func() {
		_, err := c.Do(context.Background(), map[string]any{"do": "windows"})
		result <- err
	}()
	for len(o.work) == 0 {
		time.Sleep(time.Millisecond)
	}
	d.Close()
	if err := <-result; err == nil {
		t.Error("it was answered")
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range []string{`{"do":"state"}`, `{"do":"tap","name":"Answer"}`, `{"do":"key","key":"Ctrl+"}`, "{", `{"do":"wait","text":"x","timeout_ms":1}`} {
		f.Add([]byte(s))
	}
	app := test.NewTempApp(f)
	app.Settings().SetTheme(theme.New(theme.Light))
	o := &office{work: make(chan func(), 64), win: app.NewWindow("x")}
	o.win.SetContent(kit.NewButton("Answer", kit.Answer, nil))
	go func() {
		for w := range o.work {
			w()
		}
	}()
	ctx, cancel := context.WithCancel(context.Background())
	f.Cleanup(cancel)
	d := &Door{program: o, ctx: ctx}
	f.Fuzz(func(t *testing.T, line []byte) {
		if strings.Contains(string(line), "shot") || strings.Contains(string(line), "timeout") {
			t.Skip() // these reach the file system and the clock
		}
		if _, err := json.Marshal(d.answer(line)); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	})
}
