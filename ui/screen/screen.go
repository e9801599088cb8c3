package screen

import (
	"image"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// onScreen tells whether there is a screen: Fyne's test driver has none, and GLFW may
// not be asked there.
func onScreen() bool {
	_, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok
}

// PreferX11 chooses X11 where a Wayland desktop offers both, unless FYNE_PLATFORM says
// otherwise: under Wayland no program may place its windows, keep one above others,
// or show one without the keyboard going there, and a call window needs all three.
// It is called before the first window is made.
func PreferX11() {
	if os.Getenv("FYNE_PLATFORM") == "" && os.Getenv("WAYLAND_DISPLAY") != "" && os.Getenv("DISPLAY") != "" {
		_ = os.Setenv("FYNE_PLATFORM", "x11") // fails for malformed names only
	}
}

// OmitDepthBuffers has windows that are made from now on go without depth and stencil buffers. Fyne clears them and never looks at
// them; they take 8 bytes a pixel of each window.
func OmitDepthBuffers() {
	if onScreen() {
		glfw.WindowHint(glfw.DepthBits, 0)
		glfw.WindowHint(glfw.StencilBits, 0)
	}
}

// ShowUnfocused shows w and leaves the keyboard where it is (requirements.md H1).
//
// GLFW focuses a window that it shows unless it was told otherwise when it made it,
// and Fyne makes it at the first Show; so the hint is set around each. Window
// managers focus new windows too, unless they carry a user time of zero.
func ShowUnfocused(w fyne.Window) {
	if !onScreen() {
		w.Show()
		return
	}
	glfw.WindowHint(glfw.FocusOnShow, glfw.False)
	defer glfw.WindowHint(glfw.FocusOnShow, glfw.True)
	unfocused(w)
	w.Show()
}

// Announce has the window manager begin to show w, which was shown and hidden
// before, and does not wait for it. A window manager takes 10 to 20 ms to frame a
// window; whoever fills w meanwhile finds it ready for ShowUnfocused, which must follow.
func Announce(w fyne.Window) {
	if onScreen() {
		unfocused(w)
		announce(w)
	}
}

// Raise puts w on top of the windows that lie over it, and leaves the keyboard where it is.
func Raise(w fyne.Window) {
	if onScreen() {
		raise(w)
	}
}

// Content is where the content of w lies, in pixels of the screen.
func Content(w fyne.Window) image.Rectangle {
	if !onScreen() {
		return image.Rectangle{}
	}
	return content(w)
}

// WorkArea is the primary monitor without panels, in the units of
// desktop.Window.RequestPosition.
func WorkArea() image.Rectangle {
	if !onScreen() {
		return image.Rectangle{}
	}
	m := glfw.GetPrimaryMonitor()
	if m == nil {
		return image.Rectangle{}
	}
	x, y, w, h := m.GetWorkarea()
	return image.Rect(x, y, x+w, y+h)
}

// PointerInside tells whether the pointer is over the content of w. Fyne tells only
// which widget it is over.
func PointerInside(w fyne.Window) bool { return onScreen() && pointerInside(w) }

// OpenEvents is where to wait for what comes from the screen, once windows are shown;
// nil where it can't be told.
func OpenEvents() *Events {
	if !onScreen() {
		return nil
	}
	return openEvents()
}

// Pending tells whether events wait to be handled that Events does not show any more,
// since they were read in together with something else.
func Pending() bool { return !onScreen() || pending() }
