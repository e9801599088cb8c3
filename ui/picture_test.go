package ui

import (
	"image"
	"image/color"
	"os"
	"os/exec"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"leadline/ui/kit"
	"leadline/ui/theme"
)

// picture is what a canvas shows. Before Fyne captures it, renderers go that were not painted for a minute, by a clock that only
// captures move: in a test whose last picture is longer ago, all that was built since. A widget's next renderer has its parts
// nowhere until it is laid out, which Fyne does before each frame on a screen, and here not.
func picture(c fyne.Canvas) image.Image {
	were := map[fyne.Widget]fyne.WidgetRenderer{}
	eachRenderer(c, func(w fyne.Widget, r fyne.WidgetRenderer) { were[w] = r })
	img, anew := c.Capture(), false
	eachRenderer(c, func(w fyne.Widget, r fyne.WidgetRenderer) {
		if were[w] != r {
			anew = true
			r.Layout(w.Size())
		}
	})
	if anew {
		img = c.Capture()
	}
	return img
}

// eachRenderer visits what is shown, what holds others before these.
func eachRenderer(c fyne.Canvas, visit func(fyne.Widget, fyne.WidgetRenderer)) {
	var walk func(fyne.CanvasObject)
	walk = func(o fyne.CanvasObject) {
		if o == nil || !o.Visible() {
			return
		}
		var children []fyne.CanvasObject
		switch o := o.(type) {
		case *fyne.Container:
			children = o.Objects
		case fyne.Widget:
			r := test.WidgetRenderer(o)
			visit(o, r)
			children = r.Objects()
		}
		for _, child := range children {
			walk(child)
		}
	}
	walk(c.Content())
	for _, o := range c.Overlays().List() {
		walk(o)
	}
}

// What was built long before its picture is in it. The clock is the toolkit's, which reads how long it keeps a renderer when a
// program begins.
func TestAPictureShowsWhatWasBuiltLongBefore(t *testing.T) {
	if os.Getenv("FYNE_CACHE") == "" {
		binary, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		again := exec.Command(binary, "-test.run", "^"+t.Name()+"$", "-test.v")
		again.Env = append(os.Environ(), "FYNE_CACHE=1ns")
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Light))
	w := app.NewWindow("")
	w.SetPadded(false)
	w.SetContent(kit.Stack(kit.NewCard(theme.DangerFill, theme.Clear, 6)))
	w.Resize(fyne.NewSize(40, 40))
	got := color.NRGBAModel.Convert(picture(w.Canvas()).At(20, 20))
	if want := color.NRGBAModel.Convert(theme.Color(theme.DangerFill)); got != want {
		t.Errorf("the card is %v instead of %v", got, want)
	}
}
