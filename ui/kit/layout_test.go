package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"leadline/ui/theme"
)

func block(w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(nil)
	r.SetMinSize(fyne.NewSize(w, h))
	return r
}

func spotOf(o fyne.CanvasObject) [4]float32 {
	var x, y float32
	p := o.Position()
	return [4]float32{x + p.X, y + p.Y, o.Size().Width, o.Size().Height}
}

func TestRowSharesWhatIsLeft(t *testing.T) {
	for _, c := range []struct {
		what  string
		width float32
		make  func() []fyne.CanvasObject
		want  [][2]float32 // x and width of each
	}{
		{"fixed ones keep their width", 300, func() []fyne.CanvasObject { return []fyne.CanvasObject{block(40, 10), block(60, 10)} }, [][2]float32{{0, 40}, {48, 60}}},
		{"one grows", 300, func() []fyne.CanvasObject {
			return []fyne.CanvasObject{block(40, 10), Grow(block(60, 10)), block(20, 10)}
		}, [][2]float32{{0, 40}, {48, 224}, {280, 20}}},
		{"two halves whatever is in them", 408, func() []fyne.CanvasObject { return []fyne.CanvasObject{Grow(block(150, 10)), Grow(block(20, 10))} }, [][2]float32{{0, 200}, {208, 200}}},
		{"a wide one takes more than its half", 208, func() []fyne.CanvasObject { return []fyne.CanvasObject{Grow(block(150, 10)), Grow(block(20, 10))} }, [][2]float32{{0, 150}, {158, 50}}},
		{"growing ones shrink when there is too little", 88, func() []fyne.CanvasObject { return []fyne.CanvasObject{block(60, 10), Grow(block(70, 10))} }, [][2]float32{{0, 60}, {68, 20}}},
		{"weights", 308, func() []fyne.CanvasObject { return []fyne.CanvasObject{GrowBy(2, block(0, 10)), Grow(block(0, 10))} }, [][2]float32{{0, 200}, {208, 100}}},
	} {
		objects := c.make()
		row := Row(8, objects...)
		row.Resize(fyne.NewSize(c.width, 20))
		for i, o := range objects {
			if got := [2]float32{o.Position().X, o.Size().Width}; got != c.want[i] {
				t.Errorf("%s: child %d is at %v, want %v", c.what, i, got, c.want[i])
			}
		}
	}
}

func TestHiddenChildrenTakeNoRoom(t *testing.T) {
	hidden, last := block(50, 10), block(30, 10)
	row := Row(8, block(40, 10), Pad(0, 5, 0, 5, hidden), last)
	hidden.Hide()
	row.Resize(fyne.NewSize(200, 10))
	if got := last.Position().X; got != 48 {
		t.Errorf("the last child is at %v, want 48", got)
	}
	if got := row.MinSize().Width; got != 78 {
		t.Errorf("the row needs %v, want 78", got)
	}
}

func TestEverythingLiesOnWholePixels(t *testing.T) {
	a, b, c := block(33.3, 9.5), block(10, 11), block(20.7, 5)
	Row(7, a, Middle(b), Grow(c)).Resize(fyne.NewSize(151, 31))
	for _, o := range []fyne.CanvasObject{a, b, c} {
		for _, v := range spotOf(o) {
			if v != whole(v) {
				t.Errorf("%v is off the pixels", spotOf(o))
			}
		}
	}
}

func TestColumnGivesProseTheHeightOfItsLines(t *testing.T) {
	dress(t, theme.Light, "en")
	p := NewProseData("Needs 40 brackets by 15 January, wants the price per 100. Call back Thursday after 2 pm.", Body)
	below := block(10, 10)
	col := Column(4, Pad(0, 10, 0, 10, p), below)
	col.Resize(fyne.NewSize(200, 400))
	lines := len(Wrap(p.Value(), Body, 180))
	if lines < 3 {
		t.Fatalf("the text has %d lines at 180 px, the test needs 3", lines)
	}
	if want := float32(lines)*p.leading + 4; below.Position().Y != want {
		t.Errorf("what follows begins at %v, want %v for %d lines", below.Position().Y, want, lines)
	}
}

func TestWalkSeesWhatAPersonSees(t *testing.T) {
	dress(t, theme.Light, "de")
	hidden := NewLabel("Away", Body)
	hidden.Hide()
	button := NewButton("Close", Line, nil)
	rows := Column(0)
	for range 20 {
		rows.Add(NewListRow(nil))
	}
	scroll := container.NewVScroll(rows)
	root := Column(10, Pad(5, 0, 0, 7, button), hidden, Sized(0, 120, scroll))
	picture(t, root, 300, 400)
	var names []string
	var buttonAt fyne.Position
	count := 0
	Walk(root, func(o fyne.CanvasObject, pos fyne.Position) {
		n, ok := o.(Named)
		if !ok {
			return
		}
		if n.Role() == "row" {
			count++
			return
		}
		names = append(names, n.Role()+" "+n.Name()+" "+n.Value())
		if o == fyne.CanvasObject(button) {
			buttonAt = pos
		}
	})
	if len(names) != 1 || names[0] != "button Close Schließen" {
		t.Errorf("Walk found %q, want the button by its English name and its German text", names)
	}
	if want := root.Position().AddXY(7, 5); buttonAt != want {
		t.Errorf("the button is at %v, want %v", buttonAt, want)
	}
	if count != 3 { // 120 px of rows of 56
		t.Errorf("%d rows are seen, want 3", count)
	}
}

// What can be done about an event leaves its time where the times of the others are.
func TestWhatIsBesideAnEventLeavesItsTimeInItsColumn(t *testing.T) {
	ends := map[float32]bool{}
	for _, beside := range []fyne.CanvasObject{nil, NewIconButton("More", theme.IconMore, Ghost, nil).Small()} {
		n := NewTimelineNode(theme.IconNote, Warn, "Note", "10:37 · Anna Krüger", "")
		if beside != nil {
			n.Beside(beside)
		}
		r := n.CreateRenderer()
		r.Layout(fyne.NewSize(400, 38))
		for _, o := range r.Objects() {
			if words, ok := o.(*canvas.Text); ok && words.Text == "10:37 · Anna Krüger" {
				ends[words.Position().X+words.Size().Width] = true
				if beside != nil && beside.Position().X+beside.Size().Width > words.Position().X {
					t.Errorf("the button at %v lies over the time at %v", beside.Position(), words.Position())
				}
			}
		}
	}
	if len(ends) != 1 || !ends[400] {
		t.Errorf("the times end at %v", ends)
	}
}

// A follow-up is read whole, however long: it goes on below its time.
func TestALongTitleOfAnEventGoesOnInASecondLine(t *testing.T) {
	for words, lines := range map[string]int{"Call back": 1, "Ask whether the offer for brackets came and say what a hundred cost": 2} {
		n := NewTimelineNode(theme.IconFollowUp, Warn, words, "Sat 21 Nov 2026, 10:44 · Anna Krüger", "Below")
		r := n.CreateRenderer()
		high := n.HeightFor(440)
		r.Layout(fyne.NewSize(440, high))
		var shown []string
		body := float32(0)
		for _, o := range r.Objects() {
			switch o := o.(type) {
			case *canvas.Text:
				if !o.Hidden && o.Text != "Sat 21 Nov 2026, 10:44 · Anna Krüger" {
					shown = append(shown, o.Text)
				}
			case *Prose:
				body = o.Position().Y
			}
		}
		if got := strings.Join(shown, " "); got != words || len(shown) != lines {
			t.Errorf("%q is shown as %q", words, shown)
		}
		if want := float32(26 + 17*(lines-1)); body != want || high != want+16+14 {
			t.Errorf("%q: what is below begins at %v of %v", words, body, high)
		}
	}
}

// Words stand on a whole pixel and are given just the height of their font, so that a screen and a picture have them at the same
// place: in the middle of a row of 44 those of 13 and 12 px on one line, as in look.md's pictures.
func TestWordsStandOnTheSamePixelOnAScreenAndInAPicture(t *testing.T) {
	dress(t, theme.Light, "en")
	tops := map[float32]float32{}
	for _, style := range []Style{Figure, CallerName, Title, PageTitle, Body, Strong, Secondary, Caption} {
		words := style.text("Head office")
		h := style.measure("x").Height
		place(words, 3.4, (44-h)/2-0.5, 80, h)
		tops[style.Size] = words.Position().Y
		if y := words.Position().Y; y != floor(y) || words.Size().Height != words.MinSize().Height {
			t.Errorf("%v px: at %v, %v high of %v", style.Size, y, words.Size().Height, words.MinSize().Height)
		}
	}
	if tops[13] != 14 || tops[12] != 15 || tops[11] != 15 || tops[15] != 13 {
		t.Errorf("the tops are %v", tops)
	}
}
