package door

import (
	"bufio"
	"encoding/json"
	"net"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/desk"
	"leadline/ui/door/client"
	"leadline/ui/kit"
	"leadline/ui/theme"
)

// office is a program with a main window and a hidden call window. Its work runs on
// one goroutine, as that of the windows does.
type office struct {
	work   chan func()
	mu     sync.Mutex
	dialed []string
	tapped []string
	closed bool
	deaf   time.Duration
	field  *kit.Field
	source *kit.Select
	answer *kit.Button
	win    fyne.Window
	door   *Door
	looked func() // not nil: called once, by the next look at the windows
}

func newOffice(t *testing.T) (*office, string) {
	t.Helper()
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	o := &office{work: make(chan func(), 64)}
	o.field = kit.NewField("Last name", nil)
	o.source = kit.NewSelect("Source", []kit.Option{{ID: "web", Key: "Website"}, {ID: "call", Key: "Call"}}, nil)
	o.answer = kit.NewButton("Answer", kit.Answer, func() { o.tap("answer") })
	off := kit.NewButton("Decline", kit.DangerOutline, func() { o.tap("decline") })
	off.SetEnabled(false, "")
	gone := kit.NewButton("Hang up", kit.Danger, func() { o.tap("hang up") })
	gone.Hide()
	o.win = app.NewWindow("Leadline")
	kit.Cover(o.win, kit.Column(4, kit.NewData("Jürgen Meier", kit.CallerName), o.field, o.source, o.answer, off, gone))
	o.win.Resize(fyne.NewSize(300, 300))
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // as that of the windows is: its thread is measured
		for f := range o.work {
			run(f)
		}
	}()
	path := filepath.Join(t.TempDir(), "door")
	d, err := Listen(path, o)
	if err != nil {
		t.Fatal(err)
	}
	o.door = d
	t.Cleanup(func() {
		d.Close()
		close(o.work)
		<-done
	})
	return o, path
}

// run catches faults as the program's own queue does.
func run(f func()) {
	defer func() { _ = recover() }()
	f()
}

func (o *office) tap(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tapped = append(o.tapped, what)
}

func (o *office) Do(f func()) { o.work <- f }

// afterLook has f done on the goroutine of the windows, after somebody has looked at them.
func (o *office) afterLook(f func()) {
	o.Do(func() { o.looked = func() { go o.Do(f) } })
}

func (o *office) Windows() []Window {
	if f := o.looked; f != nil {
		o.looked = nil
		f()
	}
	return []Window{
		{Name: "main", Title: "Leadline", Visible: true, X: 10, Y: 20, W: 300, H: 300, Canvas: o.win.Canvas(),
			Close: func() { o.closed = true }, Settle: func() time.Duration { d := o.deaf; o.deaf = 0; return d }},
		{Name: "call", Title: "Call", Canvas: o.win.Canvas(), Close: func() {}},
	}
}

func (o *office) Snapshot() desk.Snapshot {
	return desk.Snapshot{
		Accounts: []desk.Account{{Name: "Office", User: "101", State: desk.Registered}},
		Calls: []desk.Call{{ID: "7", Incoming: true, State: desk.Ended, Outcome: desk.AnsweredElsewhere,
			Party: desk.Party{Number: "030 1"}, Card: desk.Card{Name: "Meier", Ref: desk.Ref{Kind: desk.Contact, ID: "c1"}}}},
		Unsaved: 2,
	}
}

func (o *office) Dial(to, account string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.dialed = append(o.dialed, to+"/"+account)
}

func knock(t *testing.T, path string) *client.Client {
	t.Helper()
	c, err := client.Dial(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// lines says lines over a plain connection and gives the answers.
func lines(t *testing.T, path, text string) []map[string]any {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		conn.Write([]byte(text))
		conn.(*net.UnixConn).CloseWrite()
	}()
	var all []map[string]any
	in := bufio.NewScanner(conn)
	in.Buffer(nil, 4<<20)
	for in.Scan() {
		var a map[string]any
		if err := json.Unmarshal(in.Bytes(), &a); err != nil {
			t.Fatalf("answer %q: %v", in.Text(), err)
		}
		all = append(all, a)
	}
	return all
}
