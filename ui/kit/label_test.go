package kit

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"leadline/ui/theme"
)

func TestLabelsEndInAnEllipsis(t *testing.T) {
	dress(t, theme.Light, "en")
	name := "Donaudampfschifffahrtsgesellschaft Österreich"
	for _, w := range []float32{0, 5, 60, 120, 200} {
		got := Ellipsis(name, Strong, w)
		if Strong.measure(got).Width > w {
			t.Errorf("at %v px: %q is %v wide", w, got, Strong.measure(got).Width)
		}
		if got != "" && !strings.HasSuffix(got, "…") {
			t.Errorf("at %v px: %q does not end in an ellipsis", w, got)
		}
	}
	if got := Ellipsis(name, Strong, 1000); got != name {
		t.Errorf("with room: %q", got)
	}
	l := NewData("two\nlines", Body)
	if l.MinSize().Height > Body.measure("x").Height+1 {
		t.Errorf("a label of one line is %v high", l.MinSize().Height)
	}
}

func TestWrappedLinesFitAndLoseNothing(t *testing.T) {
	dress(t, theme.Light, "en")
	for _, s := range []string{
		"Neues wiederholtes Lead: Leitung „Zentrale“ legt Leads für eingehende Anrufe an, das frühere ist abgeschlossen.",
		"Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
		"one\n\ntwo", "", "山田太郎山田太郎山田太郎山田太郎",
	} {
		for _, w := range []float32{40, 100, 250} {
			lines := Wrap(s, Secondary, w)
			for _, l := range lines {
				if Secondary.measure(l).Width > w+0.5 && len([]rune(l)) > 1 {
					t.Errorf("%q at %v px: the line %q is %v wide", s, w, l, Secondary.measure(l).Width)
				}
			}
			strip := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if got := strip(strings.Join(lines, " ")); got != strip(s) {
				t.Errorf("%q at %v px became %q", s, w, lines)
			}
		}
	}
}

func TestAnAmountStaysOnOneLine(t *testing.T) {
	dress(t, theme.Light, "de")
	amount := "6.250\u00a0€"
	s := "Spare parts, plant Köln · " + amount
	for w := Secondary.measure(amount).Width; w < Secondary.measure(s).Width; w++ {
		if lines := Wrap(s, Secondary, ceil(w)); !strings.HasSuffix(lines[len(lines)-1], amount) {
			t.Fatalf("at %v px: %q", w, lines)
		}
	}
}

func TestProseStopsAfterItsLines(t *testing.T) {
	dress(t, theme.Light, "en")
	p := NewProseData(strings.Repeat("word ", 100), Secondary).MaxLines(3)
	lines := p.breaks(150)
	if len(lines) != 3 || !strings.HasSuffix(lines[2], "…") {
		t.Errorf("the lines are %q, want three and an ellipsis", lines)
	}
}

func TestClockDigitsStayWhereTheyAre(t *testing.T) {
	dress(t, theme.Light, "en")
	places := func(s string) []fyne.Position {
		c := NewClock(PageTitle)
		c.Set(s)
		d := c.CreateRenderer().(*clockDrawing)
		d.Layout(fyne.NewSize(80, 20))
		var out []fyne.Position
		for _, o := range d.Objects() {
			out = append(out, o.Position())
		}
		return out
	}
	a, b := places("1:11"), places("0:48")
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("cell %d is at %v and at %v", i, a[i], b[i])
		}
	}
	long := places("10:48")
	for i := range b {
		if long[i+1] != b[i] {
			t.Errorf("a joining digit moved cell %d from %v to %v", i, b[i], long[i+1])
		}
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Jürgen Müller-Lüdenscheidt": "JM", "Groß & Söhne KG": "GS", "Özdemir": "Ö", "": "", "0221 987": "", "şule özdemir": "ŞÖ", "山田 太郎": "山太", "  ": "",
	} {
		if got := Initials(name); got != want {
			t.Errorf("Initials(%q) = %q, want %q", name, got, want)
		}
	}
}

// A glyph that no font has is drawn as a box; other scripts must not be.
func TestNamesInOtherScriptsAreNotBoxes(t *testing.T) {
	dress(t, theme.Light, "en")
	draw := func(s string) string {
		img := picture(t, Pad(4, 4, 4, 4, NewData(s, Title)), 40, 32)
		var b strings.Builder
		for y := range 32 {
			for x := range 40 {
				if at(img, x, y).R < 128 {
					b.WriteByte('#')
				} else {
					b.WriteByte('.')
				}
			}
		}
		return b.String()
	}
	box := draw("\U0010FFFD")
	for s, own := range map[string]bool{"Ł": true, "ễ": true, "Ş": true, "ğ": true, "山": false, "ع": false} {
		if draw(s) != box {
			continue
		}
		if own {
			t.Errorf("%q is drawn as a box: Inter should have it", s)
		} else {
			t.Logf("%q is drawn as a box: this machine has no font of its script", s)
		}
	}
}
