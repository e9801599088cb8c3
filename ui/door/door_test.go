package door

import (
	"encoding/json"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

func TestStateTellsRegistrationAndCalls(t *testing.T) {
	_, path := newOffice(t)
	a, err := knock(t, path).Do(t.Context(), map[string]any{"do": "state"})
	if err != nil {
		t.Fatal(err)
	}
	acc := a["accounts"].([]any)[0].(map[string]any)
	call := a["calls"].([]any)[0].(map[string]any)
	for _, c := range []struct {
		what      string
		got, want any
	}{
		{"registration", acc["state"], "registered"},
		{"direction", call["direction"], "incoming"},
		{"state", call["state"], "ended"},
		{"outcome", call["outcome"], "answered elsewhere"},
		{"record", call["record"], "contact c1"},
		{"unsaved", a["unsaved"], 2.0},
		{"sync", a["sync"], "live"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %v, want %v", c.what, c.got, c.want)
		}
	}
}

func TestTapRefusesWhatAPersonCannotClick(t *testing.T) {
	o, path := newOffice(t)
	c := knock(t, path)
	for _, bad := range []struct{ window, name, why string }{
		{"main", "Decline", "disabled"}, {"main", "Hang up", "visible"}, {"main", "Teleport", "visible"},
		{"main", "Jürgen Meier", "nothing to tap"}, {"call", "Answer", "hidden"}, {"attic", "Answer", "no window"},
	} {
		err := c.Tap(t.Context(), bad.window, bad.name)
		if err == nil || !strings.Contains(err.Error(), bad.why) {
			t.Errorf("tap %q in %q: %v, want … %s …", bad.name, bad.window, err, bad.why)
		}
	}
	o.deaf = 50 * time.Millisecond
	begun := time.Now()
	if err := c.Tap(t.Context(), "main", "Answer"); err != nil {
		t.Fatal(err)
	}
	if time.Since(begun) < 50*time.Millisecond {
		t.Error("tapped while clicks were ignored")
	}
	if len(o.tapped) != 1 || o.tapped[0] != "answer" {
		t.Errorf("tapped %v", o.tapped)
	}
}

func TestAPopupCoversWhatIsBelow(t *testing.T) {
	o, path := newOffice(t)
	c, ctx := knock(t, path), t.Context()
	if err := c.Tap(ctx, "main", "Source"); err != nil {
		t.Fatal(err)
	}
	if err := c.Tap(ctx, "main", "Answer"); err == nil || !strings.Contains(err.Error(), "covered") {
		t.Errorf("tapped through a popup: %v", err)
	}
	if err := c.Tap(ctx, "main", "Website"); err != nil {
		t.Fatal(err)
	}
	if got := o.source.Chosen(); got != "web" {
		t.Errorf("chosen %q", got)
	}
	if err := c.Tap(ctx, "main", "Answer"); err != nil {
		t.Error("after the popup: ", err)
	}
}

func TestTypeAndChooseDoAsAPersonWould(t *testing.T) {
	o, path := newOffice(t)
	c, ctx := knock(t, path), t.Context()
	if err := c.Type(ctx, "main", "Last name", "Müller"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Do(ctx, map[string]any{"do": "type", "window": "main", "name": "Last name", "text": "-Groß", "append": true}); err != nil {
		t.Fatal(err)
	}
	if got := o.field.Text(); got != "Müller-Groß" {
		t.Errorf("typed %q", got)
	}
	if err := c.Choose(ctx, "main", "Source", "Website"); err != nil {
		t.Fatal(err)
	}
	if got := o.source.Chosen(); got != "web" {
		t.Errorf("chosen %q", got)
	}
	if err := c.Choose(ctx, "main", "Source", "Carrier pigeon"); err == nil || !strings.Contains(err.Error(), "Website") {
		t.Errorf("choosing what is not there: %v", err)
	}
	if err := c.Type(ctx, "main", "Answer", "x"); err == nil {
		t.Error("typed into a button")
	}
}

func TestTheTreeTellsWhatIsVisible(t *testing.T) {
	_, path := newOffice(t)
	a, err := knock(t, path).Do(t.Context(), map[string]any{"do": "tree", "window": "main"})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]map[string]any{}
	for _, w := range a["widgets"].([]any) {
		m := w.(map[string]any)
		names[m["name"].(string)] = m
	}
	if names["Hang up"] != nil {
		t.Error("it shows what is hidden")
	}
	b := names["Answer"]
	if b == nil || b["role"] != "button" || b["enabled"] != true || b["bounds"].(map[string]any)["w"].(float64) < 50 {
		t.Errorf("Answer is %v", b)
	}
	if names["Decline"] == nil || names["Decline"]["enabled"] != false {
		t.Errorf("Decline is %v", names["Decline"])
	}
}

func TestWaitSeesOnlyWhatIsVisible(t *testing.T) {
	o, path := newOffice(t)
	c, ctx := knock(t, path), t.Context()
	if err := c.Wait(ctx, "main", "Meier", time.Second); err != nil {
		t.Error(err)
	}
	if err := c.Wait(ctx, "main", "Schulze", 30*time.Millisecond); err == nil {
		t.Error("saw what is not there")
	}
	if err := c.WaitGone(ctx, "call", "", time.Second); err != nil {
		t.Error("a hidden window is gone: ", err)
	}
	if err := c.WaitFor(ctx, "main", "Decline", 30*time.Millisecond); err == nil {
		t.Error("a disabled button can't be used")
	}
	o.afterLook(func() { o.answer.Hide() })
	if _, err := c.Do(ctx, map[string]any{"do": "wait", "window": "main", "name": "Answer", "gone": true, "timeout_ms": 60_000}); err != nil {
		t.Error(err)
	}
}

func TestDialTakesTheNamedAccount(t *testing.T) {
	o, path := newOffice(t)
	c := knock(t, path)
	if err := c.Call(t.Context(), "+49301234567", "Office"); err != nil {
		t.Fatal(err)
	}
	if err := c.Call(t.Context(), "110", "Attic"); err == nil {
		t.Error("dialled over an account that is not there")
	}
	if len(o.dialed) != 1 || o.dialed[0] != "+49301234567/Office" {
		t.Errorf("dialled %v", o.dialed)
	}
}

func TestShotWritesThePictureOfAWindow(t *testing.T) {
	_, path := newOffice(t)
	file := filepath.Join(t.TempDir(), "main.png")
	if err := knock(t, path).Shot(t.Context(), "main", file); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil || img.Bounds().Dx() != 300 {
		t.Errorf("%v %v", img.Bounds(), err)
	}
	if err := knock(t, path).Shot(t.Context(), "main", "/nowhere/x.png"); err == nil {
		t.Error("wrote it nowhere")
	}
}

func TestKeysAndCloseReachTheWindow(t *testing.T) {
	o, path := newOffice(t)
	c, ctx := knock(t, path), t.Context()
	var typed fyne.KeyName
	o.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) { typed = e.Name })
	if err := c.Key(ctx, "main", "Esc"); err != nil || typed != fyne.KeyEscape {
		t.Errorf("key %q, %v", typed, err)
	}
	if _, err := c.Do(ctx, map[string]any{"do": "close", "window": "main"}); err != nil || !o.closed {
		t.Errorf("closed %v, %v", o.closed, err)
	}
}

// A click brings a form with the next frame; a script that types at once must not
// have to guess how long that takes.
func TestWhatComesInAMomentIsWaitedFor(t *testing.T) {
	o, path := newOffice(t)
	c, ctx := knock(t, path), t.Context()
	o.Do(func() { o.answer.Hide() })
	o.afterLook(func() { o.answer.Show() })
	o.door.grace = time.Minute // on a busy machine, too
	if err := c.Tap(ctx, "main", "Answer"); err != nil {
		t.Error(err)
	}
	o.door.grace = grace
	begun := time.Now()
	if err := c.Type(ctx, "main", "Teleport", "x"); err == nil || time.Since(begun) < grace {
		t.Errorf("what never comes: %v after %v", err, time.Since(begun))
	}
}

func TestFramesSayWhatHeldTheWindowsUp(t *testing.T) {
	o, path := newOffice(t)
	c := knock(t, path)
	frames := func() framesAnswer {
		t.Helper()
		answer, err := c.Do(t.Context(), map[string]any{"do": "frames"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		var f framesAnswer
		if err := json.Unmarshal(b, &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for deadline := time.Now().Add(time.Minute); frames().Watched == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing is watched")
		}
		time.Sleep(10 * time.Millisecond)
	}
	// A machine that stands still makes long frames, too, in which the windows' goroutine did nothing.
	ours := func(f frameLine) bool {
		return f.Took >= 2*milliseconds(longFrame) && len(f.Did) > 0 && f.State != "" && !strings.ContainsAny(f.State, "[]:,")
	}
	var told []frameLine
	for deadline := time.Now().Add(time.Minute); !slices.ContainsFunc(told, ours); {
		if time.Now().After(deadline) {
			t.Fatalf("told of %+v, want what took four times %v, and where and in what state the first goroutine was", told, longFrame)
		}
		held := make(chan struct{})
		o.Do(func() { time.Sleep(4 * longFrame); close(held) })
		<-held
		time.Sleep(10 * time.Millisecond)
		told = append(told, frames().Long...)
	}
}

// Fyne may paint several frames before it takes what is handed in.
func TestFramesCountOneByOne(t *testing.T) {
	var f frameWatch
	begun := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	at := func(ms, ran, waited, full int) reading {
		return reading{begun.Add(time.Duration(ms) * time.Millisecond),
			threadTime{time.Duration(ran) * time.Millisecond, time.Duration(waited) * time.Millisecond}, time.Duration(full) * time.Millisecond}
	}
	f.handIn(at(0, 0, 0, 0))
	f.frameBegins(at(40, 20, 0, 0))
	f.frameBegins(at(80, 50, 0, 0))
	f.frameBegins(at(150, 100, 5, 12))
	last := at(80, 50, 0, 0)
	f.saw(at(200, 140, 5, 12), map[reading]stack{last: {State: "running", Did: []string{"paint"}}})
	want := frameLine{At: last.at, Took: 65, Ran: 50, Machine: 7, stack: stack{State: "running", Did: []string{"paint"}}}
	if len(f.long) != 1 || !reflect.DeepEqual(f.long[0], want) {
		t.Errorf("the long frames are %+v, want %+v", f.long, want)
	}
	if f.watched != 1 || f.worst != 65 {
		t.Errorf("%d looks, the worst frame %v ms, want 1 and 65", f.watched, f.worst)
	}
}
