package kit

import (
	"bytes"
	"image"
	pixels "image/draw"
	"os"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/theme"
)

// Names in any script are shown, not boxes (issue 6.8): two letters that look the same are boxes.
func TestNamesInEveryScriptAreDrawn(t *testing.T) {
	dress(t, theme.Light, "en")
	drawn := func(s string) []byte {
		w := test.NewTempWindow(t, NewData(s, Body.Sized(24)))
		w.Resize(fyne.NewSize(60, 40))
		img := w.Canvas().Capture()
		into := image.NewRGBA(img.Bounds())
		pixels.Draw(into, into.Bounds(), img, image.Point{}, pixels.Src)
		return into.Pix
	}
	for _, c := range []struct{ script, a, b string }{
		{"Latin", "ă", "ş"}, {"Greek", "Ω", "Σ"}, {"Cyrillic", "Ж", "Я"}, {"Georgian", "ა", "ბ"}, {"Hebrew", "א", "ש"}, {"Arabic", "ش", "ب"},
		{"Devanagari", "श", "म"}, {"Thai", "ก", "ข"}, {"Han", "王", "李"}, {"Kana", "あ", "ん"}, {"Hangul", "안", "국"},
	} {
		if !bytes.Equal(drawn(c.a), drawn(c.b)) {
			continue
		}
		if os.Getenv("CI") == "" {
			t.Skipf("this machine has no font for %s; .ci/setup test installs some", c.script)
		}
		t.Errorf("%s is drawn as boxes", c.script)
	}
}
